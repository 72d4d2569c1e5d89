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
    hint = f"cz-ship amend {wanted.commit.sha[:12]}, or commit with another Release-As: the newest counts"
    try:
        version = Version(wanted.text)
    except InvalidVersion as error:
        raise Failure(f"{wanted.said}, which is not a PEP 440 version; one like 2.0.0 was wanted", hint=hint) from error
    if version.is_prerelease or version.local:
        kind = "a local version" if version.local else "a pre-release"
        raise Failure(f"{wanted.said}, which is {kind}; a release like {version.base_version} was wanted", hint=hint)
    if version <= current:
        raise Failure(f"{wanted.said}; a version higher than {current} was wanted", hint=hint)
    return version
