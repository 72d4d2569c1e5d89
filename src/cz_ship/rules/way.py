"""The way of a release: its stations in their order, and how far each of them is."""

from collections.abc import Collection
from typing import NamedTuple

from cz_ship.rules.plan import STAGES, Plan, Seen


class Station(NamedTuple):
    """A stage on the way. `state`: `done` in this run, `there` from before, `owed`, `failed`, or `off` (not wanted)."""

    name: str
    state: str


def stations(seen: Seen, owing: Plan, taken: Collection[str]) -> tuple[Station, ...]:
    """The stages of a release after a run that took steps of the stages in `taken`."""
    on = {"prepare", "tag", *(index.name for index in seen.indexes), *(["announce"] if seen.forge else [])}
    owed = {*(step.stage for step in owing.steps), *(lag.index for lag in owing.lags)}
    if "tag" not in owed:
        owed.discard("prepare")  # what is built again for a later stage was prepared before it was pushed

    def state(name: str) -> str:
        if name not in on:
            return "off"
        if name in owed:
            return "owed"
        return "done" if name in taken else "there"

    return tuple(Station(name, state(name)) for name in STAGES)


def ahead() -> tuple[Station, ...]:
    """The way of a release that is only planned."""
    return tuple(Station(name, "owed") for name in STAGES)


def judged(*, passed: bool) -> tuple[Station, ...]:
    """The way of files that were judged: what is public comes after the gates."""
    return (Station("build", "there"), Station("gates", "done" if passed else "failed"), *ahead()[1:])
