"""The mark of what a killed run left behind: two that are equal are one and the same to whoever runs next."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from cz_ship.world.git import Git

# Objects are told by the refs that reach them; the index and the logs hold times, which decide nothing.
_UNTOLD = ("objects", "logs", "index")


def mark(place: Path, repositories: Sequence[Path], public: Sequence[tuple[str, str]]) -> str:
    """A hash over what is public, and over every file of some repositories, locks and leftovers too.

    What lies in `place`, and nowhere else, is named without it: equal places leave equal marks.
    """
    found = hashlib.sha256(repr(public).encode())
    for repository in repositories:
        told = (repository / ".git") if (repository / ".git").is_dir() else repository
        for path in _files(repository):
            if path.is_relative_to(told) and path.relative_to(told).parts[0] in _UNTOLD:
                continue
            content = path.read_bytes().replace(bytes(place), b"")
            found.update(repr((path.relative_to(repository).as_posix(), content)).encode())
        if told != repository:
            git = Git(repository)
            found.update(git.ask("ls-files", "--stage").encode() + repr(git.changed_files()).encode())
    return found.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
