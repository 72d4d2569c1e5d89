"""What is known of a project's rules and settings, kept under its git directory as plain values."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, get_type_hints

from cz_ship.model import RuleSet
from cz_ship.settings import IndexSettings, Settings

# All that commitizen, cz-ship and the name of a project are read from, in the project's root.
_SOURCES = (
    ".cz.toml", "cz.toml", ".cz.json", "cz.json", ".cz.yaml", "cz.yaml", "pyproject.toml", "setup.cfg",
    "CHANGELOG.md.j2",
)  # fmt: skip
_FORM = 1


class Known(NamedTuple):
    """What is known: the rule set, the settings, and the project's name."""

    rule_set: RuleSet
    settings: Settings
    project: str


class Memory:
    """The file `cz-ship/known.json` in a git directory, for the project at `root`.

    Nothing in it is state of a release: it can be deleted at any time, and is made anew. It is used
    only where every part of its key holds; what is damaged or from elsewhere is ignored, never executed.
    """

    def __init__(self, root: Path, git_directory: str) -> None:
        self._root = root
        self._file = os.path.join(git_directory, "cz-ship", "known.json")

    def recall(self) -> Known | None:
        """What is known, where it still holds; else None."""
        try:
            with open(self._file, "rb") as file:
                record = json.load(file)
            if record["form"] != _FORM or record["sources"] != self._sources() or record["python"] != _python():
                return None
            if not record["installed"] or not all(_stands(path, mark) for path, mark in record["installed"].items()):
                return None
            return Known(_rule_set(record["rules"]), _settings(record["settings"]), _text(record["project"]))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def keep(self, known: Known, installed: Mapping[str, str]) -> None:
        """Remember; `installed` are the metadata folders of the distributions that the rules came from.

        Where that cannot be written, nothing is remembered and nothing is lost.
        """
        if not installed:
            return
        record = {
            "form": _FORM,
            "python": _python(),
            "installed": dict(installed),
            "sources": self._sources(),
            "rules": known.rule_set._asdict(),
            "settings": {**known.settings._asdict(), **_indexes(known.settings)},
            "project": known.project,
        }
        scratch = f"{self._file}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self._file), exist_ok=True)
            with open(scratch, "w", encoding="utf-8") as file:
                json.dump(record, file)
            os.replace(scratch, self._file)
        except OSError:
            return

    def _sources(self) -> dict[str, str]:
        """The bytes of every file that the rules are read from, as text that JSON can hold."""
        found = ((name, _content(os.path.join(self._root, name))) for name in _SOURCES)
        return {name: content for name, content in found if content is not None}


def _content(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        return None


def mark(folder: str) -> str:
    """What changes in a distribution's metadata folder when it is installed anew."""
    stat = os.stat(os.path.join(folder, "METADATA"))
    return f"{stat.st_mtime_ns}-{stat.st_size}"


def _stands(folder: str, known_mark: str) -> bool:
    return mark(folder) == known_mark


def _python() -> list[str]:
    """The interpreter and where it looks for modules: another commitizen may stand elsewhere."""
    return [sys.version, sys.prefix, *(path for path in sys.path if path.endswith(("site-packages", "dist-packages")))]


def _rule_set(record: object) -> RuleSet:
    fields = _fields(record, RuleSet)
    pairs = tuple(_pair(each) for each in _list(fields["bump_map"]))
    types = fields["change_type_map"]
    if not isinstance(types, dict):
        raise TypeError("change_type_map")
    fields["bump_map"] = pairs
    fields["change_type_map"] = {_text(key): _text(value) for key, value in types.items()}
    for name in ("change_type_order", "tag_formats", "tag_patterns", "ignored_tag_patterns", "hooks"):
        fields[name] = tuple(_text(each) for each in _list(fields[name]))
    return RuleSet(**fields)  # type: ignore[arg-type]


def _settings(record: object) -> Settings:
    fields = _fields(record, Settings)
    for name in ("test", "prod"):
        fields[name] = IndexSettings(**_fields(fields[name], IndexSettings))  # type: ignore[arg-type]
    return Settings(**fields)  # type: ignore[arg-type]


def _fields(record: object, kind: type) -> dict[str, object]:
    """The record's fields, each of the type that `kind` gives it (texts, flags and None are looked at)."""
    hints = get_type_hints(kind)
    if not isinstance(record, dict) or record.keys() != hints.keys():
        raise TypeError(kind.__name__)
    for name, hint in hints.items():
        wanted = {str: (str,), bool: (bool,), str | None: (str, type(None))}.get(hint, (dict, list))
        if not isinstance(record[name], wanted):
            raise TypeError(name)
    return dict(record)


def _indexes(settings: Settings) -> dict[str, object]:
    return {"test": settings.test._asdict(), "prod": settings.prod._asdict()}


def _pair(value: object) -> tuple[str, str | None]:
    key, worth = _list(value)
    return _text(key), None if worth is None else _text(worth)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list was wanted")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was wanted")
    return value
