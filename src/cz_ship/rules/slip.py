"""What is wrong in a refused message: where, what was wanted instead, and the nearest message that is right."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from cz_ship.model import RuleSet
from cz_ship.rules.verdict import MADE, accepts

# Everything that may stand between a type and its colon, in any order of the parts that people write.
_HEADER = re.compile(
    r"(?P<type>[^\s:()!]*)(?P<early>!*)(?P<gap>\s*)(?P<scope>\([^():]*\)?)?"
    r"(?P<after>\s*)(?P<bang>!*)(?P<before>\s*)(?P<colon>:?)(?P<space>\s*)(?P<rest>.*)"
)
_SHARED = 3  # letters, from the first on, by which two words for one thing are known: doc, docs, documentation
_SHOWN = 40  # characters of other people's words that are repeated
_LISTED = 16


class Flaw(NamedTuple):
    """The first thing that is wrong: `line` and `column` count from 1, `column` and `width` in characters.

    `guess` is the message's first line put right, which the rules accept; empty where nothing is near.
    """

    line: int
    column: int
    width: int
    what: str
    wanted: str
    guess: str = ""


def slip(subject: str, rule_set: RuleSet, *, merges: bool = False) -> str | None:
    """What a subject that the rules refuse was probably meant to be; None where they take it, or nothing is near.

    `merges` where it is known to be that of a merge.
    """
    if accepts(subject, rule_set.schema_pattern, rule_set.allowed_prefixes, True, 0, merges=merges):
        return None
    found = flaw(subject, rule_set.schema_pattern)
    if found.guess:
        return f'{found.what}: did you mean "{found.guess}"?'
    return found.what if subject.startswith(rule_set.allowed_prefixes) else None


def flaw(message: str, schema_pattern: str, length_limit: int = 0) -> Flaw:
    """What is wrong first in a refused message; `length_limit` is in characters of its first line, 0 for none.

    What the rules want is read out of the pattern and tried on it: no guess is made that it refuses.
    """
    if not message:
        return Flaw(1, 1, 0, "the message is empty", "a message")
    before, nul, _ = message.partition("\0")
    if nul:
        column = len(before) - before.rfind("\n")
        return Flaw(before.count("\n") + 1, column, 1, "a NUL byte", "text: git takes no message with one")
    subject, _, rest = message.partition("\n")
    if 0 < length_limit < len(subject.strip()):
        length = len(subject.strip())
        what = f"the first line has {length} characters"
        return Flaw(1, length_limit + 1, length - length_limit, what, f"at most {length_limit}")
    words = _Words(schema_pattern)
    if words.accepts(subject):
        width = len(rest.partition("\n")[0])
        return Flaw(2, 1, width, "the second line is not blank", "a blank line between the first line and the body")
    if subject.startswith("\ufeff"):
        right = subject[1:] if words.accepts(subject[1:]) else ""
        return Flaw(1, 1, 1, "a byte order mark (U+FEFF) stands before the type", "nothing before it", right)
    flaws, right = _put_right(subject, words) if words.types else ([], "")
    first = min(flaws, key=lambda each: each.column, default=_something(subject))
    return first._replace(guess=right if words.accepts(right) else "")


class _Words:
    """The types and scopes that a pattern knows: its words, of which each is tried on it."""

    def __init__(self, pattern: str) -> None:
        self._match = re.compile(pattern).match
        plain = re.sub(r"\\([./-])", r"\1", pattern)
        words = dict.fromkeys(re.findall(r"[^\W\d_][\w./-]*", re.sub(r"\\.|\(\?P<\w+>", " ", plain)))
        self.types = [word for word in words if self.accepts(f"{word}: a")]
        scoped = f"{self.types[0]}({{}}): a" if self.types else ""
        self.any_scope = self.accepts(scoped.format("any-scope"))
        self.scopes = [word for word in words if self.accepts(scoped.format(word))]

    def accepts(self, subject: str) -> bool:
        return self._match(subject) is not None


def _put_right(subject: str, words: _Words) -> tuple[list[Flaw], str]:
    """All that is wrong in a first line, and the line without it."""
    found = _HEADER.match(subject)
    assert found is not None  # every part of it may be empty
    kind, flaws = _right_type(found, words)
    if not kind:
        start = _later_header(subject, words.types)
        if start is None:
            return flaws, ""
        before, right = subject[:start], subject[start:]
        if "!" in before or "breaking" in before.lower():
            right = re.sub("!?:", "!:", right, count=1)
        return [_at(0, before, f"{_shown(before)} stands before the type", "nothing before it")], right
    scope, wrong = _right_scope(found, words)
    flaws += wrong
    if not found["colon"]:
        head = subject[: found.end("bang")].rstrip()
        flaws.append(_at(len(head), "", f"no colon after {_shown(head)}", "a colon and a space before the subject"))
    flaws += _loose_ends(found)
    bang = "!" if found["early"] or found["bang"] else ""
    rest = found["rest"].strip()
    return flaws, f"{kind}{scope}{bang}: {rest}" if rest else ""


def _right_type(found: re.Match[str], words: _Words) -> tuple[str, list[Flaw]]:
    kind = found["type"]
    if kind in words.types:
        return kind, []
    wanted = _one_of(words.types)
    headed = found["colon"] or kind.lower() in words.types
    if not kind or not headed:
        prefix = next((prefix for prefix in MADE if found.string.startswith(prefix)), "")
        what = (
            f"{prefix!r} begins nothing that git or a forge writes" if prefix else "no type and colon at the beginning"
        )
        return "", [_at(0, prefix or kind, what, wanted)]
    near = _nearest(kind, words.types)
    if kind.lower() == near.lower():
        return near, [_at(0, kind, f"{_shown(kind)} is not the type's spelling", repr(near))]
    return near, [_at(0, kind, f"{_shown(kind)} is not a type", wanted)]


def _right_scope(found: re.Match[str], words: _Words) -> tuple[str, list[Flaw]]:
    if found["scope"] is None:
        return "", []
    start, text = found.start("scope"), found["scope"]
    scope = text.strip("()").strip()
    if not text.endswith(")"):
        return f"({scope})", [_at(found.end("scope"), "", "the scope is not closed", "')' after it")]
    if not scope:
        return "", [_at(start, text, "the scope is empty", "a scope between the brackets, or no brackets")]
    if scope in words.scopes or (words.any_scope and text == f"({scope})" and not re.search(r"\s", scope)):
        return text, []
    if words.any_scope:
        joined = re.sub(r"\s+", "-", re.sub(r"\s*,\s*", ",", scope))
        return f"({joined})", [_at(start, text, "a space stands in the scope", "none there")]
    if not words.scopes:
        return "", [_at(start, text, "a scope stands there", "none: the rules know no scopes")]
    near = _nearest(scope, words.scopes)
    wanted = _one_of(words.scopes)
    return f"({near})" if near else text, [_at(start + 1, scope, f"{_shown(scope)} is not a scope", wanted)]


def _loose_ends(found: re.Match[str]) -> list[Flaw]:
    """Spaces and marks around the colon."""
    flaws = []
    if found["colon"]:
        gaps = [gap for gap in ("gap", "after", "before") if found[gap]]
        flaws += [_at(found.start(gap), found[gap], "a space before the colon", "none there") for gap in gaps]
        if not found["rest"].strip():
            flaws.append(_at(found.end("space"), "", "no subject after the colon", "a few words on what changes"))
        elif not found["space"]:
            flaws.append(_at(found.end("colon"), "", "no space after the colon", "one space"))
    if found["early"] and found["scope"]:
        flaws.append(_at(found.start("early"), found["early"], "'!' stands before the scope", "'!' before the colon"))
    elif len(found["early"] + found["bang"]) > 1:
        flaws.append(_at(found.start("early"), found["early"], "more than one '!'", "one"))
    return flaws


def _later_header(subject: str, types: Iterable[str]) -> int | None:
    known = "|".join(map(re.escape, types))
    found = re.search(rf"(?<![\w-])(?:{known})(?:\([^()]*\))?!?:\s*\S", subject)
    return found.start() if found else None


def _nearest(word: str, known: Sequence[str]) -> str:
    """The known word that is meant: the same, one with the same beginning, or one with few letters changed."""
    spelled = {each.lower(): each for each in known}
    word = word.lower()[:_SHOWN]
    alike = max(spelled, key=lambda each: (each == word, _shared(word, each)))
    if alike != word and _shared(word, alike) < _SHARED:
        alike = next(iter(get_close_matches(word, spelled, 1)), "")
    return spelled.get(alike, "")


def _shared(one: str, other: str) -> int:
    """How many letters two words share from the first on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _something(subject: str) -> Flaw:
    """What is to be said where no flaw of the usual kinds was found."""
    for place, letter in enumerate(subject):
        if not letter.isprintable():
            return _at(place, letter, f"U+{ord(letter):04X} is not a printable character", "only printable ones")
    return _at(0, subject, "the first line does not fit the project's rules", "")


def _shown(words: str) -> str:
    return repr(words.strip()[:_SHOWN])


def _one_of(words: Sequence[str]) -> str:
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    return f"one of {', '.join(words[:_LISTED])}{more}"


def _at(start: int, part: str, what: str, wanted: str) -> Flaw:
    return Flaw(1, start + 1, max(1, len(part)), what, wanted)
