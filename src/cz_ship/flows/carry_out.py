"""Carry out one release: observe, plan, take the first step, until no step is left."""

from collections import Counter
from collections.abc import Collection, Sequence
from functools import partial
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Exit, Failure, Interrupted, Settled, Unmendable
from cz_ship.flows.apply import Outrun, apply
from cz_ship.flows.insist import insist
from cz_ship.flows.observe import Bench, observe
from cz_ship.flows.obtain import Room
from cz_ship.flows.truth import NOTHING, settled
from cz_ship.model import Artifact
from cz_ship.ports import World
from cz_ship.rules.plan import Due, Plan, Push, Seen, Step, blocked, complete, is_outrun, is_public, next_step, plan
from cz_ship.rules.way import Station, stations

_TIMES = 3  # that a run takes one step, where the world shows it and then shows it no more


class Done(NamedTuple):
    """A step, whether this run took it, a sentence on it, and the stage that it belongs to, if any."""

    step: str
    done: bool
    text: str
    stage: str = ""


class Report(NamedTuple):
    """What a run did: the version it was about (None: nothing to release), step by step.

    `proposes` holds where a release waits for a person's merge. `left` says what is still owed where nobody may be
    about to see to it; it is empty where nothing is.
    """

    version: Version | None
    released: bool
    steps: tuple[Done, ...]
    files: tuple[Artifact, ...]
    text: str
    tag: str | None = None
    branch: str = ""
    way: tuple[Station, ...] = ()
    proposes: bool = False
    left: str = ""


class Stuck(Exception):
    """A release that no re-run can finish. `failure` tells a person why, and what to do."""

    def __init__(self, version: Version, failure: Failure) -> None:
        super().__init__(failure.text)
        self.version = version
        self.failure = failure


def carry_out(
    world: World, bench: Bench, due: Due, stages: Sequence[str], room: Room, seen: Seen | None = None
) -> Report:
    """Take every step that a release still owes and that these stages may take; `seen` is the last look, if any.

    Raises `Failure` with what is true then, `Stuck` where no re-run can finish it, `Outrun` where the
    remote moved before the push, `Interrupted` on Ctrl-C.
    """
    taken: list[Done] = []
    done: list[Step] = []
    try:
        seen = seen or _look(world, bench, due)
        while True:
            if is_outrun(due, seen):
                raise Outrun(due.version)
            owing, spent = _without_conflict(due, seen), _spent(done)
            step = next_step(owing, stages)
            if step is not None and step not in spent:
                done.append(step)
                bench, text = _take(world, bench, due, step, room)
                taken.append(Done(str(step), True, text, step.stage))
                seen = _look(world, bench, due)
            elif _late(owing, stages, spent if step else ()):
                seen = _await(world, bench, due, stages, spent if step else ())
            else:
                break
    except KeyboardInterrupt as interrupt:
        raise Interrupted(_truth_when_cut(due, seen, done[-1] if done else None)) from interrupt
    except (Failure, OSError) as fault:
        failure = fault if isinstance(fault, Failure) else Failure(f"{fault.strerror or fault}: {fault.filename}")
        told = _told(failure, world, bench, due, done[-1] if done else None)
        if isinstance(failure, Unmendable):  # which must not hide the next release
            raise Stuck(due.version, told) from failure
        raise told from failure
    return _report(due, seen, owing, stages, taken)


def _take(world: World, bench: Bench, due: Due, step: Step, room: Room) -> tuple[Bench, str]:
    """Do a step."""
    world.talk.begin(str(step))
    if step.stage == "prepare":
        bench, text = apply(world, bench, due, step, room)
    else:
        text = insist(
            world.patience,
            lambda: apply(world, bench, due, step, room)[1],
            lambda: _arrived(world, bench, due, step, room),
        )
        bench = bench._replace(pushed=bench.pushed or isinstance(step, Push))
    world.talk.done(str(step), text)
    return bench, text


def _arrived(world: World, bench: Bench, due: Due, step: Step, room: Room) -> bool:
    """Whether others can see what a step does. Raises `Stuck` or `Outrun` where that is another's."""
    if step in _without_conflict(due, observe(world, bench._replace(pushed=True), due)).steps:
        return False
    if isinstance(step, Push):
        # Only git can tell whose tag that is: ours is up to date, another run's is refused.
        apply(world, bench, due, step, room)
    return True


def _look(world: World, bench: Bench, due: Due) -> Seen:
    return world.patience.keep_trying(partial(observe, world, bench, due))


