"""The nouns of a check-up: what doctor learns of a project's set-up, and whom it asks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from packaging.version import Version

from cz_ship.model import Finding
from cz_ship.ports import Repository, Rules, World
from cz_ship.settings import Settings

MISSING = "missing"


class Tools(NamedTuple):
    """What is installed: name to version, `MISSING` where it is not there; and what cz-ship can work with."""

    versions: Mapping[str, str]
    wanted: Mapping[str, str]


class Requirements(NamedTuple):
    """Requirements as PEP 508 writes them: the project's own; and with whose it is, each that cz-ship brings along."""

    project: str
    own: tuple[str, ...]
    brought: tuple[tuple[str, str], ...]


class Standing(NamedTuple):
    """Where a repository stands: its commit ("": none yet), its remote's name, and whether that is there."""

    commit: str
    remote: str
    has_remote: bool
    shallow: bool = False


class Releases(NamedTuple):
    """What version.txt and the tags say; `version` is empty where they are at odds.

    `fault` and `way_out` are then those with which a release would stop. `tags` are the release tags by name, lowest
    version first; `aside` are those of them that are not in the history of `commit`.
    """

    mode: str
    commit: str
    version: str
    tags: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    fault: str = ""
    way_out: str = ""


class Told(NamedTuple):
    """A changelog: the releases that it has headings of, from its top, and those that are in the history."""

    file: str
    sections: tuple[Version, ...]
    released: tuple[Version, ...]


class Built(NamedTuple):
    """A build backend, asked: `said` is the version that it states for a tree whose version is `wanted`.

    `module` is its `build-backend`. `fault` is what it said instead, where it failed.
    """

    module: str
    wanted: str
    said: str
    fault: str = ""


class Hooks(NamedTuple):
    """Git's hooks: `configured` are the ids in pre-commit's configuration, None where there is none.

    `installed` are those that git runs in this clone; `elsewhere` is its `core.hooksPath`, if that is set.
    """

    configured: tuple[str, ...] | None
    installed: tuple[str, ...] = ()
    elsewhere: str = ""


class Dotenv(NamedTuple):
    """The project's `.env`: whether it is there, ignored by git, and readable by other users.

    `tracked` are all files of that name that git tracks, in any folder. `outside` is where a link leads out of the
    project, if it is one.
    """

    there: bool
    tracked: tuple[str, ...] = ()
    ignored: bool = False
    readable: bool = False
    outside: str = ""


class Act(NamedTuple):
    """A step of a job: what it uses, or what it runs; `given` is its `with`."""

    uses: str = ""
    run: str = ""
    given: Mapping[str, str] = {}
    env: Mapping[str, str] = {}


class Job(NamedTuple):
    """A job of a workflow. `permissions` is None where it has none of its own; `flow` is what orders it, as JSON."""

    name: str
    steps: tuple[Act, ...] = ()
    permissions: Mapping[str, str] | None = None
    environment: str = ""
    uses: str = ""
    env: Mapping[str, str] = {}
    flow: str = ""


class Workflow(NamedTuple):
    """A workflow of GitHub Actions; permissions and concurrency are None where it has none.

    The permission `*` stands for all that are not named.
    """

    file: str
    events: tuple[str, ...] = ()
    permissions: Mapping[str, str] | None = None
    concurrency: Mapping[str, str] | None = None
    jobs: tuple[Job, ...] = ()
    env: Mapping[str, str] = {}


class Workflows(NamedTuple):
    """The workflows of a project in a mode; what is wrong in files that are none; and the template.

    `hosted` holds where GitHub is the project's forge, `comments` where it tells pull requests of their release.
    """

    mode: str
    hosted: bool
    found: tuple[Workflow, ...]
    broken: tuple[str, ...] = ()
    template: Workflow | None = None
    comments: bool = False


class RemoteRefs(NamedTuple):
    """Release tags by name with the commits that they name, here and on the remote; and the remote's branches."""

    remote: str
    branch: str
    here: Mapping[str, str]
    there: Mapping[str, str]
    branches: tuple[str, ...]


class Page(NamedTuple):
    """What an index says of a project: the versions that it has files of, and the time it is there.

    `moment` is in seconds since 1970, 0 where it is not told.
    """

    versions: tuple[Version, ...]
    moment: int


class Shelf(NamedTuple):
    """What an index holds of a project; `ours` where any of those versions is known here."""

    name: str
    address: str
    project: str
    versions: tuple[Version, ...]
    ours: bool


class Half(NamedTuple):
    """A release, and the files of it that an index lacks: it takes them for `days` more, None where it tells no end."""

    name: str
    address: str
    version: Version
    missing: tuple[str, ...]
    days: int | None


class Clock(NamedTuple):
    """The time here, and that of somebody else, in seconds since 1970."""

    whose: str
    here: int
    there: int


class House(NamedTuple):
    """A repository's settings on GitHub; None is what the token may not see.

    `title` is where a squash takes its own from, in GitHub's words, empty where there is no squash. `rules` are the
    types of the rules that hold for `branch`. `environments` have the number of their reviewers; `publishing` are
    those that the workflows upload from, `guarded` those of them for the production index. `scopes` are those of a
    classic token; `secrets` the names of the repository's own; `proposes` is whether its jobs may make pull requests.
    """

    mode: str
    repository: str
    branch: str
    title: str | None = None
    writes: bool | None = None
    scopes: tuple[str, ...] = ()
    rules: tuple[str, ...] | None = None
    environments: Mapping[str, int] | None = None
    publishing: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    secrets: tuple[str, ...] | None = None
    proposes: bool | None = None


class ShelfDoor(Protocol):
    """A package index, asked of a whole project."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    def page(self, project: str) -> Page:
        """What it says of a project, empty where it says that there is none; `Failure` in any doubt."""


class Patient(Protocol):
    """A project, or what may become one. Every question raises `Failure` where there is no answer."""

    @property
    def folder(self) -> Path:
        """The top of the repository, or the folder that was named where there is none."""

    def tools(self) -> Tools: ...
    def requirements(self) -> Requirements: ...
    def repository(self) -> Repository: ...
    def settings(self) -> Settings: ...
    def world(self) -> World: ...
    def rules(self) -> Rules: ...
    def built(self, tree: Path, wanted: str, *, isolated: bool) -> Built:
        """A tree's backend, asked for the metadata of its wheel; isolated, it is fetched for that first."""

    def workflows(self, settings: Settings) -> Workflows: ...
    def hooks(self) -> Hooks | None:
        """None in CI, where nobody commits."""

    def dotenv(self) -> Dotenv: ...
    def mend(self, finding: Finding) -> None:
        """Carry out the fix of a finding that is safe to mend."""

    def shelves(self) -> Sequence[ShelfDoor]:
        """The enabled indexes, in the order in which a release reaches them."""

    def house(self, mode: str, branch: str) -> House | None:
        """The repository on its forge; None where there is no forge, or no token to ask it with."""
