"""The door to commitizen: its rules as plain values, and what only commitizen itself can do."""

import io
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from cz_ship.errors import Failure, usage
from cz_ship.model import Commit, Entry, Increment, RuleSet, Section
from cz_ship.world import effects
from cz_ship.world.commitizen_rules import changelog_format, declare, installed

if TYPE_CHECKING:
    from commitizen.config.base_config import BaseConfig
    from commitizen.cz.base import BaseCommitizen
    from commitizen.git import GitCommit

_DATE = re.compile(r" \(\d{4}-\d\d-\d\d\)(?=\s*\Z)")


class Commitizen:
    """Commitizen as configured in a tree (`read_cfg`'s files, in its order)."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        with _told():
            _quieten()
            self._config = _read_config(tree)
            with _inside(tree):
                self._plugin = _plugin(self._config)
            self._rule_set = declare(tree, self._config, self._plugin)

    @property
    def rule_set(self) -> RuleSet:
        return self._rule_set

    def installed(self) -> tuple[str, ...]:
        """The metadata folders of the distributions that these rules come from: commitizen's and the plugin's."""
        return installed(self._rule_set.plugin)

    def bump_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        return self._filtered("filter_commits_before_bump", commits)

    def changelog_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        return self._filtered("filter_commits_before_changelog", commits)

    def _filtered(self, hook: str, commits: Sequence[Commit]) -> Sequence[Commit]:
        if not {"filter_commits", hook} & set(self._rule_set.hooks):
            return commits
        with _told(), _inside(self._tree):
            kept = {commit.rev for commit in getattr(self._plugin, hook)([_git_commit(commit) for commit in commits])}
        return [commit for commit in commits if commit.sha in kept]

    def accepts(self, message: str) -> bool:
        """Whether the plugin's own validation accepts a message, whose comments are taken out already."""
        from commitizen.exceptions import CommitMessageLengthExceededError

        rules = self._rule_set
        with _told(), _inside(self._tree):
            try:
                return self._plugin.validate_commit_message(
                    commit_msg=message,
                    pattern=re.compile(rules.schema_pattern),
                    allow_abort=rules.allow_abort,
                    allowed_prefixes=list(rules.allowed_prefixes),
                    max_msg_length=rules.message_length_limit,
                    commit_hash="",
                ).is_valid
            except CommitMessageLengthExceededError:
                return False

    def next_version(self, current: Version, increment: int) -> Version:
        from commitizen.version_schemes import get_version_scheme

        with _told():
            scheme = get_version_scheme(self._config.settings)
            return Version(str(scheme(str(current)).bump(Increment(increment).name)))  # type: ignore[arg-type]

    def render(self, sections: Sequence[Section], *, incremental: bool) -> str:
        from commitizen import changelog

        with _told(), _inside(self._tree):
            tree = [self._release(section) for section in sections]
            extras = {**self._plugin.template_extras, **self._config.settings["extras"]}
            ordered = changelog.generate_ordered_changelog_tree(tree, list(self._rule_set.change_type_order))
            loader = self._plugin.template_loader
            return changelog.render_changelog(
                ordered, loader, self._template(), **{"incremental": incremental, **extras}
            ).lstrip("\n")

    def _release(self, section: Section) -> Mapping[str, Any]:
        from commitizen.changelog import process_commit_message
        from commitizen.git import GitTag

        changes: dict[str | None, list[Any]] = {}
        for entry in section.entries:
            found = _Match(entry)
            hook = self._plugin.changelog_message_builder_hook
            lines: dict[str | None, list[Any]] = _Lists()
            process_commit_message(hook, found, _git_commit(entry.commit), lines, self._rule_set.change_type_map)  # type: ignore[arg-type]
            for change_type, messages in lines.items():
                changes.setdefault(change_type, []).extend(messages)
        release: dict[str, Any] = {"version": section.title, "date": section.date, "changes": changes}
        if self._plugin.changelog_release_hook:
            tag = GitTag(section.tag.name, section.tag.commit, section.date) if section.tag else None
            return self._plugin.changelog_release_hook(release, tag)
        return release

    def finish(self, whole: str, part: str | None) -> str:
        if not self._plugin.changelog_hook:
            return whole
        with _told(), _inside(self._tree):
            return self._plugin.changelog_hook(whole, part)

    def headings(self, text: str) -> tuple[tuple[int, str], ...]:
        # The readers stop at the first heading, so each look begins below the heading before.
        lines = [_legible(line) for line in io.StringIO(text)]
        starts = list(accumulate(map(len, lines), initial=0))
        file, below = io.StringIO("".join(lines)), 0
        found: list[tuple[int, str]] = []
        with _told():
            form = _heading_reader(self._config)
            while below < len(lines):
                file.seek(starts[below])
                said = form.get_metadata_from_file(file)
                if said.latest_version_position is None or said.latest_version is None:
                    break
                line = below + said.latest_version_position
                found.append((line, said.latest_version))
                below = line + _height(form, lines[line].strip())
        return tuple(found)

    def read_version(self, tree: Path) -> str:
        from commitizen.providers import get_provider

        with _told(), _inside(tree):
            return str(get_provider(self._config).get_version())

    def write_version(self, tree: Path, current: str, new: str) -> None:
        from commitizen.bump import update_version_in_files
        from commitizen.providers import get_provider

        settings = self._config.settings
        with _told(), _inside(tree), effects.passing("write the version"):
            update_version_in_files(
                current, new, settings["version_files"], check_consistency=False, encoding=settings["encoding"]
            )
            get_provider(self._config).set_version(new)

    def _template(self) -> str:
        return str(self._config.settings.get("template") or changelog_format(self._config).template)


