"""A commit message's parts, by Conventional Commits 1.0.0: which lines speak, and which are only quoted."""

import re
from collections.abc import Iterator

_FOOTER = re.compile(r"(?:BREAKING[ -]CHANGE|[A-Za-z][A-Za-z0-9-]*)(?:: | #)")
_BREAK = re.compile(r"BREAKING[ -]CHANGE(?:\(.+\))?!?:")
_FENCE = re.compile(r"\s*(?:```|~~~)")


def spoken_lines(message: str) -> Iterator[str]:
    """The lines of a message that count, without those that only quote a break.

    A `BREAKING CHANGE:` line is a footer where it begins a paragraph, or stands in one that begins
    with a footer (specification, points 8 to 12 and 16). In running text and in a fenced block it is
    a quotation, as in the message of a revert or of a change to a release tool.
    """
    fenced = False
    begins, footer = True, False
    for line in message.split("\n"):
        bare = line.rstrip("\r")
        if _FENCE.match(bare):
            fenced = not fenced
        if not bare.strip():
            begins = True
        elif begins:
            begins, footer = False, _FOOTER.match(bare) is not None
        if not _BREAK.match(bare) or (footer and not fenced):
            yield line


def quotes_a_break(message: str) -> bool:
    """Whether a message has a line that reads as a breaking change and only quotes one."""
    if "BREAKING" not in message:
        return False
    return len(list(spoken_lines(message))) < message.count("\n") + 1


def listed(block: str) -> str:
    """A paragraph with the hyphen's spelling of a break as the one that changelog parsers know (point 16)."""
    return "BREAKING CHANGE" + block[15:] if block.startswith("BREAKING-CHANGE:") else block
