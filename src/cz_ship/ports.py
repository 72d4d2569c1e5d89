"""What the stories ask of the world: one protocol per outside thing, and the world that holds them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

from packaging.version import Version

from cz_ship.forges import Forge, PullRequests
from cz_ship.gates import Delivery, GateSettings, GateWord, Member, State, Watch, Workshop
from cz_ship.model import (
    Amendments,
    Artifact,
    Commit,
    Head,
    IndexFile,
    Past,
    RuleSet,
    Section,
    Walk,
)  # fmt: skip
from cz_ship.settings import Settings
from cz_ship.threads import Threads

T = TypeVar("T")


class Repository(Protocol):
    """A git repository, read. Every method raises `Failure` where git fails."""

    @property
    def root(self) -> Path: ...
    def head(self) -> Head: ...
    def resolve(self, revision: str) -> str | None:
        """The full hash of the one commit that `revision` names, or None."""

    def branch(self, settings: Settings) -> str:
        """The release branch: as set, or the remote's HEAD branch as known here."""

    def is_shallow(self) -> bool: ...
    def deepen(self, remote: str) -> None:
        """Fetch the history that a shallow clone lacks, and all tags."""

    def tags(self) -> tuple[tuple[str, str], ...]:
        """Every tag's name and the hash of what it finally names (peeled)."""

    def tag_message(self, name: str) -> str:
        """An annotated tag's message; empty for a lightweight tag."""

    def walk(self, tip: str, since: str | None = None) -> Walk:
        """The commits of `tip` that `since` lacks, children before parents, with their messages as amended."""

    def history(self, tip: str) -> Iterator[Commit]:
        """As the walk of all of `tip`, one commit at a time: none is held here. Without author and e-mail."""

    def top(self, tip: str, commit: str) -> tuple[Commit, ...]:
        """As `history`, without what the parents of `commit` contain."""

    def amendments(self) -> str | None:
        """The commit of the notes that amend messages; None where there are none."""

    def amend(self, commit: str, message: str) -> None:
        """Let a note stand in for a commit's message; one that is there already is replaced."""

    def commits(self, span: str) -> Iterator[Commit]:
        """The commits of a range in git's own syntax, children before parents."""

    def contains(self, tip: str, commit: str) -> bool:
        """Whether `commit` is `tip` or one of its ancestors."""

    def single(self, commit: str) -> Commit:
        """One commit, with author and e-mail."""

    def time(self, commit: str) -> int:
        """The commit's (the committer's) time, in seconds since 1970."""

    def read(self, commit: str, path: str) -> bytes | None:
        """A file's content at a commit, or None where there is none."""

    def changed_files(self) -> tuple[str, ...]:
        """Paths that differ from HEAD, staged or not, and untracked ones."""

    def tracks(self, path: str) -> bool: ...
    def newest_change(self, tip: str, path: str) -> str | None:
        """The newest commit that changed a file, as the first parents of `tip` tell it; None where none did."""

    def remote_url(self, remote: str) -> str | None: ...
    def remote_refs(self, remote: str) -> Mapping[str, str]:
        """What the remote holds now: ref name to hash; tags peeled; `HEAD` names a branch ref."""

    def fast_forward(self, branch: str, remote: str) -> bool:
        """Bring a clean checkout of `branch` up to the remote's; False where that is not possible."""


class Clone(Repository, Protocol):
    """A private full clone in a folder of its own, where a release is prepared."""

    def fetch(self) -> None:
        """Bring the remote's branches and tags here, replacing what stood here."""

    def checkout(self, commit: str) -> None:
        """Lay out the commit's files, nothing else: what was changed or left here goes."""

    def write(self, path: str, content: bytes) -> None:
        """Write a file of the tree. Raises `Failure` (usage) for a path that leads out of it."""

    def commit_all(self, message: str, time: int) -> str:
        """Commit every changed file on HEAD; same parent, files, message and time give the same hash."""

    def brought(self, since: str, commit: str) -> tuple[str, ...]:
        """The paths that `commit` has changed since it left the history of `since`."""

    def create_tag(self, name: str, commit: str, message: str, time: int) -> None: ...
    def fetch_amendments(self, near: Repository) -> None:
        """Bring another repository's amendments here; those that count here stay what they are."""

    def place_amendments(self, commit: str) -> None:
        """Let these amendments, which are here, be those that count."""

    def push(self, branch: str, commit: str, expected: str, tag: str, amendments: Amendments | None = None) -> bool:
        """Push branch, tag and amendments in one transaction; False where one of them had moved on the remote."""

    def move(self, branch: str, new: str | None, old: str | None, amendments: Amendments | None = None) -> bool:
        """Let a branch of the remote be another commit than `old` (None: not there), as `push` does."""


