"""Why a commit counts as what it counts as, in sentences; and whether it looks like a slip."""

import re

from cz_ship.model import Change, Increment, RuleSet
from cz_ship.rules.changelog import entries_of
from cz_ship.rules.message import release_as
from cz_ship.rules.verdict import accepts, usable
from cz_ship.rules.worth import deciding_line, increment_of

_SPEAKS_OF_A_BREAK = (
    r"(?i)\bbreaking[ -]changes?\b|\bbackwards?[ -]incompatib|\bbreaks (?:the )?(?:API\b|compatib|backward)"
)

_NEVER = r"(?!)"  # matches nothing


def reasons(change: Change, rule_set: RuleSet) -> tuple[str, ...]:
    """What decided over a commit, first; then what looks like a slip, and what its message asks for besides."""
    commit = change.commit
    told = [_counts(change, change.increment, rule_set) if change.increment else _counts_for_nothing(change, rule_set)]
    if commit.amended_from is not None:
        told.append(f"its note says so; it was committed as {commit.amended_from!r}")
    if (wanted := release_as(commit.body)) is not None:
        told.append(f"its footer names a version: Release-As: {wanted}")
    return (*told, *slips(change, rule_set))


def slips(change: Change, rule_set: RuleSet) -> tuple[str, ...]:
    """What in a commit was probably meant otherwise: a subject that the rules refuse, a break that no footer tells.

    Also where it counts for the version, and the notes do not tell of it.
    """
    subject, body = change.commit.subject, change.commit.body
    told = []
    if not usable("schema_pattern", rule_set.schema_pattern).match(subject):
        from cz_ship.rules.slip import slip  # 10 ms, for those alone who slipped

        found = slip(subject, rule_set, merges=len(change.commit.parents) > 1)
        told = [found] if found else []
    if change.increment and not entries_of(change.commit, rule_set):
        told.append("it counts, and is not in the notes")
    if body and not change.breaking and (spoken := re.search(_SPEAKS_OF_A_BREAK, body)):
        told.append(f"its body says {spoken[0]!r}; a break counts as a footer BREAKING CHANGE: or as ! after the type")
    return tuple(told)


def _counts(change: Change, increment: Increment, rule_set: RuleSet) -> str:
    asked = f"asks for a {increment.name.lower()} release"
    message = change.commit.message
    number, line = deciding_line(message, rule_set)
    if number > 1:
        return f"line {number} of its message {asked}: {line[:80]}"
    return f"its type {change.type!r} {'with ! ' if change.breaking else ''}{asked}" if change.type else f"it {asked}"


def _counts_for_nothing(change: Change, rule_set: RuleSet) -> str:
    commit = change.commit
    if increment_of(commit.message, rule_set):
        return "the commitizen plugin does not let it count"
    if len(commit.parents) > 1:
        return "a merge; the commits that it brings count for themselves"
    for prefix in rule_set.allowed_prefixes:
        if accepts(commit.subject, _NEVER, (prefix,), False, 0):
            return f"it begins with {prefix!r}: the rules let it by, and it releases nothing"
    if change.type:
        return f"the type {change.type!r} releases nothing"
    return "it has no type"
