"""The order of a release: it stands here, top to bottom, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from packaging.version import Version

from cz_ship.model import Artifact

# Stands for the files of a release whose names are not known before it is built.
FILES = "its files"
STAGES = ("prepare", "tag", "test", "prod", "announce")


class Due(NamedTuple):
    """A release that is owed.

    `commit` is known where no bump is owed (a tag is there, or the developer bumped); `promise` are
    the artifacts that the tag's message names; `time` is the release's own moment (seconds since
    1970), which dates the bump commit, the tag, the changelog section and the build.
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


class IndexSeen(NamedTuple):
    """What an index holds of a version: file name to sha256 ("" where the index does not tell)."""

    name: str
    address: str
    files: tuple[tuple[str, str], ...]


class Seen(NamedTuple):
    """One field for each fact of a release."""

    commit: str | None
    artifacts: tuple[Artifact, ...]
    tag_here: bool
    tag_there: str | None
    branch_holds: bool
    indexes: tuple[IndexSeen, ...]


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
    """Push branch and tag in one transaction."""

    branch: str
    tag: str
    stage = "tag"

    def __str__(self) -> str:
        return f"push {self.branch} and {self.tag}"


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


Step = CommitBump | Build | CreateTag | Push | Upload


class Plan(NamedTuple):
    """The steps still owed, in order, and what stands in the way of all of them."""

    steps: tuple[Step, ...]
    conflicts: tuple[str, ...]


def plan(due: Due, seen: Seen) -> Plan:
    """What is still owed of a release, cheap and reversible first.

    A release with a tag on the remote whose promised files are on every index owes nothing, and is
    not built again.
    """
    expected = seen.artifacts or due.promise
    missing = tuple(
        Upload(index.name, name)
        for index in seen.indexes
        for name in ([artifact.name for artifact in expected] or [FILES])
        if name not in dict(index.files)
    )
    pushed = seen.tag_there is not None and seen.tag_there == (seen.commit or due.commit) and seen.branch_holds
    steps: list[Step] = []
    if not pushed and seen.commit is None:
        steps.append(CommitBump())
    if not seen.artifacts and (not pushed or not expected or missing):
        steps.append(Build())
    if not pushed:
        if not seen.tag_here:
            steps.append(CreateTag(due.tag))
        steps.append(Push(due.branch, due.tag))
    return Plan((*steps, *missing), conflicts(due, seen))


def conflicts(due: Due, seen: Seen) -> tuple[str, ...]:
    """Facts that contradict the release; where there is one, nothing may be touched."""
    found = []
    commit = seen.commit or due.commit
    if seen.tag_there is not None and commit is not None and seen.tag_there != commit:
        found.append(f"tag {due.tag} on the remote names {seen.tag_there[:12]}, this release is {commit[:12]}")
    if due.promise and seen.artifacts:
        found += _broken_promises(due, seen.artifacts)
    expected = {artifact.name: artifact.sha256 for artifact in seen.artifacts or due.promise}
    for index in seen.indexes:
        found += _index_conflicts(due, index, expected)
    return tuple(found)


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
    """Steps of earlier stages, not asked for, that steps of the asked-for stages wait for."""
    last = max((STAGES.index(step.stage) for step in owed.steps if step.stage in stages), default=0)
    early = (*stages, "prepare")
    return tuple(step for step in owed.steps if step.stage not in early and STAGES.index(step.stage) < last)


def _broken_promises(due: Due, artifacts: Sequence[Artifact]) -> list[str]:
    promised = {artifact.name: artifact.sha256 for artifact in due.promise}
    built = {artifact.name: artifact.sha256 for artifact in artifacts}
    return [
        f"tag {due.tag} promises {name} with sha256 {sha256}, what is built here has {built.get(name, 'no such file')}"
        for name, sha256 in promised.items()
        if built.get(name) != sha256
    ]


def _index_conflicts(due: Due, index: IndexSeen, expected: dict[str, str]) -> list[str]:
    found = []
    for name, sha256 in index.files:
        ours = expected.get(name)
        if ours is None:
            if expected and not due.tagged:
                found.append(f"{index.name} ({index.address}) holds {name} of {due.version}, which is not ours")
        elif sha256 and sha256 != ours:
            found.append(f"{index.name} ({index.address}) holds {name} with sha256 {sha256}, ours has {ours}")
    return found
