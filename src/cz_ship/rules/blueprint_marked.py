"""Files that are laid down whole: a mark in the first line tells the user's own edits from an old template."""

import re
from hashlib import sha256
from typing import NamedTuple

_MARK = re.compile(
    r"# Laid down by cz-ship (\S+), ([0-9a-f]{16})\. Change it at will: init then leaves it as it is\.\n"
)
# What dependabot raises in such a file is nobody's edit: the commit of an action, and the version behind it.
_PIN = re.compile(r"(uses: +)([\w./-]+)@([0-9a-f]{40})([ \t]+# v([\d.]+))")


class Marked(NamedTuple):
    """`text` is what is to stand in the file; `state` says whose the present text is.

    `new`: nobody's · `same`: ours, and of today · `old`: ours, of another time · `edited`: ours, then a person's ·
    `foreign`: never ours.
    """

    state: str
    text: str


def marked(before: str | None, template: str, ship: str) -> Marked:
    """A template, by version `ship` of cz-ship, as it is to stand where `before` stands (None: nothing)."""
    mark = _MARK.match(before or "")
    body = _with_newer_pins(template, before or "")
    text = f"# Laid down by cz-ship {ship}, {_digest(body)}. Change it at will: init then leaves it as it is.\n{body}"
    if before is None:
        return Marked("new", text)
    if mark is None:
        return Marked("foreign", text)
    if before[mark.end() :] == body:
        return Marked("same", before)
    if _digest(before[mark.end() :]) == mark[2]:
        return Marked("old", text)
    return Marked("edited", text)


def _digest(body: str) -> str:
    return sha256(_PIN.sub(r"\1\2", body).encode()).hexdigest()[:16]


def _with_newer_pins(template: str, before: str) -> str:
    """The template with the actions of a present file, where those are newer."""
    there = {match[2]: match for match in _PIN.finditer(before)}

    def newer(match: re.Match[str]) -> str:
        own = there.get(match[2])
        return own[0] if own and _numbers(own[5]) > _numbers(match[5]) else match[0]

    return _PIN.sub(newer, template)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)