class Rules(Protocol):
    """A project's commitizen: rules as values, and the parts that only commitizen itself can do."""

    @property
    def rule_set(self) -> RuleSet: ...
    def bump_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        """The commits that the plugin lets count for the version."""

    def changelog_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]: ...
    def next_version(self, current: Version, increment: int) -> Version: ...
    def render(self, sections: Sequence[Section], *, incremental: bool) -> str:
        """Sections as the text of commitizen's template, through the plugin's hooks."""

    def finish(self, whole: str, part: str | None) -> str:
        """The plugin's last word on the whole changelog file."""

    def headings(self, text: str) -> tuple[tuple[int, str], ...]:
        """Line number (from 0) and version of each release heading in a changelog."""

    def read_version(self, tree: Path) -> str:
        """The version that the provider finds in a tree."""

    def write_version(self, tree: Path, current: str, new: str) -> None:
        """Let the provider, and `version_files`, carry a new version into a tree."""


class Memory(Protocol):
    """Where released history is remembered. It may forget at any time."""

    def recall(self) -> Past | None: ...
    def keep(self, past: Past) -> None: ...


class Builder(Protocol):
    """`python -m build`, made reproducible."""

    def build(self, tree: Path, out: Path, epoch: int, watch: Watch | None = None) -> tuple[Artifact, ...]:
        """Sdist and wheel of the tree, made as at `epoch` (seconds since 1970); same tree, same bytes."""

    def build_wheels(self, tree: Path, epoch: int, watch: Watch) -> Mapping[str, tuple[Member, ...]]:
        """The wheels made straight from the tree, by file name, and what they hold; `build` goes by the sdist."""

    def deliver(self, artifacts: Sequence[Artifact], out: Path, commit: str, tip: str = "") -> tuple[Artifact, ...]:
        """Copy artifacts into a folder, with SHA256SUMS, which tells their commit and tip too; as they lie there."""

    def vouch(self, folder: Path, gates: Sequence[GateWord]) -> None:
        """Let a folder's SHA256SUMS say that the gates have passed what it names, and what each came to."""

    def found(self, folder: Path) -> Delivery | None:
        """What a folder's SHA256SUMS names; None where it has none."""

    def check(self, artifacts: Sequence[Artifact], log: Path | None = None) -> None:
        """`twine check --strict`; raises `Failure` with what it says, and adds all of it to a log."""

    def identity(self, artifact: Artifact) -> tuple[str, str]:
        """Name and version as the artifact's own metadata state them."""

    def project_name(self, tree: Path) -> str:
        """The distribution's name, normalised, as the tree's pyproject.toml states it."""


class Index(Protocol):
    """A package index."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str:
        """For people: where it is."""

    def files(self, project: str, version: Version) -> tuple[IndexFile, ...]:
        """A version's files, sha256 always told; empty where the index says it has none; `Failure` in any doubt."""

    def credentials_missing(self) -> str:
        """Empty where an upload has an identity to use; else what was looked for."""

    def upload(self, artifact: Artifact) -> str:
        """Hand the index a file; a remark for people ("": none). `Failure` with its own words where it refuses."""

    def download(self, file: IndexFile, into: Path) -> Artifact:
        """Fetch a file; `Failure` where its bytes are not those that the index tells of."""


class Installer(Protocol):
    """Clean environments, to prove that a wheel installs."""

    def installed_version(self, wheel: Path, project: str) -> str:
        """Install a wheel into a fresh environment; the version that environment then reports."""


class Patience(Protocol):
    """What passes by itself is waited for, within one limit of time for all of a run."""

    def keep_trying(self, deed: Callable[[], T]) -> T:
        """Do a deed, again after pauses while its `Failure` names one; the last `Failure` tells the limits."""


class Talk(Protocol):
    """Where a story tells its progress; it answers nothing."""

    def act(self, title: str) -> None: ...
    def begin(self, step: str) -> None: ...
    def done(self, step: str, text: str) -> None: ...
    def judged(self, gate: str, state: State, text: str) -> None: ...
    def note(self, text: str) -> None: ...


class World(Protocol):
    """Everything outside, as one story's hands and eyes."""

    @property
    def settings(self) -> Settings: ...
    @property
    def repository(self) -> Repository: ...
    @property
    def builder(self) -> Builder: ...
    @property
    def installer(self) -> Installer: ...
    @property
    def gates(self) -> GateSettings: ...
    @property
    def workshop(self) -> Workshop: ...
    @property
    def patience(self) -> Patience: ...
    @property
    def talk(self) -> Talk: ...
    def indexes(self) -> tuple[Index, ...]:
        """The enabled indexes, in the order in which a release reaches them."""

    def forge(self) -> Forge | None:
        """The forge on which releases are announced, if any; `Failure` where it cannot be told which."""

    def pulls(self) -> PullRequests | None:
        """The pull requests that propose releases; None where there is no forge."""

    def threads(self) -> Threads | None:
        """The forge's pull requests; None where there is no forge."""

    def now(self) -> int:
        """Seconds since 1970."""

    def commit(self) -> str | None:
        """The commit this run is about, where that is not HEAD's: the head of a pull request's branch."""

    def rules(self, tree: Path) -> Rules:
        """Commitizen as configured in a tree."""

    def clone_of_remote(self) -> AbstractContextManager[Clone]:
        """A private full clone of the remote; gone at the end."""

    def clone_of_commit(self, commit: str) -> AbstractContextManager[Clone]:
        """A private clone of the caller's repository, laid out at a commit; gone at the end."""

    def folder(self) -> AbstractContextManager[Path]:
        """A private folder; gone at the end."""
