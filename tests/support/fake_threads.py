"""The talk on pull requests in memory, and how a machine reaches it."""

from cz_ship.errors import Failure
from cz_ship.threads import Comment


class FakeThreads:
    """The comments on pull request 7, which a run is about where `about` says so."""

    def __init__(self) -> None:
        self.about: int | None = None
        self.said: list[Comment] = []
        self.refuses = ""
        self.writes = 0

    def current(self) -> int | None:
        return self.about

    def comments(self, thread: int) -> tuple[Comment, ...]:
        assert thread == 7
        return tuple(self.said)

    def comment(self, thread: int, text: str) -> None:
        self._may_write()
        self.said.append(Comment(len(self.said), text, own=True))

    def edit(self, comment: Comment, text: str) -> None:
        self._may_write()
        self.said[comment.number] = comment._replace(body=text)

    def _may_write(self) -> None:
        if self.refuses:
            raise Failure(self.refuses, hint="pull-requests: write")
        self.writes += 1
