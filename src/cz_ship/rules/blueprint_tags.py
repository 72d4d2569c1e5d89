"""What the tags of a project tell: the formats that they are in, and the versions that they stand for."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

# Two numbers at least: `v4` is how actions name a tag that moves, and `2024` is a year.
_TAG = re.compile(r"((?:.*[^0-9A-Za-z.])?[A-Za-z]*)(\d+(?:\.\d+)+\S*)")


_PLAIN = re.compile(r"[vV]?\$version")


class Tagged(NamedTuple):
    """Tag formats as commitizen writes them, that of the highest release first; and the versions, lowest first.

    `foreign` are formats of something else, as images or documents have them. `doubtful`: nothing tells whose is whose.
    """

    formats: tuple[str, ...]
    versions: tuple[Version, ...]
    foreign: tuple[str, ...] = ()
    doubtful: bool = False


def tagged(names: Iterable[str], said: Iterable[str] = (), stated: Version | None = None) -> Tagged:
    """The formats and versions of release tags; other tags tell nothing.

    The project's own formats are those that its settings have `said`, else those in which there is a tag of the version
    that it has `stated`, else the plain ones. Another format was used before where its versions do not meet theirs.
    """
    found: dict[str, set[Version]] = {}
    for name in names:
        match = _TAG.fullmatch(name)
        version = _version(match[2]) if match else None
        if match and version is not None and not version.is_devrelease and not version.local:
            found.setdefault(f"{match[1]}$version", set()).add(version)
    plain = [each for each in found if _PLAIN.fullmatch(each)]
    own = (
        [each for each in said if each in found]
        or [each for each, versions in found.items() if stated in versions]
        or plain
        or list(found)
    )
    versions = {version for each in own for version in found[each]}
    older = [each for each in found if versions and max(found[each]) < (max if each in plain else min)(versions)]
    formats = sorted({*own, *older}, key=lambda each: (each in own, max(found[each]), each), reverse=True)
    return Tagged(
        tuple(formats),
        tuple(sorted({version for each in formats for version in found[each]})),
        tuple(sorted(found.keys() - {*formats})),
        len(own) > 1 and not any(each in plain or each in said or stated in found[each] for each in own),
    )


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
