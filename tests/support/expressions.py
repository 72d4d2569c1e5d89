"""Expressions of GitHub Actions: as much of the language as our own workflow speaks, and an error for the rest."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<sign>==|!=|&&|\|\||[().,])|(?P<word>[A-Za-z_][\w-]*))"
)
_WORDS = {"true": True, "false": False, "null": None}


class Unknown(AssertionError):
    """An expression that this evaluator does not know."""


class Token(NamedTuple):
    """A piece of an expression: its kind (text, number, sign, word) and how it is written."""

    kind: str
    said: str


def evaluate(expression: str, contexts: Mapping[str, object]) -> object:
    """The value of an expression, without its `${{ }}`. What a context lacks is null; a context that lacks is an error.

    https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
    """
    reader = _Reader(_tokens(expression), contexts)
    value = reader.either()
    if reader.tokens:
        raise Unknown(f"{expression!r}: {reader.tokens[0].said!r} is one too many")
    return value


def filled(text: str, contexts: Mapping[str, object]) -> str:
    """A text with its `${{ }}` evaluated."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: as_text(evaluate(found[1], contexts)), text)


def value_of(raw: object, contexts: Mapping[str, object]) -> object:
    """A value of the workflow's: a text that is one whole expression keeps the expression's kind."""
    if not isinstance(raw, str):
        return raw
    whole = re.fullmatch(r"\s*\$\{\{((?:(?!\$\{\{).)*)\}\}\s*", raw, re.DOTALL)
    return evaluate(whole[1], contexts) if whole else filled(raw, contexts)


def is_true(value: object) -> bool:
    """What a condition makes of a value."""
    return value not in (None, False, 0, "")


def as_text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def same(one: object, other: object) -> bool:
    """GitHub's loose equality: texts without regard to case, values of different kinds as numbers."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if type(one) is type(other):
        return one == other
    return _number(one) == _number(other)


def _number(value: object) -> float:
    if value is None or isinstance(value, bool):
        return float(bool(value))
    try:
        return float(str(value)) if value != "" else 0.0
    except ValueError:
        return float("nan")


def _tokens(expression: str) -> list[Token]:
    found, place = [], 0
    while place < len(expression.rstrip()):
        match = _TOKEN.match(expression, place)
        if match is None:
            raise Unknown(f"{expression!r}: {expression[place:]!r} is not understood")
        found.append(Token(str(match.lastgroup), match[str(match.lastgroup)]))
        place = match.end()
    return found


class _Reader:
    """Reads tokens from the left; each method reads what binds tighter than the one above it."""

    def __init__(self, tokens: list[Token], contexts: Mapping[str, object]) -> None:
        self.tokens = tokens
        self._contexts = contexts

    def either(self) -> object:
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = value if is_true(value) else other
        return value

    def _both(self) -> object:
        value = self._equal()
        while self._take("&&"):
            other = self._equal()
            value = other if is_true(value) else value
        return value

    def _equal(self) -> object:
        value = self._member()
        while sign := self._take("==", "!="):
            value = same(value, self._member()) is (sign == "==")
        return value

    def _member(self) -> object:
        value = self._one()
        while self._take("."):
            name = self._next("word")
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _one(self) -> object:
        if self._take("("):
            value = self.either()
            self._want(")")
            return value
        token = self.tokens.pop(0) if self.tokens else Token("sign", "the end")
        if token.kind == "text":
            return token.said[1:-1].replace("''", "'")
        if token.kind == "number":
            return int(token.said)
        if token.kind == "word":
            return self._named(token.said)
        raise Unknown(f"{token.said!r} where a value was wanted")

    def _named(self, name: str) -> object:
        if name in _WORDS:
            return _WORDS[name]
        if self._take("("):
            if name != "fromJSON":
                raise Unknown(f"function {name}")
            value = json.loads(as_text(self.either()))
            self._want(")")
            return value
        if name not in self._contexts:
            raise Unknown(f"context {name}")
        return self._contexts[name]

    def _take(self, *signs: str) -> str:
        if self.tokens and self.tokens[0].kind == "sign" and self.tokens[0].said in signs:
            return self.tokens.pop(0).said
        return ""

    def _want(self, sign: str) -> None:
        if not self._take(sign):
            raise Unknown(f"{sign!r} was wanted")

    def _next(self, kind: str) -> str:
        if not self.tokens or self.tokens[0].kind != kind:
            raise Unknown(f"a {kind} was wanted")
        return self.tokens.pop(0).said
