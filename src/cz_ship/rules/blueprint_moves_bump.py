"""Moving in from bump2version and bump-my-version."""

import configparser
import re
from collections.abc import Mapping, Sequence

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_keys import OWN_MESSAGE, TAKEN, Table, listed, replaced, unmatched, unreadable
from cz_ship.rules.blueprint_places import of_file, together
from cz_ship.site import Custom

_KNOWN = {
    **dict.fromkeys(("current_version", "tag_name", "files"), TAKEN),
    **dict.fromkeys(("ignore_missing_version", "ignore_missing_files"), TAKEN),
    "parse": "versions are read as PEP 440 has them",
    "serialize": "versions are written as PEP 440 has them",
    "message": OWN_MESSAGE,
    "tag": "a release has its tag always",
    "commit": "a release has its commit always",
    "tag_message": "tags are of cz-ship's own making",
    "sign_tags": "tags are of cz-ship's own making",
    "commit_args": "bump commits are made by cz-ship, always the same bytes",
    "allow_dirty": "releases are made of commits alone",
    "parts": "the parts of a version are PEP 440's",
    "setup_hooks": "nothing is run around a bump commit",
    "pre_commit_hooks": "nothing is run before a bump commit",
    "post_commit_hooks": "nothing is run around a bump commit",
}
# What stands there for all files: a file of its own goes before.
_FOR_FILES = ("search", "replace", "regex")
_USUAL = {"commit": ("true",), "tag": ("true",), "allow_dirty": ("false",), "sign_tags": ("false",)}
_SECTION = re.compile(r"bumpversion:(file|glob)\s*(?:\([^)]*\))?\s*:(.+)")


def bump_my_version(draft: Draft) -> Custom | None:
    """https://callowayproject.github.io/bump-my-version/reference/configuration/"""
    home, raw = "pyproject.toml", draft.value("tool", "bumpversion")
    if not isinstance(raw, Mapping):
        home, raw = ".bumpversion.toml", toml.value_at(draft.toml(".bumpversion.toml"), "tool", "bumpversion")
    if not isinstance(raw, Mapping):
        return None
    files = [each for each in listed(raw.get("files")) if isinstance(each, Mapping)]
    return _bumped(draft, "bump-my-version", home, raw, files)


def bump2version(draft: Draft) -> Custom | None:
    """https://github.com/c4urself/bump2version, whose sections for a file may have a suffix: `file (suffix):path`."""
    for home in (".bumpversion.cfg", "setup.cfg"):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(draft.text(home) or "")
        except configparser.Error:
            continue
        if parser.has_section("bumpversion"):
            files: list[Table] = []
            others = {}
            for name in (each for each in parser.sections() if each.startswith("bumpversion:")):
                match = _SECTION.fullmatch(name)
                if match:
                    files.append({"filename" if match[1] == "file" else "glob": match[2].strip(), **parser[name]})
                else:
                    others[f"[{name}]"] = dict(parser[name])
            return _bumped(draft, "bump2version", home, {**parser["bumpversion"], **others}, files)
    return None


def _bumped(draft: Draft, tool: str, home: str, raw: Table, files: Sequence[Table]) -> Custom:
    version, tag = raw.get("current_version"), raw.get("tag_name")
    for_all = {key: raw[key] for key in _FOR_FILES if key in raw}
    places = together(
        of_file({**for_all, **each}, draft.view.paths) for each in files if each.get("filename") or each.get("glob")
    )
    known = {**_KNOWN, **dict.fromkeys(_FOR_FILES, TAKEN)}
    tag_format = replaced(tag, "{new_version}")
    return Custom(
        tool=tool,
        file=home,
        version=str(version) if version else None,
        tag_format=tag_format,
        version_files=places.entries,
        unmatched=(*unmatched(raw, known, _USUAL), *unreadable("tag_name", tag, tag_format), *places.unmatched),
    )
