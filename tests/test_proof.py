"""The page of what cz-ship was tried on names no machine and no registry."""

import pytest
from pypi_simple import PYPI_SIMPLE_ENDPOINT
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from tests.support.readme import ROOT
from tests.support.tried import LONGEST, Judged, Tried, masked, said, verdicts

INDEX = PYPI_SIMPLE_ENDPOINT.split("/")[2]

MASKED = [
    (f"404 for {DEFAULT_REPOSITORY}six/ (see {TEST_REPOSITORY})", "404 for … (see …)"),
    (f"HTTPSConnectionPool(host='{INDEX}', port=443): timed out", "HTTPSConnectionPool(host='…', port=443): timed out"),
    ("Looking in links: /srv/wheels, file:///srv/simple", "Looking in links: …/wheels, …"),
    ('File "/tmp/cz-ship-a1/six/setup.py", line 3', 'File "…/setup.py", line 3'),
    ("cp: /home/ann/a: Permission denied; ../meson.build:14:14", "cp: …/a: Permission denied; ../meson.build:14:14"),
    ("!/.cz.toml !/.github/workflows/pipeline.yml", "!/.cz.toml !/.github/workflows/pipeline.yml"),
    ("src/six/__init__.py says 1.2.3 and/or 1.2/3", "src/six/__init__.py says 1.2.3 and/or 1.2/3"),
    ("git@git.example.org:ann/six.git", "git@…:ann/six.git"),
    ("os.net.io() and setup.py", "os.net.io() and setup.py"),
]


@pytest.mark.parametrize(("told", "shown"), MASKED)
def test_neither_hosts_nor_paths_of_the_machine_come_onto_the_page(told: str, shown: str) -> None:
    assert masked(told) == shown


def test_what_a_program_said_is_one_line_of_some_length() -> None:
    assert said("note: a\nerror: b\n\n  error: b\n  (c)\n") == "error: b (c)"
    told = said("word " * LONGEST)
    assert told.endswith("word …")
    assert len(told) <= LONGEST + 2


def test_a_red_gate_stands_there_with_its_reason_and_no_cell_breaks_the_table() -> None:
    gates = (
        Judged("metadata", "passed", ""),
        Judged("docs", "skipped", "none"),
        Judged("tests", "failed", "1 of 2 tests failed:\na|b"),
        Judged("coverage", "unable", "tests failed"),
    )
    told = "1 passed; skipped: docs; **tests** failed: 1 of 2 tests failed: a|b; **coverage** unable: tests failed"
    assert verdicts(gates) == told
    row = Tried("six==1.17.0", "setup.py", (("init", 1.4), ("verify", 60.0)), gates, "released 1.18.0").row
    assert (
        row
        == f"| six 1.17.0 | setup.py | init 1 s, verify 60 s | {told.replace('|', chr(92) + '|')} | released 1.18.0 |"
    )
    assert verdicts(()) == ""


def test_the_page_that_stands_is_masked() -> None:
    page = (ROOT / "docs" / "tried-on.md").read_text(encoding="utf-8")
    assert masked(page) == page
