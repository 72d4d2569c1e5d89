"""The door to what tools wrote down before there was a standard: dependency groups, and the Pythons of a project."""

import configparser
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from cz_ship.errors import Failure

# https://python-poetry.org/docs/dependency-specification/#version-constraints
_POETRY = re.compile(r"([\^~])\s*(\d+(?:\.\d+)*)\S*")


def tool_groups(tool: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The groups that `[tool]` has, each with its requirements.

    Of poetry's the bounds are taken over where a version says all; of what comes from elsewhere (git, a path) the name.
    """
    found = {name: tuple(_poetry(_table(group, "dependencies"))) for name, group in _poetry_groups(tool)}
    for name, wanted in _table(_table(tool, "pdm"), "dev-dependencies").items():
        found[name] = _texts(wanted)  # what pdm installs as a folder that can be edited ("-e …") is none of ours
    if uv := _texts(_table(tool, "uv").get("dev-dependencies")):
        found["dev"] = uv
    return found


def older_pythons(tree: Path, tool: Mapping[str, object]) -> str:
    """The Pythons that poetry's table or a setup.cfg states, as a specifier; empty where neither does.

    https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
    """
    if said := _table(_table(tool, "poetry"), "dependencies").get("python"):
        return _bounds(str(said))
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(tree / "setup.cfg", encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise Failure(f"setup.cfg cannot be read: {error}") from error
    return parser.get("options", "python_requires", fallback="")


def _poetry_groups(tool: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    poetry = _table(tool, "poetry")
    if "dev-dependencies" in poetry:  # before poetry 1.2
        yield "dev", {"dependencies": poetry["dev-dependencies"]}
    yield from _table(poetry, "group").items()


def _poetry(wanted: Mapping[str, object]) -> Iterator[str]:
    for name, said in wanted.items():
        table = said if isinstance(said, Mapping) else {"version": said}
        extras = f"[{','.join(_texts(table.get('extras')))}]" if table.get("extras") else ""
        markers = f"; {table['markers']}" if table.get("markers") else ""
        yield f"{name}{extras}{_bounds(str(table.get('version', '*')))}{markers}"


def _bounds(said: str) -> str:
    """A constraint of poetry's in the words of PEP 440; empty where any version serves, or there is no such word."""
    parts = []
    for part in map(str.strip, said.split(",")):
        if caret := _POETRY.fullmatch(part):
            parts.append(f">={part[1:].strip()},<{_next(caret[1], caret[2])}")
        elif re.fullmatch(r"(>=|<=|==|!=|~=|>|<)\s*[\w.*+!-]+", part):
            parts.append(part)
        elif re.fullmatch(r"\d[\w.*]*", part):
            parts.append(f"=={part}")
        else:
            return ""
    return ",".join(parts)


def _next(sign: str, version: str) -> str:
    """The version that is too new: the next of the first part that is not 0 (`^`), or of the minor one (`~`)."""
    parts = [int(each) for each in version.split(".")]
    first = next((place for place, each in enumerate(parts) if each), len(parts) - 1)
    place = first if sign == "^" else min(1, len(parts) - 1)
    return ".".join(map(str, (*parts[:place], parts[place] + 1)))


def _table(tables: object, name: str) -> Mapping[str, object]:
    found = tables.get(name) if isinstance(tables, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _texts(value: object) -> tuple[str, ...]:
    return (
        tuple(each for each in value if isinstance(each, str) and not each.startswith("-"))
        if isinstance(value, list)
        else ()
    )
