"""Propose: a release that a person is to merge, as a branch and a pull request, kept as the release branch wants it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from cz_ship.errors import Exit, Failure, Interrupted, Settled
from cz_ship.flows.amend import take_amendments
from cz_ship.flows.apply import Outrun
from cz_ship.flows.bump import commit_bump
from cz_ship.flows.carry_out import Done
from cz_ship.flows.guard import refuse_missing_proposer
from cz_ship.flows.insist import insist
from cz_ship.flows.notes import told_in
from cz_ship.flows.observe import Bench, remote_tip
from cz_ship.flows.proposed import Standing, standing
from cz_ship.flows.survey import survey
from cz_ship.flows.truth import settled
from cz_ship.model import AMENDMENTS, Change
from cz_ship.ports import Clone, World
from cz_ship.rules.outlook import bump_message
from cz_ship.rules.plan import CommitBump, Due
from cz_ship.rules.proposal import (
    ClosePull,
    DeleteProposal,
    DescribePull,
    OpenPull,
    Proposal,
    ProposalPlan,
    ProposalSeen,
    Proposing,
    PushProposal,
    StartChecks,
    outruns,
    placed,
    proposal_branch,
    proposal_plan,
    pull_text,
)  # fmt: skip

_SILENT = "not allowed, a person has to start them"


class Proposed(NamedTuple):
    """What a run did for a proposal, step by step, what stands now, in a sentence, and whether a release waits."""

    steps: tuple[Done, ...]
    text: str
    proposes: bool


class _Desk(NamedTuple):
    """What a run works with: its bench, what it wants to propose, and what it found on the proposal's branch.

    `silent` holds once the forge has refused to start the checks.
    """

    bench: Bench
    proposal: Proposal
    changes: tuple[Change, ...]
    found: Standing
    silent: bool = False


def propose(world: World, clone: Clone, branch: str) -> Proposed:
    """Bring branch and pull request of the proposal to what the release branch wants now; or take them away.

    Raises `Outrun` where the remote moves meanwhile, `Failure` with what is true then, `Interrupted` on Ctrl-C.
    """
    desk = _desk(world, clone, branch)
    taken: list[Done] = []
    step: Proposing | None = None
    try:
        while True:
            seen = world.patience.keep_trying(partial(_observe, world, desk))
            if outruns(desk.proposal, seen):
                raise Outrun
            owing = _without_conflict(desk, seen)
            if not owing.steps:
                return _end(world, desk.proposal, seen, taken)
            if owing.steps[0] == step:
                _await(world, desk, step)
                continue
            step = owing.steps[0]
            if step.stage != "prepare":
                refuse_missing_proposer(world)
            world.talk.begin(str(step))
            desk, text = _take(world, desk, step)
            world.talk.done(str(step), text)
            taken.append(Done(str(step), not (desk.silent and isinstance(step, StartChecks)), text, step.stage))
    except KeyboardInterrupt as interrupt:
        where = f"in the middle of: {step}. " if step else ""
        raise Interrupted(f"{where}nothing is released by it; the same command continues the proposal") from interrupt
    except Failure as failure:
        raise _told(failure, taken) from failure


def _desk(world: World, clone: Clone, branch: str) -> _Desk:
    world.patience.keep_trying(clone.fetch)
    tip = remote_tip(clone, branch)
    clone.checkout(tip)
    bench = Bench(clone, world.rules(clone.root))
    amendments = take_amendments(world, clone)
    project = world.builder.project_name(clone.root)
    outlook = survey(clone, bench.rules, project, world.settings._replace(branch=branch), tip)
    due = None
    if outlook.next is not None and outlook.tag is not None:
        due = Due(project, outlook.next, outlook.tag, branch, tip, clone.time(tip), outlook.current)
    head = proposal_branch(branch)
    before = clone.resolve(f"refs/remotes/origin/{head}")
    proposal = Proposal(project, branch, tip, head, before, due, world.settings.remote, amendments)
    return _Desk(bench, proposal, outlook.changes, standing(bench, proposal))


def _observe(world: World, desk: _Desk) -> ProposalSeen:
    """Look at the remote, the private clone and the pulls. Raises `Failure` in any doubt."""
    proposal, commit = desk.proposal, desk.bench.commit
    refs = desk.bench.clone.remote_refs("origin")
    there = refs.get(f"refs/heads/{proposal.head}")
    holds = there is not None and there in (commit, proposal.before) and _holds(desk, there)
    pulls = world.pulls()
    pull = pulls.pull(proposal.head, proposal.branch) if pulls else None
    checked = pulls.is_checked(there) if pulls and there and holds and not desk.silent else True
    return ProposalSeen(
        tip=refs.get(f"refs/heads/{proposal.branch}"),
        there=there,
        commit=commit,
        holds=holds,
        stray=desk.found.stray,
        forge=pulls.address if pulls else "",
        pull=pull,
        text=_described(desk, pull.body if pull else ""),
        checked=checked,
        amendments_there=refs.get(AMENDMENTS),
    )


def _holds(desk: _Desk, there: str) -> bool:
    """Whether a commit brings what the bump commit does, onto the tip; people's commits may be in it besides."""
    commit, tip, clone = desk.bench.commit, desk.proposal.tip, desk.bench.clone
    if there == commit:
        return True
    if commit is None or not clone.contains(there, tip):
        return False
    return all(clone.read(there, path) == clone.read(commit, path) for path in clone.brought(tip, commit))


