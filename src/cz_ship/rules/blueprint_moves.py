"""Moving in: what the settings of other release tools say, in our words, and what has no match."""

import configparser
import re
from collections.abc import Callable, Mapping

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_keys import (
    OWN_FILES,
    OWN_MESSAGE,
    TAKEN,
    Table,
    branch_name,
    listed,
    replaced,
    table,
    text,
    unmatched,
    unreadable,
)
from cz_ship.rules.blueprint_moves_bump import bump2version, bump_my_version
from cz_ship.rules.blueprint_moves_node import release_please, semantic_release, standard_version
from cz_ship.rules.blueprint_places import Places, of_key, of_variable, together
from cz_ship.site import Custom

_OF_TYPES = "types and their worth are commitizen's; see [tool.commitizen] and its bump_map"
_KNOWN = {
    **dict.fromkeys(("tag_format", "version_variable", "version_variables", "version_toml"), TAKEN),
    **dict.fromkeys(("branch", "branches", "major_on_zero", "changelog_file", "changelog"), TAKEN),
    "allow_zero_version": "releases go on from the version that there is",
    "build_command": "cz-ship builds with the project's build backend alone",
    "commit_parser": f"messages are read as Conventional Commits; {_OF_TYPES}",
    "commit_parser_options": _OF_TYPES,
    "commit_author": "bump commits are made by cz-ship, always the same bytes",
    "commit_message": OWN_MESSAGE,
    "assets": OWN_FILES,
    "publish": "the pipeline uploads what it built to both indexes",
    "upload_to_pypi": "the pipeline uploads what it built to both indexes",
    "remote": 'write remote = "…" into [tool.cz-ship] where it is not origin',
}
_USUAL = {"commit_parser": ("conventional", "angular", "semantic_release.history.angular_parser")}


def customs_of(draft: Draft) -> tuple[Custom, ...]:
    """What each tool that has settings here says. Raises `Failure` for settings that cannot be read."""
    readers: tuple[Callable[[Draft], Custom | None], ...] = (
        _python_semantic_release,
        bump_my_version,
        bump2version,
        semantic_release,
        standard_version,
        release_please,
    )
    return tuple(found for read in readers if (found := read(draft)) is not None)


def _python_semantic_release(draft: Draft) -> Custom | None:
    """https://python-semantic-release.readthedocs.io/en/latest/configuration/configuration.html"""
    home, raw = _settings(draft)
    if not home:
        return None
    log, branches = table(raw.get("changelog")), table(raw.get("branches"))
    templates = table(log.get("default_templates"))
    changelog = templates.get("changelog_file") or log.get("changelog_file") or raw.get("changelog_file")
    main = next((name for name, each in branches.items() if not table(each).get("prerelease")), "")
    zero = {"true": False, "false": True}.get(str(raw.get("major_on_zero")).lower())
    said = raw.get("tag_format")
    tag_format, places = replaced(said, "{version}"), _places(raw)
    branch = _branch(draft, table(branches.get(main)).get("match") or raw.get("branch"))
    return Custom(
        tool="python-semantic-release",
        file=home,
        tag_format=tag_format,
        branch=branch,
        version_files=places.entries,
        changelog=text(changelog),
        zero=zero,
        unmatched=(
            *unmatched(raw, _KNOWN, _USUAL),
            *unreadable("tag_format", said, tag_format),
            *_unmatched_branches(branches, main, branch),
            *unmatched(log, dict.fromkeys(("changelog_file", "default_templates"), TAKEN), within="changelog."),
            *unmatched(templates, {"changelog_file": TAKEN}, within="changelog.default_templates."),
            *places.unmatched,
        ),
    )


def _settings(draft: Draft) -> tuple[str, Table]:
    """The file that has settings, empty where none has, and they; as of version 8 setup.cfg has none any more."""
    for home, keys in (("pyproject.toml", ("tool", "semantic_release")), ("releaserc.toml", ("semantic_release",))):
        if isinstance(found := toml.value_at(draft.toml(home), *keys), Mapping):
            return home, found
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(draft.text("setup.cfg") or "")
    except configparser.Error:
        return "", {}
    return ("setup.cfg", parser["semantic_release"]) if parser.has_section("semantic_release") else ("", {})


def _places(raw: Table) -> Places:
    said = listed(raw.get("version_variables", raw.get("version_variable")))
    variables = [each for several in said for each in str(several).split(",") if each.strip()]
    keys = [each.strip().split(":") for several in listed(raw.get("version_toml")) for each in str(several).split(",")]
    odd = [Places(unmatched=(f"version_toml: {':'.join(each)} has no match here",)) for each in keys if len(each) < 2]
    return together([*map(of_variable, variables), *(of_key(each[0], each[1]) for each in keys if len(each) > 1), *odd])


def _branch(draft: Draft, said: object) -> str | None:
    """The branch of a pattern: the pattern itself where it is plain, the repository's own where that fits."""
    try:
        fits = isinstance(said, str) and re.fullmatch(said, draft.view.branch)
    except re.error:
        fits = None
    return draft.view.branch if fits else branch_name(said)


def _unmatched_branches(branches: Table, main: str, branch: str | None) -> tuple[str, ...]:
    lines = []
    for name, each in branches.items():
        if name != main or branch is None:
            lines.append(f"branches.{name} has no match here: one branch releases, in one way")
        else:
            usual = {"prerelease": ("false",)}
            lines += unmatched(table(each), {"match": TAKEN}, usual, f"branches.{name}.")
    return tuple(lines)