def _spent(done: Sequence[Step]) -> Collection[Step]:
    """Steps that a run takes no more: the last one that it took, and those that it took again and again.

    Pages that show what they hold one time and not the next would else keep it at work for ever.
    """
    return {*done[-1:], *(step for step, times in Counter(done).items() if times >= _TIMES)}


def _late(owing: Plan, stages: Sequence[str], spent: Collection[Step]) -> list[str]:
    """What is there and not to be seen yet: steps that were taken, or else files on simple pages."""
    if spent:
        return [f"{step} was done, and the world does not show it" for step in owing.steps if step in spent]
    return [str(lag) for lag in owing.lags if lag.index in stages]


def _await(world: World, bench: Bench, due: Due, stages: Sequence[str], spent: Collection[Step]) -> Seen:
    """Look again until all is to be seen at once. Raises `Failure` (unfinished) where the limits come first."""
    world.talk.begin(f"wait until {'what was done' if spent else 'all of it on the simple pages'} can be seen")

    def look() -> Seen:
        seen = observe(world, bench, due)
        if late := _late(plan(due, seen), stages, spent):
            text = "\n".join([f"{due.project} {due.version} waits to be seen by everybody:", *late])
            raise Failure(text, hint="the same command looks again", code=Exit.UNFINISHED, pause=0)
        return seen

    return world.patience.keep_trying(look)


def _without_conflict(due: Due, seen: Seen) -> Plan:
    found = plan(due, seen)
    if not found.conflicts:
        return found
    lines = "\n".join(f"  {conflict.text}" for conflict in found.conflicts)
    text = f"{due.project} {due.version} cannot be released:\n{lines}\n{_truth(due, seen, stuck=True)}"
    raise Stuck(due.version, Settled(text, hint=found.conflicts[0].hint, code=Exit.PERSON))


def _report(due: Due, seen: Seen, owing: Plan, stages: Sequence[str], taken: list[Done]) -> Report:
    if waiting := blocked(owing, stages):
        missing = ", ".join(str(step) for step in waiting)
        raise Failure(
            f"stage {' and '.join(stages)} of {due.version} waits for: {missing}",
            hint=f"cz-ship release --stage {waiting[0].stage}",
        )
    rest = [Done(str(step), False, "not asked for in this run", step.stage) for step in owing.steps]
    way = stations(seen, owing, {each.stage for each in taken})
    whole = complete(due, seen)
    text = f"{due.project} {due.version} is released" if whole else f"{due.project} {due.version}: stages done"
    return Report(due.version, whole, (*taken, *rest), seen.artifacts or due.promise, text, due.tag, due.branch, way)


def _told(failure: Failure, world: World, bench: Bench, due: Due, last: Step | None) -> Failure:
    """The failure with what is true now, looked up once more where that is possible."""
    try:
        seen = observe(world, bench, due)
    except Failure:
        if not due.tagged and (last is None or last.stage == "prepare"):
            return settled(failure, NOTHING)
        truth = f"{last or due.version} may have arrived; the same command looks, and continues {due.version}"
        return settled(failure, truth, Exit.UNFINISHED)
    code = Exit.UNFINISHED if is_public(seen) and failure.code is Exit.REFUSED else failure.code
    return settled(failure, _truth(due, seen, stuck=isinstance(failure, Unmendable)), code)


def _truth(due: Due, seen: Seen, *, stuck: bool = False) -> str:
    """What is true now, in one sentence."""
    if not is_public(seen):
        return NOTHING
    if complete(due, seen):
        return f"{due.version} is wholly released"
    if (found := plan(due, seen)).lags and not found.steps and not found.conflicts:
        return f"all of {due.version} is public"
    there = [f"tag {due.tag}"] if seen.tag_there else []
    there += [f"{name} on {index.name}" for index in seen.indexes for name, _ in index.files]
    if seen.forge and any(each.published for each in seen.forge.releases):
        there.append(f"its release on {seen.forge.address}")
    rest = "" if stuck else "; the same command continues"
    return f"{due.version} is in part public ({', '.join(there)}){rest}"


def _truth_when_cut(due: Due, seen: Seen | None, step: Step | None) -> str:
    """What can be said on Ctrl-C without another look: a public step may or may not have arrived."""
    if step is not None and step.stage != "prepare":
        return f"in the middle of: {step}. It may have arrived; the same command looks, and continues {due.version}"
    return _truth(due, seen) if seen else f"{NOTHING} by this run"
