"""The sweep over arenas: what does not converge is told, and nothing hides it."""

import threading
from collections.abc import Sequence

import pytest

from cz_ship.errors import Failure
from cz_ship.flows.faults import sweep
from cz_ship.model import Point
from cz_ship.rules.sweep import WAYS
from tests.support.fake_world import FakeTalk

POINTS = tuple(Point("door", number, "git push", "before") for number in range(12))


class FakeArena:
    """An arena in which the runs that were killed at `bad` end badly in one of the ways."""

    def __init__(
        self,
        bad: Sequence[int] = (),
        points: tuple[Point, ...] = POINTS,
        unkillable: int = -1,
        marks: str | None = None,
    ) -> None:
        self._bad = bad
        self._points = points
        self._unkillable = unkillable
        self._struck = POINTS[0]
        self._marks = [str(number) for number in range(len(POINTS))] if marks is None else list(marks)
        self.tried = 0
        self.ended = threading.Event()

    def straight(self) -> tuple[Point, ...]:
        return self._points

    def strike(self, point: Point) -> str:
        if point.number == self._unkillable:
            raise Failure("the run was not killed")
        self._struck = point
        return self._marks[point.number]

    def offences(self, way: str) -> tuple[str, ...]:
        self.tried += 1
        return ("there are 2 new tags",) if way == "fresh clone" and self._struck.number in self._bad else ()

    def end(self) -> None:
        self.ended.set()


class Impatient(FakeTalk):
    """Whoever listens presses Ctrl-C as soon as a point is done."""

    def begin(self, step: str) -> None:
        raise KeyboardInterrupt


def test_every_point_is_tried_once_over_all_arenas() -> None:
    swept = sweep([FakeArena(), FakeArena()], FakeTalk(), 100)
    assert sorted(fate.point for fate in swept.fates) == sorted(POINTS)
    assert (swept.points, swept.converged) == (12, 12)


def test_what_does_not_converge_is_counted_and_told() -> None:
    talk = FakeTalk()
    swept = sweep([FakeArena(bad=[3, 7])], talk, 100)
    assert swept.converged == 10
    told = [said for said in talk.said if "2 new tags" in said]
    assert told == [f"before git push (no. {number}), fresh clone: there are 2 new tags" for number in (3, 7)]


def test_a_run_that_was_not_killed_proves_nothing() -> None:
    swept = sweep([FakeArena(unkillable=5)], FakeTalk(), 100)
    assert [fate.point.number for fate in swept.fates if not fate.converged] == [5]
    assert set(swept.fates[5].offences) == set(WAYS)


def test_equal_wrecks_are_run_again_once_and_share_their_outcome() -> None:
    arena = FakeArena(bad=[1], marks="abbbaaaaaaaa")
    swept = sweep([arena], FakeTalk(), 100)
    assert arena.tried == 2 * len(WAYS)
    assert (swept.wrecks, swept.converged) == (2, 9)
    assert sorted(fate.point.number for fate in swept.fates if not fate.converged) == [1, 2, 3]


def test_arenas_whose_runs_differ_are_refused() -> None:
    with pytest.raises(Failure, match="different effects"):
        sweep([FakeArena(), FakeArena(points=POINTS[1:])], FakeTalk(), 1)


def test_ctrl_c_ends_what_runs_in_the_arenas() -> None:
    arenas = [FakeArena(), FakeArena()]
    with pytest.raises(KeyboardInterrupt):
        sweep(arenas, Impatient(), 100)
    assert all(arena.ended.is_set() for arena in arenas)
