"""Sections, and where they stand in a file."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.rules.changelog import day, entries_of, insert, section
from tests.support.made import CONVENTIONAL, commit

NEW = "## v1.1.0 (2026-01-01)\n\n### Feat\n\n- a\n"


def test_a_section_goes_above_the_next_lower_release_and_below_the_preamble() -> None:
    old = "# Changes\n\nBy hand.\n\n## v1.0.0 (2025-01-01)\n\n- first\n"
    assert insert(old, NEW, Version("1.1.0"), [(4, "1.0.0")]) == "# Changes\n\nBy hand.\n\n" + NEW + "\n" + old[21:]


def test_an_older_section_goes_below_the_newer_ones() -> None:
    old = "## v2.0.0\n\n- newest\n\n## v1.0.0\n\n- first\n"
    found = insert(old, NEW, Version("1.1.0"), [(0, "2.0.0"), (4, "1.0.0")])
    assert found.index("v2.0.0") < found.index("v1.1.0") < found.index("v1.0.0")
    assert insert("## v2.0.0\n", NEW, Version("1.1.0"), [(0, "2.0.0")]) == "## v2.0.0\n\n" + NEW


def test_a_section_that_stands_there_is_not_added_again() -> None:
    old = "## 1.1\n\nwritten by hand\n"
    assert insert(old, NEW, Version("1.1.0"), [(0, "1.1")]) == old


def test_an_empty_file_becomes_the_section() -> None:
    assert insert("", NEW, Version("1.1.0"), []) == NEW


def test_windows_line_ends_are_kept() -> None:
    found = insert("# Changes\r\n", "## v1\n\n- a\n", Version("1.0"), [])
    assert found == "# Changes\r\n\r\n## v1\r\n\r\n- a\r\n"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(0, 30))
def test_what_stood_there_survives_to_the_letter(old: str, at: int) -> None:
    old = old.removeprefix("\ufeff")
    lines = StringIO(old).readlines()
    headings = [(at, "1.0.0")] if at < len(lines) else []
    found = insert(old, NEW, Version("1.1.0"), headings)
    if old.strip():
        before, after = ("".join(lines[:at]), "".join(lines[at:])) if headings else (old, "")
        assert found.startswith(before)
        assert found.endswith(after)
    assert "v1.1.0" in found


def test_a_commit_brings_its_subject_and_the_paragraphs_that_parse() -> None:
    found = entries_of(commit("feat(core): a", "words\n\nBREAKING CHANGE: b\n\nmore"), CONVENTIONAL)
    assert [entry.groups["message"] for entry in found] == ["a", "b\n\nmore"[:1]]
    assert [entry.groups["change_type"] for entry in found] == ["feat", "BREAKING CHANGE"]
    assert entries_of(commit("merge of a branch"), CONVENTIONAL) == ()


def test_a_line_said_twice_stands_once() -> None:
    made = section(
        "v1", "", None, [commit("fix: a", sha="1"), commit("fix: a", sha="2"), commit("fix: b")], CONVENTIONAL
    )
    assert [entry.groups["message"] for entry in made.entries] == ["a", "b"]


def test_a_day_is_told_in_utc() -> None:
    assert day(0) == "1970-01-01"
    assert day(1767225599) == "2025-12-31"


def test_a_parser_that_is_no_regular_expression_is_told() -> None:
    with pytest.raises(Failure, match="commit_parser"):
        entries_of(commit("feat: a"), CONVENTIONAL._replace(commit_parser="("))
