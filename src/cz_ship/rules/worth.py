"""What a commit is worth: the increment it asks for, by the configured commitizen rules."""

import re
from collections.abc import Iterable
from functools import lru_cache

from packaging.version import Version

from cz_ship.errors import usage
from cz_ship.model import Change, Commit, Increment, RuleSet
from cz_ship.rules.message import BREAK, spoken_lines, worth_of

_HEADER = re.compile(r"(?P<type>[\w -]*\w)(?:\((?P<scope>[^()\r\n]*)\))?(?P<bang>!)?:")


def increment_of(message: str, rule_set: RuleSet) -> Increment | None:
    """The highest increment that any line of a message asks for; None where none does (see `worth_of`)."""
    highest = worth_of(message, _usable(rule_set.bump_pattern, rule_set.bump_map), rule_set.bump_map)
    return Increment(highest) if highest else None


def deciding_line(message: str, rule_set: RuleSet) -> tuple[int, str]:
    """The line, counted from 1, that asks for what the message is worth; the first where it is worth nothing."""
    increment = increment_of(message, rule_set)
    spoken = set(spoken_lines(message))
    lines = enumerate(message.split("\n"), 1)
    asking = ((at, line) for at, line in lines if line in spoken and increment_of(line, rule_set) is increment)
    return next(asking, (1, message.partition("\n")[0]))


def change_of(commit: Commit, rule_set: RuleSet) -> Change:
    """A commit with its type, scope and break (Conventional Commits 1.0.0) and its increment."""
    header = _HEADER.match(commit.subject)
    message = commit.message
    increment = increment_of(message, rule_set)
    breaking = "BREAKING" in message and any(map(BREAK.match, spoken_lines(message)))
    if header is None:
        return Change(commit, None, None, breaking, increment)
    breaking = breaking or header["bang"] is not None
    return Change(commit, header["type"], header["scope"], breaking, increment)


def highest(changes: Iterable[Change]) -> Increment | None:
    """The highest increment among changes; None where none of them releases anything."""
    return max((change.increment for change in changes if change.increment), default=None)


def next_version(current: Version, increment: Increment) -> Version:
    """The version after `current`: a pre-release is first brought to its own release, as in
    commitizen's PEP 440 and SemVer schemes. An epoch stays: without it the version would be a lower one."""
    major, minor, micro = (*current.release, 0, 0)[:3]
    epoch = f"{current.epoch}!" if current.epoch else ""
    if current.is_prerelease and not (
        (increment is Increment.MINOR and micro) or (increment is Increment.MAJOR and (minor or micro))
    ):
        return Version(f"{epoch}{major}.{minor}.{micro}")
    if increment is Increment.MAJOR:
        return Version(f"{epoch}{major + 1}.0.0")
    if increment is Increment.MINOR:
        return Version(f"{epoch}{major}.{minor + 1}.0")
    return Version(f"{epoch}{major}.{minor}.{micro + 1}")


@lru_cache(maxsize=8)
def _usable(bump_pattern: str, bump_map: tuple[tuple[str, str | None], ...]) -> re.Pattern[str]:
    """`bump_pattern`, compiled. Raises `Failure` (usage) where it or a part of `bump_map` cannot be used."""
    try:
        for key, worth in bump_map:
            re.compile(key)
            Increment[worth or "PATCH"]
        return re.compile(bump_pattern)
    except (re.error, KeyError) as error:
        raise usage(f"bump_pattern or bump_map of the commitizen settings is not usable: {error}") from error
