"""Commitizen's rules, read from its plugin and its settings and declared as plain values."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cz_ship.errors import usage
from cz_ship.model import RuleSet

if TYPE_CHECKING:
    from commitizen.config.base_config import BaseConfig
    from commitizen.cz.base import BaseCommitizen

_HOOKS = ("changelog_message_builder_hook", "changelog_hook", "changelog_release_hook")
_METHODS = (
    *("filter_commits", "filter_commits_before_bump", "filter_commits_before_changelog"),
    *("validate_commit_message", "format_exception_message"),
)
_PURE_SCHEMES = ("pep440", "semver", "semver2")


def declare(tree: Path, config: "BaseConfig", plugin: "BaseCommitizen") -> RuleSet:
    """The rules of a plugin as configured. Raises `Failure` (usage) where it has none for a bump or a changelog."""
    from commitizen import defaults
    from commitizen.tags import TagRules

    settings = config.settings
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
        hooks=_hooks(config, plugin),
        plain_markdown=_is_plain_markdown(tree, config, plugin),
        schema_pattern=str(plugin.schema_pattern()),
        allowed_prefixes=tuple(str(prefix) for prefix in settings["allowed_prefixes"]),
        allow_abort=bool(settings["allow_abort"]),
        message_length_limit=int(settings["message_length_limit"] or 0),
    )


def _is_plain_markdown(tree: Path, config: "BaseConfig", plugin: "BaseCommitizen") -> bool:
    from commitizen.changelog_formats.markdown import Markdown
    from commitizen.cz.base import BaseCommitizen

    own_template = config.settings.get("template") or (tree / "CHANGELOG.md.j2").exists()
    if own_template or plugin.template_loader is not BaseCommitizen.template_loader:
        return False
    return type(changelog_format(config)) is Markdown and not _hooks(config, plugin)


def _hooks(config: "BaseConfig", plugin: "BaseCommitizen") -> tuple[str, ...]:
    from commitizen.cz.base import BaseCommitizen

    found = [name for name in _HOOKS if getattr(plugin, name)]
    kind = type(plugin)
    found += [name for name in _METHODS if getattr(kind, name) is not getattr(BaseCommitizen, name)]
    scheme = config.settings.get("version_scheme") or "pep440"
    return (*found, "version_scheme") if scheme not in _PURE_SCHEMES else tuple(found)


def installed(plugin: str) -> tuple[str, ...]:
    """The metadata folders of the distributions that these rules come from: commitizen and the plugin's.

    None where one of them is an editable install, whose rules may change at any time.
    """
    from importlib.metadata import distribution, entry_points

    names = {"commitizen", "cz-ship"}
    for point in entry_points(group="commitizen.plugin", name=plugin):
        if point.dist is not None:
            names.add(point.dist.name)
    folders = []
    for name in sorted(names):
        found = distribution(name)
        folder = getattr(found, "_path", None)
        if folder is None or (name != "cz-ship" and '"editable": true' in (found.read_text("direct_url.json") or "")):
            return ()
        folders.append(str(folder))
    return tuple(folders)


def changelog_format(config: "BaseConfig") -> Any:
    """The format of the changelog file, by its name or as set."""
    from commitizen.changelog_formats import get_changelog_format

    return get_changelog_format(config, str(config.settings["changelog_file"]))
