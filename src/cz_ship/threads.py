"""The talk on a forge's pull requests: what a comment is, and what stories ask of the world about it."""

from typing import NamedTuple, Protocol


class Comment(NamedTuple):
    """A comment on a pull request, by its number on the forge; `own` holds where this run's identity wrote it."""

    number: int
    body: str
    own: bool


class Threads(Protocol):
    """The pull requests of a forge, as far as one can talk on them."""

    def current(self) -> int | None:
        """The number of the pull request that this run is about; None where it is about none."""

    def head(self, thread: int) -> str:
        """The ref of the remote that names the commit that a pull request is at."""

    def merged(self, commit: str) -> tuple[int, ...]:
        """The numbers of the merged pull requests that brought a commit; `Failure` in any doubt."""

    def comments(self, thread: int) -> tuple[Comment, ...]:
        """The comments on a pull request, oldest first; `Failure` in any doubt."""

    def comment(self, thread: int, text: str) -> None:
        """Write a comment; `Failure` with the forge's words where it refuses."""

    def edit(self, comment: Comment, text: str) -> None:
        """Let a comment say something else; `Failure` with the forge's words where it refuses."""
