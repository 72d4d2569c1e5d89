"""The keys of another tool's settings: what becomes of each, so that none is lost without a word."""

import re
from collections.abc import Mapping
from typing import Final

Table = Mapping[str, object]
TAKEN: Final = None  # said in our words, or said by what else is taken
# Why what several tools know has no match.
OWN_MESSAGE = "bump commits have a message of cz-ship's own"
OWN_FILES = "only the version's places and the changelog are in a bump commit"
_NAME = re.compile(r"[\w./-]+")


def unmatched(
    said: Table,
    known: Mapping[str, str | None],
    usual: Mapping[str, tuple[str, ...]] | None = None,
    within: str = "",
) -> tuple[str, ...]:
    """A line for every key that is set and that nothing here answers to.

    `known` has what is `TAKEN`, and why the others have no match. `usual` has, in lower case, the values that say what
    happens here anyway. `within` stands before each key. A key that is in no table is told too.
    """
    lines = []
    for key, value in said.items():
        why = known.get(key, "")
        empty = value is None or value == "" or value == [] or value == {}
        if why is TAKEN or empty or str(value).lower() in (usual or {}).get(key, ()):
            continue
        lines.append(f"{within}{key} has no match here" + (f": {why}" if why else ""))
    return tuple(lines)


def replaced(said: object, version: str) -> str | None:
    """A tag format with commitizen's word for the version; None where none is said, or it has other words in braces."""
    made = str(said or "").replace(version, "$version")
    return made if "$version" in made and "{" not in made else None


def unreadable(key: str, said: object, made: str | None) -> tuple[str, ...]:
    """A line for a tag format that is said and not understood."""
    told = f"{key} {said!r} has no match here: write it as tag_format of [tool.commitizen], with $version in it"
    return (told,) if said and made is None else ()


def branch_name(said: object) -> str | None:
    """A name, where it is one, and no pattern of several."""
    return said if isinstance(said, str) and _NAME.fullmatch(said) else None


def text(said: object) -> str | None:
    """A text, where it is one."""
    return said if isinstance(said, str) else None


def table(said: object) -> Table:
    """A table, where it is one; empty else."""
    return said if isinstance(said, Mapping) else {}


def listed(said: object) -> list[object]:
    """A list, where it is one; else one of what stands there alone."""
    return said if isinstance(said, list) else [] if said is None else [said]
