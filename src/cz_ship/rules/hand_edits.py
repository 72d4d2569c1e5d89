"""Hand edits: what people wrote into a text that was made, carried over to what is made anew; and who they are."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from cz_ship.model import AUTHOR, Commit

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_CREDIT = re.compile(r"^Co-authored-by: (.+)$", re.MULTILINE)


def carried_over(made: str, edited: str, anew: str) -> str:
    """What was `made`, as people have `edited` it, with what is different in what is made `anew`.

    By lines. What people wrote stays, before what comes new to the same place; what people took away stays away,
    and so does what is no longer made.
    """
    base, theirs, ours = _LINE.findall(made), _LINE.findall(edited), _LINE.findall(anew)
    written, taken = _differences(base, theirs)
    coming, going = _differences(base, ours)
    found: list[str] = []
    for place in range(len(base) + 1):
        here = written.get(place, [])
        found += [*here, *(line for line in coming.get(place, []) if line not in here or not line.strip())]
        if place < len(base) and place not in taken | going:
            found.append(base[place])
    return "".join(found)


def credits(folded: Iterable[Commit]) -> tuple[str, ...]:
    """The people whose commits, or whose credits, are in these commits, as trailers name them."""
    named = [
        name
        for each in folded
        for name in (*_CREDIT.findall(each.body), *([] if each.author == AUTHOR else [f"{each.author} <{each.email}>"]))
    ]
    return tuple(sorted(set(named)))


def credited(message: str, people: Sequence[str]) -> str:
    """A commit's message that credits people, as forges read it."""
    return "\n".join([message, *([""] if people else []), *(f"Co-authored-by: {each}" for each in people)])


def _differences(old: Sequence[str], new: Sequence[str]) -> tuple[dict[int, list[str]], set[int]]:
    """By places in `old`: the lines that `new` has before them, and the lines that it lacks."""
    steps = SequenceMatcher(None, old, new).get_opcodes()
    return (
        {start: list(new[low:high]) for kind, start, _, low, high in steps if kind in ("insert", "replace")},
        {place for kind, start, end, _, _ in steps if kind in ("delete", "replace") for place in range(start, end)},
    )
