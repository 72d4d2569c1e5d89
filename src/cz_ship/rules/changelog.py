"""The changelog: which lines a commit brings, and where a release's section stands in the file."""

import re
from collections.abc import Container, Iterable, Sequence
from datetime import datetime, timezone
from functools import lru_cache

from packaging.version import InvalidVersion, Version

from cz_ship.errors import usage
from cz_ship.model import Commit, Entry, RuleSet, Section, Tag
from cz_ship.rules.message import is_break, paragraphs, respelled

UNRELEASED = "Unreleased"

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_Patterns = tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]

# Flags, looking around, edges of the text, and repetition that gives nothing back.
_FAR_SIGHTED = re.compile(r"\(\?[^:P]|\\[AZ]|[*+?}]\+")


def day(time: int) -> str:
    """The ISO date, in UTC, of a time in seconds since 1970; for a broken time, beyond all calendars, 1970-01-01."""
    try:
        return datetime.fromtimestamp(time, timezone.utc).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return "1970-01-01"  # as git shows it


def section(title: str, date: str, tag: Tag | None, commits: Iterable[Commit], rule_set: RuleSet) -> Section:
    """A release's section; a line that says the same as one before it is left out."""
    patterns = _compiled(rule_set.changelog_pattern, rule_set.commit_parser)
    entries: dict[tuple[str | None, ...], Entry] = {}
    for commit in commits:
        for groups in _parsed(commit, patterns):
            entries.setdefault(tuple(groups.values()), Entry(commit, groups))
    return Section(title, date, tag, tuple(entries.values()))


def sections(
    labels: Iterable[tuple[Commit, int]], tags: Sequence[Tag], rule_set: RuleSet, kept: Container[str] | None = None
) -> tuple[Section, ...]:
    """Every release's section, newest first; what is not released yet stands before them.

    `labels` as `labelled` gives them for `tags`; `kept` are the hashes of the commits that may bring lines
    (None: all, and of a commit its entries then hold hash, time and subject: only a hook would ask for more).
    """
    patterns = _compiled(rule_set.changelog_pattern, rule_set.commit_parser)
    tagged = {tag.commit for tag in tags}
    moments: dict[str, int] = {}
    lines: list[dict[tuple[str | None, ...], Entry]] = [{} for _ in (*tags, None)]
    for commit, rank in labels:
        if commit.sha in tagged:
            moments[commit.sha] = commit.time
        found = _parsed(commit, patterns) if kept is None or commit.sha in kept else ()
        for groups in found:
            source = commit if kept is not None else Commit(commit.sha, (), "", "", commit.time, commit.subject, "")
            lines[rank].setdefault(tuple(groups.values()), Entry(source, groups))
    made = [
        Section(tag.name, day(moments[tag.commit]), tag, tuple(own.values()))
        for tag, own in zip(tags, lines, strict=False)
        if tag.commit in moments
    ]
    unreleased = [Section(UNRELEASED, "", None, tuple(lines[-1].values()))] if lines[-1] else []
    return (*unreleased, *reversed(made))


def entries_of(commit: Commit, rule_set: RuleSet) -> tuple[Entry, ...]:
    """The changelog lines of a commit: its message, and each paragraph of its body that parses too.

    A paragraph that only quotes a break is no break; one with the hyphen's spelling is.
    """
    patterns = _compiled(rule_set.changelog_pattern, rule_set.commit_parser)
    return tuple(Entry(commit, groups) for groups in _parsed(commit, patterns))


def _parsed(commit: Commit, patterns: _Patterns) -> list[dict[str, str | None]]:
    # Asked first is what most commits end at: the parser, before `wanted` and before a body is cut.
    wanted, whole, block, hint = patterns
    if not commit.body:
        match = whole.match(commit.subject)
        return [match.groupdict()] if match and wanted.match(commit.subject) else []
    message = commit.message
    match = whole.match(message)
    if hint.search(message) or not commit.subject:
        found = [each.groupdict() for each in (match, *_blocks(commit.body, block)) if each]
    else:
        found = [match.groupdict()] if match else []
    return found if found and wanted.match(message) else []


