"""The door to the folder of a new project: it takes its place when it is whole."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from cz_ship.errors import Failure, usage
from cz_ship.site import Edit
from cz_ship.world.git import LENT, QUIET, Git
from cz_ship.world.git_words import refused
from cz_ship.world.process import run
from cz_ship.world.site import ProjectFolder, templates


class NewFolder:
    """See `Ground`. Raises `Failure` (usage) where the folder is taken, or would be in another repository."""

    def __init__(self, parent: Path, name: str) -> None:
        self.place = parent / name
        if os.path.lexists(self.place):
            raise usage(f"{self.place} is there already", f"for a project that is there: cz-ship init -C {self.place}")
        if not parent.is_dir():
            raise usage(f"{parent} is not a folder; the one that {name} comes into was wanted")
        if run(["git", "rev-parse", "--git-dir"], cwd=parent, env=QUIET, without=LENT).code == 0:
            raise usage(f"{parent} is in a repository; a new project is one of its own", "name another folder with -C")

    def beginnings(self) -> Mapping[str, str]:
        with as_file(files("cz_ship").joinpath("templates/new")) as folder:
            paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
            # A template of a module has a name that Python does not take for one of its own.
            names = (path.relative_to(folder).as_posix().removesuffix(".in") for path in paths)
            return {name: path.read_text(encoding="utf-8") for name, path in zip(names, paths, strict=True)}

    def templates(self) -> Mapping[str, str]:
        return templates()

    def found(self, edits: Sequence[Edit], branch: str, message: str) -> None:
        with self._beside() as folder:
            git = Git(folder)
            outcome = run(["git", "init", "--quiet", f"--initial-branch={branch}", folder], env=QUIET, without=LENT)
            if outcome.code:
                raise refused(("init",), outcome)
            ProjectFolder(git).lay(edits)
            git.ask("add", "--all")
            outcome = git.git("commit", "--quiet", "--message", message)
            if outcome.code:
                hint = "git config --global user.name NAME; git config --global user.email ADDRESS"
                raise Failure(f"git makes no commit, so nothing was written: {outcome.words}", hint=hint)
            os.rename(folder, self.place)

    @contextmanager
    def _beside(self) -> Iterator[Path]:
        """A folder beside the place, always the same: what a killed run leaves there, the next one clears away."""
        folder = self.place.with_name(f".{self.place.name}.cz-ship")
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            yield folder
        except OSError as error:
            raise Failure(f"{self.place} cannot be made: {error.strerror or error}") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
