"""The nouns of `init`: what it sees of a project, what it would lay down, and the port to both."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from cz_ship.model import Finding


class Edit(NamedTuple):
    """A file to be written: its path below the project, its text before (None: there is none) and after, and why."""

    path: str
    before: str | None
    after: str
    why: tuple[str, ...]


class View(NamedTuple):
    """A project as it stands.

    `texts` are the files that were asked for and are there, with the line ends that they have; `ignored` those of
    the paths asked for that git ignores; `changed` those with changes that are not committed; `tags` those of
    HEAD's history; `remote` is an address, empty where there is none.
    """

    folder: str
    paths: tuple[str, ...]
    texts: Mapping[str, str]
    ignored: frozenset[str]
    changed: frozenset[str]
    tags: tuple[str, ...]
    branch: str
    remote: str


class Custom(NamedTuple):
    """What the settings of another tool say of releases; None and nothing where they do not say it.

    `unmatched` are its settings that cz-ship has nothing for, each as `key: what to do`.
    """

    tool: str
    file: str
    version: str | None = None
    tag_format: str | None = None
    branch: str | None = None
    version_files: tuple[str, ...] = ()
    changelog: str | None = None
    zero: bool | None = None
    unmatched: tuple[str, ...] = ()


class Blueprint(NamedTuple):
    """What `init` proposes. A finding of level `error` means that nothing is to be laid down.

    `kept` are files that a person has changed: they stay, and `after` is what would stand there else.
    """

    project: str
    branch: str
    mode: str
    edits: tuple[Edit, ...]
    kept: tuple[Edit, ...]
    findings: tuple[Finding, ...]


class Ground(Protocol):
    """Where a new project may come. Every method raises `Failure` where it cannot do its work."""

    def beginnings(self) -> Mapping[str, str]:
        """What a package begins with, by path, with `{name}`, `{package}` and `{year}` to be filled in."""

    def templates(self) -> Mapping[str, str]:
        """What is laid down in every project, by the name of its file."""

    def found(self, edits: Sequence[Edit], branch: str, message: str) -> None:
        """Make the project's folder, with one commit of all files in a new repository: all of it, or nothing."""


class Site(Protocol):
    """A project's folder. Every method raises `Failure` where it cannot do its work."""

    def paths(self) -> tuple[str, ...]:
        """The files that git tracks or would take."""

    def view(self, wanted: Sequence[str], probes: Sequence[str]) -> View:
        """The project: the texts of the wanted files that are there, and which of the probes git ignores."""

    def templates(self) -> Mapping[str, str]:
        """What is laid down, by the name of its file."""

    def obstacles(self, edits: Sequence[Edit]) -> tuple[str, ...]:
        """Why files cannot be written: one is read-only, a symlink, in a submodule, or another's by now."""

    def lay(self, edits: Sequence[Edit]) -> None:
        """Write all files, in their order; where one cannot be written, all are put back.

        Each file is old or new and never half, even where the process is killed. Then the first of them may be
        new and the rest old.
        """
