"""Values of GitHub's expressions: what they are as texts, numbers and conditions, how they compare, its functions."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

_DECIMAL = re.compile(r"[+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
DOTLESS = "\u0131"  # the one small letter that GitHub leaves small
_BASES = {"0x": 16, "0o": 8, "0b": 2}
_FIELD = re.compile(r"\{\{|\}\}|\{(\d+)[^}]*\}|[{}]", re.ASCII)


class Unknown(AssertionError):
    """An expression that this evaluator does not know, or that has no value."""


def is_true(value: object) -> bool:
    """What a condition makes of a value."""
    if isinstance(value, int | float):
        return value != 0 and not math.isnan(value)
    return value is not None and value != ""


def as_text(value: object) -> str:
    """A value as a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        rounded = float(value) if abs(value) >= 1e21 or not math.isfinite(value) else float(f"{value:.15f}")
        return _shortest(rounded)
    return "Object" if isinstance(value, Mapping) else "Array" if isinstance(value, list) else str(value)


def as_number(value: object) -> float:
    """A value as a number; NaN where it is none."""
    if value is None or isinstance(value, bool | int | float):
        return float(value or 0)
    if not isinstance(value, str):
        return math.nan
    text = value.strip()
    if text[:2] in _BASES:
        try:
            return float(int(text[2:], _BASES[text[:2]])) if "_" not in text else math.nan
        except ValueError:
            return math.nan
    return float(text) if _DECIMAL.fullmatch(text) else math.nan if text else 0.0


def same(one: object, other: object) -> bool:
    """Loose equality: texts without regard to case, values of different kinds as numbers, lists by identity."""
    one, other = _alike(one, other)
    if isinstance(one, list | Mapping) or isinstance(other, list | Mapping):
        return one is other
    return type(one) is type(other) and one == other


def above(one: object, other: object) -> bool:
    """Whether one is greater than the other."""
    one, other = _alike(one, other)
    if isinstance(one, str) and isinstance(other, str):
        return one > other
    return isinstance(one, float | bool) and type(one) is type(other) and one > other


def _alike(one: object, other: object) -> tuple[object, object]:
    """Two values as they are compared: of one kind where that is possible."""
    if isinstance(one, str) and isinstance(other, str):
        return _upper(one), _upper(other)
    if (isinstance(one, bool) and isinstance(other, bool)) or (one is None and other is None):
        return one, other
    if isinstance(one, list | Mapping) or isinstance(other, list | Mapping):
        return one, other
    return as_number(one), as_number(other)


def _upper(text: str) -> str:
    return DOTLESS.join(part.upper() for part in text.split(DOTLESS))


def _shortest(value: float) -> str:
    """A number as JavaScript writes it."""
    if value == 0 or not math.isfinite(value):
        return {0.0: "0", math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    point = len(digits) + exponent
    said = "".join(map(str, digits))
    if -6 <= point - 1 < 21:
        whole = f"{Decimal(repr(abs(value))).normalize():f}"
    else:
        tail = f".{said[1:]}" if said[1:] else ""
        whole = f"{said[0]}{tail}e{point - 1:+d}"
    return f"-{whole}" if sign else whole


def _plain(value: object) -> bool:
    return not isinstance(value, list | Mapping)


def _contains(search: object, item: object) -> bool:
    if isinstance(search, list):
        return any(same(item, each) for each in search)
    return _plain(search) and _plain(item) and as_text(item).lower() in as_text(search).lower()


def _edge(search: object, item: object, *, start: bool) -> bool:
    if not _plain(search) or not _plain(item):
        return False
    text, part = _upper(as_text(search)), _upper(as_text(item))
    return text.startswith(part) if start else text.endswith(part)


def _format(text: object, *values: object) -> str:
    def put(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if not found[1] or int(found[1]) >= len(values):
            raise Unknown(f"format: {text!r} with {len(values)} values")
        return as_text(values[int(found[1])])

    return _FIELD.sub(put, as_text(text))


def _join(values: object, separator: object = ",") -> str:
    between = as_text(separator) if _plain(separator) else ","
    if isinstance(values, list):
        return between.join(map(as_text, values))
    return as_text(values) if _plain(values) else ""


def _from_json(text: object) -> object:
    def never(constant: str) -> object:
        raise ValueError(constant)

    try:
        found: object = json.loads(as_text(text), parse_int=float, parse_constant=never)
    except ValueError as error:
        raise Unknown(f"fromJSON: {error}") from error
    return found


def _to_json(value: object, level: int = 1) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "null"
    if isinstance(value, int | float):
        return as_text(value) if isinstance(value, bool) else _shortest(float(value))
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    is_list = isinstance(value, list)
    ends = "[]" if is_list else "{}"
    assert isinstance(value, list | Mapping)
    lines = (
        [_to_json(each, level + 1) for each in value]
        if isinstance(value, list)
        else [f"{_to_json(name)}: {_to_json(each, level + 1)}" for name, each in value.items()]
    )
    inner = ",\n".join("  " * level + line for line in lines)
    return f"{ends[0]}\n{inner}\n{'  ' * (level - 1)}{ends[1]}" if lines else ends


def _case(*values: object) -> object:
    for predicate, value in zip(values[:-1:2], values[1::2], strict=True):
        if not isinstance(predicate, bool):
            raise Unknown("case: a predicate that is no boolean")
        if predicate:
            return value
    return values[-1]


# Each with the fewest and the most arguments that it takes.
FUNCTIONS: Mapping[str, tuple[Callable[..., object], int, int]] = {
    "case": (_case, 3, 255),
    "contains": (_contains, 2, 2),
    "startswith": (partial(_edge, start=True), 2, 2),
    "endswith": (partial(_edge, start=False), 2, 2),
    "format": (_format, 1, 255),
    "fromjson": (_from_json, 1, 1),
    "join": (_join, 1, 2),
    "tojson": (_to_json, 1, 1),
}


def fitting(name: str, arguments: Sequence[object]) -> Callable[..., object]:
    """A function by its name, in any case. Raises `Unknown` for one that is not there or takes other arguments."""
    function, fewest, most = FUNCTIONS.get(name.lower(), (None, 0, 0))
    if function is None:
        raise Unknown(f"function {name}")
    if not fewest <= len(arguments) <= most or (name.lower() == "case" and len(arguments) % 2 == 0):
        raise Unknown(f"function {name} with {len(arguments)} arguments")
    return function
