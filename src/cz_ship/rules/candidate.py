"""Candidate versions: the commit's distance and hash, carried as the digits of an rc (PEP 440)."""

from typing import NamedTuple

from packaging.version import InvalidVersion, Version

from cz_ship.errors import Failure, usage

_HASH_SPACE = 10**9
_HASH_DIGITS = 7
_LIMIT = 2**64


class Candidate(NamedTuple):
    """A candidate version, read back: commits since the last release, and the hash's first digits."""

    version: Version
    base: Version
    distance: int
    short_hash: str


def candidate_version(base: Version, distance: int, sha: str) -> Version:
    """`<base>rc<N>`, N = distance * 10**9 + the first seven hex digits of the commit.

    Rises along a branch, is unique for each commit, stays below 2**64 as uv and PyPI want it.
    Raises `Failure` where the distance is too large for that.
    """
    number = distance * _HASH_SPACE + int(sha[:_HASH_DIGITS], 16)
    if number >= _LIMIT:
        raise Failure(f"{distance} commits since the last release give no candidate number below 2**64")
    return Version(f"{base.base_version}rc{number}")


def decode(text: str) -> Candidate:
    """Read a candidate version back. Raises `Failure` (usage) where it is none."""
    try:
        version = Version(text)
    except InvalidVersion as error:
        raise usage(f"{text!r} is not a PEP 440 version; a candidate like 1.4.0rc3027325108 was wanted") from error
    form = f"{version.base_version}rc{version.pre[1]}" if version.pre and version.pre[0] == "rc" else ""
    number = version.pre[1] if version.pre else 0
    distance, digits = divmod(number, _HASH_SPACE)
    if str(version) != form or digits >= 16**_HASH_DIGITS or number >= _LIMIT:
        raise usage(f"{text!r} is a version but no candidate of cz-ship; one like 1.4.0rc3027325108 was wanted")
    return Candidate(version, Version(version.base_version), distance, f"{digits:0{_HASH_DIGITS}x}")
