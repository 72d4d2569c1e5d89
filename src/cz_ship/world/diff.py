"""The door to what changed between two commits, line by line."""

import re
from collections.abc import Iterator
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.world.process import run

_FILE = re.compile(rb"^\+\+\+ b/(.*?)\t?$")
_HUNK = re.compile(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def changed_lines(repository: Path, base: str, commit: str) -> dict[str, tuple[int, ...]]:
    """The lines (from 1) that files have at `commit` and had not at its merge base with `base`.

    Raises `Failure` where git knows one of the two not, or no merge base.
    """
    # A user's settings for how differences look are not asked.
    plain = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
    form = ("--unified=0", "--src-prefix=a/", "--dst-prefix=b/")
    command = ["git", "-c", "core.quotePath=false", "diff", *plain, *form, f"{base}...{commit}", "--"]
    asked = run(command, cwd=repository)
    if asked.code:
        raise Failure(f"git cannot compare {commit[:12]} with {base}: {asked.words}")
    found: dict[str, list[int]] = {}
    for path, line in _lines(asked.out):
        found.setdefault(path, []).append(line)
    return {path: tuple(lines) for path, lines in found.items()}


def _lines(difference: bytes) -> Iterator[tuple[str, int]]:
    path = ""
    for row in difference.splitlines():
        if named := _FILE.match(row):
            path = named[1].decode("utf-8", "replace")
        elif hunk := _HUNK.match(row):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            yield from ((path, line) for line in range(first, first + count))
