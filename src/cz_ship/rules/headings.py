"""Headings of releases in a Markdown changelog: those of Keep a Changelog and of other tools, too."""

import re
from collections.abc import Sequence
from contextlib import suppress

from packaging.version import InvalidVersion, Version

from cz_ship.model import RuleSet
from cz_ship.rules.tags import version_of

_SUFFIXES = (".md", ".markdown", ".mkd")
# A tag or a version: `## v1.0.0 (2026-01-01)`, `## [1.0.0] - 2026-01-01 [YANKED]`, `# [1.0.0](link) (2026-01-01)`.
_TITLE = re.compile(
    r"#{1,6} +\[?(?P<name>[^\]\s()]+)\]?(?:\(\S*\))?(?: -)?(?: \(?\d{4}-\d\d-\d\d\)?)?(?: \[YANKED\])?\s*"
)


def with_all_releases(text: str, found: Sequence[tuple[int, str]], rule_set: RuleSet) -> tuple[tuple[int, str], ...]:
    """Line number (from 0) and version of each release heading: those `found` by commitizen's reader, and the others.

    Commitizen's reader of Markdown knows tags of the configured formats alone, and no epoch.
    """
    if not rule_set.changelog_file.endswith(_SUFFIXES):
        return tuple(found)
    ours = ((at, _release(line, rule_set)) for at, line in enumerate(text.split("\n")) if line.startswith("#"))
    return tuple(sorted({**dict(found), **{at: str(version) for at, version in ours if version}}.items()))


def escaped(message: str, rule_set: RuleSet) -> str:
    """A message of which no line below the first reads as the heading of a release."""
    if "\n#" not in message:
        return message
    first, *others = message.split("\n")
    return "\n".join([first, *(f"\\{line}" if _names_a_release(line, rule_set) else line for line in others)])


def _names_a_release(line: str, rule_set: RuleSet) -> bool:
    if not line.startswith("#"):
        return False
    # Commitizen's reader looks for a tag anywhere in a heading, in small letters.
    found = (re.search(pattern, line, re.IGNORECASE) for pattern in rule_set.tag_patterns)
    return any(found) or _release(line, rule_set) is not None


def _release(line: str, rule_set: RuleSet) -> Version | None:
    title = _TITLE.fullmatch(line)
    if title is None:
        return None
    if version := version_of(title["name"], rule_set):
        return version
    with suppress(InvalidVersion):
        if "." in title["name"]:  # `## 2026` or `## 1` is no version to anybody
            return Version(title["name"])
    return None
