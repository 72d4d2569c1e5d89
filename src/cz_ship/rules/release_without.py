"""Release-Without: a tagged release that a person gives up, so that the next one goes on without it."""

from collections.abc import Iterable

from packaging.version import InvalidVersion, Version

from cz_ship.model import Commit
from cz_ship.rules.message import releases_without

NAME = "Release-Without"


def giving_up(commits: Iterable[Commit], version: Version) -> Commit | None:
    """The first commit whose footer `Release-Without` names a version, in any spelling of it; None without one."""
    return next((each for each in commits if version in map(_version, releases_without(each.body))), None)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None  # a footer that names no version gives none up
