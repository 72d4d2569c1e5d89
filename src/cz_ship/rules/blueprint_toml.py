"""TOML changed as text: a line here, a table there, and everything else stays byte for byte."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cz_ship.errors import Failure

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_PART = r"(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')"
_KEY = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER = re.compile(rf"\s*\[\[?\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]")
_BARE = re.compile(r"[\w-]+")


Change = Callable[[str], str]  # of a text


class _Statement(NamedTuple):
    """A header or a key with its value: lines `begin` up to `end` of the text; a header has no `key`."""

    table: tuple[str, ...]
    key: tuple[str, ...]
    begin: int
    end: int


def parsed(text: str, name: str) -> Mapping[str, object]:
    """The document. Raises `Failure` (with the file's `name`) where it is not TOML."""
    try:
        document: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Failure(f"{name} is not TOML: {error}", hint="mend it first; nothing was written") from error
    return document


def value_at(document: Mapping[str, object], *path: str) -> object:
    """What stands at a path of keys; None where nothing does."""
    found: object = document
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def literal(value: object) -> str:
    """A value as TOML writes it: a text, a flag, a list, or a table on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_bare(key)} = {literal(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    # A backslash is doubled in a basic string; a literal one shows a regular expression as it is.
    if isinstance(value, str) and "\\" in value and "'" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def with_key(text: str, table: Sequence[str], key: str, value: object) -> str:
    """The text with a key at the end of its table; a table that is not there is made, beside its kin.

    A key that is there gets the value, its comment stays.
    """
    lines, path = text.splitlines(keepends=True), tuple(table)
    line = f"{_bare(key)} = {literal(value)}\n"
    statements = tuple(_statements(lines))
    there = [each for each in statements if each.table + each.key == (*path, key) and each.key]
    own = [each for each in statements if each.table == path]
    if there:
        made = _with_value(lines, there[-1], literal(value))
    elif any((each.table + each.key)[: len(path) + 1] == (*path, key) for each in statements):
        return with_key(without(text, (*path, key)), path, key, value)  # it was written in parts
    elif not own and (dotted := _dotted(statements, path)):
        # Written as `table.key = value` below a header further up: so is this.
        inner = ".".join(map(_bare, path[len(dotted.table) :]))
        indent = re.match(r"[ \t]*", lines[dotted.begin])
        made = _put(lines, dotted.end, f"{indent[0] if indent else ''}{inner}.{line}")
    elif own:
        indent = re.match(r"[ \t]*", lines[own[-1].begin])
        made = _put(lines, own[-1].end, (indent[0] if own[-1].key and indent else "") + line)
    else:
        made = _put(lines, _beside(statements, path, len(lines)), f"[{'.'.join(map(_bare, path))}]\n{line}", apart=True)
    return _proven(text, made, (*path, key), value)


def with_key_instead(text: str, table: Sequence[str], old: str, key: str, value: object) -> str:
    """The text with another key and value in the place of an old one; the comment behind them stays."""
    lines = text.splitlines(keepends=True)
    for each in _statements(lines):
        if each.key and each.table + each.key == (*table, old):
            lines[each.begin] = lines[each.begin].replace(each.key[-1], _bare(key), 1)
            made = _with_value(lines, each, literal(value))
            return _proven(without(text, (*table, old)), made, (*table, key), value)
    raise _awkward((*table, key), value)


def without(text: str, keys: Sequence[str]) -> str:
    """The text without a key, or without a table, its sub-tables and the blank lines behind them."""
    lines, path = text.splitlines(keepends=True), tuple(keys)
    gone: set[int] = set()
    for each in _statements(lines):
        if (each.table + each.key)[: len(path)] == path:
            end = each.end
            while each.table[: len(path)] == path and end < len(lines) and not lines[end].strip():
                end += 1
            gone.update(range(each.begin, end))
    return "".join(line for number, line in enumerate(lines) if number not in gone)


def with_item(text: str, table: Sequence[str], key: str, item: str) -> str:
    """The text with a text at the end of a list, which is made where it is not there.

    Raises `Failure` where the list is written so that no place in it is found.
    """
    whole = value_at(tomllib.loads(text), *table, key)
    if whole is None:
        return with_key(text, table, key, [item])
    if not isinstance(whole, list):
        raise _awkward((*table, key), [item])
    if item in whole:
        return text
    wanted = [*whole, item]
    for candidate in _with_item(text, tuple(table), key, literal(item)):
        if _says(candidate, (*table, key), wanted):
            return _proven(text, candidate, (*table, key), wanted)
    raise _awkward((*table, key), wanted)


def without_item(text: str, table: Sequence[str], key: str, item: str) -> str:
    """The text with an item of a list taken out. Raises `Failure` where it is not found as it is written."""
    whole = value_at(tomllib.loads(text), *table, key)
    wanted = [each for each in whole if each != item] if isinstance(whole, list) else None
    written = re.escape(item)
    for pattern in (rf"[ \t]*[\"']{written}[\"'],?[ \t]*\n", rf"[\"']{written}[\"'],\s*", rf",?\s*[\"']{written}[\"']"):
        for match in re.finditer(pattern, text):
            candidate = text[: match.start()] + text[match.end() :]
            if _says(candidate, (*table, key), wanted):
                return _proven(text, candidate, (*table, key), wanted)
    raise _awkward((*table, key), wanted)


def _statements(lines: Sequence[str]) -> Iterator[_Statement]:
    """A statement is the smallest run of lines that is TOML by itself."""
    table: tuple[str, ...] = ()
    begin = 0
    while begin < len(lines):
        header, key = _HEADER.match(lines[begin]), _KEY.match(lines[begin])
        end = begin + 1
        if header:
            table = _path(header[1])
            yield _Statement(table, (), begin, end)
        elif key:
            while end < len(lines) and not _reads("".join(lines[begin:end])):
                end += 1
            yield _Statement(table, _path(key[1]), begin, end)
        begin = end


def _says(text: str, path: tuple[str, ...], value: object) -> bool:
    return _reads(text) and value_at(tomllib.loads(text), *path) == value


def _reads(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _path(written: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, written))


def _dotted(statements: Sequence[_Statement], path: tuple[str, ...]) -> _Statement | None:
    """The last key that belongs to a table, and stands below the header of one above it."""
    found = [
        each
        for each in statements
        if len(each.table) < len(path) < len(each.table + each.key) and (each.table + each.key)[: len(path)] == path
    ]
    return found[-1] if found else None


def _beside(statements: Sequence[_Statement], path: tuple[str, ...], last: int) -> int:
    """The line behind the nearest kin of a table: one below the same tool, or of the project."""
    kin = path[: 2 if path[0] == "tool" else 1]
    return max((each.end for each in statements if each.table[: len(kin)] == kin), default=last)


def _put(lines: Sequence[str], at: int, new: str, *, apart: bool = False) -> str:
    """The lines with new ones at a place, a blank line before them if they are to stand apart."""
    before, after = "".join(lines[:at]), "".join(lines[at:])
    if before and not before.endswith("\n"):
        before += "\n"
    gap = "\n" if apart and before and not before.endswith("\n\n") else ""
    tail = "\n" if apart and after and after.strip() and not after.startswith("\n") else ""
    return before + gap + new + tail + after


def _with_value(lines: Sequence[str], at: _Statement, value: str) -> str:
    head, text = "".join(lines[: at.begin]), "".join(lines[at.begin : at.end])
    start = text.index("=") + 1
    # The comment behind a value on one line stays: the value is the longest part that is one by itself.
    body = text[start:].rstrip("\n")
    cut = next(
        (found.start() for found in re.finditer(r"\s*#", body) if _reads(f"a ={body[: found.start()]}")), len(body)
    )
    return f"{head}{text[:start]} {value}{body[cut:]}\n" + "".join(lines[at.end :])


def _with_item(text: str, table: tuple[str, ...], key: str, item: str) -> Iterator[str]:
    """The text with an item in every place of a list where it might go, the likeliest first."""
    lines = text.splitlines(keepends=True)
    there = next((each for each in _statements(lines) if each.key and each.table + each.key == (*table, key)), None)
    if there is None:
        return
    head, body, tail = (
        "".join(part) for part in (lines[: there.begin], lines[there.begin : there.end], lines[there.end :])
    )
    for close in (found.start() for found in reversed([*re.finditer(r"\]", body)])):
        inner, rest = body[:close], body[close:]
        if there.end - there.begin > 1 and not inner.rpartition("\n")[2].strip():
            rows = inner.rstrip(" \t").splitlines(keepends=True)
            indents = [re.match(r"[ \t]*", row) for row in rows[1:] if row.strip()]
            new = f"{indents[-1][0] if indents and indents[-1] else '    '}{item},\n"
            edge = inner[len(inner.rstrip(" \t")) :]
            yield head + "".join(rows) + new + edge + rest + tail
            for found in reversed([*re.finditer(r"(?<=\S)", "".join(rows))]):
                yield (
                    head
                    + "".join(rows)[: found.start()]
                    + ","
                    + "".join(rows)[found.start() :]
                    + new
                    + edge
                    + rest
                    + tail
                )
        edge = inner[len(inner.rstrip()) :]
        yield f"{head}{inner.rstrip().rstrip(',')}, {item}{edge}{rest}{tail}"
        yield f"{head}{inner}{item}{rest}{tail}"  # it was empty


def _proven(before: str, after: str, path: tuple[str, ...], value: object) -> str:
    """The changed text, where it says what was wanted and all else that it said before."""
    wanted = _changed(tomllib.loads(before), path, value)
    try:
        if tomllib.loads(after) == wanted:
            return after
    except tomllib.TOMLDecodeError:
        pass
    raise _awkward(path, value)


def _changed(document: Mapping[str, object], path: tuple[str, ...], value: object) -> dict[str, object]:
    first, *rest = path
    if not rest:
        return {**document, first: list(value) if isinstance(value, tuple) else value}
    below = document.get(first, {})
    return {**document, first: _changed(below if isinstance(below, Mapping) else {}, tuple(rest), value)}


def _awkward(path: tuple[str, ...], value: object) -> Failure:
    *table, key = path
    return Failure(
        f"[{'.'.join(table)}] is written in a way that init does not change",
        hint=f"put this there by hand: {key} = {literal(value)}",
    )


def _bare(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key)
