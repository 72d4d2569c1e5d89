"""Expressions of GitHub Actions, but for the functions that ask a runner (`hashFiles`, `success` and their like)."""

import math
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.support.expression_values import Unknown, above, as_number, as_text, fitting, is_true, same

__all__ = ["Unknown", "as_text", "evaluate", "filled", "is_true", "same", "value_of"]

_BLANK = " \t\r\n"
_TOKEN = re.compile(
    r"(?P<text>'(?:[^']|'')*')"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[][()!<>,*])"
    r"|(?P<dot>\.)"
    r"|(?P<number>[0-9+-][^][()!<>=&|,\s]*)"
    r"|(?P<word>[A-Za-z_][\w-]*(?=[][()!<>=&|,.\s]|$))",
    re.ASCII,
)
_NUMBER = re.compile(r"[^][()!<>=&|,\s]*", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None, "NaN": math.nan, "Infinity": math.inf}
_COMPARED: Mapping[str, Callable[[object, object], bool]] = {
    "==": same,
    "!=": lambda one, other: not same(one, other),
    ">": above,
    ">=": lambda one, other: same(one, other) or above(one, other),
    "<": lambda one, other: above(other, one),
    "<=": lambda one, other: same(one, other) or above(other, one),
}
Value = Callable[[], object]


class Token(NamedTuple):
    """A piece of an expression: its kind (text, number, sign, word, end) and how it is written."""

    kind: str
    said: str


class Filtered(list[object]):
    """What `.*` leaves of an object or a list; what follows goes to each of its members."""


def evaluate(expression: str, contexts: Mapping[str, object]) -> object:
    """The value of an expression, without its `${{ }}`. What a context lacks is null; a context that lacks is an error.

    https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
    """
    reader = _Reader(_tokens(expression), contexts)
    value = reader.either()
    if reader.tokens[0].kind != "end":
        raise Unknown(f"{expression!r}: {reader.tokens[0].said!r} is one too many")
    return value()


def filled(text: str, contexts: Mapping[str, object]) -> str:
    """A text with its `${{ }}` evaluated."""
    within = r"\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}"
    return re.sub(within, lambda found: as_text(evaluate(found[1], contexts)), text)


def value_of(raw: object, contexts: Mapping[str, object]) -> object:
    """A value of the workflow's: a text that is one whole expression keeps the expression's kind."""
    if not isinstance(raw, str):
        return raw
    whole = re.fullmatch(r"\s*\$\{\{((?:(?!\$\{\{).)*)\}\}\s*", raw, re.DOTALL)
    return evaluate(whole[1], contexts) if whole else filled(raw, contexts)


def _tokens(expression: str) -> list[Token]:
    found: list[Token] = []
    place = 0
    while place < len(expression):
        if expression[place] in _BLANK:
            place += 1
            continue
        match = _TOKEN.match(expression, place)
        if match is None:
            raise Unknown(f"{expression!r}: {expression[place:]!r} is not understood")
        token = Token(str(match.lastgroup), match[0])
        if token.kind == "dot":
            # After a value it leads into it; elsewhere it begins a number.
            follows = bool(found) and (found[-1].kind == "word" or found[-1].said in ("]", ")", "*"))
            number = _NUMBER.match(expression, place)
            token = Token("sign", ".") if follows or number is None else Token("number", number[0])
        if token.kind == "number" and math.isnan(as_number(token.said)):
            raise Unknown(f"{expression!r}: {token.said!r} is no number")
        found.append(token)
        place += len(token.said)
    return [*found, Token("end", "the end")]


