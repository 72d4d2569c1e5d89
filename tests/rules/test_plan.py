"""The plan's conflicts and lags, by tables: what stands in the way, from when on, and what only time brings."""

import pytest
from packaging.version import Version

from cz_ship.model import Artifact
from cz_ship.rules.holdings import OPEN_FOR, IndexSeen
from cz_ship.rules.plan import Due, Lag, Seen, complete, plan

WHEEL, SDIST = Artifact("demo-1.1.0-py3-none-any.whl", "a" * 64, 1), Artifact("demo-1.1.0.tar.gz", "b" * 64, 2)
COMMIT, BEGUN = "1" * 40, 1_767_225_600
BOTH = tuple(each[:2] for each in (WHEEL, SDIST))


def due() -> Due:
    """A tagged release that promises a wheel and an sdist."""
    version = Version("1.1.0")
    found = Due("demo", version, "v1.1.0", "main", COMMIT, 0, version)
    return found._replace(commit=COMMIT, tagged=True, promise=(WHEEL, SDIST))


def seen(*indexes: IndexSeen, moment: int = BEGUN) -> Seen:
    """Its tag is there, and the indexes hold what they hold."""
    return Seen(COMMIT, (), True, COMMIT, True, indexes, COMMIT, moment=moment)


@pytest.mark.parametrize(
    ("files", "since", "age", "closed"),
    [
        (BOTH[:1], BEGUN, OPEN_FOR, False),
        (BOTH[:1], BEGUN, OPEN_FOR + 1, True),
        (BOTH[:1], 0, OPEN_FOR + 1, False),
        (BOTH, BEGUN, OPEN_FOR + 1, False),
        ((), 0, OPEN_FOR + 1, False),
    ],
)
def test_an_index_closes_a_release_that_it_has_had_a_part_of_for_too_long(
    files: tuple[tuple[str, str], ...], since: int, age: int, closed: bool
) -> None:
    found = plan(due(), seen(IndexSeen("prod", "https://p", files, since=since), moment=BEGUN + age))
    assert [conflict.text.partition(" since ")[2] for conflict in found.conflicts] == [
        f"2026-01-01 and takes no other of a release older than 14 days; it lacks {SDIST.name}"
    ] * closed


def test_each_index_is_as_old_as_its_own_files() -> None:
    old, young = IndexSeen("test", "https://t", BOTH, since=BEGUN), IndexSeen("prod", "https://p", ())
    found = plan(due(), seen(old, young, moment=BEGUN + 10 * OPEN_FOR))
    assert found.conflicts == ()
    assert [str(step) for step in found.steps[1:]] == [f"upload {each.name} to prod" for each in (WHEEL, SDIST)]


def test_what_is_not_listed_is_no_step_and_keeps_a_release_from_being_complete() -> None:
    index = IndexSeen("prod", "https://p", BOTH, unlisted=(SDIST.name, "demo-1.1.0-cp310-cp310-linux_x86_64.whl"))
    found = plan(due(), seen(index))
    assert (found.steps, found.conflicts, found.lags) == ((), (), (Lag("prod", SDIST.name),))
    assert not complete(due(), seen(index))
    assert complete(due(), seen(index._replace(unlisted=())))
