"""When the sections of released history are still those that were told once."""

import pytest
from packaging.version import Version

from cz_ship.model import Commit, Past, Tag
from cz_ship.rules.history import labelled
from cz_ship.rules.released import noted, past_of, same_releases, still_told
from tests.support.made import commit

# a - b (v1) - c - d (v2); once told with v2 as the last release and v3 elsewhere
PAST = Past((("v1", "b"), ("v2", "d")), (("v3", "x"),), "abcd", "text")


def tags(*places: str) -> tuple[Tag, ...]:
    """Tags such as `v1:b`."""
    pairs = (place.split(":") for place in places)
    return tuple(Tag(name, sha, Version(name)) for name, sha in pairs)


def line(*places: str) -> tuple[Commit, ...]:
    """Commits such as `m:d,s`, newest first: a hash, and the hashes of its parents."""
    pairs = (place.split(":") for place in places)
    return tuple(commit(sha, sha=sha, parents=tuple(filter(None, parents.split(",")))) for sha, parents in pairs)


@pytest.mark.parametrize(
    ("now", "same"),
    [
        (("v1:b", "v2:d"), True),
        (("v1:b", "v2:d", "v3:x", "v4:y"), True),
        (("v1:b",), False),
        (("v1:a", "v2:d"), False),
        (("v0:a", "v1:b", "v2:d"), False),
        (("v1:b", "v1.5:c", "v2:d"), False),
        (("v2:d", "v3:x"), False),
        ((), False),
    ],
)
def test_the_releases_told_of_are_the_lowest_still(now: tuple[str, ...], same: bool) -> None:
    assert same_releases(PAST, tags(*now)) is same


def test_of_nothing_nothing_is_known() -> None:
    assert not same_releases(Past((), (), "", ""), tags("v1:b"))


RELEASES = ("v1:b", "v2:d")
STILL = {
    "nothing since": (RELEASES, ("d:c",), True),
    "commits since": (RELEASES, ("f:e", "e:d", "d:c"), True),
    "a new release": ((*RELEASES, "v2.1:e"), ("f:e", "e:d", "d:c"), True),
    "a new release on the same commit": ((*RELEASES, "v2.1:d"), ("e:d", "d:c"), True),
    "a branch from before, merged": (RELEASES, ("m:d,s", "s:b", "d:c"), True),
    "an unrelated root, merged": (RELEASES, ("m:d,r", "r:", "d:c"), True),
    "another release elsewhere, as before": ((*RELEASES, "v3:x"), ("e:d", "d:c"), True),
    "the first commit of all": (("v1:b", "v2:d"), ("e:d", "d:"), True),
    "the release is not in it": (RELEASES, ("s:b",), False),
    "a higher release elsewhere, unknown": ((*RELEASES, "v3:y"), ("e:d", "d:c"), False),
    "a release below the last, unknown": ((*RELEASES, "v3:c"), ("e:d", "d:c"), False),
    "a branch from before that git goes to later": (RELEASES, ("m:s,d", "d:c", "s:b"), False),
    "what the release contains, shown by mistake": (RELEASES, ("e:d", "d:c", "c:b"), False),
    "the same, before it": (RELEASES, ("e:d,c", "c:b", "d:c"), False),
}


@pytest.mark.parametrize(("now", "top", "told"), STILL.values(), ids=STILL)
def test_what_comes_after_a_release_leaves_its_sections_alone(
    now: tuple[str, ...], top: tuple[str, ...], told: bool
) -> None:
    assert still_told(PAST, tags(*now), line(*top)) is told


def test_a_lower_release_above_the_last_one_changes_its_sections() -> None:
    beside = PAST._replace(tags=(("v1", "e"), ("v2", "d")))
    assert not still_told(beside, tags("v1:e", "v2:d"), line("e:d", "d:c"))
    one_commit = PAST._replace(tags=(("v1", "d"), ("v2", "d")))
    assert still_told(one_commit, tags("v1:d", "v2:d"), line("e:d", "d:c"))


def test_what_is_remembered_ends_at_the_last_release() -> None:
    now = tags(*RELEASES, "v3:x")
    notes: list[list[str]] = [[] for _ in (*now, None)]
    list(noted(labelled(line("e:d", "d:c", "c:b", "b:a", "a:"), now), notes))
    assert past_of("text", now[1], now, notes, None) == PAST._replace(commits="badc")
    after = past_of("more", now[1], now, [["0"], ["1"], ["2"], []], PAST)
    assert after == PAST._replace(commits="01abcd", text="more")