class _Reader:
    """Reads tokens from the left; each method reads what binds tighter than the one above it.

    What is read is not yet evaluated: of `&&` and `||` the right side may never be.
    """

    def __init__(self, tokens: list[Token], contexts: Mapping[str, object]) -> None:
        self.tokens = tokens
        self._contexts = {name.lower(): value for name, value in contexts.items()}

    def either(self) -> Value:
        value = self._both()
        while self._take("||"):
            value = _first(value, self._both(), wanted=True)
        return value

    def _both(self) -> Value:
        value = self._equal()
        while self._take("&&"):
            value = _first(value, self._equal(), wanted=False)
        return value

    def _equal(self) -> Value:
        value = self._ordered()
        while sign := self._take("==", "!="):
            value = _compared(sign, value, self._ordered())
        return value

    def _ordered(self) -> Value:
        value = self._not()
        while sign := self._take("<", "<=", ">", ">="):
            value = _compared(sign, value, self._not())
        return value

    def _not(self) -> Value:
        if self._take("!"):
            value = self._not()
            return lambda: not is_true(value())
        return self._member()

    def _member(self) -> Value:
        is_literal = self.tokens[0].kind in ("text", "number") or self.tokens[0].said in _WORDS
        value = self._one()
        while not is_literal and (sign := self._take(".", "[")):
            if self._take("*"):
                value = _each(value)
            elif sign == ".":
                name = self._next("word")
                value = _inside(value, lambda name=name: name)  # type: ignore[misc]
            else:
                value = _inside(value, self.either())
            if sign == "[":
                self._want("]")
        return value

    def _one(self) -> Value:
        if self._take("("):
            value = self.either()
            self._want(")")
            return value
        token = self.tokens.pop(0) if self.tokens[0].kind != "end" else self.tokens[0]
        if token.kind == "text":
            return lambda: token.said[1:-1].replace("''", "'")
        if token.kind == "number":
            return lambda: as_number(token.said)
        if token.kind == "word":
            return self._named(token.said)
        raise Unknown(f"{token.said!r} where a value was wanted")

    def _named(self, name: str) -> Value:
        if name in _WORDS:
            return lambda: _WORDS[name]
        if self._take("("):
            return self._called(name)
        if name.lower() not in self._contexts:
            raise Unknown(f"context {name}")
        return lambda: self._contexts[name.lower()]

    def _called(self, name: str) -> Value:
        arguments: list[Value] = []
        while not self._take(")"):
            arguments.append(self.either())
            if self.tokens[0].said != ")":
                self._want(",")
        function = fitting(name, arguments)
        return lambda: function(*[each() for each in arguments])

    def _take(self, *signs: str) -> str:
        if self.tokens[0].kind == "sign" and self.tokens[0].said in signs:
            return self.tokens.pop(0).said
        return ""

    def _want(self, sign: str) -> None:
        if not self._take(sign):
            raise Unknown(f"{self.tokens[0].said!r} where {sign!r} was wanted")

    def _next(self, kind: str) -> str:
        if self.tokens[0].kind != kind:
            raise Unknown(f"{self.tokens[0].said!r} where a {kind} was wanted")
        return self.tokens.pop(0).said


def _first(one: Value, other: Value, *, wanted: bool) -> Value:
    """The first value that is a truth, or that is none; else the last."""

    def chosen() -> object:
        value = one()
        return value if is_true(value) is wanted else other()

    return chosen


def _compared(sign: str, one: Value, other: Value) -> Value:
    return lambda: _COMPARED[sign](one(), other())


def _each(value: Value) -> Value:
    def found() -> object:
        held = value()
        if isinstance(held, Filtered):
            return Filtered(inner for each in held for inner in _members(each))
        return Filtered(_members(held))

    return found


def _inside(value: Value, index: Value) -> Value:
    def found() -> object:
        key = index()
        held = value()
        if isinstance(held, Filtered):
            return Filtered(inner for each in held for inner in _at(each, key))
        return next(iter(_at(held, key)), None)

    return found


def _members(held: object) -> list[object]:
    return list(held.values()) if isinstance(held, Mapping) else held if isinstance(held, list) else []


def _at(held: object, key: object) -> list[object]:
    """What stands at a key or an index: one value, or none."""
    if isinstance(held, Mapping) and not isinstance(key, list | Mapping):
        return [value for name, value in held.items() if str(name).lower() == as_text(key).lower()][:1]
    if isinstance(held, list):
        number = as_number(key)
        return held[int(number) :][:1] if math.isfinite(number) and number >= 0 else []
    return []
