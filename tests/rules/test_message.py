"""Which lines of a message speak, and which only quote."""

import pytest

from cz_ship.model import Increment
from cz_ship.rules.changelog import entries_of
from cz_ship.rules.message import quotes_a_break
from cz_ship.rules.worth import change_of, increment_of
from tests.support.made import CONVENTIONAL, commit


@pytest.mark.parametrize(
    ("message", "breaks"),
    [
        ("fix: a\n\nBREAKING CHANGE: b", True),
        ("fix: a\n\nBREAKING-CHANGE: b", True),
        ("fix: a\n\nwords\n\nBREAKING CHANGE: b\nmore of it\n\nand more", True),
        ("fix: a\n\nReviewed-by: Z\nBREAKING CHANGE: b", True),
        ("fix: a\n\nRefs #12\nBREAKING CHANGE: b", True),
        ("fix: a\r\n\r\nBREAKING CHANGE: b\r", True),
        ("BREAKING CHANGE: a", True),
        ("fix: a\n\nthe bot wrote\nBREAKING CHANGE: b\nwhich was wrong", False),
        ("fix: a\n\n```\nBREAKING CHANGE: b\n```", False),
        ("fix: a\n\n```\n\nBREAKING CHANGE: b\n\n```\n", False),
        ("fix: a\n\n> BREAKING CHANGE: b", False),
        ("fix: a\n\nno BREAKING CHANGE: here", False),
    ],
)
def test_a_break_is_a_footer_and_not_a_quotation(message: str, breaks: bool) -> None:
    subject, _, body = message.partition("\n\n")
    change = change_of(commit(subject, body), CONVENTIONAL)
    assert change.breaking is breaks
    assert (increment_of(message, CONVENTIONAL) is Increment.MAJOR) is breaks


def test_only_a_line_that_would_have_counted_is_a_quotation() -> None:
    assert quotes_a_break("fix: a\n\nthe bot wrote\nBREAKING CHANGE: b")
    assert not quotes_a_break("fix: a\n\nBREAKING CHANGE: b")
    assert not quotes_a_break("fix: a\n\n> BREAKING CHANGE: b")
    assert not quotes_a_break("fix: a")


def test_both_spellings_of_a_break_are_listed() -> None:
    for spelling in ("BREAKING CHANGE", "BREAKING-CHANGE"):
        found = entries_of(commit("fix: a", f"{spelling}: b"), CONVENTIONAL)
        assert [entry.groups["message"] for entry in found] == ["a", "b"]
        assert found[1].groups["change_type"] == "BREAKING CHANGE"
