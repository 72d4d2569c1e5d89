"""The order of a release: it stands here, top to bottom, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from packaging.version import Version

from cz_ship.model import AMENDMENTS, Amendments, Artifact
from cz_ship.rules import announcement, holdings
from cz_ship.rules.announcement import Announcing, ForgeSeen, UploadAsset
from cz_ship.rules.holdings import IndexSeen
from cz_ship.rules.tags import restoring

# Stands for the files of a release whose names are not known before it is built.
FILES = "its files"
STAGES = ("prepare", "tag", "test", "prod", "announce")


class Due(NamedTuple):
    """A release that is owed.

    `commit` is known where no bump is owed (a tag is there, or the developer bumped), `bumped` where it has no tag and
    the commit is known that brought its version; `promise` are
    the artifacts that the tag's message names; `time` is the release's own moment (seconds since
    1970), which dates the bump commit, the tag, the changelog section and the build; `remote` is what
    the caller's repository calls the remote; `ours` holds where cz-ship makes it, or made its tag;
    `amendments` are those that the release was thought with and the remote lacks; `contested` holds where another
    run pushed its tag while this one made the same release.
    """

    project: str
    version: Version
    tag: str
    branch: str
    tip: str
    time: int
    current: Version
    commit: str | None = None
    tagged: bool = False
    promise: tuple[Artifact, ...] = ()
    remote: str = "origin"
    ours: bool = True
    amendments: Amendments | None = None
    contested: bool = False
    bumped: str | None = None


class Seen(NamedTuple):
    """One field for each fact of a release; `tip` is the remote's release branch as it stands now.

    `tag_ours` is false where another run made the remote's tag while this one made the release: it may promise
    other bytes. `tagger` made the commit of a tag that is not the release's own; `moment` is when, in seconds since
    1970; `amendments_hold` is whether the amendments that are owed are among the remote's, `amendments_there`;
    `forge` is None where none is wanted.
    """

    commit: str | None
    artifacts: tuple[Artifact, ...]
    tag_here: bool
    tag_there: str | None
    branch_holds: bool
    indexes: tuple[IndexSeen, ...]
    tip: str | None = None
    tagger: str = ""
    moment: int = 0
    amendments_there: str | None = None
    amendments_hold: bool = True
    forge: ForgeSeen | None = None
    tag_ours: bool = True


@dataclass(frozen=True, slots=True)
class CommitBump:
    """Commit version.txt and the changelog, in the private clone."""

    stage = "prepare"

    def __str__(self) -> str:
        return "bump commit"


@dataclass(frozen=True, slots=True)
class Build:
    """Build sdist and wheel at the release's commit, and check them."""

    stage = "prepare"

    def __str__(self) -> str:
        return "build and check"


@dataclass(frozen=True, slots=True)
class CreateTag:
    """Tag the commit, in the private clone; the tag's message names the artifacts."""

    name: str
    stage = "prepare"

    def __str__(self) -> str:
        return f"tag {self.name}"


@dataclass(frozen=True, slots=True)
class Push:
    """Push branch, tag, and amendments where they are owed, in one transaction."""

    branch: str
    tag: str
    amendments: bool = False
    stage = "tag"

    def __str__(self) -> str:
        return f"push {self.branch} and {self.tag}{f' and {AMENDMENTS}' if self.amendments else ''}"


@dataclass(frozen=True, slots=True)
class Upload:
    """Hand an index one file."""

    index: str
    file: str

    @property
    def stage(self) -> str:
        return self.index

    def __str__(self) -> str:
        return f"upload {self.file} to {self.index}"


Step = CommitBump | Build | CreateTag | Push | Upload | Announcing


class Conflict(NamedTuple):
    """A fact that contradicts a release, and what a person can do about it."""

    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Lag:
    """A file that an index has and its simple page does not list yet: nothing is left to do but to look again."""

    index: str
    file: str

    def __str__(self) -> str:
        return f"the {self.index} index has {self.file}, its simple page does not yet"


class Plan(NamedTuple):
    """The steps still owed, in order, what stands in the way of all of them, and what only time brings."""

    steps: tuple[Step, ...]
    conflicts: tuple[Conflict, ...]
    lags: tuple[Lag, ...] = ()


def plan(due: Due, seen: Seen) -> Plan:
    """What is still owed of a release, cheap and reversible first.

    A release with a tag on the remote whose promised files are on every index and in the forge's release
    owes nothing, and is not built again.
    """
    expected = seen.artifacts or due.promise
    announced = announcement.announcement(due.tag, seen.forge, expected, FILES) if seen.forge else ()
    uploads = tuple(
        Upload(index.name, name)
        for index in seen.indexes
        for name in ([artifact.name for artifact in expected] or [FILES])
        if name not in dict(index.files)
    )
    pushed = is_pushed(due, seen)
    steps: list[Step] = []
    if not pushed and seen.commit is None:
        steps.append(CommitBump())
    missing = uploads or any(isinstance(step, UploadAsset) for step in announced)
    if not seen.artifacts and (not pushed or not expected or missing):
        steps.append(Build())
    if not pushed:
        if not seen.tag_here:
            steps.append(CreateTag(due.tag))
        steps.append(Push(due.branch, due.tag, due.amendments is not None))
    lags = tuple(
        Lag(index.name, each.name) for index in seen.indexes for each in expected if each.name in index.unlisted
    )
    return Plan((*steps, *uploads, *announced), conflicts(due, seen), lags)


