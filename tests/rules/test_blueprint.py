"""What init proposes, case by case; each case once laid down is left in peace."""

from pathlib import Path

import pytest

from tests.support.blueprints import cases, laid, proposed, seen, shown


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_project_is_proposed_what_its_case_tells(case: Path) -> None:
    said = shown(proposed(seen(case)))
    assert said == (case / "proposed.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_second_init_changes_nothing(case: Path) -> None:
    first = proposed(seen(case))
    if not any(each.level == "error" for each in first.findings):
        assert proposed(laid(seen(case), first.edits)).edits == ()


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_was_killed_between_two_files_is_completed_by_a_second_init(case: Path) -> None:
    first = proposed(seen(case))
    if any(each.level == "error" for each in first.findings):
        return
    whole = laid(seen(case), first.edits)
    for count in range(len(first.edits)):
        part = laid(seen(case), first.edits[:count])
        assert laid(part, proposed(part).edits).texts == whole.texts, [edit.path for edit in first.edits[:count]]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_file_keeps_the_line_ends_that_it_has(case: Path) -> None:
    for edit in proposed(seen(case)).edits:
        windows = "\r\n" in (edit.before or "")
        assert edit.after.count("\r\n") == (edit.after.count("\n") if windows else 0), edit.path
