"""The door to what is installed: the versions of the tools that a release goes through."""

import platform
from importlib.metadata import PackageNotFoundError, version

from cz_ship.errors import Failure
from cz_ship.world.process import run

PACKAGES = ("cz-ship", "commitizen", "build", "twine", "packaging", "id", "pip")


def tool_versions() -> dict[str, str]:
    """Name to version of each tool, as it says it itself; `missing` where it is not there."""
    try:
        git = run(["git", "--version"], limit=30).text.removeprefix("git version ").strip()
    except Failure:
        git = "missing"
    return {"python": platform.python_version(), "git": git, **{name: _installed(name) for name in PACKAGES}}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
