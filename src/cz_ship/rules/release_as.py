"""Release-As: the version that a commit wants by name, whatever the commits are worth."""

from collections.abc import Iterable
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from cz_ship.errors import Failure
from cz_ship.model import Commit
from cz_ship.rules.message import release_as


class Wanted(NamedTuple):
    """A commit with the footer `Release-As`, and what stands there."""

    commit: Commit
    text: str

    @property
    def said(self) -> str:
        """Who wants what, for people."""
        return f"commit {self.commit.sha[:12]} says Release-As: {self.text[:60]!r}"


def newest_wanted(commits: Iterable[Commit]) -> Wanted | None:
    """The first footer `Release-As` among commits, which come newest first; None where there is none."""
    found = ((commit, release_as(commit.body)) for commit in commits)
    return next((Wanted(commit, text) for commit, text in found if text is not None), None)


def version_wanted(wanted: Wanted, current: Version) -> Version:
    """The version that is wanted. Raises `Failure` where that is no release, or not higher than `current`."""
    what, instead = unfit(wanted.text, current)
    if instead:
        hint = f"cz-ship amend {wanted.commit.sha[:12]}, or commit with another Release-As: the newest counts"
        raise Failure(f"{wanted.said}{what and f', which is {what}'}; {instead} was wanted", hint=hint)
    return Version(wanted.text)


def unfit(text: str, current: Version) -> tuple[str, str]:
    """What a text is that names no release higher than `current`, and what is wanted instead; empty where it does."""
    try:
        version = Version(text)
    except InvalidVersion:
        return "not a PEP 440 version", "one like 2.0.0"
    if version.is_prerelease or version.local:
        return "a local version" if version.local else "a pre-release", f"a release like {version.base_version}"
    return ("", "") if version > current else ("", f"a version higher than {current}")
