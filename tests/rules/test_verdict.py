"""The verdict on a message: the order of the questions, and what each of them turns on."""

import pytest

from cz_ship.rules.verdict import accepts, asked, told, without_comments

SCHEMA = "(feat|fix): .+"
PREFIXES = ("Merge", "WIP", "fixup!")


@pytest.mark.parametrize(
    ("message", "taken"),
    [
        ("fix: 12345", True),
        ("fix: 123456", False),
        ("fix: 12345 \n\na body as long as it likes to be", True),
        ("WIP anything, however long it is", True),
        ("WIPE", True),
        ("Merge branch 'that has a long name'", True),
        ("Merge the parsers", False),
        ("fixup! fix: 123456", True),
        ("fixup!fix: 1", False),
        ("docs: a", False),
        ("fix: a\0", False),
        ("", False),
    ],
)
def test_prefixes_go_before_the_length_and_the_length_before_the_form(message: str, taken: bool) -> None:
    assert accepts(message, SCHEMA, PREFIXES, False, 10) is taken


def test_an_empty_message_is_taken_where_it_aborts_the_commit() -> None:
    assert accepts("", SCHEMA, (), True, 0)


def test_in_a_merge_whatever_begins_with_a_prefix_is_taken() -> None:
    assert accepts("Merge the parsers", SCHEMA, PREFIXES, False, 10, merges=True)
    assert not accepts("docs: a", SCHEMA, PREFIXES, False, 10, merges=True)


def test_comments_and_what_follows_the_scissors_are_no_message() -> None:
    text = "\n# c\nfix: a\n#d\n\n #e\n# ------------------------ >8 ------------------------\ndiff\n"
    assert without_comments(text) == "fix: a\n\n #e"


@pytest.mark.parametrize(
    ("worth", "named", "following", "line"),
    [
        ("minor", "", "1.1.0", "asks for a minor release; next release 1.0.0 → 1.1.0"),
        ("", "", "1.0.1", "asks for no release; next release 1.0.0 → 1.0.1 all the same"),
        ("", "", None, "asks for no release; nothing to release"),
        ("patch", "", None, "asks for a patch release; none before the branch bumps its version, 1.0.0"),
        ("minor", "", "1.0.0", "asks for a minor release; next release 1.0.0, as the branch bumped it"),
        ("", "2.0.0", "2.0.0", "asks for release 2.0.0; next release 1.0.0 → 2.0.0"),
    ],
)
def test_what_a_message_does_is_told_in_a_line(worth: str, named: str, following: str | None, line: str) -> None:
    assert told(worth, named, "1.0.0", following) == line
    assert line.startswith(asked(worth, named))
