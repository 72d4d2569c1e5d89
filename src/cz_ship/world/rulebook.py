"""The rules of a tree: as remembered where that says everything, else asked of commitizen itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.version import Version

from cz_ship.model import Commit, RuleSet, Section

if TYPE_CHECKING:
    from pathlib import Path

    from cz_ship.world.commitizen import Commitizen


class RuleBook:
    """See `Rules`. Commitizen is not imported before something asks for what only it can do."""

    def __init__(self, tree: str | Path, known: RuleSet | None = None) -> None:
        self._tree = tree
        self._known = known

    @cached_property
    def commitizen(self) -> Commitizen:
        """Commitizen itself, as configured in the tree."""
        from pathlib import Path

        from cz_ship.world.commitizen import Commitizen

        return Commitizen(Path(self._tree))

    @property
    def rule_set(self) -> RuleSet:
        return self._known or self.commitizen.rule_set

    def bump_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        return self._hooked("filter_commits_before_bump", commits, lambda: self.commitizen.bump_commits(commits))

    def changelog_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        hook = "filter_commits_before_changelog"
        return self._hooked(hook, commits, lambda: self.commitizen.changelog_commits(commits))

    def next_version(self, current: Version, increment: int) -> Version:
        return self.commitizen.next_version(current, increment)

    def render(self, sections: Sequence[Section], *, incremental: bool) -> str:
        return self.commitizen.render(sections, incremental=incremental)

    def finish(self, whole: str, part: str | None) -> str:
        return self.commitizen.finish(whole, part) if "changelog_hook" in self.rule_set.hooks else whole

    def headings(self, text: str) -> tuple[tuple[int, str], ...]:
        return self.commitizen.headings(text) if text.strip() else ()

    def read_version(self, tree: Path) -> str:
        return self.commitizen.read_version(tree)

    def write_version(self, tree: Path, current: str, new: str) -> None:
        self.commitizen.write_version(tree, current, new)

    def _hooked(self, hook: str, commits: Sequence[Commit], ask: Callable[[], Sequence[Commit]]) -> Sequence[Commit]:
        return ask() if {"filter_commits", hook} & set(self.rule_set.hooks) else commits