def _blocks(body: str, block: re.Pattern[str]) -> Iterable[re.Match[str] | None]:
    if "BREAKING" not in body:
        return map(block.match, body.split("\n\n"))
    found = []
    for text, fenced in paragraphs(body):
        match = block.match(text) or block.match(respelled(text))
        if match and not (fenced and is_break(match.groupdict().get("change_type"))):
            found.append(match)
    return found


def insert(text: str, rendered: str, version: Version, headings: Sequence[tuple[int, str]]) -> str:
    """The changelog with a rendered section put before that of the next lower release.

    Everything that stood in `text` stays, byte for byte. Where a section of that version stands
    already, nothing is added: there is one section for a release, ever. A line of `headings` ends
    in a line feed alone.
    """
    versions = [(line, _version(heading)) for line, heading in headings]
    mark = text[: text.startswith("\ufeff")]  # an editor's byte order mark stays the first of all
    lines = _LINE.findall(text[len(mark) :])
    newline = "\r\n" if "\r\n" in text and "\n" not in text.replace("\r\n", "") else "\n"
    body = rendered.strip("\n").replace("\n", newline) + newline
    # The title itself tells a section too: a heading such as V1.0.0 is none to commitizen's readers.
    title = body.partition(newline)[0]
    if version in releases(headings) or any(line.rstrip("\r\n") == title for line in lines):
        return text
    lower = [line for line, heading in versions if heading is not None and heading < version]
    if not "".join(lines).strip():
        return mark + body
    if lower:
        at = min(lower)
        # Without a blank line before it, a title of AsciiDoc or reStructuredText is none.
        gap = newline if at and lines[at - 1].strip() else ""
        return "".join([mark, *lines[:at], gap, body, newline, *lines[at:]])
    gap = "" if text.endswith(newline * 2) else newline if text.endswith(newline) else newline * 2
    return text + gap + body


def notes(text: str, version: Version, headings: Sequence[tuple[int, str]]) -> str:
    """A release's section as it stands in a changelog, without its heading; empty where it has none."""
    begin = heading_line(version, headings)
    if begin is None:
        return ""
    end = next((line for line, _ in headings if line > begin), None)
    return "".join(_LINE.findall(text)[begin + 1 : end]).strip()


def heading_line(version: Version, headings: Sequence[tuple[int, str]]) -> int | None:
    """The line (from 0) of a release's heading in a changelog; None where it has none."""
    return next((line for line, heading in headings if _version(heading) == version), None)


def releases(headings: Sequence[tuple[int, str]]) -> frozenset[Version]:
    """The releases that a changelog has a section for, by its headings."""
    return frozenset(version for _, heading in headings if (version := _version(heading)))


def _version(heading: str) -> Version | None:
    try:
        return Version(heading)
    except InvalidVersion:
        return None


@lru_cache(maxsize=8)
def _compiled(changelog_pattern: str, commit_parser: str) -> _Patterns:
    try:
        return (
            re.compile(changelog_pattern),
            re.compile(commit_parser, re.MULTILINE),
            re.compile(commit_parser, re.MULTILINE | re.DOTALL),
            _hint(commit_parser),
        )
    except re.error as error:
        raise usage(f"changelog_pattern or commit_parser of the commitizen settings is not usable: {error}") from error


def _hint(commit_parser: str) -> re.Pattern[str]:
    """Found in every message that has a paragraph which parses, by one search instead of a cut and many matches.

    A parser that may look beyond its own paragraph is not asked so: its hint is found everywhere.
    """
    hint = "" if _FAR_SIGHTED.search(commit_parser) else f"\n\n(?:BREAKING-CHANGE:|{commit_parser})"
    return re.compile(hint, re.MULTILINE | re.DOTALL)
