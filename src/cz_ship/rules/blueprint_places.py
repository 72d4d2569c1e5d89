"""Places of the version as other tools name them, in the words of commitizen's `version_files`: PATH:REGEX."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

from cz_ship.rules.blueprint_keys import TAKEN, Table, text, unmatched
from cz_ship.rules.wish import FILE

# Of PATH:REGEX each line that the regex finds has every text of the version in it raised; without a regex it is every
# line of the file. Source: https://commitizen-tools.github.io/commitizen/config/bump/
#
# The version moves out of these, or is written there by its provider.
HOMES = ("pyproject.toml", "setup.cfg", FILE, "Cargo.toml", ".cz.toml")
_OWN_KEYS = ("project.version", "tool.poetry.version", "metadata.version", "package.version")
_CURRENT, _NEW = "{current_version}", "{new_version}"
_BY_HAND = "name the place in version_files of [tool.commitizen]"
_FILE_KEYS = {
    **dict.fromkeys(("filename", "glob", "key_path", "search", "replace"), TAKEN),
    **dict.fromkeys(("ignore_missing_version", "ignore_missing_file"), TAKEN),  # nor does commitizen stop at them
    "parse": "versions are read as PEP 440 has them",
    "serialize": "versions are written as PEP 440 has them",
}


class Places(NamedTuple):
    """Entries of `version_files`, and lines on what could not be one."""

    entries: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()


def together(found: Iterable[Places]) -> Places:
    """All of them."""
    every = tuple(found)
    return Places(
        tuple(dict.fromkeys(entry for each in every for entry in each.entries)),
        tuple(dict.fromkeys(line for each in every for line in each.unmatched)),
    )


def of_variable(said: str) -> Places:
    """`PATH:NAME`, and `PATH:NAME:FORMAT`, of python-semantic-release: the format only says how a tag is written."""
    path, _, rest = said.strip().partition(":")
    name = rest.partition(":")[0]
    if not re.fullmatch(r"[\w.-]+", name) or (path in HOMES and name != "version"):
        return Places(unmatched=(f"version_variables: {said.strip()} has no match here: {_BY_HAND}",))
    return Places(() if path in HOMES else (f"{path}:{name}",))


def of_key(path: str, dotted: str) -> Places:
    """A key of a TOML file."""
    name = dotted.rpartition(".")[2]
    if path in HOMES and dotted in _OWN_KEYS:
        return Places()
    if path in HOMES or not re.fullmatch(r"[\w-]+", name):
        return Places(unmatched=(f"{path}: {dotted} has no match here: the key stays as it is",))
    told = f"{path}: {dotted} is found by its line, so other keys {name} with the same version are raised too"
    return Places((rf"{path}:\b{name}\s*=",), (told,))


def of_file(said: Table, paths: Iterable[str]) -> Places:
    """A file, or a glob over the project's `paths`, of bump2version and bump-my-version."""
    name = str(said.get("filename") or said.get("glob"))
    told = unmatched(said, _FILE_KEYS, {"regex": ("false",)}, f"files: {name}: ")
    key, search = text(said.get("key_path")), text(said.get("search")) or _CURRENT
    if key:
        made = of_key(name, key)
        return Places(made.entries, (*made.unmatched, *told))
    regex = _regex(search, text(said.get("replace")))
    loose = str(said.get("regex", False)).lower() == "true" or bool(said.get("glob_exclude"))
    if regex is None or loose or (name in HOMES and search != _CURRENT and not re.match(r"version\b", search.strip())):
        how = f" with search {search!r}" if search != _CURRENT else ""
        return Places((), (*told, f"files: {name}{how} has no match here: {_BY_HAND}"))
    if name in HOMES:
        return Places((), told)
    names = [name] if said.get("filename") else _globs(name, paths)
    return Places(tuple(f"{each}:{regex}" if regex else each for each in names), told)


def _regex(search: str, replace: str | None) -> str | None:
    """What finds the lines that a search finds, and no others; None where that cannot be said, empty for every line."""
    before, found, after = search.strip().partition(_CURRENT)
    as_found = replace is None or replace.strip() == search.strip().replace(_CURRENT, _NEW)
    if not found or not as_found or re.search(r"[{}\n]", before + after) or (after and not before):
        return None
    if word := re.fullmatch(r"(__\w+__)\s*=\s*[\"']", before):
        return word[1]
    if not before:
        return ""
    return _escaped(before) + r"\d" + (r"\S*" + _escaped(after) if after.strip("\"'`,;)] ") else "")


def _escaped(words: str) -> str:
    """As `re.escape`, but a blank stays a blank: people read this."""
    return re.sub(r"([.^$*+?\[\]\\|()#])", r"\\\1", words)


def _globs(said: str, paths: Iterable[str]) -> list[str]:
    """A glob as commitizen reads it: it knows no `**`, so there is one for each depth at which files are."""
    files = [PurePosixPath(path) for path in paths]
    made = []
    for depth in range(max((len(file.parts) for file in files), default=0)):
        flat = said.replace("**/", "*/" * depth)
        if any(file.match(flat) and len(file.parts) == len(PurePosixPath(flat).parts) for file in files):
            made.append(flat)
    return list(dict.fromkeys(made))
