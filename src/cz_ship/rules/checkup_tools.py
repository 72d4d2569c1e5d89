"""Check-up of tools: what is installed, and whether cz-ship can live beside the project's dependencies."""

import re
from collections.abc import Iterator

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from cz_ship.checkup import MISSING, Tools
from cz_ship.model import Finding
from cz_ship.rules.findings import finding

# What docs/ and the contract promise; each run of CI is on the lowest of both, too.
PROGRAMS = {"git": ">=2.31", "python": ">=3.10"}
_BEGINNING = re.compile(r"\d+(\.\d+)*")


def tool_findings(tools: Tools) -> Iterator[Finding]:
    """Tools that are missing, and those that cz-ship cannot work with."""
    for name, wanted in {**PROGRAMS, **tools.wanted}.items():
        version = tools.versions.get(name, MISSING)
        own = name not in PROGRAMS
        fix = f"python -m pip install --upgrade '{name}{wanted}'" if own else ""
        if version == MISSING:
            hint = "" if own else f"install {name} {wanted}"
            yield finding("tool-missing", f"{name} is not installed; {name} {wanted} was wanted", hint, fix)
        elif not SpecifierSet(wanted).contains(_version(version), prereleases=True):
            hint = "" if own else f"install {name} {wanted}"
            yield finding("tool-version", f"{name} is {version}; {name} {wanted} was wanted", hint, fix)


def _version(text: str) -> Version:
    """The version at the beginning of what a tool says of itself: `2.39.2 (Apple Git-143)`, `2.45.1.windows.1`."""
    try:
        return Version(text)
    except InvalidVersion:
        found = _BEGINNING.match(text)
        return Version(found[0] if found else "0")
