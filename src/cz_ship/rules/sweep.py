"""The sweep: which of a run's points are tried, and what came of them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from cz_ship.model import Point

WAYS = ("same tree", "fresh clone", "old commit")
MOMENTS = ("before", "after", "lost")


class Fate(NamedTuple):
    """What became of a run that was killed at a point: for each way to run it again, what was wrong then."""

    point: Point
    offences: Mapping[str, tuple[str, ...]]

    @property
    def converged(self) -> bool:
        """Whether every way led to the end state of a run that nobody disturbed."""
        return not any(self.offences.values())


class Row(NamedTuple):
    """A line of the table: an effect, and for each moment how many points were tried and how many converged."""

    effect: str
    moments: Mapping[str, tuple[int, int]]


def sample(points: Sequence[Point], most: int) -> tuple[Point, ...]:
    """At most so many points, as different as can be: one of each kind first, those with a lost answer before all."""
    if most >= len(points):
        return tuple(points)
    kinds: dict[tuple[str, str], list[Point]] = {}
    for point in sorted(points, key=lambda each: MOMENTS.index(each.moment), reverse=True):
        kinds.setdefault((point.moment, point.effect), []).append(point)
    if most < len(kinds):
        groups = list(kinds.values())
        return tuple(groups[number * len(groups) // most][0] for number in range(most))
    in_turn = chain.from_iterable(zip_longest(*kinds.values()))
    return tuple([point for point in in_turn if point is not None][:most])


def table(fates: Iterable[Fate]) -> tuple[Row, ...]:
    """The fates by effect, in the order in which a run first has it."""
    rows: dict[str, list[Fate]] = {}
    for fate in sorted(fates, key=lambda each: (each.point.place, each.point.number)):
        rows.setdefault(fate.point.effect, []).append(fate)
    return tuple(Row(effect, _by_moment(own)) for effect, own in rows.items())


def _by_moment(fates: Sequence[Fate]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for fate in fates:
        tried, converged = found.get(fate.point.moment, (0, 0))
        found[fate.point.moment] = tried + 1, converged + fate.converged
    return found