def _described(desk: _Desk, body: str) -> tuple[str, str]:
    """Title and text of the pull request; its title is the commit's, so that a squash has the right message."""
    due, commit, rules = desk.proposal.due, desk.bench.commit, desk.bench.rules
    if due is None or commit is None:
        return "", ""
    notes = told_in(desk.bench.clone, rules, commit, due.version)
    title = bump_message(due.current, due.version, rules.rule_set).partition("\n")[0]
    return title, placed(pull_text(due, desk.proposal.head, desk.changes, notes, body), body)


def _take(world: World, desk: _Desk, step: Proposing) -> tuple[_Desk, str]:
    """Do a step; the desk after it, and a sentence for people. Raises `Outrun` where a branch moved."""
    due = desk.proposal.due
    if isinstance(step, CommitBump) and due:
        sha = commit_bump(desk.bench, due, desk.found.edited)
        text = f"{sha[:12]} on {due.tip[:12]}: {due.current} → {due.version}"
        return desk._replace(bench=desk.bench._replace(commit=sha)), text
    change = _move if isinstance(step, PushProposal | DeleteProposal) else _on_forge
    text = insist(
        world.patience,
        lambda: change(world, desk, step),
        lambda: step not in proposal_plan(desk.proposal, _observe(world, desk)).steps,
    )
    return desk._replace(silent=isinstance(step, StartChecks) and text.startswith(_SILENT)), text


def _move(world: World, desk: _Desk, step: Proposing) -> str:
    proposal, new = desk.proposal, desk.bench.commit if isinstance(step, PushProposal) else None
    if not desk.bench.clone.move(proposal.head, new, proposal.before, proposal.amendments):
        raise Outrun
    return f"{proposal.head} is {new[:12]}" if new else "nothing of it is left to be released"


def _on_forge(world: World, desk: _Desk, step: Proposing) -> str:
    pulls, head, base = world.pulls(), desk.proposal.head, desk.proposal.branch
    if pulls is None:
        raise AssertionError("the plan has no step for a forge that is not there")
    pull = pulls.pull(head, base)
    title, body = _described(desk, pull.body if pull else "")
    match step:
        case OpenPull():
            pulls.open_pull(head, base, title, body)
        case DescribePull() if pull:
            pulls.describe_pull(pull, title, body)
        case ClosePull() if pull:
            pulls.close_pull(pull)
        case StartChecks():
            words = pulls.start_checks(head)
            return f"{_SILENT}: {words}" if words else f"the pipeline runs for {head}"
    return f"{title or 'there is nothing to release any more'}, at {pulls.address}"


def _without_conflict(desk: _Desk, seen: ProposalSeen) -> ProposalPlan:
    found = proposal_plan(desk.proposal, seen)
    if found.conflicts:
        raise Failure("\n".join(each.text for each in found.conflicts), hint=found.conflicts[0].hint, code=Exit.PERSON)
    return found


def _await(world: World, desk: _Desk, step: Proposing) -> None:
    """Look again until what was done is to be seen. Raises `Failure` (unfinished) where the limits come first."""

    def look() -> None:
        if step in proposal_plan(desk.proposal, _observe(world, desk)).steps:
            text = f"{step} was done, and the world does not show it"
            raise Failure(text, hint="the same command looks again", code=Exit.UNFINISHED, pause=0)

    world.patience.keep_trying(look)


def _told(failure: Failure, taken: list[Done]) -> Failure:
    """The failure with what is true now: of a proposal nothing is a release."""
    public = [each.step for each in taken if each.done and each.stage == "tag"]
    if not public or isinstance(failure, Settled):
        return failure
    code = Exit.UNFINISHED if failure.code is Exit.REFUSED else failure.code
    return settled(failure, f"done so far: {', '.join(public)}; the same command continues", code)


def _end(world: World, proposal: Proposal, seen: ProposalSeen, taken: list[Done]) -> Proposed:
    """What is said where no step is left; the bump commit alone is no step that anybody sees."""
    is_seen = any(each.stage != "prepare" for each in taken)
    if is_seen and seen.checked is None:
        world.talk.note(
            f"whether the pipeline runs for {proposal.head} cannot be told: this identity may not see its runs "
            "(`permissions: actions: write` in a CI job)"
        )
    return Proposed(tuple(taken) if is_seen else (), _text(proposal, seen, taken), proposal.due is not None)


def _text(proposal: Proposal, seen: ProposalSeen, taken: list[Done]) -> str:
    if proposal.due is None:
        return "nothing to release" + ("; its proposal is taken back" if taken else "")
    where = seen.pull.url or f"pull request {seen.pull.number} at {seen.forge}" if seen.pull else proposal.head
    return f"{proposal.project} {proposal.due.version} is proposed: {where}"
