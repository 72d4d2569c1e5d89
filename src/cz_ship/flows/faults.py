"""Faults: a release is killed at every place where it can be, and simply run again."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from queue import SimpleQueue
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.model import Point
from cz_ship.ports import Talk
from cz_ship.rules.sweep import WAYS, Fate, sample
from cz_ship.theatre import Arena

# By the mark of what a killed run left: what was wrong after each of the ways to run it again.
Known = dict[str, Mapping[str, tuple[str, ...]]]


class Swept(NamedTuple):
    """A sweep: how many points the run has, what came of those that were tried, and how many wrecks they left."""

    points: int
    fates: tuple[Fate, ...]
    wrecks: int

    @property
    def converged(self) -> int:
        """At how many points a killed release was finished by a plain re-run, in each of the ways."""
        return sum(fate.converged for fate in self.fates)


def sweep(arenas: Sequence[Arena], talk: Talk, most: int) -> Swept:
    """Kill a release at (at most so many of) its points, side by side in the arenas; equal ones are wanted.

    Raises `Failure` where a release does not end well though nobody disturbs it, or is not the same twice.
    """
    with ThreadPoolExecutor(len(arenas)) as lanes:
        try:
            return _swept(arenas, lanes, talk, most)
        except BaseException:
            lanes.shutdown(wait=False, cancel_futures=True)
            for arena in arenas:
                arena.end()
            raise


def _swept(arenas: Sequence[Arena], lanes: Executor, talk: Talk, most: int) -> Swept:
    talk.begin("releases that nobody disturbs")
    points, *others = [done.result() for done in [lanes.submit(arena.straight) for arena in arenas]]
    if any(other != points for other in others):
        raise Failure("two runs of the same release had different effects")
    chosen = sample(points, most)
    talk.note(f"a release passes {len(points)} points at which it can be killed; {len(chosen)} are tried")
    free: SimpleQueue[Arena] = SimpleQueue()
    for arena in arenas:
        free.put(arena)
    fates: list[Fate] = []
    known: Known = {}
    for done in as_completed([lanes.submit(_in_turn, free, point, known) for point in chosen]):
        fates.append(done.result())
        _tell(talk, fates, len(chosen))
    return Swept(len(points), tuple(fates), len(known))


def _in_turn(free: SimpleQueue[Arena], point: Point, known: Known) -> Fate:
    arena = free.get()
    try:
        return fate(arena, point, known)
    finally:
        free.put(arena)


def fate(arena: Arena, point: Point, known: Known) -> Fate:
    """Kill the release at a point, and run it again in each of the ways.

    What was left behind just so before is not tried again: its outcome is `known`, by its mark.
    """
    try:
        mark = arena.strike(point)
        if mark not in known:
            known[mark] = {way: arena.offences(way) for way in WAYS}
        return Fate(point, known[mark])
    except Failure as failure:
        return Fate(point, dict.fromkeys(WAYS, (failure.text,)))


def _tell(talk: Talk, fates: Sequence[Fate], all_of_them: int) -> None:
    last, so_far = fates[-1], f"{len(fates)} of {all_of_them}: {sum(each.converged for each in fates)} converged"
    for way, wrong in last.offences.items():
        if wrong:
            talk.note(f"{last.point.moment} {last.point.effect} (no. {last.point.number}), {way}: {'; '.join(wrong)}")
    if len(fates) % max(1, all_of_them // 10) == 0:
        talk.note(so_far)
    talk.begin(so_far)
