"""What the stories of a rehearsal ask for: a world on loopback, to be played in, and one to be killed in."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from packaging.version import Version

from cz_ship.model import Artifact, Point
from cz_ship.ports import Talk, World


class Theatre(Protocol):
    """A world on loopback: a bare remote, two indexes, a forge, and checkouts as developers and CI have them."""

    @property
    def branch(self) -> str:
        """The release branch."""
        ...

    @property
    def topic(self) -> str | None:
        """The branch whose candidate is played; None where there is nothing to merge."""
        ...

    @property
    def talk(self) -> Talk: ...
    def checkout(self, branch: str) -> AbstractContextManager[World]:
        """A fresh clone of the remote at a branch, as CI makes it, with the indexes of the rehearsal."""
        ...

    def commit(self, branch: str, message: str, files: Mapping[str, str]) -> str:
        """A developer's commit, pushed to the remote; its hash."""
        ...

    def merge(self, branch: str) -> str:
        """Merge a branch into the release branch of the remote; the merge's hash."""
        ...

    def accept(self, head: str) -> str:
        """Merge the proposal of a release, on the branch `head`, as a person does on the forge; the new commit."""
        ...

    def shelve(self, project: str, version: Version, files: Sequence[Artifact]) -> None:
        """Let every index hold files that were released before the rehearsal began."""
        ...

    def announce(self, tag: str, files: Sequence[Artifact]) -> None:
        """Let the forge, if one is played, hold a release from before the rehearsal began."""
        ...

    def remains(self) -> tuple[tuple[str, str], ...]:
        """All that is public: the remote's refs, the indexes' files with their sha256, the forge's releases."""
        ...


class Arena(Protocol):
    """A world on loopback in which a release is owed, returned to its beginning before each run."""

    def straight(self) -> tuple[Point, ...]:
        """Release undisturbed; every place where that run could have been killed, in order.

        Raises `Failure` where even this run does not end well.
        """
        ...

    def strike(self, point: Point) -> str:
        """Release, and kill the run with all its processes at a point; the mark of what it left behind.

        Where two marks are equal, so is everything that another run could look at.
        Raises `Failure` where the run never came to the point.
        """
        ...

    def offences(self, way: str) -> tuple[str, ...]:
        """Run the same again on what the last `strike` left; what is wrong then, each in a sentence.

        `way` is `same tree`, `fresh clone`, or `old commit`: a fresh clone that stands where the branch did.
        """
        ...

    def end(self) -> None:
        """Kill what runs, from another thread; whoever waits for it, or begins another run, gets a `Failure`."""
        ...
