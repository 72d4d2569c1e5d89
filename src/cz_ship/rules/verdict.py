"""The verdict on a commit message: accepted or not, by the configured rules, and what it asks for."""

from __future__ import annotations

import re

from cz_ship.rules.message import spoken_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    message: str, schema_pattern: str, allowed_prefixes: Iterable[str], allow_abort: bool, length_limit: int
) -> bool:
    """Whether a message is accepted. The order of the questions is commitizen's."""
    if not message:
        return allow_abort
    if any(message.startswith(prefix) for prefix in allowed_prefixes):
        return True
    if 0 < length_limit < len(message.partition("\n")[0].strip()):
        return False
    return re.match(schema_pattern, message) is not None


def asks_for(message: str, bump_pattern: str, bump_map: Sequence[Sequence[str | None]]) -> str:
    """The increment that a message asks for: major, minor, patch, or nothing (an empty text)."""
    order = ("", "patch", "minor", "major")
    highest = 0
    pattern = re.compile(bump_pattern)
    for line in spoken_lines(message) if "BREAKING" in message else message.split("\n"):
        if found := pattern.search(line):
            worth = next((worth for key, worth in bump_map if key and re.match(key, found.group(1))), None)
            highest = max(highest, order.index((worth or "").lower()))
    return order[highest]
