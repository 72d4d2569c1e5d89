"""Hand edits: what people wrote stays, what is made anew comes, and nothing comes twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.model import AUTHOR
from cz_ship.rules.hand_edits import carried_over, credited, credits
from tests.support.made import commit

MADE = "# Changes\n\n## v1.1.0\n\n### Feat\n\n- a\n- b\n\n## v1.0.0\n\n- old\n"
ANEW = "# Changes\n\n## v2.0.0\n\n### BREAKING CHANGE\n\n- c\n\n### Feat\n\n- a\n- b\n- d\n\n## v1.0.0\n\n- old\n"


@pytest.mark.parametrize(
    ("old", "new", "there", "gone"),
    [
        ("- a\n", "- a, at last\n", ("- a, at last\n", "- b\n", "- c\n", "- d\n"), ("- a\n",)),
        ("- a\n", "", ("- b\n", "- c\n", "- d\n"), ("- a\n",)),
        ("### Feat\n", "Some words.\n\n### Feat\n", ("Some words.\n\n### Feat\n\n- a\n",), ()),
        ("- b\n", "- b\n- by hand\n", ("- by hand\n", "- d\n"), ()),
        ("- old\n", "- very old\n", ("- very old\n",), ("- old\n",)),
    ],
)
def test_what_was_edited_meets_what_is_new(old: str, new: str, there: tuple[str, ...], gone: tuple[str, ...]) -> None:
    found = carried_over(MADE, MADE.replace(old, new, 1), ANEW)
    for text in ("## v2.0.0\n", *there):
        assert found.count(text) == 1, found
    for text in ("## v1.1.0", *gone):
        assert f"\n{text}" not in found


def test_what_both_add_to_one_place_is_there_once() -> None:
    assert carried_over("- a\n", "- a\n- b\n- mine\n", "- a\n- b\n") == "- a\n- b\n- mine\n"


def test_what_is_no_longer_made_goes_and_what_people_wrote_of_it_stays() -> None:
    assert carried_over("- a\n- b\n", "- a\n- b\n", "- b\n") == "- b\n"
    assert carried_over("- a\n- b\n", "- a, and how\n- b\n", "- b\n") == "- a, and how\n- b\n"


TEXT = st.lists(st.sampled_from(("- a\n", "- b\n", "- c\n", "\n", "### Feat\n", "words\n")), max_size=8).map("".join)


@given(made=TEXT, other=TEXT)
def test_where_one_side_changed_nothing_the_other_is_taken_whole(made: str, other: str) -> None:
    assert carried_over(made, made, other) == other
    assert carried_over(made, other, made) == other


@given(made=TEXT, anew=TEXT, line=st.integers(0, 8))
def test_a_line_that_was_written_is_never_lost(made: str, anew: str, line: int) -> None:
    lines = made.splitlines(keepends=True)
    lines.insert(line, "- by hand\n")
    assert carried_over(made, "".join(lines), anew).count("- by hand\n") == 1


def test_people_are_credited_once_and_cz_ship_is_not() -> None:
    ada = commit("docs: a")
    made = commit("bump: b", "Co-authored-by: Bea <bea@example.org>")._replace(author=AUTHOR)
    people = credits([ada, ada, made])
    assert people == ("Ada <ada@example.org>", "Bea <bea@example.org>")
    message = credited("bump: version 1.0.0 → 1.1.0", people)
    assert message.splitlines()[1:3] == ["", "Co-authored-by: Ada <ada@example.org>"]
    assert credited("bump: b", ()) == "bump: b"