def _heading_reader(config: "BaseConfig") -> Any:
    """The format's reader of headings; as it makes each line small, its tag formats must not mind the case."""
    form = changelog_format(config)
    rules = getattr(form, "tag_rules", None)
    if rules is not None:
        rules.version_regexes = [re.compile(each.pattern, re.IGNORECASE) for each in rules.version_regexes]
    return form


def _height(form: Any, first: str) -> int:
    """How many lines a heading takes, by its first: in reStructuredText one is underlined, and may be overlined."""
    if form.extension != "rst":
        return 1
    return 2 if len(set(first)) > 1 else 3


def _legible(line: str) -> str:
    """A line as the readers of headings can take it.

    Without the date of a release, which AsciiDoc's reader may take for its version, and with a word
    on a blank line: the reader of reStructuredText falls over three of those in a row.
    """
    return _DATE.sub("", line) if line.strip() else "blank\n"


class _Lists(dict[str | None, list[Any]]):
    def __missing__(self, key: str | None) -> list[Any]:
        return self.setdefault(key, [])


class _Match:
    """Stands for the `re.Match` that commitizen hands on: it asks it for its groups alone."""

    def __init__(self, entry: Entry) -> None:
        self._groups = entry.groups

    def groupdict(self) -> dict[str, str | None]:
        return dict(self._groups)


def _git_commit(commit: Commit) -> "GitCommit":
    from commitizen.git import GitCommit

    return GitCommit(commit.sha, commit.subject, commit.body, commit.author, commit.email, parents=list(commit.parents))


def _quieten() -> None:
    """Undo what importing commitizen does to everybody: colorama wraps standard output, and reads what is printed."""
    before = sys.stdout, sys.stderr
    import commitizen.cz  # noqa: F401

    sys.stdout, sys.stderr = before


def _read_config(tree: Path) -> "BaseConfig":
    from commitizen.config import read_cfg
    from commitizen.config.base_config import BaseConfig
    from commitizen.defaults import CONFIG_FILES
    from commitizen.exceptions import ConfigFileIsEmpty

    for name in CONFIG_FILES:
        if (tree / name).is_file():
            try:
                return read_cfg(str(tree / name))
            except ConfigFileIsEmpty:
                continue
    return BaseConfig()


def _plugin(config: "BaseConfig") -> "BaseCommitizen":
    from commitizen.factory import committer_factory

    return committer_factory(config)


@contextmanager
def _inside(tree: Path) -> Iterator[None]:
    """Commitizen's providers, templates and hooks look at the working directory alone."""
    before = os.getcwd()
    os.chdir(tree)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _told() -> Iterator[None]:
    """Commitizen's errors, and those of plugins, as ours."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        from commitizen.exceptions import CommitizenException

        if isinstance(error, CommitizenException):
            raise usage(f"commitizen: {str(error).strip() or type(error).__name__}", _hint(error)) from error
        raise usage(
            f"commitizen or its plugin failed: {type(error).__name__}: {error}", "try `cz info` in the project"
        ) from error


def _hint(error: Exception) -> str:
    if type(error).__name__ == "NoVersionSpecifiedError":
        return 'version_provider = "version_txt" in [tool.commitizen] of .cz.toml reads version.txt'
    return "look at [tool.commitizen] in the project's settings" if "onfig" in type(error).__name__ else ""
