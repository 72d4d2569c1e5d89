"""What the tags of a project tell: the formats that they are in, and the versions that they stand for."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

# Two numbers at least: `v4` is how actions name a tag that moves, and `2024` is a year.
_TAG = re.compile(r"((?:.*[^0-9A-Za-z.])?[A-Za-z]*)(\d+(?:\.\d+)+\S*)")


class Tagged(NamedTuple):
    """Tag formats as commitizen writes them, that of the highest release first; and the versions, lowest first."""

    formats: tuple[str, ...]
    versions: tuple[Version, ...]


def tagged(names: Iterable[str]) -> Tagged:
    """The formats and versions of release tags; other tags tell nothing."""
    highest: dict[str, Version] = {}
    versions = set()
    for name in names:
        match = _TAG.fullmatch(name)
        version = _version(match[2]) if match else None
        if match and version is not None and not version.is_devrelease and not version.local:
            tag_format = f"{match[1]}$version"
            highest[tag_format] = max(highest.get(tag_format, version), version)
            versions.add(version)
    formats = sorted(highest, key=lambda tag_format: (highest[tag_format], tag_format), reverse=True)
    return Tagged(tuple(formats), tuple(sorted(versions)))


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
