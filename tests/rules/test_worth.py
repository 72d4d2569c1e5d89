"""What commits are worth."""

import pytest
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.model import Increment
from cz_ship.rules.worth import change_of, highest, increment_of, next_version
from tests.support.made import CONVENTIONAL, commit


@pytest.mark.parametrize(
    ("message", "worth"),
    [
        ("feat: a", Increment.MINOR),
        ("feat(core): a", Increment.MINOR),
        ("feat!: a", Increment.MAJOR),
        ("fix(a)!: b", Increment.MAJOR),
        ("fix: a", Increment.PATCH),
        ("perf: a", Increment.PATCH),
        ("refactor: a", Increment.PATCH),
        ("docs: a", None),
        ("chore!: a", Increment.MAJOR),
        ("merge of something", None),
        ("", None),
        ("fix: a\n\nBREAKING CHANGE: b", Increment.MAJOR),
        ("fix: a\n\nBREAKING-CHANGE: b", Increment.MAJOR),
        ("fix: a\n\nit says BREAKING CHANGE: in the middle", Increment.PATCH),
        ("docs: a\n\nfeat: squashed", Increment.MINOR),
        ("Feat: a", None),
        ("feat : a", None),
        ("feature: a", Increment.MINOR),  # commitizen's own `^feat` takes it
        ("féat: ünïcode", None),
        ("fix: 🎉", Increment.PATCH),
        ("fix: a\r\n\r\nfeat: b\r", Increment.MINOR),
    ],
)
def test_a_message_is_worth_what_its_highest_line_asks_for(message: str, worth: Increment | None) -> None:
    assert increment_of(message, CONVENTIONAL) is worth


@pytest.mark.parametrize(
    ("current", "increment", "following"),
    [
        ("1.4.2", Increment.PATCH, "1.4.3"),
        ("1.4.2", Increment.MINOR, "1.5.0"),
        ("1.4.2", Increment.MAJOR, "2.0.0"),
        ("1.4", Increment.PATCH, "1.4.1"),
        ("0.0.0", Increment.MINOR, "0.1.0"),
        ("1.4.0rc1", Increment.PATCH, "1.4.0"),
        ("1.4.0rc1", Increment.MINOR, "1.4.0"),
        ("1.4.1rc1", Increment.MINOR, "1.5.0"),
        ("2.0.0b3", Increment.MAJOR, "2.0.0"),
        ("2.1.0b3", Increment.MAJOR, "3.0.0"),
    ],
)
def test_the_next_version_follows_commitizens_schemes(current: str, increment: Increment, following: str) -> None:
    assert next_version(Version(current), increment) == Version(following)


def test_a_change_tells_its_type_scope_and_break() -> None:
    change = change_of(commit("feat(api)!: drop it"), CONVENTIONAL)
    assert (change.type, change.scope, change.breaking, change.increment) == ("feat", "api", True, Increment.MAJOR)
    quiet = change_of(commit("words without a type"), CONVENTIONAL)
    assert (quiet.type, quiet.scope, quiet.breaking, quiet.increment) == (None, None, False, None)
    footer = change_of(commit("fix: a", "BREAKING CHANGE: b"), CONVENTIONAL)
    assert (footer.type, footer.breaking) == ("fix", True)


def test_the_highest_of_nothing_is_nothing() -> None:
    assert highest([]) is None
    assert highest([change_of(commit("docs: a"), CONVENTIONAL)]) is None
    assert (
        highest(change_of(commit(text), CONVENTIONAL) for text in ("fix: a", "feat: b", "docs: c")) is Increment.MINOR
    )


def test_the_first_key_that_matches_decides_even_where_it_releases_nothing() -> None:
    rules = CONVENTIONAL._replace(bump_map=(("^feat", None), (".*", "MAJOR")))
    assert increment_of("feat: a", rules) is None
    assert increment_of("fix: a", rules) is Increment.MAJOR


@pytest.mark.parametrize("bump_map", [(("(", "MINOR"),), (("^feat", "HUGE"),)])
def test_a_bump_map_that_cannot_be_used_is_told(bump_map: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(Failure, match="bump_map") as caught:
        increment_of("feat: a", CONVENTIONAL._replace(bump_map=bump_map))
    assert caught.value.code == 2
