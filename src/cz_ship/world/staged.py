"""The door to what is staged: the index that the next commit is made of, as git lends it to a hook."""

import os
from collections.abc import Mapping
from pathlib import Path

from cz_ship.world.git import Git


class Index(Git):
    """The index of a working tree; in the hook of a `git commit -a` or of a few files, that commit's own."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        lent = environ.get("GIT_INDEX_FILE")
        super().__init__(root, {"GIT_INDEX_FILE": os.path.join(root, lent)} if lent else None)

    @property
    def git_directory(self) -> str:
        """The git directory of this very working tree."""
        return self.ask("rev-parse", "--absolute-git-dir")

    def changes(self) -> dict[str, str]:
        """Every path that differs from HEAD, with git's letter for how: A, M, D, T."""
        cells = self.ask("diff", "--cached", "--name-status", "--no-renames", "-z").split("\0")
        return dict(zip(cells[1::2], cells[::2], strict=False))

    def holds(self, name: str) -> tuple[str, ...]:
        """The paths of every file of a name, in any folder."""
        found = self.ask("ls-files", "--cached", "-z", "--", f":(top,glob)**/{name}")
        return tuple(path for path in found.split("\0") if path)

    def staged(self, path: str) -> bytes | None:
        """A file's content in the index, or None where there is none."""
        outcome = self.git("cat-file", "blob", f":{path}")
        return outcome.out if outcome.code == 0 else None
