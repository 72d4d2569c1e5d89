"""Release: make the world match the wish, from wherever the last run was stopped."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Exit, Failure, Interrupted
from cz_ship.flows.apply import Outrun, Room, apply
from cz_ship.flows.guard import refuse_stray_tag, refuse_unfit
from cz_ship.flows.observe import Bench, newest_release, observe, remote_tip
from cz_ship.flows.survey import survey
from cz_ship.model import Artifact
from cz_ship.ports import Clone, World
from cz_ship.rules.plan import STAGES, Due, Plan, Seen, Step, blocked, complete, is_public, next_step, plan
from cz_ship.rules.wish import FILE, parse_wish

_ATTEMPTS = 5


class Done(NamedTuple):
    """A step, whether this run took it, and a sentence on it."""

    step: str
    done: bool
    text: str


class Report(NamedTuple):
    """What a run did: the version it was about (None: nothing to release), step by step."""

    version: Version | None
    released: bool
    steps: tuple[Done, ...]
    files: tuple[Artifact, ...]
    text: str
    tag: str | None = None
    branch: str = ""


def release(world: World, stages: Sequence[str] = STAGES, dist: Path | None = None) -> Report:
    """Finish the newest release if it is not wholly in the world, else make the next one.

    Raises `Failure`: refused (nothing public was changed), unfinished (the same command continues)
    or person (the text says what to do); `Interrupted` on Ctrl-C, with what is true then.
    """
    refuse_unfit(world)
    with world.clone_of_remote() as clone, world.folder() as folder:
        for _ in range(_ATTEMPTS):
            try:
                report = _attempt(world, clone, stages, Room(folder / "dist", dist))
                break
            except Outrun:
                world.talk.note("the remote moved meanwhile: starting again from its tip")
        else:
            raise Failure(f"the remote moved {_ATTEMPTS} times while a release was made; nothing public was changed")
    if report.released:
        _follow(world, report.branch)
    return report


def _follow(world: World, branch: str) -> None:
    """Bring a clean checkout of the release branch up to the release; where that fails, it is only said."""
    try:
        world.repository.fast_forward(branch, world.settings.remote)
    except Failure as failure:
        world.talk.note(f"this checkout was left as it is: {failure.text}")


def owed(world: World, clone: Clone) -> tuple[Bench, Due | None]:
    """The release that is owed: one in flight, the next one, or none."""
    clone.fetch()
    branch = _branch(world, clone)
    tip = remote_tip(clone, branch)
    clone.checkout(tip)
    bench = Bench(clone, world.rules(clone.root))
    project = world.builder.project_name(clone.root)
    newest = newest_release(bench, project, branch, tip)
    if newest and _is_ours(bench, newest) and not finished(newest, observe(world, bench, newest)):
        return bench, newest
    outlook = survey(clone, bench.rules, world.builder, world.settings._replace(branch=branch), tip)
    for warning in outlook.warnings:
        world.talk.note(f"{warning.text} ({warning.hint})" if warning.hint else warning.text)
    if outlook.next is None or outlook.tag is None:
        return bench, None
    due = Due(project, outlook.next, outlook.tag, branch, tip, clone.time(tip), outlook.current)
    return bench, due._replace(commit=tip) if outlook.next == outlook.current else due


def _is_ours(bench: Bench, newest: Due) -> bool:
    """Whether the tree at a tag says the tag's version; a tag from before cz-ship's time need not."""
    if newest.promise or bench.rules.rule_set.version_provider != "version_txt":
        return True
    try:
        return parse_wish(bench.clone.read(newest.commit or newest.tag, FILE)) == newest.version
    except Failure:
        return False


def finished(newest: Due, seen: Seen) -> bool:
    """Whether the newest tagged release owes nothing.

    A tag that promises no artifacts was not made by cz-ship. Where the last index holds that
    version, it was released by other means, and is none of our business.
    """
    if not newest.promise and seen.indexes and seen.indexes[-1].files:
        return True
    return complete(newest, seen)


def _attempt(world: World, clone: Clone, stages: Sequence[str], room: Room) -> Report:
    bench, due = owed(world, clone)
    if due is None:
        return Report(None, False, (), (), "nothing to release")
    refuse_stray_tag(world, due)
    return _carry_out(world, bench, due, stages, room)


def _carry_out(world: World, bench: Bench, due: Due, stages: Sequence[str], room: Room) -> Report:
    """The loop: observe, plan, take the first step; until no step is left that these stages may take."""
    taken: list[Done] = []
    last: Step | None = None
    seen = observe(world, bench, due)
    try:
        while True:
            remaining = _without_conflict(due, seen)
            step = next_step(remaining, stages)
            if step is None:
                break
            if step == last:
                raise Failure(f"{step} was done, and the world does not show it")
            last = step
            bench, text = _take(world, bench, due, step, room)
            taken.append(Done(str(step), True, text))
            seen = observe(world, bench, due)
    except KeyboardInterrupt as interrupt:
        raise Interrupted(_truth_when_cut(due, seen, last)) from interrupt
    except Failure as failure:
        raise _told(failure, world, bench, due, seen) from failure
    return _report(due, seen, remaining, stages, taken)


def _take(world: World, bench: Bench, due: Due, step: Step, room: Room) -> tuple[Bench, str]:
    world.talk.begin(str(step))
    bench, text = apply(world, bench, due, step, room)
    world.talk.done(str(step), text)
    return bench, text


def _without_conflict(due: Due, seen: Seen) -> Plan:
    found = plan(due, seen)
    if found.conflicts:
        lines = "\n".join(f"  {conflict}" for conflict in found.conflicts)
        raise Failure(
            f"{due.project} {due.version} cannot be released:\n{lines}",
            hint="this version's name is spent; release the next one (commit a fix), or mend what is said above",
            code=Exit.PERSON,
        )
    return found


def _report(due: Due, seen: Seen, remaining: Plan, stages: Sequence[str], taken: list[Done]) -> Report:
    if waiting := blocked(remaining, stages):
        missing = ", ".join(str(step) for step in waiting)
        first = waiting[0].stage
        raise Failure(
            f"stage {' and '.join(stages)} of {due.version} waits for: {missing}",
            hint=f"cz-ship release --stage {first}",
        )
    rest = [Done(str(step), False, "not asked for in this run") for step in remaining.steps]
    whole = complete(due, seen)
    text = f"{due.project} {due.version} is released" if whole else f"{due.project} {due.version}: stages done"
    return Report(due.version, whole, (*taken, *rest), seen.artifacts or due.promise, text, due.tag, due.branch)


def _told(failure: Failure, world: World, bench: Bench, due: Due, before: Seen) -> Failure:
    """The failure with what is true now, looked up once more where that is possible."""
    if failure.code not in (Exit.REFUSED, Exit.PERSON):
        return failure
    try:
        seen = observe(world, bench, due)
    except Failure:
        seen = before
    code: Exit = failure.code
    if is_public(seen) and code is Exit.REFUSED:
        code = Exit.UNFINISHED
    return Failure(f"{failure.text}\n{_truth(due, seen)}", hint=failure.hint, code=code)


def _truth(due: Due, seen: Seen) -> str:
    """What is true now, in one sentence."""
    if not is_public(seen):
        return "nothing public was changed"
    if complete(due, seen):
        return f"{due.version} is wholly released"
    there = [f"tag {due.tag}"] if seen.tag_there else []
    there += [f"{name} on {index.name}" for index in seen.indexes for name, _ in index.files]
    return f"{due.version} is in part public ({', '.join(there)}); the same command continues"


def _truth_when_cut(due: Due, seen: Seen, step: Step | None) -> str:
    """What can be said on Ctrl-C without another look: a public step may or may not have arrived."""
    if step is None or step.stage == "prepare":
        return _truth(due, seen)
    return f"in the middle of: {step}. It may have arrived; the same command looks, and continues {due.version}"


def _branch(world: World, clone: Clone) -> str:
    if world.settings.branch:
        return world.settings.branch
    head = clone.remote_refs("origin").get("HEAD", "")
    return head.removeprefix("refs/heads/") or world.repository.branch(world.settings)
