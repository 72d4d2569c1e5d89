"""Forges: what the stories ask of the host of a project's repository: its releases and its pull requests."""

from pathlib import Path
from typing import NamedTuple, Protocol

from cz_ship.model import Artifact, Asset, ForgeRelease


class Pull(NamedTuple):
    """An open pull request, by its number on the forge."""

    number: int
    title: str
    body: str
    url: str = ""


class PullRequests(Protocol):
    """The pull requests of a project's repository, and the checks of their commits."""

    @property
    def address(self) -> str:
        """For people: where they are."""

    def credentials_missing(self) -> str:
        """Empty where there is an identity to open one with; else what was looked for."""

    def pull(self, head: str, base: str) -> Pull | None:
        """The open pull request from one branch of the repository to another; `Failure` in any doubt."""

    def open_pull(self, head: str, base: str, title: str, body: str) -> None: ...
    def describe_pull(self, pull: Pull, title: str, body: str) -> None: ...
    def close_pull(self, pull: Pull) -> None:
        """Close it without a merge; one that is closed already is fine."""

    def is_checked(self, commit: str) -> bool | None:
        """Whether the pipeline ran or runs for a commit; None where this identity may not know."""

    def start_checks(self, branch: str) -> str:
        """Start the pipeline for a branch; the forge's words where that is not allowed, else empty."""


class Forge(Protocol):
    """Where people look for releases: the host of the project's repository."""

    @property
    def address(self) -> str:
        """For people: where its releases are."""

    def releases(self, tag: str) -> tuple[ForgeRelease, ...]:
        """The releases of a tag; drafts as far as this identity may see them; `Failure` in any doubt."""

    def credentials_missing(self) -> str:
        """Empty where there is an identity to announce with; else what was looked for."""

    def draft(self, tag: str, commit: str, notes: str, *, prerelease: bool) -> None:
        """Make a draft of a release, titled as its tag, which names `commit`."""

    def upload(self, release: ForgeRelease, artifact: Artifact) -> None:
        """Add a file to a release, in the place of its leftover; `Failure` with the forge's words where it refuses."""

    def publish(self, release: ForgeRelease, notes: str, *, prerelease: bool, latest: bool) -> None:
        """Make a draft public, with these notes; `latest` puts it before all others."""

    def discard(self, release: ForgeRelease) -> None:
        """Remove a draft; one that is gone already is fine."""

    def download(self, asset: Asset, into: Path) -> Artifact:
        """Fetch a file of a release; `Failure` where its bytes are not those that the forge tells of."""
