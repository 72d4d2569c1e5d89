"""The nouns of the gates: what is verified, what came of it, and what gates ask of the world."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from packaging.version import Version

from cz_ship.model import Artifact

State = Literal["passed", "failed", "skipped", "unable"]
LIMIT = 900.0


class Gate(NamedTuple):
    """A quality check over built artifacts.

    `needs` are the gates that must not have failed; `limit` is in seconds; `command` (words as in a shell)
    is what a project's own gate runs.
    """

    name: str
    needs: tuple[str, ...] = ()
    limit: float = LIMIT
    command: str = ""


class Remark(NamedTuple):
    """A sentence on what a gate found; where it is about a file of the project, that and the line (from 1)."""

    text: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text}" if place else self.text


class Judgement(NamedTuple):
    """What a gate came to. `unable`: it could not be judged, which is not as good as passed.

    `page` is what it has for the page of a job, in Markdown; `broke` says that the gate itself did, by a fault in
    cz-ship whose traceback is in its log.
    """

    state: State
    reason: str = ""
    remarks: tuple[Remark, ...] = ()
    page: str = ""
    broke: bool = False


class GateWord(NamedTuple):
    """What a gate came to, in short: its name, `passed` or another state, and the first line of why."""

    name: str
    state: str
    reason: str


class Delivery(NamedTuple):
    """Artifacts in a folder, and the commit that they were built at ("" where the folder does not tell).

    `verified` holds where the folder says that the gates have passed them, `gates` what each came to. `tip` is the
    commit of the branch that the release was made on, where `commit` is a bump that may be nowhere yet.
    """

    artifacts: tuple[Artifact, ...]
    commit: str
    verified: bool = False
    tip: str = ""
    gates: tuple[GateWord, ...] = ()


class GateResult(NamedTuple):
    """A gate's judgement, how long that took, and the file with all that was said."""

    name: str
    state: State
    reason: str
    seconds: float
    log: str
    details: tuple[Remark, ...]
    page: str = ""
    broke: bool = False


class GateSettings(NamedTuple):
    """`[tool.cz-ship.gates]`: `limits` in seconds and `commands` by gate, `fail_under` in percent.

    `test_dependencies` names extras and dependency groups; None leaves the choice to what is there. `skip` is
    what the command line leaves out of one run.
    """

    off: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    own: tuple[Gate, ...] = ()
    limits: Mapping[str, float] = {}
    commands: Mapping[str, str] = {}
    test_dependencies: tuple[str, ...] | None = None
    fail_under: float | None = None
    skip: tuple[str, ...] = ()


class Subject(NamedTuple):
    """What is verified: artifacts, and the commit that they were built at; `time` in seconds since 1970."""

    project: str
    version: Version
    commit: str
    time: int
    artifacts: tuple[Artifact, ...]

    @property
    def wheels(self) -> tuple[Artifact, ...]:
        return tuple(each for each in self.artifacts if each.name.endswith(".whl"))

    @property
    def sdists(self) -> tuple[Artifact, ...]:
        return tuple(each for each in self.artifacts if not each.name.endswith(".whl"))


class Verification(NamedTuple):
    """All gates of a run, in the order in which they were judged; `folder` has their logs and reports."""

    subject: Subject
    results: tuple[GateResult, ...]
    folder: Path


class Member(NamedTuple):
    """A file of an archive or a tree: its path there, with slashes, its size in bytes, its sha256.

    `key` is the byte at which a private key begins (in PEM, within the first mebibyte); -1 where none does.
    """

    path: str
    size: int
    sha256: str
    key: int = -1


class Hook(NamedTuple):
    """A hook of the project's pre-commit configuration.

    `entry` is its command, where that is a program of the machine or (`./…`) of the tree; None where pre-commit
    brings it. A `local` one is defined by the project itself: pre-commit has to fetch no repository for it.
    """

    name: str
    entry: str | None = None
    local: bool = False


class PytestSettings(NamedTuple):
    """What a project's files tell pytest: options beside those of a command, and patterns of files with tests."""

    addopts: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ()


