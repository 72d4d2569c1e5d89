"""The Pythons that a project supports, as Requires-Python and its classifiers tell."""

import re
from collections.abc import Iterable

from packaging.specifiers import SpecifierSet

# The minor versions of Python 3 that are supported or about to be: https://devguide.python.org/versions/
MINORS = tuple(range(9, 15))
_CLASSIFIER = re.compile(r"Programming Language :: Python :: (3\.\d+)")
_LAST = 99  # a patch release that no minor version reaches


def named(classifiers: Iterable[str]) -> tuple[str, ...]:
    """The minor versions that classifiers name (`3.10`), lowest first."""
    found = {match[1] for each in classifiers if (match := _CLASSIFIER.fullmatch(each))}
    return tuple(sorted(found, key=_minor))


def allows(requires: SpecifierSet, minor: str) -> bool:
    """Whether any release of a minor version is allowed."""
    return requires.contains(f"{minor}.0") or requires.contains(f"{minor}.{_LAST}")


def supported(requires: SpecifierSet, classifiers: Iterable[str]) -> tuple[str, ...]:
    """The minor versions that a project supports: those that its classifiers name, else all of today's allowed."""
    chosen = named(classifiers) or tuple(f"3.{minor}" for minor in MINORS)
    return tuple(each for each in chosen if allows(requires, each))


def none_supported(requires: SpecifierSet, classifiers: Iterable[str]) -> str:
    """A sentence for a project of which `supported` knows nothing."""
    told = ", ".join(named(classifiers)) or f"3.{MINORS[0]} to 3.{MINORS[-1]}"
    return f"Requires-Python {requires} allows none of Python {told}"


def disagreements(requires: SpecifierSet, classifiers: Iterable[str]) -> tuple[str, ...]:
    """Where Requires-Python and the classifiers do not say the same of a minor version."""
    told = named(classifiers)
    if not told:
        return ()
    refused = [f"a classifier names Python {each}, Requires-Python {requires} refuses it" for each in told]
    faults = [text for text, each in zip(refused, told, strict=True) if not allows(requires, each)]
    between = [f"3.{minor}" for minor in range(MINORS[0], _minor(told[-1])) if f"3.{minor}" not in told]
    unnamed = [each for each in between if allows(requires, each)]
    return (*faults, *(f"Requires-Python {requires} allows Python {each}, no classifier names it" for each in unnamed))


def matrix(pythons: Iterable[str]) -> dict[str, object]:
    """The installs to be tried, as GitHub's `strategy.matrix` takes them: each Python, wheel and sdist.

    Once more on the lowest Python, with the lowest versions of the direct dependencies.
    """
    chosen = list(pythons)
    lowest = [{"python": chosen[0], "artifact": "wheel", "dependencies": "lowest"}] if chosen else []
    return {"python": chosen, "artifact": ["wheel", "sdist"], "dependencies": ["newest"], "include": lowest}


def _minor(version: str) -> int:
    return int(version.partition(".")[2])
