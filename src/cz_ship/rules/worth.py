"""What a commit is worth: the increment it asks for, by the configured commitizen rules."""

import re
from collections.abc import Iterable
from functools import lru_cache

from packaging.version import Version

from cz_ship.errors import usage
from cz_ship.model import Change, Commit, Increment, RuleSet
from cz_ship.rules.message import BREAK, spoken_lines

_HEADER = re.compile(r"(?P<type>[\w -]*\w)(?:\((?P<scope>[^()\r\n]*)\))?(?P<bang>!)?:")


def increment_of(message: str, rule_set: RuleSet) -> Increment | None:
    """The highest increment that any line of a message asks for; None where none does.

    The first key of `bump_map` that matches what `bump_pattern` captured decides, as in commitizen;
    a line that only quotes a break does not count.
    """
    pattern, bump_map = _compiled(rule_set.bump_pattern, rule_set.bump_map)
    highest: Increment | None = None
    lines = spoken_lines(message) if "BREAKING" in message else message.split("\n")
    for line in lines:
        found = pattern.search(line)
        if not found:
            continue
        for key, increment in bump_map:
            if key.match(found.group(1)):
                if increment is not None and (highest is None or increment > highest):
                    highest = increment
                break
        if highest is Increment.MAJOR:
            break
    return highest


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
def _compiled(
    bump_pattern: str, bump_map: tuple[tuple[str, str | None], ...]
) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Increment | None], ...]]:
    try:
        keys = tuple((re.compile(key), Increment[worth] if worth else None) for key, worth in bump_map)
        return re.compile(bump_pattern), keys
    except (re.error, KeyError) as error:
        raise usage(f"bump_pattern or bump_map of the commitizen settings is not usable: {error}") from error
