"""The proposal of a release: a branch and a pull request for a person to merge; what is owed of them, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cz_ship.forges import Pull
from cz_ship.model import Amendments, Change
from cz_ship.rules.plan import CommitBump, Conflict, Due
from cz_ship.rules.remark import code

OPENING, CLOSING = "<!-- cz-ship: made anew by each run -->", "<!-- cz-ship: end -->"
LIMIT = 65_536  # characters in the text of a pull request, as GitHub takes it
_ROOM = 100  # characters for the marks of what is left out


def proposal_branch(branch: str) -> str:
    """The branch that proposes the next release of a branch: always the same, so that it is found again."""
    return f"cz-ship/release-{branch}"


class Proposal(NamedTuple):
    """What is to be proposed for `branch`, from its `tip`: the release `due`, or nothing (None: there is none).

    `head` is the proposal's branch, `before` its commit on the remote that all was thought from (None: it is not
    there). `remote` is what the caller's repository calls the remote; `amendments` are those that the release was
    thought with and the remote lacks.
    """

    project: str
    branch: str
    tip: str
    head: str
    before: str | None
    due: Due | None
    remote: str = "origin"
    amendments: Amendments | None = None


class ProposalSeen(NamedTuple):
    """One field for each fact of a proposal; `tip` is the release branch, `there` the proposal's, on the remote.

    `commit` is the bump commit on the bench; `holds` whether the proposal's branch brings what that brings, onto the
    tip; `stray` are files that people have changed on it, which making it anew would throw away. `forge` is the
    address of the forge, empty where none is wanted; `text` are title and body that the pull request is to have;
    `checked` whether the pipeline ran for what is there, None where nobody here may know.
    """

    tip: str | None
    there: str | None
    commit: str | None = None
    holds: bool = False
    stray: tuple[str, ...] = ()
    forge: str = ""
    pull: Pull | None = None
    text: tuple[str, str] = ("", "")
    checked: bool | None = True
    amendments_there: str | None = None


@dataclass(frozen=True, slots=True)
class PushProposal:
    """Let the proposal's branch be the bump commit, in the place of the commit that it was."""

    head: str
    stage = "tag"

    def __str__(self) -> str:
        return f"push {self.head}"


@dataclass(frozen=True, slots=True)
class OpenPull:
    """Open the release pull request."""

    head: str
    stage = "tag"

    def __str__(self) -> str:
        return f"open the pull request of {self.head}"


@dataclass(frozen=True, slots=True)
class DescribePull:
    """Bring title and text of the release pull request up to date."""

    number: int
    stage = "tag"

    def __str__(self) -> str:
        return f"describe pull request {self.number}"


@dataclass(frozen=True, slots=True)
class StartChecks:
    """Start the pipeline for the proposal: what a job's own token pushes and opens starts none."""

    head: str
    stage = "tag"

    def __str__(self) -> str:
        return f"start the checks of {self.head}"


@dataclass(frozen=True, slots=True)
class ClosePull:
    """Close the release pull request: there is nothing to release any more."""

    number: int
    stage = "tag"

    def __str__(self) -> str:
        return f"close pull request {self.number}"


@dataclass(frozen=True, slots=True)
class DeleteProposal:
    """Delete the proposal's branch: what it proposed is merged, or there is nothing to release any more."""

    head: str
    stage = "tag"

    def __str__(self) -> str:
        return f"delete {self.head}"


Proposing = CommitBump | PushProposal | OpenPull | DescribePull | StartChecks | ClosePull | DeleteProposal


class ProposalPlan(NamedTuple):
    """The steps still owed, in order, and what stands in the way of all of them."""

    steps: tuple[Proposing, ...]
    conflicts: tuple[Conflict, ...]


def proposal_plan(proposal: Proposal, seen: ProposalSeen) -> ProposalPlan:
    """What is still owed of a proposal. Nothing of it is a release; whoever merges it makes it one."""
    if proposal.due is None:
        steps = _withdrawal(proposal, seen)
    elif seen.commit is None:
        steps = (CommitBump(),)
    else:
        steps = (*(() if seen.holds else (PushProposal(proposal.head),)), *_shown(proposal, seen))
    rewrites = any(isinstance(step, PushProposal | DeleteProposal) for step in steps)
    return ProposalPlan(steps, _conflicts(proposal, seen) if rewrites else ())


