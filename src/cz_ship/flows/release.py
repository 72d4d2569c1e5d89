"""Release: make the world match the wish, from wherever the last run was stopped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from packaging.version import Version

from cz_ship.errors import Exit, Failure, Interrupted, Settled
from cz_ship.flows.amend import take_amendments
from cz_ship.flows.apply import Outrun
from cz_ship.flows.carry_out import Report, Stuck, carry_out
from cz_ship.flows.given_up import is_given_up, with_way_out
from cz_ship.flows.guard import (
    note_unpushed,
    refuse_lost_baseline,
    refuse_missing_credentials,
    refuse_stray_tag,
    refuse_tracked_env,
    refuse_unfit,
    refuse_untagged_baseline,
)
from cz_ship.flows.insist import cloned
from cz_ship.flows.landed import bumped_at, landed
from cz_ship.flows.observe import Bench, observe, releases, remote_tip
from cz_ship.flows.obtain import Room, Superseded, later_handed, refuse_superseded
from cz_ship.flows.propose import propose
from cz_ship.flows.remark import tell_released
from cz_ship.flows.survey import survey
from cz_ship.flows.truth import NOTHING, settled, settling
from cz_ship.ports import Clone, World
from cz_ship.rules.holdings import missing_kinds
from cz_ship.rules.plan import STAGES, Due, Seen, complete
from cz_ship.rules.wish import FILE, parse_wish

T = TypeVar("T")
_ATTEMPTS = 5
# Pushes that GitHub starts no run for.
_SILENT = "a message with [skip ci], a push with a job's own token"
_NOTHING_ELSE = "nothing else was changed"


@settling()
def release(world: World, stages: Sequence[str] = STAGES, dist: Path | None = None) -> Report:
    """Finish the newest release if it is not wholly in the world, else make the next one.

    Raises `Failure`: refused (nothing public was changed), unfinished (the same command continues)
    or person (the text says what to do); `Interrupted` on Ctrl-C, with what is true then.
    """
    branch = refuse_unfit(world)
    report: Report | None = None
    try:
        with cloned(world) as clone, world.folder() as folder:
            room = Room(folder / "dist", dist, "prepare" not in stages)
            report = _run(world, clone, branch, stages, room)
            if world.settings.forge_comment and "announce" in stages:
                tell_released(world, clone, branch)
        if set(stages) != {"prepare"}:
            _follow(world, report)
    except KeyboardInterrupt as interrupt:
        if report is None:
            raise
        raise Interrupted(f"{report.text}; only the tidying was cut short") from interrupt
    return report


@dataclass
class _Course:
    """What a run has come to so far, in all of its attempts.

    `outrun` are the versions that it made when the remote moved; `stuck` is the first release that it cannot finish;
    `overtaken` holds where a newer run has what is owed in its hands.
    """

    report: Report
    outrun: list[Version | None] = field(default_factory=list)
    stuck: Stuck | None = None
    overtaken: bool = False

    @property
    def truth(self) -> str:
        """What is true of the releases that it came to before the one that it is at; empty where there were none."""
        finished = f"{self.report.text}, by this run" if self.report.version else ""
        return finished or (self.stuck.failure.text.splitlines()[-1] if self.stuck else "")


def _run(world: World, clone: Clone, branch: str, stages: Sequence[str], room: Room) -> Report:
    """Releases, then the proposal of the next one. What was done for one is told, however another ends."""
    course = _Course(Report(None, False, (), (), "nothing to release", branch=branch))
    try:
        _bounded(world, course.outrun, partial(_attempt, world, clone, branch, stages, room, course))
        if world.settings.mode == "pull-request" and "tag" in stages and not course.overtaken:
            course.report = _proposed(world, clone, course.report, strict=tuple(stages) == STAGES)
    except (Failure, KeyboardInterrupt) as ended:
        if not course.truth:
            raise
        raise _after(course.truth, ended) from ended
    report, stuck = course.report, course.stuck
    if stuck and not report.proposes and (report.version is None or report.version < stuck.version):
        raise (_after(course.truth, stuck.failure) if report.version else stuck.failure) from stuck
    return report


def _bounded(world: World, outrun: list[Version | None], attempt: Callable[[], T]) -> T:
    """Attempts, until the remote stands still for one; `outrun` takes the versions that the others made."""
    for _ in range(_ATTEMPTS):
        try:
            found = attempt()
            break
        except Outrun as moved:
            outrun.append(moved.version)
            world.talk.note("the remote moved meanwhile: starting again from its tip")
    else:
        raise Failure(f"the remote moved {_ATTEMPTS} times while a release was made")
    return found


def _attempt(world: World, clone: Clone, branch: str, stages: Sequence[str], room: Room, course: _Course) -> None:
    """One run from the remote's tip: the release in flight is finished, then the next one is made.

    Raises `Outrun` where the remote moves meanwhile.
    """
    for bench, owing, seen in owed(world, clone, branch):
        if course.stuck and not owing.tagged and not {"prepare", "tag"} & set(stages):
            break  # it waits for its tag: what is stuck is what there is to tell
        due = owing._replace(contested=owing.tagged and owing.version in course.outrun)
        if course.report.version is not None and tuple(stages) != STAGES:
            text = f"still owed: {due.version}, by the next run: it takes one more of all stages"
            left = f"{due.version} is still owed, by a run of all stages; is none waiting? start one by hand"
            course.report = course.report._replace(text=f"{course.report.text}; {text}", left=left)
            break
        try:
            if "tag" not in stages:
                refuse_superseded(world, clone, due, room)
            _refuse(world, clone, due, stages)
            done = carry_out(world, bench, due, stages, room, seen)
            if due.tagged and not any(each.done for each in done.steps) and later_handed(world, room, due.version):
                world.talk.note(f"{due.version} stays unfinished: what was handed over is a later release's")
                continue
            course.report = done._replace(steps=(*course.report.steps, *done.steps))
        except Superseded as found:
            text = f"nothing to release: {_overtaken(found, due)}"
            world.talk.note(text)
            left = f"{due.version} is left to a run of {due.tip[:12]}; was none started ({_SILENT})? start one by hand"
            course.report, course.overtaken = course.report._replace(text=text, left=left), True
            break
        except Stuck as found:
            if not due.tagged:
                raise found.failure from found
            world.talk.note(f"{due.version} stays unfinished: {found.failure.text}")
            course.stuck = course.stuck or found if tuple(stages) == STAGES else with_way_out(found)


def _proposed(world: World, clone: Clone, report: Report, *, strict: bool) -> Report:
    """What the release branch owes after the release in flight, if any, is proposed to people.

    What stands in the way of that is, unless this run is `strict`, only told where there was a release: its other
    stages wait for this one.
    """
    try:
        found = _bounded(world, [], lambda: propose(world, clone, report.branch))
    except Failure as failure:
        if report.version is None or strict:
            raise
        world.talk.note(f"what comes after {report.version} is not proposed: {failure.text} ({failure.hint})")
        return report
    told = found.text if report.version is None else f"{report.text}; {found.text}" if found.proposes else report.text
    return report._replace(steps=(*report.steps, *found.steps), text=told, proposes=found.proposes)


def _overtaken(found: Superseded, due: Due) -> str:
    made = f"this is a run of {found.tip[:12]}, and {due.branch} has moved on to {due.tip[:12]}"
    return f"{made}; a newer run, of that commit, will release {due.version}"


def _refuse(world: World, clone: Clone, due: Due, stages: Sequence[str]) -> None:
    """What speaks against a release before its first step."""
    refuse_stray_tag(world, clone, due)
    with _in_flight(due):
        refuse_missing_credentials(world, stages)


@contextmanager
def _in_flight(due: Due) -> Iterator[None]:
    """What is refused of a release whose tag is of our making is unfinished: that is public."""
    try:
        yield
    except Failure as failure:
        if not (due.tagged and due.ours) or failure.code is not Exit.REFUSED:
            raise
        truth = f"{due.tag} is public, and what of {due.version} is missing waits for the same command"
        raise settled(failure, truth, Exit.UNFINISHED) from failure


def _after(before: str, ended: Failure | KeyboardInterrupt) -> Failure | Interrupted:
    """What ended a run with a later release: what is true of one `before`, which the run came to first, is told too."""
    if isinstance(ended, KeyboardInterrupt):
        truth = ended.truth if isinstance(ended, Interrupted) else NOTHING
        return Interrupted(f"{before}; {truth.replace(NOTHING, _NOTHING_ELSE)}")
    told = ended if isinstance(ended, Settled) else settled(ended, NOTHING)
    text = told.text.replace(NOTHING, _NOTHING_ELSE)
    code = Exit.UNFINISHED if told.code in (Exit.REFUSED, Exit.USAGE) else told.code
    return Settled(f"{before}; what follows it is not:\n{text}", hint=told.hint, code=code)


def owed(world: World, clone: Clone, branch: str) -> Iterator[tuple[Bench, Due, Seen | None]]:
    """The releases that are owed, the first first: one in flight, as it was just seen, then the next one.

    In flight can be the newest release of all, and the newest that cz-ship made, where other hands
    made one after it.
    """
    world.patience.keep_trying(clone.fetch)
    tip = remote_tip(clone, branch)
    clone.checkout(tip)
    refuse_tracked_env(clone)
    bench = Bench(clone, world.rules(clone.root))
    note_unpushed(world, clone, branch, tip)
    project = world.builder.project_name(clone.root)
    found = releases(bench, project, branch, tip)
    newest = next(found, None)
    ours = newest if newest is None or newest.promise else next((each for each in found if each.promise), None)
    for earlier in dict.fromkeys(each for each in (newest, ours) if each):
        if _is_ours(world.settings.mode, bench, earlier):
            with _in_flight(earlier):
                seen = world.patience.keep_trying(partial(observe, world, bench, earlier))
            if not finished(earlier, seen) and not is_given_up(world, clone, earlier, tip):
                yield bench, earlier, seen
    clone.checkout(tip)
    refuse_lost_baseline(world, clone, bench.rules, tip)
    amendments = take_amendments(world, clone)
    outlook = survey(clone, bench.rules, project, world.settings._replace(branch=branch), tip)
    refuse_untagged_baseline(clone, bench.rules, outlook, world.settings.remote)
    for warning in outlook.warnings:
        world.talk.note(f"{warning.text} ({warning.hint})" if warning.hint else warning.text)
    if outlook.next is None or outlook.tag is None:
        return
    due = Due(project, outlook.next, outlook.tag, branch, tip, clone.time(tip), outlook.current)
    due = due._replace(remote=world.settings.remote, amendments=amendments)
    if outlook.next == outlook.current:
        commit = landed(clone, bench.rules, tip) if world.settings.mode == "pull-request" else tip
        bumped = bumped_at(clone, bench.rules, outlook)
        yield bench, due._replace(commit=commit, time=clone.time(commit), bumped=bumped), None
    elif world.settings.mode != "pull-request":
        yield bench, due, None


def _is_ours(mode: str, bench: Bench, earlier: Due) -> bool:
    """Whether a tag is a wish of ours: cz-ship made it, or the developer bumped and its tree says its version.

    In mode `push` the release itself makes the tag; one by other hands is a baseline, never published. One
    that promises nothing on a commit of cz-ship's was lost and restored.
    """
    if earlier.ours or mode == "push":
        return earlier.ours
    if bench.rules.rule_set.version_provider != "version_txt":
        return True
    try:
        return parse_wish(bench.clone.read(earlier.commit or earlier.tag, FILE)) == earlier.version
    except Failure:
        return False


def finished(earlier: Due, seen: Seen) -> bool:
    """Whether a tagged release owes nothing.

    A tag of ours that promises no artifacts was lost and restored: every index owes a wheel and an sdist, and
    the forge its release. One by other hands was released by other means, where the last index holds both;
    with one of them, who knows: what is built from the tag will tell.
    """
    if earlier.promise:
        return complete(earlier, seen)
    if earlier.ours:
        announced = seen.forge is None or any(each.published for each in seen.forge.releases)
        return announced and not any(map(missing_kinds, seen.indexes))
    return not seen.indexes or not missing_kinds(seen.indexes[-1])


def _follow(world: World, report: Report) -> None:
    """Bring a clean checkout of the release branch up to the remote's; where that fails, it is only said."""
    try:
        world.repository.fast_forward(report.branch, world.settings.remote)
    except Failure as failure:
        world.talk.note(f"this checkout was left as it is: {failure.text}")