class Tooling(NamedTuple):
    """What a project's own files say of its tools.

    `requires_python` (or what poetry or a setup.cfg states in its place) and `classifiers` are those of `[project]`,
    unless they are made up at the build; `groups` its dependency groups, each with the requirements that it comes to;
    `tables` the names below `[tool]` (`mypy`) and the keys there (`mypy.files`); `coverage` the file with its coverage
    settings ("" for none) and `fail_under` what they say.
    """

    requires_python: str = ""
    classifiers: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = {}
    tables: tuple[str, ...] = ()
    coverage: str = ""
    fail_under: float | None = None
    pytest: PytestSettings = PytestSettings()


class Watch(NamedTuple):
    """How a program is watched: the log that takes all it says, and the seconds after which it is ended."""

    log: Path
    limit: float


class Ran(NamedTuple):
    """What a program came to: its exit code (None where it was ended at its limit), and its last words."""

    code: int | None
    words: str


class Environment(NamedTuple):
    """A clean environment: its interpreter, and the folder that packages are installed into."""

    python: Path
    site: Path


class Workshop(Protocol):
    """Where gates look into archives and run programs."""

    def seconds(self) -> float:
        """A clock that only goes forward, for durations."""

    def kept_folder(self) -> Path:
        """A new folder for logs and reports, which stays."""

    def artifacts(self, folder: Path) -> tuple[Artifact, ...]:
        """The wheels and sdists that lie in a folder."""

    def members(self, artifact: Artifact) -> tuple[Member, ...]:
        """The files of an archive, sorted by path, without the top folder that an sdist has.

        Raises `Failure` where it cannot be read.
        """

    def tree(self, folder: Path) -> tuple[Member, ...]:
        """The files below a folder, without what git keeps there."""

    def sources(self, wheel: Artifact) -> Mapping[str, bytes]:
        """The Python files of a wheel, by their paths there."""

    def metadata(self, artifact: Artifact) -> bytes:
        """The core metadata that an artifact states."""

    def wheel_facts(self, artifact: Artifact) -> bytes:
        """The file WHEEL of a wheel; nothing for an sdist."""
        ...

    def tooling(self, tree: Path) -> Tooling: ...
    def hooks(self, tree: Path) -> tuple[Hook, ...]: ...
    def local_hooks(self, tree: Path, into: Path) -> None:
        """Write the pre-commit configuration of a tree without the repositories of others."""

    def fitting(self, wheels: Sequence[Artifact]) -> Artifact | None:
        """The wheel that the running Python takes first."""

    def pythons(self, wanted: Sequence[str]) -> Mapping[str, str]:
        """Those of the wanted minor versions (`3.10`) that are found here, each with its program."""

    def environment(self, folder: Path, log: Path, limit: float, python: str = "") -> Environment:
        """Make a clean environment, of the running Python unless told. Raises `Failure` where that cannot be."""

    def install(
        self, environment: Environment, wanted: Sequence[str], log: Path, limit: float, lowest: bool = False
    ) -> Ran:
        """Install files and requirements; with `lowest` the lowest versions that direct requirements allow."""

    def beside(self, project: str) -> tuple[str, ...]:
        """The files of a copy of a project that environments see, though they were not installed there."""

    def measuring(self, environment: Environment) -> Path:
        """Let an environment measure what its processes run, where `CZ_SHIP_MEASURE` says so; the reporting script."""

    def copy(self, tree: Path, paths: Sequence[str], into: Path) -> None:
        """Copy files of a tree into a new folder."""

    def lay_links(self, tree: Path, into: Path) -> None:
        """Lay the links of a tree to its folders into a copy of it, where both places are there too."""

    def changed_lines(self, repository: Path, base: str, commit: str) -> Mapping[str, tuple[int, ...]]:
        """The lines (from 1) that a commit's files have since its merge base with another."""

    def find(self, program: str) -> str:
        """Where a program is: beside cz-ship, or else on the path; empty where it is not."""

    def path(self, *first: str) -> str:
        """Where programs are looked for: in these folders, and then where `find` looks."""

    def note(self, log: Path, text: str) -> None:
        """Add a text to a log."""

    def run(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        cwd: Path,
        limit: float,
        env: Mapping[str, str] | None = None,
    ) -> Ran:
        """Run a program, all it says added to a log; at the limit (seconds) it and all it started is ended."""
