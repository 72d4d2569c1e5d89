"""Released history as it was told once, kept under the git directory for the next run."""

from __future__ import annotations

import json
import os
import zlib

from cz_ship.model import Past
from cz_ship.world.record import lay_down

_FORM = 1


class PastFile:
    """The file `cz-ship/released` in a git directory.

    `key` is what its text was made from beside the history and the tags, as values that JSON can hold. It can be
    deleted at any time, and is made anew; what is damaged or from elsewhere is ignored, never executed.
    """

    def __init__(self, git_directory: str, key: object) -> None:
        self._path = os.path.join(git_directory, "cz-ship", "released")
        self._key = json.dumps([_FORM, key], sort_keys=True)

    def recall(self) -> Past | None:
        try:
            with open(self._path, "rb") as file:
                mark, content = file.readline(), file.read()
            head, _, text = content.partition(b"\n")
            if mark != _mark(content) or (record := json.loads(head))["key"] != self._key:
                return None
            return Past(_pairs(record["tags"]), _pairs(record["beside"]), str(record["commits"]), text.decode())
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def keep(self, past: Past) -> None:
        record = {"key": self._key, "tags": past.tags, "beside": past.beside, "commits": past.commits}
        content = b"\n".join([json.dumps(record).encode(), past.text.encode()])
        lay_down(self._path, _mark(content) + content)


def _mark(content: bytes) -> bytes:
    """The first line: it holds for a whole file alone."""
    return b"%08x\n" % zlib.crc32(content)


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(commit)) for name, commit in values)
