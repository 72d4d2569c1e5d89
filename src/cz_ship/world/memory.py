"""What is known of a project's rules and settings, kept under its git directory as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, get_type_hints

from cz_ship.model import RuleSet
from cz_ship.settings import CommitSettings, IndexSettings, Settings
from cz_ship.world import record
from cz_ship.world.record import mark

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Known", "Memory", "mark"]


_PLAIN: Mapping[object, tuple[type, ...]] = {
    **{kind: (kind,) for kind in (str, bool, int)},
    **{kind | None: (kind, type(None)) for kind in (str, bool)},
}


class Known(NamedTuple):
    """What is known: the rule set, the settings, the project's name, and what was installed (see `mark`).

    `installed` are the metadata folders of the distributions that the rules came from, each with its mark.
    """

    rule_set: RuleSet
    settings: Settings
    project: str
    installed: Mapping[str, str]


class Memory:
    """The file `cz-ship/known.json` in a git directory, for the project at `root`.

    Nothing in it is state of a release: it can be deleted at any time, and is made anew. It is used
    only where every part of its key holds; what is damaged or from elsewhere is ignored, never executed.
    """

    def __init__(self, root: str | Path, git_directory: str) -> None:
        self._root = str(root)
        self._git_directory = git_directory

    def recall(self) -> Known | None:
        """What is known, where it still holds; else None."""
        found = record.recall(self._root, self._git_directory)
        if found is None:
            return None
        try:
            rule_set, settings = _rule_set(found["rules"]), _settings(found["settings"])
            return Known(rule_set, settings, _text(found["project"]), _texts(found["installed"]))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    def keep(self, known: Known) -> None:
        """Remember. Where that cannot be written, nothing is remembered and nothing is lost."""
        values = {
            "rules": known.rule_set._asdict(),
            "settings": {**known.settings._asdict(), **_tables(known.settings)},
            "project": known.project,
        }
        record.keep(self._root, self._git_directory, values, known.installed)


def _rule_set(record: object) -> RuleSet:
    fields = _fields(record, RuleSet)
    pairs = tuple(_pair(each) for each in _list(fields["bump_map"]))
    fields["bump_map"] = pairs
    fields["change_type_map"] = _texts(fields["change_type_map"])
    for name in (
        *("change_type_order", "tag_formats", "tag_patterns", "ignored_tag_patterns", "hooks", "allowed_prefixes"),
    ):
        fields[name] = tuple(_text(each) for each in _list(fields[name]))
    return RuleSet(**fields)  # type: ignore[arg-type]


def _settings(record: object) -> Settings:
    fields = _fields(record, Settings)
    for name in ("test", "prod"):
        fields[name] = IndexSettings(**_fields(fields[name], IndexSettings))  # type: ignore[arg-type]
    commit = _fields(fields["commit"], CommitSettings)
    for name in ("types", "scopes"):
        commit[name] = tuple(_text(each) for each in _list(commit[name]))
    fields["commit"] = CommitSettings(**commit)  # type: ignore[arg-type]
    return Settings(**fields)  # type: ignore[arg-type]


def _fields(record: object, kind: type) -> dict[str, object]:
    """The record's fields, each of the type that `kind` gives it (texts, flags and None are looked at)."""
    hints = get_type_hints(kind)
    if not isinstance(record, dict) or record.keys() != hints.keys():
        raise TypeError(kind.__name__)
    for name, hint in hints.items():
        wanted = _PLAIN.get(hint, (dict, list))
        if not isinstance(record[name], wanted):
            raise TypeError(name)
    return dict(record)


def _tables(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name)._asdict() for name in ("test", "prod", "commit")}


def _pair(value: object) -> tuple[str, str | None]:
    key, worth = _list(value)
    return _text(key), None if worth is None else _text(worth)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("a list was wanted")
    return value


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("a table was wanted")
    return {_text(key): _text(each) for key, each in value.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was wanted")
    return value
