"""`cz-ship verify` on projects that state little, and on runs whose figures or ends are not what they seem."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.projects import hatchling_project
from tests.support.repos import Repo
from tests.support.said import Speaker
from tests.support.verified import verified

TEST = """\
import demo_ship.words

def test_it_greets():
    assert demo_ship.words.GREETING == "ahoy"
"""


PLAIN = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "demo-ship"
version = "0.3.0"
readme = "README.md"
license = "MIT"

[tool.cz-ship.build]
isolation = false
"""


@pytest.mark.slow
def test_a_plain_project_that_sets_nothing_is_judged_as_the_version_that_it_states(
    tmp_path: Path, ship: Speaker
) -> None:
    repo = Repo(tmp_path / "project")
    hatchling_project(repo.root)
    repo.commit("first steps", {"pyproject.toml": PLAIN, "README.md": "# Demo\n", "tests/test_greeting.py": TEST})
    skip = ("contents", "reproducible", "untaken", "installs")
    code, found = verified(ship, repo, *(word for name in skip for word in ("--skip-gate", name)))
    assert code == 0, found
    assert str(found["metadata"]["reason"]).startswith("demo-ship 0.3.0, ")
    assert found["tests"]["reason"] == "1 test of the installed wheel"


@pytest.mark.slow
def test_a_baseline_in_the_folder_of_the_reports_is_that_of_the_run_before(
    quick: Callable[..., Repo], tmp_path: Path, ship: Speaker
) -> None:
    earlier = tmp_path / "out/coverage/coverage.json"
    earlier.parent.mkdir(parents=True)
    earlier.write_text(json.dumps({"totals": {"percent_covered": 70.5}, "files": {}}))
    _, found = verified(ship, quick({"tests/test_greeting.py": TEST}), "--baseline", str(earlier))
    assert found["coverage"]["reason"] == "100.0 %, +29.5 points against the baseline"


@pytest.mark.parametrize("text", [None, "no report"])
def test_a_baseline_that_is_none_is_told_before_anything_is_built(
    text: str | None, quick: Callable[..., Repo], tmp_path: Path, ship: Speaker
) -> None:
    if text:
        (tmp_path / "earlier.json").write_text(text)
    said = ship(quick({}).root, "verify", "--baseline", "../earlier.json")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"error: the baseline {tmp_path}")
    assert "build demo-ship" not in said.err
