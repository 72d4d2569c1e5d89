"""The changelog: which lines a commit brings, and where a release's section stands in the file."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from itertools import chain

from packaging.version import InvalidVersion, Version

from cz_ship.errors import usage
from cz_ship.model import Commit, Entry, RuleSet, Section, Tag
from cz_ship.rules.message import listed


def day(time: int) -> str:
    """The ISO date, in UTC, of a time in seconds since 1970."""
    return datetime.fromtimestamp(time, timezone.utc).date().isoformat()


def section(title: str, date: str, tag: Tag | None, commits: Iterable[Commit], rule_set: RuleSet) -> Section:
    """A release's section; a line that says the same as one before it is left out."""
    seen: set[tuple[tuple[str, str | None], ...]] = set()
    entries = []
    for entry in chain.from_iterable(entries_of(commit, rule_set) for commit in commits):
        said = tuple(sorted(entry.groups.items()))
        if said not in seen:
            seen.add(said)
            entries.append(entry)
    return Section(title, date, tag, tuple(entries))


def entries_of(commit: Commit, rule_set: RuleSet) -> tuple[Entry, ...]:
    """The changelog lines of a commit: its message, and each paragraph of its body that parses too."""
    wanted, whole, block = _compiled(rule_set.changelog_pattern, rule_set.commit_parser)
    if not wanted.match(commit.message):
        return ()
    parsed = [whole.match(commit.message)]
    if commit.body:
        parsed += [block.match(listed(part)) for part in commit.body.split("\n\n")]
    return tuple(Entry(commit, match.groupdict()) for match in parsed if match)


def insert(text: str, rendered: str, version: Version, headings: Sequence[tuple[int, str]]) -> str:
    """The changelog with a rendered section put before that of the next lower release.

    Everything that stood in `text` stays, byte for byte. Where a section of that version stands
    already, nothing is added: there is one section for a release, ever.
    """
    versions = [(line, _version(heading)) for line, heading in headings]
    if any(heading == version for _, heading in versions):
        return text
    newline = "\r\n" if "\r\n" in text and "\n" not in text.replace("\r\n", "") else "\n"
    body = rendered.strip("\n").replace("\n", newline) + newline
    if not text.strip():
        return body
    lines = text.splitlines(keepends=True)
    lower = [line for line, heading in versions if heading is not None and heading < version]
    if lower:
        at = min(lower)
        return "".join([*lines[:at], body, newline, *lines[at:]])
    gap = "" if text.endswith(newline * 2) else newline if text.endswith(newline) else newline * 2
    return text + gap + body


def _version(heading: str) -> Version | None:
    try:
        return Version(heading)
    except InvalidVersion:
        return None


@lru_cache(maxsize=8)
def _compiled(changelog_pattern: str, commit_parser: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    try:
        return (
            re.compile(changelog_pattern),
            re.compile(commit_parser, re.MULTILINE),
            re.compile(commit_parser, re.MULTILINE | re.DOTALL),
        )
    except re.error as error:
        raise usage(f"changelog_pattern or commit_parser of the commitizen settings is not usable: {error}") from error
