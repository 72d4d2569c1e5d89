"""The talk on pull requests in memory, and how a machine reaches it."""

from cz_ship.errors import Failure
from cz_ship.threads import Comment

LOST = "the answer was lost"


class FakeThreads:
    """The comments on pull request 7, which a run is about where `about` says so."""

    def __init__(self) -> None:
        self.about: int | None = None
        self.said: list[Comment] = []
        self.refuses = ""
        self.faults: list[Failure] = []  # of the next comments, that pass; the comment arrives where the answer is lost
        self.writes = 0
        self.brought: dict[str, tuple[int, ...]] = {}
        self.told: dict[int, list[Comment]] = {}

    def merged(self, commit: str) -> tuple[int, ...]:
        return self.brought.get(commit, ())

    def current(self) -> int | None:
        return self.about

    def head(self, thread: int) -> str:
        return f"refs/pull/{thread}/head"

    def comments(self, thread: int) -> tuple[Comment, ...]:
        return tuple(self._of(thread))

    def comment(self, thread: int, text: str) -> None:
        self._may_write()
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault.text == LOST:
            self._of(thread).append(Comment(len(self._of(thread)), text, own=True))
        if fault:
            raise fault

    def _of(self, thread: int) -> list[Comment]:
        return self.said if thread == 7 else self.told.setdefault(thread, [])

    def edit(self, comment: Comment, text: str) -> None:
        self._may_write()
        self.said[comment.number] = comment._replace(body=text)

    def _may_write(self) -> None:
        if self.refuses:
            raise Failure(self.refuses, hint="pull-requests: write")
        self.writes += 1
