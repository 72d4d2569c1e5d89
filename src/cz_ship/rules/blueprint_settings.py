"""The settings that init lays down: commitizen's and ours, in the file that has them or in .cz.toml."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules import blueprint_yaml as yaml
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.settings import HOMES

# Where commitizen looks, in its order, and under which keys: https://commitizen-tools.github.io/commitizen/config/
_FILES = (".cz.toml", "cz.toml", ".cz.json", "cz.json", ".cz.yaml", "cz.yaml", "pyproject.toml")
_BUILT_IN = ("cz_conventional_commits", "cz_jira", "cz_customize", "cz_ship")
_TABLE = ("tool", "commitizen")
NEW = ".cz.toml"


class Configured(NamedTuple):
    """Commitizen's settings as they are, and their file; empty where there are none."""

    path: str
    table: Mapping[str, object]

    @property
    def provider(self) -> str:
        """Its version provider; empty where it has none and no version of its own either."""
        return str(self.table.get("version_provider") or ("commitizen" if self.table.get("version") else ""))


class Wanted(NamedTuple):
    """What the settings are to say; None and nothing where they may stay silent."""

    provider: str
    tag_formats: tuple[str, ...]
    version_files: tuple[str, ...]
    changelog: str | None
    zero: bool | None
    branch: str


def configured(draft: Draft) -> Configured:
    """The first of commitizen's files that has a section for it. Raises `Failure` for one that cannot be read."""
    for path in _FILES:
        text = draft.text(path)
        table = None if text is None else _section(draft, path, text)
        if isinstance(table, Mapping) and table:
            return Configured(path, table)
    return Configured("", {})


def mode(draft: Draft) -> str:
    """How releases are made: as the settings say, or by default."""
    said = (toml.value_at(draft.toml(home), "tool", "cz-ship", "mode") for home in HOMES)
    return next((str(each) for each in said if each), "push")


def branch(draft: Draft) -> str:
    """The release branch: as the settings say, else the repository's."""
    said = (toml.value_at(draft.toml(home), "tool", "cz-ship", "branch") for home in HOMES)
    return next((str(each) for each in said if each), draft.view.branch)


def places_of_its_own(draft: Draft, present: Configured) -> tuple[str, ...]:
    """Where the version goes that commitizen keeps in its own settings: to the line that the backend reads.

    Without `version_files` it goes nowhere; where no line is found, that is an error.
    """
    if present.provider != "commitizen" or present.table.get("version_files"):
        return ()
    stated = (draft.value("project", "version"), draft.value("tool", "poetry", "version"))
    if present.table["version"] in stated:
        return ("pyproject.toml:^version",)
    told = f"{present.path} keeps the version for commitizen alone, and no version_files takes it to the build backend"
    hint = "name there what the backend reads; or take `version` out, and let init find it"
    draft.find("no-home", "error", told, f"{hint}; then run init again")
    return ()


def settle_settings(draft: Draft, present: Configured, wanted: Wanted) -> None:
    """Let the settings say what is wanted; what they say already they go on saying."""
    _settle_commitizen(draft, present, wanted)
    if not any(toml.value_at(draft.toml(home), "tool", "cz-ship") is not None for home in HOMES):
        other = "pyproject.toml" if draft.text("pyproject.toml") is not None else NEW
        home = present.path if present.path in HOMES else NEW if not present.path else other
        for key, value in (("mode", "push"), ("branch", wanted.branch)):
            draft.set(("tool", "cz-ship"), key, value, "cz-ship's settings", home)


def _settle_commitizen(draft: Draft, present: Configured, wanted: Wanted) -> None:
    lines: dict[str, object] = {}
    if not present.path:
        lines = {"name": "cz_conventional_commits"}
    if present.provider != wanted.provider:
        lines["version_provider"] = wanted.provider
    # Commitizen's own default is $version: where tags tell of another, it has to be said.
    first, *legacy = wanted.tag_formats or ("v$version",)
    if "tag_format" not in present.table and (not present.path or wanted.tag_formats):
        lines["tag_format"] = first
        if legacy and "legacy_tag_formats" not in present.table:
            lines["legacy_tag_formats"] = legacy
    said = present.table.get("version_files", [])
    kept = [str(each) for each in said] if isinstance(said, list) else []
    if lacking := [each for each in wanted.version_files if not _is_kept(each, kept)]:
        lines["version_files"] = [*kept, *lacking]
    if wanted.changelog and "changelog_file" not in present.table:
        lines["changelog_file"] = wanted.changelog
    if wanted.zero is not None and "major_version_zero" not in present.table:
        lines["major_version_zero"] = wanted.zero
    home = present.path or NEW
    if lines and not home.endswith(".toml"):
        told = ", ".join(f"{key}: {json.dumps(value)}" for key, value in lines.items())
        draft.find("foreign-home", "error", f"{home} has commitizen's settings, and init changes TOML alone",
                   f"put this there by hand, or move them to {NEW}: {told}; then run init again")  # fmt: skip
        return
    why = "commitizen's settings" if not present.path else "what commitizen's settings do not say yet"
    for key, value in lines.items():
        draft.set(_TABLE, key, value, why, home)
    plugin = str(present.table.get("name", _BUILT_IN[0]))
    if plugin not in _BUILT_IN:
        told = f"neither pipeline nor hooks install commitizen's plugin {plugin}"
        hint = "add its distribution to `pip install cz-ship==…` there, and to additional_dependencies here"
        draft.find("plugin", "warning", told, hint)


def _is_kept(place: str, kept: list[str]) -> bool:
    """Whether `version_files` has a place's file already, by name or by a pattern."""
    path = place.partition(":")[0]
    return any(fnmatchcase(path, each.partition(":")[0]) for each in kept)


def _section(draft: Draft, path: str, text: str) -> object:
    if path.endswith(".toml"):
        return toml.value_at(draft.toml(path), *_TABLE)
    document = yaml.parsed(text, path)  # JSON is YAML too
    return document.get("commitizen") if isinstance(document, Mapping) else None
