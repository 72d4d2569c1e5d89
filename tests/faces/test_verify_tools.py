"""`cz-ship verify` runs the hooks of a real pre-commit configuration."""

from collections.abc import Callable

import pytest

from tests.support.repos import Repo
from tests.support.said import Speaker
from tests.support.verified import verified

HOOKS = """\
repos:
- repo: local
  hooks:
  - {id: ends, name: ends, entry: end-of-file-fixer, language: system, types: [python]}
  - {id: still, name: still, entry: git diff --exit-code, language: system, pass_filenames: false}
  - {id: message, name: message, entry: git log, language: system, stages: [commit-msg]}
  - {id: lost, name: lost, entry: no-such-program, language: system}
- repo: https://nowhere.invalid/hooks
  rev: v1
  hooks: [{id: elsewhere}]
"""


@pytest.mark.slow
def test_hooks_of_any_name_are_run_on_the_files_of_the_commit_and_change_none(
    quick: Callable[..., Repo], ship: Speaker
) -> None:
    repo = quick({".pre-commit-config.yaml": HOOKS, "src/demo_ship/words.py": "A = 1"})
    code, found = verified(ship, repo)
    assert (code, found["lint"]["state"]) == (1, "failed")
    assert str(found["lint"]["reason"]).endswith(
        "; left out: lost (no-such-program is neither in the tree nor on the path), "
        "elsewhere (without isolation nothing is fetched), "
        "message (it is of another stage than pre-commit)"
    )
    assert "ends: exit code 1" in str(found["lint"]["reason"])
    assert "still" not in str(found["lint"]["reason"])
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.slow
def test_a_gate_that_breaks_is_shown_with_all_others_and_owned_up_to(quick: Callable[..., Repo], ship: Speaker) -> None:
    said = ship(quick({".pre-commit-config.yaml": "[" * 9999, "README.md": "[a](version.txt)\n"}).root, "verify")
    assert said.code == 3
    assert "unable   fault in cz-ship: RecursionError: " in said.out
    assert "✓ docs" in said.out
    assert "error: gate lint: fault in cz-ship: RecursionError" in said.err
    assert said.err.splitlines()[-1].startswith("hint: the traceback is kept in ")
