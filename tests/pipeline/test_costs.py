"""The table of what a played run cost: builds and tests are what any pipeline has, the rest is ours."""

from pathlib import Path

from tests.costs import Reference, table
from tests.support.readme import ROOT
from tests.support.runs import Done, Event, Run


def test_the_rest_is_what_the_commands_took_without_builds_and_tests() -> None:
    spent = (
        ("actions/checkout", 0.25),
        ("python -m pip install nothing", 9.0),
        ("cz-ship build --candidate --out dist", 4.0),
        ("cz-ship verify --dist dist --skip-gate docs", 5.0),
    )
    event = Event("push", {}, "refs/heads/main", "0" * 40)
    run = Run(event, 1, "", {"build": Done("success", spent=spent)}, Path())
    rows = list(table("a run", run, Reference(build=1.0, environment=2.0, tests=3.0)))
    assert rows[0] == "| a run | step | CPU s |"
    assert rows[2:4] == [
        "| `build` | `cz-ship build --candidate --out dist` | 4.00 |",
        "| `build` | `cz-ship verify --dist dist` | 5.00 |",
    ]
    assert [row.split(" | ")[-1] for row in rows[4:]] == ["0.25 |", "1.00 |", "3.00 |", "**5.00** |"]


def test_the_page_names_the_command() -> None:
    assert "`python -m tests.costs`" in (ROOT / "docs/pipeline.md").read_text(encoding="utf-8")
