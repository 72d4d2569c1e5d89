"""The door to commitizen: its rules as plain values, and what only commitizen itself can do."""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from cz_ship.errors import Failure, usage
from cz_ship.model import Commit, Entry, Increment, RuleSet, Section

if TYPE_CHECKING:
    from commitizen.config.base_config import BaseConfig
    from commitizen.cz.base import BaseCommitizen
    from commitizen.git import GitCommit

_HOOKS = ("changelog_message_builder_hook", "changelog_hook", "changelog_release_hook")
_FILTERS = ("filter_commits", "filter_commits_before_bump", "filter_commits_before_changelog")
_PURE_SCHEMES = ("pep440", "semver", "semver2")


class Commitizen:
    """Commitizen as configured in a tree (`read_cfg`'s files, in its order)."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        with _told():
            self._config = _read_config(tree)
            with _inside(tree):
                self._plugin = _plugin(self._config)
            self._rule_set = self._declare()

    @property
    def rule_set(self) -> RuleSet:
        return self._rule_set

    def _declare(self) -> RuleSet:
        from commitizen import defaults
        from commitizen.tags import TagRules

        settings, plugin = self._config.settings, self._plugin
        zero = settings["major_version_zero"]
        bump_map = plugin.bump_map_major_version_zero if zero else plugin.bump_map
        if not plugin.bump_pattern or not bump_map or not plugin.changelog_pattern or not plugin.commit_parser:
            raise usage(f"the commitizen plugin {settings['name']!r} has no rules for a bump and a changelog")
        tags = TagRules.from_settings(settings)
        order: Any = settings.get("change_type_order") or plugin.change_type_order or defaults.CHANGE_TYPE_ORDER
        return RuleSet(
            plugin=str(settings["name"]),
            bump_pattern=str(plugin.bump_pattern),
            bump_map=tuple((str(key), str(worth) if worth else None) for key, worth in bump_map.items()),
            changelog_pattern=str(plugin.changelog_pattern),
            commit_parser=str(plugin.commit_parser),
            change_type_map=dict(settings.get("change_type_map") or plugin.change_type_map or {}),
            change_type_order=tuple(str(kind) for kind in order),
            tag_formats=tuple(str(form) for form in tags.tag_formats),
            tag_patterns=tuple(pattern.pattern for pattern in tags.version_regexes),
            ignored_tag_patterns=tuple(pattern.pattern for pattern in tags.ignored_regexes),
            bump_message=str(settings["bump_message"] or defaults.BUMP_MESSAGE),
            version_provider=str(settings["version_provider"] or "commitizen"),
            version_scheme=str(settings.get("version_scheme") or "pep440"),
            changelog_file=str(settings["changelog_file"]),
            encoding=str(settings["encoding"]),
            merge_prereleases=bool(settings["changelog_merge_prerelease"]),
            hooks=self._hooks(),
            plain_markdown=self._is_plain_markdown(),
        )

    def _is_plain_markdown(self) -> bool:
        from commitizen.changelog_formats.markdown import Markdown
        from commitizen.cz.base import BaseCommitizen

        own_template = self._config.settings.get("template") or (self._tree / "CHANGELOG.md.j2").exists()
        if own_template or self._plugin.template_loader is not BaseCommitizen.template_loader:
            return False
        return type(self._format()) is Markdown and not self._hooks()

    def _hooks(self) -> tuple[str, ...]:
        from commitizen.cz.base import BaseCommitizen

        found = [name for name in _HOOKS if getattr(self._plugin, name)]
        kind = type(self._plugin)
        found += [name for name in _FILTERS if getattr(kind, name) is not getattr(BaseCommitizen, name)]
        scheme = self._config.settings.get("version_scheme") or "pep440"
        return (*found, "version_scheme") if scheme not in _PURE_SCHEMES else tuple(found)

    def installed(self) -> tuple[str, ...]:
        """The metadata folders of the distributions that these rules come from: commitizen and the plugin's.

        None where one of them is an editable install, whose rules may change at any time.
        """
        from importlib.metadata import distribution, entry_points

        names = {"commitizen", "cz-ship"}
        for point in entry_points(group="commitizen.plugin", name=self._rule_set.plugin):
            if point.dist is not None:
                names.add(point.dist.name)
        folders = []
        for name in sorted(names):
            found = distribution(name)
            folder = getattr(found, "_path", None)
            if folder is None or (
                name != "cz-ship" and '"editable": true' in (found.read_text("direct_url.json") or "")
            ):
                return ()
            folders.append(str(folder))
        return tuple(folders)

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
        lines = text.splitlines(keepends=True)
        found: list[tuple[int, str]] = []
        start = 0
        with _told():
            form = self._format()
            while start < len(lines):
                said = form.get_metadata_from_file(io.StringIO("".join(lines[start:])))
                if said.latest_version_position is None or said.latest_version is None:
                    break
                found.append((start + said.latest_version_position, said.latest_version))
                start += said.latest_version_position + 1
        return tuple(found)

    def read_version(self, tree: Path) -> str:
        from commitizen.providers import get_provider

        with _told(), _inside(tree):
            return str(get_provider(self._config).get_version())

    def write_version(self, tree: Path, current: str, new: str) -> None:
        from commitizen.bump import update_version_in_files
        from commitizen.providers import get_provider

        settings = self._config.settings
        with _told(), _inside(tree):
            update_version_in_files(
                current, new, settings["version_files"], check_consistency=False, encoding=settings["encoding"]
            )
            get_provider(self._config).set_version(new)

    def _format(self) -> Any:
        from commitizen.changelog_formats import get_changelog_format

        return get_changelog_format(self._config, str(self._config.settings["changelog_file"]))

    def _template(self) -> str:
        return str(self._config.settings.get("template") or self._format().template)


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
    return "look at [tool.commitizen] in the project's settings" if "onfig" in type(error).__name__ else ""
