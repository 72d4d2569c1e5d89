"""The verdict on a commit message: accepted or not, by the configured rules, and what it asks for."""

from __future__ import annotations

import re

from cz_ship.errors import usage
from cz_ship.rules.message import worth_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# The forms of what git, GitHub, GitLab, Bitbucket, Azure DevOps and Gerrit write, by commitizen's default prefixes.
MADE = {
    "Merge": r"Merged? (?:(?:(?:remote(?:-tracking)? )?branch(?:es)?|tags?|commits?|pull request|PR|changes?|HEAD|in)\b"
    r"|r?\d|[\"'#]|[\w.:-]*[/@]|[\w.-]+ into )",
    "Revert": r"Revert (?:(?:commit|merge)\b|[\"'#]|r?\d|[0-9a-f]{7})",
    "Pull request": r"Pull request #?\d",
    "fixup!": r"fixup! ",
    "squash!": r"squash! ",
    "amend!": r"amend! ",
}
_SCISSORS = "# ------------------------ >8 ------------------------"


def without_comments(text: str) -> str:
    """A message as git will keep it: no `#` lines, nothing from the scissors line on, no blank ends."""
    kept = []
    for line in text.split("\n"):
        if _SCISSORS in line:
            break
        if not line.startswith("#"):
            kept.append(line)
    return "\n".join(kept).strip()


def accepts(
    message: str,
    schema_pattern: str,
    allowed_prefixes: Iterable[str],
    allow_abort: bool,
    length_limit: int,
    *,
    merges: bool = False,
) -> bool:
    """Whether a message is accepted; `merges` where it is known to be that of a merge.

    The order of the questions is commitizen's. A prefix of what git and forges write lets by what they
    write, not whatever begins with the same word; and git takes no message with a NUL.
    """
    if not message:
        return allow_abort
    if "\0" in message:
        return False
    if any(message.startswith(prefix) and (merges or _is_made(message, prefix)) for prefix in allowed_prefixes):
        return True
    if 0 < length_limit < len(message.partition("\n")[0].strip()):
        return False
    return usable("schema_pattern", schema_pattern).match(message) is not None


def _is_made(message: str, prefix: str) -> bool:
    form = MADE.get(prefix)
    return form is None or re.match(form, message) is not None


def asks_for(message: str, bump_pattern: str, bump_map: Sequence[Sequence[str | None]]) -> str:
    """The increment that a message asks for: major, minor, patch, or nothing (an empty text)."""
    pattern = usable("bump_pattern", bump_pattern)
    try:
        return ("", "patch", "minor", "major")[worth_of(message, pattern, bump_map)]
    except re.error as error:
        raise usage(f"bump_map of the commitizen settings is not usable: {error}") from error


def highest(worths: Iterable[str]) -> str:
    """The highest of some increments; nothing (an empty text) where there are none."""
    return max(worths, key=("", "patch", "minor", "major").index, default="")


def asked(worth: str, named: str = "") -> str:
    """What is asked for, in words; `named` is the version of a footer `Release-As`."""
    return f"asks for {f'release {named[:60]}' if named else f'a {worth} release' if worth else 'no release'}"


def told(worth: str, named: str, current: str, following: str | None, needed: str | None = None) -> str:
    """What a message does, in a line: what it asks for, and the next release with it (None: there will be none).

    `needed` is the version that the branch should have bumped to, where its bump is too small for what is asked.
    """
    what, something = asked(worth, named), bool(worth or named)
    if following is None:
        none = f"none before the branch bumps its version, {current}" if something else "nothing to release"
        return f"{what}; {none}"
    same = following == current
    more = f"; that bump is too small: {needed} was wanted" if needed and same else ""
    return f"{what}; {coming(current, following)}{'' if something or same else ' all the same'}{more}"


def coming(current: str, following: str) -> str:
    """The next release, in words: the same version as now is one that the branch has bumped itself."""
    return f"next release {current}" + (f" → {following}" if following != current else ", as the branch bumped it")


def foretold(worth: str, named: str, found: Mapping[str, object]) -> str:
    """The same by what was foreseen: `why` nothing is known, or else `current`, and what is `following` each worth."""
    if found["why"]:
        return f"{asked(worth, named)} (the next one is not known: {found['why']})"
    following: Mapping[str, str | None] = found["following"]  # type: ignore[assignment]
    needed: Mapping[str, str | None] = found["needed"]  # type: ignore[assignment]
    return told(worth, named, str(found["current"]), following[worth], needed.get(worth))


def advanced(found: Mapping[str, object], commits: Iterable[tuple[str, str]]) -> dict[str, object]:
    """What was foreseen, now that commits came on top of it: the author and the worth of each, the oldest first.

    What they and one more are worth together is the highest of them; what would come in the last one's place is
    what would have come after those before it.
    """
    advanced = dict(found)
    for author, worth in commits:
        following: Mapping[str, str | None] = advanced["following"]  # type: ignore[assignment]
        needed: Mapping[str, str | None] = advanced["needed"]  # type: ignore[assignment]
        after, need = ({each: by[highest((each, worth))] for each in by} for by in (following, needed))
        advanced.update(following=after, amended=following, needed=need, author=author)
    return advanced


def usable(name: str, pattern: str) -> re.Pattern[str]:
    """A pattern of the project's rules. Raises `Failure` (usage) where it is none."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise usage(f"{name} of the commitizen settings is not usable: {error}") from error
