"""`check`: the same verdict as commitizen's own, told in a line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.rules.verdict import asks_for, refusal, without_comments
from cz_ship.rules.worth import increment_of
from cz_ship.world.commitizen import Commitizen
from tests.support.made import CONVENTIONAL
from tests.support.repos import CZ_TOML, Repo, project
from tests.support.said import Speaker

HEAVY = ("commitizen", "jinja2", "packaging", "subprocess", "typing", "pathlib", "rich", "tomllib", "dataclasses")


def test_an_accepted_message_is_told_with_what_it_asks_for(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    for message, worth in (("feat: a", "a minor"), ("fix!: a", "a major"), ("perf: a", "a patch"), ("docs: a", "no")):
        said = ship(repo.root, "check", "--message", message)
        assert (said.code, said.out) == (0, f"accepted: asks for {worth} release\n")


@pytest.mark.parametrize("message", ["bad", "feature: a", "feat:a", "Feat: a", "feat : a", "", "# feat: a"])
def test_a_refused_message_is_exit_1(tmp_path: Path, ship: Speaker, message: str) -> None:
    said = ship(project(tmp_path / "p").root, "check", "--message", message)
    assert said.code == 1
    assert said.err.startswith("error: ")
    assert "hint: <type>(<scope>): <subject>" in said.err


def test_a_file_is_read_as_git_will_keep_it(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    path = tmp_path / "COMMIT_EDITMSG"
    scissors = b"# ------------------------ >8 ------------------------"
    path.write_bytes(b"# a comment\r\nfix: \xc3\xa9\r\n\r\nbody\r\n" + scissors + b"\r\ndiff\r\n")
    assert ship(repo.root, "check", "--message-file", str(path)).out == "accepted: asks for a patch release\n"
    assert ship(repo.root, "check", "--message-file", str(tmp_path / "none")).code == 2
    path.write_bytes(b"fix: \xff")
    assert "cannot be read" in ship(repo.root, "check", "--message-file", str(path)).err


def test_rules_of_the_projects_own_decide(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.write({".cz.toml": CZ_TOML + 'message_length_limit = 10\nallowed_prefixes = ["WIP"]\nallow_abort = true\n'})
    assert "has 13 characters; at most 10" in ship(repo.root, "check", "--message", "feat: 1234567").err
    assert ship(repo.root, "check", "--message", "WIP anything at all").code == 0
    assert ship(repo.root, "check", "--message", "").code == 0
    assert ship(repo.root, "check", "--message", "Merge branch").code == 1


def test_known_rules_need_nothing_heavy(tmp_path: Path) -> None:
    repo = project(tmp_path / "p")
    script = (
        "import sys; from cz_ship.faces.cli import main; code = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {script}"]
    for _ in range(2):
        done = subprocess.run(
            [*command, "check", "--message", "feat: a"], cwd=repo.root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert [name for name in HEAVY if name in done.stderr.split()] == []


MESSAGES = st.one_of(
    st.text(max_size=40),
    st.from_regex(
        re.compile(r"(feat|fix|Feat|docs|bump|x|Merge|fixup! )(\([a-z ]{0,3}\))?!?:? ?[^\r]{0,12}"), fullmatch=True
    ),
    st.builds(
        "\n".join, st.lists(st.sampled_from(["feat: a", "#c", "", "BREAKING CHANGE: b", "words", " "]), max_size=6)
    ),
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Commitizen:
    root = Repo(tmp_path_factory.mktemp("rules")).root
    (root / ".cz.toml").write_text(CZ_TOML + "message_length_limit = 20\n")
    return Commitizen(root)


@given(text=MESSAGES)
def test_the_verdict_is_commitizens(own: Commitizen, text: str) -> None:
    message, rules = without_comments(text), own.rule_set
    ours = refusal(message, rules.schema_pattern, rules.allowed_prefixes, rules.allow_abort, rules.message_length_limit)
    assert (ours == "") is own.accepts(message)


@given(text=MESSAGES)
def test_the_hook_and_the_release_agree_on_what_a_message_asks_for(text: str) -> None:
    increment = increment_of(text, CONVENTIONAL)
    assert asks_for(text, CONVENTIONAL.bump_pattern, CONVENTIONAL.bump_map) == (
        increment.name.lower() if increment else ""
    )
