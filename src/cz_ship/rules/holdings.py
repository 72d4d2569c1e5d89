"""What an index holds of a release, and what in it contradicts the release."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from packaging.version import Version

from cz_ship.rules.changelog import day

DAY = 24 * 3600
# PyPI takes new files of a release for so long, in seconds.
OPEN_FOR = 14 * DAY


class IndexSeen(NamedTuple):
    """What an index holds of a version: file name to sha256.

    `unlisted` are the files that its simple page, which installers read, does not name yet; `since` is
    the moment of the first upload in seconds since 1970, 0 where the index does not tell it.
    """

    name: str
    address: str
    files: tuple[tuple[str, str], ...]
    unlisted: tuple[str, ...] = ()
    since: int = 0


def missing_kinds(index: IndexSeen) -> tuple[str, ...]:
    """Of a wheel and an sdist, which an index holds of a release that promises no file by name, those it lacks."""
    wheels = [name.endswith(".whl") for name, _ in index.files]
    return tuple(kind for kind, held in (("wheel", any(wheels)), ("sdist", not all(wheels))) if not held)


def contradictions(index: IndexSeen, version: Version, expected: Mapping[str, str], *, tagged: bool) -> list[str]:
    """Files under the release's name that are not those expected (name to sha256); beside a tag, more may stand."""
    found = []
    for name, sha256 in index.files:
        ours = expected.get(name)
        if ours is None:
            if expected and not tagged:
                found.append(f"{index.name} ({index.address}) holds {name} of {version}, which is not ours")
        elif sha256 != ours:
            found.append(f"{index.name} ({index.address}) holds {name} with sha256 {sha256}, ours has {ours}")
    return found


def closed(index: IndexSeen, version: Version, expected: Iterable[str], moment: int) -> str:
    """What an index lacks of a release for which it takes no file any more at `moment`; empty while it does."""
    missing = [name for name in expected if name not in dict(index.files)]
    if not missing or not index.since or moment - index.since <= OPEN_FOR:
        return ""
    held = f"{index.name} ({index.address}) has had a file of {version} since {day(index.since)}"
    return f"{held} and takes no other of a release older than {OPEN_FOR // DAY} days; it lacks {', '.join(missing)}"
