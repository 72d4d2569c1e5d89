"""The door to what is installed: the versions of the tools that a release goes through."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version

from cz_ship.errors import Failure
from cz_ship.world.process import run

PACKAGES = ("cz-ship", "commitizen", "build", "twine", "packaging", "id", "pip")


def tool_versions(others: Iterable[str] = ()) -> dict[str, str]:
    """Name to version of each tool, and of other packages, as it says it itself; `missing` where it is not there."""
    try:
        git = run(["git", "--version"], limit=30).text.removeprefix("git version ").strip()
    except Failure:
        git = "missing"
    return {
        "python": platform.python_version(),
        "git": git,
        **{name: _installed(name) for name in (*PACKAGES, *others)},
    }


def wanted_versions() -> dict[str, str]:
    """The packages that cz-ship stands on, each with the versions it can work with, as its own metadata say."""
    from packaging.requirements import Requirement

    try:
        stated = [Requirement(each) for each in requires("cz-ship") or ()]
    except PackageNotFoundError:  # a source tree that is not installed
        return {}
    direct = [each for each in stated if each.marker is None or each.marker.evaluate({"extra": ""})]
    return {each.name: str(each.specifier) for each in direct}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
