"""The commits that were made here since the last look, read as git just wrote them, with nothing else loaded."""

from __future__ import annotations

import os

_MOST = 20  # commits; for more of them git is the quicker reader


def fresh_commits(common: str, head: str, before: str, since: int) -> list[tuple[str, str]] | None:
    """The author (as git tells a hook) and the message of each commit from HEAD back to `before`, the newest first.

    None where they are not a straight line of commits written after `since` (in nanoseconds since 1970: what is
    newer than every tag has none), each a file of its own with a plain message: then git has to be asked.
    """
    found: list[tuple[str, str]] = []
    try:
        while head != before:
            path = os.path.join(common, "objects", head[:2], head[2:])
            if len(found) == _MOST or os.stat(path).st_mtime_ns <= since:
                return None
            parent, author, message = _parts(path)
            found.append((author, message))
            head = parent
    except (OSError, ValueError):
        return None
    return found


def _parts(path: str) -> tuple[str, str, str]:
    """Parent, author and message of a commit. Raises `OSError` or `ValueError` where it is not of the plain kind."""
    import zlib

    with open(path, "rb") as file:
        try:
            content = zlib.decompress(file.read()).decode()
        except zlib.error as error:
            raise ValueError(path) from error
    head, _, message = content.partition("\n\n")
    # Of a merge, the third line is a second parent; of a first commit, the second is the author.
    _, parent, author, *more = head.split("\n")
    subject, _, body = message.partition("\n")
    plain = subject and subject == subject.strip() and body[:1] in ("", "\n") and "\r" not in content
    if not plain or not author.startswith("author ") or any(line.startswith("encoding ") for line in more):
        raise ValueError(path)
    name, _, rest = author.removeprefix("author ").rpartition(" <")
    email, _, date = rest.partition("> ")
    return parent.removeprefix("parent "), f"{name}\n{email}\n@{date}", f"{subject}\n\n{body.strip()}".strip()
