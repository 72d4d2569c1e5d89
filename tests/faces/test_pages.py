"""The pages that commands leave on a job in GitHub Actions: readable, drawn, and without secrets."""

import re
from pathlib import Path

import pytest

from cz_ship.faces import answers
from cz_ship.faces.way import diagram
from cz_ship.flows.carry_out import Report
from cz_ship.rules.way import Station, ahead
from tests.support.repos import project
from tests.support.said import Speaker

NODE = re.compile(r'  (s\d+)\["(.) ([\w ]+)<br>(\w+)"\]:::(\w+)')
STATES = ("done", "there", "owed", "failed", "off")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page.md"))
    return tmp_path / "page.md"


def drawn(markdown: str) -> list[tuple[str, str]]:
    """The stations of the only diagram of a page, as whoever draws it reads them: names and states, in order."""
    (block,) = re.findall(r"^```mermaid\nflowchart LR\n(.*?)\n```$", markdown, re.DOTALL | re.MULTILINE)
    lines = block.split("\n")
    nodes = {found[1]: found for line in lines if (found := NODE.fullmatch(line))}
    arrows = [found.groups() for line in lines if (found := re.fullmatch(r"  (s\d+) --> (s\d+)", line))]
    colours = [
        found[1] for line in lines if (found := re.fullmatch(r"  classDef (\w+) fill:#\w{6},color:#\w{6}", line))
    ]
    assert len(nodes) + len(arrows) + len(colours) == len(lines), lines
    assert arrows == list(zip(nodes, [*nodes][1:], strict=False)), "each leads to the next"
    assert {found[5] for found in nodes.values()} == set(colours)
    assert all(found[4] == found[5] for found in nodes.values())
    return [(found[3], found[4]) for found in nodes.values()]


def test_every_state_is_drawn_with_a_mark_and_a_colour_of_its_own() -> None:
    way = tuple(Station(name, state) for name, state in zip("abcde", STATES, strict=True))
    assert drawn(diagram(way)) == [*zip("abcde", STATES, strict=True)]
    assert diagram(()) == ""


def test_a_plan_shows_the_way_that_lies_ahead(tmp_path: Path, ship: Speaker, page: Path) -> None:
    repo = project(tmp_path / "p")
    repo.commit("fix: a | b <script>")
    assert ship(repo.root, "plan").code == 0
    assert drawn(page.read_text()) == [tuple(each) for each in ahead()]
    assert "a \\| b &lt;script>" in page.read_text()


def test_nothing_to_release_has_no_way(tmp_path: Path, ship: Speaker, page: Path) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    assert ship(repo.root, "plan").code == 0
    assert "nothing to release" in page.read_text()
    assert "mermaid" not in page.read_text()


def test_a_report_is_drawn_above_its_steps(page: Path) -> None:
    way = (Station("prepare", "there"), Station("tag", "done"))
    answers.report(Report(None, False, (), (), "demo 1.0.0: stages done", way=way), as_json=False)
    assert page.read_text().startswith("### demo 1.0.0: stages done\n\n```mermaid\n")
    assert drawn(page.read_text()) == [("prepare", "there"), ("tag", "done")]


def test_no_page_shows_a_secret(tmp_path: Path, ship: Speaker, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYPI_PASSWORD", "hunter2hunter2")
    repo = project(tmp_path / "p")
    repo.commit("fix: hunter2hunter2 and ghs_0123456789abcdef")
    assert ship(repo.root, "plan").code == 0
    assert "fix: *** and ***" in page.read_text()
    assert "hunter2" not in page.read_text()


def test_what_stops_a_command_stands_on_the_page_with_what_to_do(tmp_path: Path, ship: Speaker, page: Path) -> None:
    assert ship(tmp_path, "plan").code == 2
    text = page.read_text()
    assert text.startswith("### ✗ ")
    assert "is not in a git repository" in text
    assert "**What to do:** run `git init`" in text
