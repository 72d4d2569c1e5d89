"""Concurrency groups as GitHub runs them: one at a time in a group, and what becomes of those that come meanwhile."""

# https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency

from collections.abc import Mapping
from typing import Any

from tests.support.expressions import is_true, value_of


class Groups:
    """Every group with those that run or wait in it; what is told is kept in `cancelled` and `done`."""

    def __init__(self) -> None:
        self.running: dict[str, str] = {}
        self.waiting: dict[str, list[str]] = {}
        self.cancelled: list[str] = []
        self.done: list[str] = []

    def arrive(self, name: str, concurrency: Mapping[str, Any], contexts: Mapping[str, object]) -> str:
        """A run, or a job of one, comes; the group that it falls into."""
        group = str(value_of(concurrency["group"], contexts))
        if group not in self.running:
            self.running[group] = name
            return group
        if is_true(value_of(concurrency.get("cancel-in-progress", False), contexts)):
            self.cancelled += [self.running[group], *self.waiting.pop(group, [])]
            self.running[group] = name
            return group
        queue = self.waiting.setdefault(group, [])
        if concurrency.get("queue", "single") != "max":
            # Without a queue only the newest waits.
            self.cancelled += queue
            queue.clear()
        queue.append(name)
        return group

    def finish(self, group: str) -> None:
        """The one that runs in a group ends; the first that waits comes next."""
        self.done.append(self.running.pop(group))
        if self.waiting.get(group):
            self.running[group] = self.waiting[group].pop(0)
