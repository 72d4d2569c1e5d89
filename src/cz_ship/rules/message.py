"""A commit message's parts, by Conventional Commits 1.0.0: which lines speak, and which are only quoted."""

import re
from collections.abc import Iterator, Sequence

_FOOTER = re.compile(r"(?:BREAKING[ -]CHANGE|[A-Za-z][A-Za-z0-9-]*)(?:: | #)")
BREAK = re.compile(r"BREAKING[ -]CHANGE(?:\(.+\))?!?:")
_RELEASE_AS = re.compile(r"release-as:[ \t]*(.*)", re.IGNORECASE)
_RELEASE_WITHOUT = re.compile(r"release-without:[ \t]*(.*)", re.IGNORECASE)
_WORTHS = (None, "PATCH", "MINOR", "MAJOR")
_FENCE = re.compile(r"\s*(?:```[^`]*$|~~~)")


def spoken_lines(message: str) -> Iterator[str]:
    """The lines of a message that count, without those that only quote a break.

    A `BREAKING CHANGE:` line is a footer where it begins a paragraph, or stands in one that begins
    with a footer (specification, points 8 to 12 and 16); a scope or a `!` in it, which commitizen
    takes, makes it no less of one. In running text and in a fenced block it is
    a quotation, as in the message of a revert or of a change to a release tool.
    """
    for line, is_footer in _lines(message):
        if is_footer or not BREAK.match(line):
            yield line


def worth_of(message: str, bump_pattern: str | re.Pattern[str], bump_map: Sequence[Sequence[str | None]]) -> int:
    """The highest increment that any line of a message asks for: 1 patch, 2 minor, 3 major; 0 where none does.

    The first key of `bump_map` that matches what `bump_pattern` captured decides, as in commitizen;
    a line that only quotes a break does not count.
    """
    highest = 0
    pattern = re.compile(bump_pattern)
    for line in spoken_lines(message) if "BREAKING" in message else message.split("\n"):
        if found := pattern.search(line):
            worths = (worth for key, worth in bump_map if re.match(key or "", found.group(1)))
            highest = max(highest, _WORTHS.index(next(worths, None)))
    return highest


def quotes_a_break(message: str) -> bool:
    """Whether a message has a line that reads as a breaking change and only quotes one."""
    if "BREAKING" not in message:
        return False
    return len(list(spoken_lines(message))) < message.count("\n") + 1


def release_as(body: str) -> str | None:
    """What the footer `Release-As` of a message's body says; of several the last, and None where there is none.

    Its name counts in any case (point 15). What stands in running text or in a fenced block is a quotation.
    """
    found = _footers(body, _RELEASE_AS)
    return found[-1] if found else None


def releases_without(body: str) -> Sequence[str]:
    """What the footers `Release-Without` of a message's body say, by the rules of `release_as`."""
    return _footers(body, _RELEASE_WITHOUT)


def _footers(body: str, name: re.Pattern[str]) -> Sequence[str]:
    if "elease-" not in body and "ELEASE-" not in body:
        return ()
    return [match[1].strip() for line, is_footer in _lines(body) if is_footer and (match := name.match(line))]


def version_named(message: str) -> str | None:
    """What the footer `Release-As` of a whole message says (see `release_as`)."""
    return release_as(message.partition("\n")[2].strip())


def paragraphs(body: str) -> Iterator[tuple[str, bool]]:
    """The paragraphs of a body, as changelog parsers cut it, and whether each begins within a fenced block."""
    if not body:
        return
    fenced = False
    for paragraph in body.split("\n\n"):
        yield paragraph, fenced
        if "```" in paragraph or "~~~" in paragraph:
            fenced ^= sum(map(_is_fence, paragraph.split("\n"))) % 2 == 1


def is_break(kind: str | None) -> bool:
    """Whether a type of change is that of the footer for a break, in either spelling (point 16)."""
    return kind is not None and kind.startswith(("BREAKING CHANGE", "BREAKING-CHANGE"))


def respelled(paragraph: str) -> str:
    """A paragraph with the hyphen's spelling of a break as the one that changelog parsers know (point 16)."""
    return "BREAKING CHANGE" + paragraph[15:] if paragraph.startswith("BREAKING-CHANGE:") else paragraph


def _lines(message: str) -> Iterator[tuple[str, bool]]:
    """Each line of a message, and whether it stands where footers do: in a paragraph of them, outside of a fence."""
    fenced = False
    begins, footer = True, False
    for line in message.split("\n"):
        bare = line.rstrip("\r")
        if _is_fence(bare):
            fenced = not fenced
        if not bare.strip():
            begins = True
        elif begins:
            begins, footer = False, (_FOOTER.match(bare) or BREAK.match(bare) or _RELEASE_AS.match(bare)) is not None
        yield line, footer and not fenced


def _is_fence(line: str) -> bool:
    return _FENCE.match(line) is not None
