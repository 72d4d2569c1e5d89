"""Commits as git writes them: what is asked of each, and how a commit is made of the answer."""

import re
from collections.abc import Callable, Iterable, Iterator

from cz_ship.model import Commit

# What is told of a commit, NUL after each field: git lets none stand in any of them.
_FIELDS = ("%H", "%P", "%ct", "%s", "%b")
_PERSON = ("%an", "%ae")
NOTE = "%N"


def reading(*, people: bool, amended: bool) -> tuple[tuple[str, ...], Callable[..., Commit]]:
    """The fields that are asked of a commit, and what makes one of them.

    `people`: its author and their e-mail too; `amended`: its note, which stands in for its message.
    """
    fields = (*_FIELDS, *_PERSON) if people else _FIELDS
    return ((NOTE, *fields), _amended) if amended else (fields, _commit)


def records(parts: Iterable[bytes], size: int) -> Iterator[tuple[str, ...]]:
    """Fields that each end in NUL, `size` of them at a time, however the parts cut them."""
    rest = b""
    fields: list[str] = []
    for part in parts:
        whole, mark, rest = (rest + part).rpartition(b"\0")
        if mark:
            # What is not in the encoding it declares shows replacement characters, and is kept.
            fields += whole.decode("utf-8", "replace").split("\0")
            yield from zip(*[iter(fields)] * size, strict=False)
            fields = fields[len(fields) // size * size :]


def _commit(sha: str, parents: str, time: str, subject: str, body: str, author: str = "", email: str = "") -> Commit:
    if "\r" in body:
        body = body.replace("\r\n", "\n")
    # A commit whose committer is broken has no time; git sorts it as if made in 1970.
    return Commit(sha, tuple(parents.split()), author, email, int(time or 0), subject.strip(), body.strip())


def _amended(note: str, *fields: str) -> Commit:
    """A commit with the message that its note gives it, cut as git cuts messages."""
    commit = _commit(*fields)
    message = note.replace("\r\n", "\n").strip()
    if not message:
        return commit
    first, _, body = re.sub(r"\n[ \t]+\n", "\n\n", message).partition("\n\n")
    subject = " ".join(map(str.rstrip, first.split("\n")))
    return commit._replace(subject=subject, body=body.strip(), amended_from=commit.subject)
