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


def brought_along(name: str = "cz-ship") -> tuple[tuple[str, str], ...]:
    """All that is installed because of a package: each requirement in its closure, with the package whose it is."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: list[tuple[str, str]] = []
    waiting, seen = [name], {canonicalize_name(name)}
    for whose in waiting:  # grows while it is gone through
        try:
            stated = [Requirement(each) for each in requires(whose) or ()]
        except PackageNotFoundError:
            continue
        for each in stated:
            if each.marker is not None and not each.marker.evaluate({"extra": ""}):
                continue
            found.append((whose, str(each)))
            if canonicalize_name(each.name) not in seen:
                seen.add(canonicalize_name(each.name))
                waiting.append(each.name)
    return tuple(found)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
