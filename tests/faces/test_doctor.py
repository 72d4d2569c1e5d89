"""What doctor finds, and what it leaves in peace."""

import re
from pathlib import Path

import pytest

from cz_ship.rules.findings import LEVELS, TOPICS
from tests.support.cases import CASES, judged, judged_workflow, laid
from tests.support.readme import ROOT
from tests.support.repos import project, remote_of
from tests.support.said import Said, Speaker


def found(case: Path, root: Path, ship: Speaker) -> set[str]:
    facts = case / "facts.json"
    if facts.exists():
        return {each.code for each in judged(facts)}
    workflow = case / "workflow.yml"
    if workflow.exists():
        return {each.code for each in judged_workflow(workflow, "pull-request" if "dispatch" in str(case) else "push")}
    return codes(ship(laid(case, root), "doctor", "--offline", "--json"))


def codes(said: Said) -> set[str]:
    return {each["code"] for each in said.json["findings"]}


@pytest.mark.parametrize("code", [code for code in LEVELS if code != "unknown"])
def test_a_case_provokes_the_finding_and_another_does_not(code: str, tmp_path: Path, ship: Speaker) -> None:
    assert code in found(CASES / code / "ill", tmp_path / "ill", ship)
    assert code not in found(CASES / code / "well", tmp_path / "well", ship)


def test_every_case_is_of_a_finding_that_there_is() -> None:
    assert {path.name for path in CASES.iterdir()} == {*LEVELS} - {"unknown"}


def test_every_finding_stands_on_the_page_under_its_topic_with_its_level() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
    told = {
        section.partition("\n")[0]: dict(re.findall(r"^\| `([\w-]+)` \| (\w+) \|", section, re.MULTILINE))
        for section in page.split("\n## ")[1:]
    }
    assert told == TOPICS
    assert [list(each) for each in told.values()] == [list(each) for each in TOPICS.values()]


def test_a_sound_project_has_no_finding(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    remote_of(repo, tmp_path / "remote.git")
    said = ship(repo.root, "doctor", "--offline")
    assert (said.code, said.out) == (0, "0 errors, 0 warnings\n"), said.out


def test_findings_are_told_under_their_topics_each_with_what_to_do(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "doctor", "--offline")
    assert said.code == 1
    assert said.out == (
        "repository\n"
        f"  ✗ no-repository: {tmp_path} is not in a git repository\n"
        "    hint: run `git init`, or name the project's folder with -C\n"
        "    fix:  git init\n"
        "\n"
        "1 error, 0 warnings\n"
    )


def test_one_document_tells_all_findings(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "doctor", "--offline", "--json")
    assert said.code == 1
    assert said.json["ok"] is False
    assert [*said.json["findings"][0]] == ["code", "level", "text", "hint", "fix"]


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path / "nowhere", "doctor", "--offline")
    assert said.code == 2
    assert "is not a folder" in said.err