def _withdrawal(proposal: Proposal, seen: ProposalSeen) -> tuple[Proposing, ...]:
    return (
        *([ClosePull(seen.pull.number)] if seen.pull else []),
        *([DeleteProposal(proposal.head)] if seen.there else []),
    )


def _shown(proposal: Proposal, seen: ProposalSeen) -> tuple[Proposing, ...]:
    if not seen.forge:
        return ()
    shown: list[Proposing] = []
    if seen.pull is None:
        shown.append(OpenPull(proposal.head))
    elif (seen.pull.title, _read(seen.pull.body)) != (seen.text[0], _read(seen.text[1])):
        shown.append(DescribePull(seen.pull.number))
    return (*shown, *((StartChecks(proposal.head),) if seen.checked is False else ()))


def _conflicts(proposal: Proposal, seen: ProposalSeen) -> tuple[Conflict, ...]:
    if not seen.stray:
        return ()
    text = f"{proposal.head} has changes by hand that making it anew would throw away: {', '.join(seen.stray)}"
    hint = (
        "merge the pull request as it is   or bring these changes to a branch of their own, and then: "
        f"git push {proposal.remote} --delete {proposal.head}"
    )
    return (Conflict(text, hint),)


def outruns(proposal: Proposal, seen: ProposalSeen) -> bool:
    """Whether the remote moved: what was thought from its old branches is void."""
    amended = proposal.amendments is not None and seen.amendments_there not in proposal.amendments
    return seen.tip != proposal.tip or seen.there not in (proposal.before, seen.commit) or amended


def pull_text(due: Due, head: str, changes: Sequence[Change], notes: str, body: str = "") -> str:
    """The text of the release pull request: what merging it does, the notes, and a table of what changes.

    It leaves room for what people wrote around an earlier one in `body`.
    """
    rows = [
        f"| {each.increment.name.lower() if each.increment else '-'} | `{each.commit.sha[:7]}` | {_subject(each)} |"
        for each in changes
    ]
    told = [
        OPENING,
        f"Merging this releases **{due.project} {due.version}**, in any way: by a merge, a squash or a rebase.",
        "",
        f"The notes can be edited: change the section of {due.version} in the changelog, by commits on `{head}`. "
        "They are kept when this is made anew. Everything between the two marks in this text is not.",
        "",
        "### Notes",
        "",
    ]
    table = ["", f"### What changes from {due.current} to {due.version}", "", "| worth | commit | subject |"]
    table += ["|---|---|---|"]
    left = LIMIT - _ROOM - len(placed("\n".join([*told, *table, CLOSING]), body))
    # A comment in them could end this text for whoever looks for its marks, or hide what comes after.
    kept_notes = _cut(notes.replace("<!--", "&lt;!--").splitlines(), left * 2 // 3)
    kept_rows = _cut(rows, left - sum(len(line) + 1 for line in kept_notes))
    return "\n".join([*told, *kept_notes, *table, *kept_rows, "", CLOSING])


def placed(text: str, body: str) -> str:
    """A pull request's body with our text in the place of an earlier one; what people wrote around that stays."""
    opened = body.find(OPENING)
    closed = body.find(CLOSING, max(opened, 0))
    if opened < 0 or closed < 0:
        # One mark alone would be taken for the other end of what is put down now.
        left = body.replace(OPENING, "").replace(CLOSING, "")
        return f"{left.rstrip()}\n\n{text}".lstrip()
    return body[:opened] + text + body[closed + len(CLOSING) :]


def _read(body: str) -> str:
    return body.replace("\r\n", "\n").strip()


def _subject(change: Change) -> str:
    """Other people's words as code: no mention, no `closes #1`; nor may they be one of the marks of this text."""
    return code(change.commit.subject.replace("<!--", "<! --"))


def _cut(lines: Sequence[str], room: int) -> list[str]:
    """The first of the lines that fit into so many characters, and a mark where there are more."""
    found: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return [*found, "…"]
        found.append(line)
    return found