def is_pushed(due: Due, seen: Seen) -> bool:
    """Whether the remote has the tag, as meant, in its release branch, and the amendments."""
    return _is_tagged(due, seen) and seen.tag_ours and seen.amendments_hold


def is_outrun(due: Due, seen: Seen) -> bool:
    """Whether the remote moved before the release was pushed: what was thought from its old tip is void."""
    amended = due.amendments is not None and seen.amendments_there != due.amendments.old
    moved = seen.tip != due.tip or amended or _is_tagged(due, seen)
    return not due.tagged and moved and not is_pushed(due, seen)


def _is_tagged(due: Due, seen: Seen) -> bool:
    """Whether the remote has the tag, at the release's own commit, in its release branch."""
    at_commit = seen.tag_there is not None and seen.tag_there == (seen.commit or due.commit)
    return at_commit and seen.branch_holds


def conflicts(due: Due, seen: Seen) -> tuple[Conflict, ...]:
    """Facts that contradict the release; where there is one, nothing may be touched."""
    found = []
    commit = seen.commit or due.commit
    if seen.tag_there is not None and commit is not None and seen.tag_there != commit:
        text = (
            f"tag {due.tag} on the remote names {seen.tag_there[:12]} by {seen.tagger}, this release is {commit[:12]}"
        )
        found.append(Conflict(text, f"is that tag a mistake? then: git push {due.remote} --delete {due.tag}"))
    if due.promise and seen.artifacts:
        found += _broken_promises(due, seen.artifacts)
    artifacts = seen.artifacts or due.promise
    expected = {artifact.name: artifact.sha256 for artifact in artifacts}
    for index in seen.indexes:
        wrong = holdings.contradictions(index, due.version, expected, tagged=due.tagged)
        if wrong and due.bumped and seen.tag_there is None:
            wrong = [f"{index.name} has {due.version}, and the tag {due.tag} is gone or never was", *wrong]
        found += [Conflict(text, _way_out(due, seen)) for text in wrong]
        if closed := holdings.closed(index, due.version, expected, seen.moment):
            hint = "it stays as it is there: commit a fix, and the next release goes on without it"
            found.append(Conflict(closed, hint))
    if seen.forge:
        found += [Conflict(*each) for each in announcement.contradictions(due.tag, seen.forge, artifacts)]
    return tuple(found)


def _way_out(due: Due, seen: Seen) -> str:
    """What a person can do where the release's name is spent on an index."""
    if due.tagged and not due.ours:
        return (
            "upload the rest by the means that put that there; or commit a fix, and the next release goes on without it"
        )
    if due.tagged or is_pushed(due, seen):
        return "its name is spent: commit a fix, and the next release goes on without it"
    if due.commit:
        spent = "its name is spent: bump to the next version in the branch"
        restore = restoring(due.tag, due.bumped, due.remote)
        return f"was the tag lost? restore it: {restore}   was there none? {spent}" if due.bumped else spent
    skip = f"write {due.version} into version.txt, commit that, tag it {due.tag}, push both"
    return f"its name is spent: {skip}; the next release follows it"


def is_public(seen: Seen) -> bool:
    """Whether any part of the release can be seen by others."""
    return seen.tag_there is not None or any(index.files for index in seen.indexes)


def complete(due: Due, seen: Seen) -> bool:
    """Whether every fact of the release holds."""
    expected = seen.artifacts or due.promise
    return bool(expected) and seen.tag_there is not None and plan(due, seen) == Plan((), ())


def next_step(owed: Plan, stages: Sequence[str]) -> Step | None:
    """The first step that these stages may take; local steps are taken for any later stage's sake."""
    if blocked(owed, stages) or not any(step.stage in stages for step in owed.steps):
        return None
    return owed.steps[0]


def blocked(owed: Plan, stages: Sequence[str]) -> tuple[Step, ...]:
    """Steps of earlier stages, not asked for, that the asked-for stages wait for."""
    last = max((STAGES.index(stage) for stage in stages), default=0)
    early = (*stages, "prepare")
    return tuple(step for step in owed.steps if step.stage not in early and STAGES.index(step.stage) < last)


def _broken_promises(due: Due, artifacts: Sequence[Artifact]) -> list[Conflict]:
    promised = {artifact.name: artifact.sha256 for artifact in due.promise}
    built = {artifact.name: artifact.sha256 for artifact in artifacts}
    hint = (
        "hand the promised files and their SHA256SUMS over with --dist; without them: commit a fix, and the next "
        "release goes on"
    )
    return [
        Conflict(f"tag {due.tag} promises {name} with sha256 {sha256}, what is built here has {found}", hint)
        for name, sha256 in promised.items()
        if (found := built.get(name, "no such file")) != sha256
    ]
