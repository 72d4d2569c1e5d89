"""The door to the files of a project that `init` sees and lays down: all of them, or none."""

import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from cz_ship.errors import Failure, usage
from cz_ship.settings import Settings
from cz_ship.site import Edit, View
from cz_ship.world import effects
from cz_ship.world.git import Git

_LARGEST = 1 << 20  # bytes of a file that is read for what it says of versions
_TEMPLATES = ("github/pipeline.yml", "github/dependabot.yml", "init/pre-commit.yaml", "init/env.example")


class ProjectFolder:
    """See `Site`."""

    def __init__(self, repository: Git) -> None:
        self._repository = repository
        self._root = repository.root

    def paths(self) -> tuple[str, ...]:
        listed = self._repository.ask("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return tuple(dict.fromkeys(path for path in listed.split("\0") if path))

    def view(self, wanted: Sequence[str], probes: Sequence[str]) -> View:
        texts = {path: text for path in wanted if (text := self._text(path)) is not None}
        settings = Settings()
        return View(
            folder=self._root.name,
            paths=self.paths(),
            texts=texts,
            ignored=self._ignored([*wanted, *probes]),
            changed=frozenset(self._repository.changed_files()),
            tags=self._tags(),
            branch=self._repository.branch(settings),
            remote=self._repository.remote_url(settings.remote) or "",
        )

    def templates(self) -> Mapping[str, str]:
        return templates()

    def obstacles(self, edits: Sequence[Edit]) -> tuple[str, ...]:
        return tuple(told for edit in edits if (told := self._obstacle(edit.path)))

    def lay(self, edits: Sequence[Edit]) -> None:
        folders: list[Path] = []
        done: list[Edit] = []
        try:
            for edit in edits:
                if self._text(edit.path) != edit.before:
                    raise Failure(f"{edit.path} was changed while init looked at it", hint="run init again")
                _make_folder((self._root / edit.path).parent, folders)
                _write(self._beside(edit), edit.after.encode(), self._mode(edit))
            for edit in edits:
                with effects.passing(f"write {edit.path}"):
                    os.replace(self._beside(edit), self._root / edit.path)
                done.append(edit)
            for folder in {(self._root / edit.path).parent for edit in edits}:
                _settle(folder)
        except BaseException as error:
            self._put_back(edits, done, folders)
            if isinstance(error, OSError):
                name = Path(error.filename or "").name
                raise Failure(f"{name} cannot be written: {error.strerror}; nothing is changed") from error
            raise

    def _text(self, path: str) -> str | None:
        """A file's text, with the line ends that it has. A module that is none is not asked for anything."""
        file = self._root / path
        try:
            if not file.is_file() or file.stat().st_size > _LARGEST:
                return None
            return file.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            if path.endswith(".py"):
                return None
            raise usage(f"{path} is not UTF-8 (byte {error.start})", "save it as UTF-8, and run init again") from error
        except OSError as error:
            raise Failure(f"{path} cannot be read: {error.strerror}") from error

    def _tags(self) -> tuple[str, ...]:
        if self._repository.head().sha is None:
            return ()
        return tuple(
            self._repository.ask("for-each-ref", "--merged=HEAD", "--format=%(refname:strip=2)", "refs/tags").split()
        )

    def _ignored(self, paths: Sequence[str]) -> frozenset[str]:
        # A user's own ignore file is nobody else's: what it catches, others would commit.
        asked = ("-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin")
        outcome = self._repository.git(*asked, input="\0".join(paths).encode())
        if outcome.code not in (0, 1):
            raise Failure(f"git cannot say what it ignores: {outcome.words}")
        return frozenset(path for path in outcome.text.split("\0") if path)

    def _obstacle(self, path: str) -> str:
        file = self._root / path
        above = [folder for folder in reversed(file.parents) if self._root in folder.parents]
        for each in (*above, file):
            name = each.relative_to(self._root).as_posix()
            if each.is_symlink():
                return f"{name} is a symlink to {os.readlink(each)}: what it leads to is not changed"
            if each != file and (each / ".git").exists():
                return f"{path} would stand in the submodule {name}"
            if each.exists() and each.is_dir() == (each == file):
                return f"{name} is {'a folder, a file' if each == file else 'a file, a folder'} was wanted"
            if each.exists() and not each.stat().st_mode & 0o222:
                return f"{name} is read-only"
        there = next(folder for folder in file.parents if folder.is_dir())
        return "" if os.access(there, os.W_OK) else f"{path} cannot be written: {there.name} is read-only"

    def _beside(self, edit: Edit) -> Path:
        """Always the same name: what a killed run leaves there, the next one takes."""
        file = self._root / edit.path
        return file.with_name(f".{file.name}.cz-ship")

    def _mode(self, edit: Edit) -> int:
        return (self._root / edit.path).stat().st_mode & 0o777 if edit.before is not None else 0o644

    def _put_back(self, edits: Sequence[Edit], done: Sequence[Edit], folders: Sequence[Path]) -> None:
        for edit in edits:
            self._beside(edit).unlink(missing_ok=True)
        for edit in reversed(done):
            file = self._root / edit.path
            if edit.before is None:
                file.unlink(missing_ok=True)
            else:
                _write(self._beside(edit), edit.before.encode(), self._mode(edit))
                os.replace(self._beside(edit), file)
        for folder in reversed(folders):
            folder.rmdir()


def templates() -> Mapping[str, str]:
    """What is laid down in every project, by the name of its file."""
    folder = files("cz_ship").joinpath("templates")
    return {path.rpartition("/")[2]: folder.joinpath(path).read_text(encoding="utf-8") for path in _TEMPLATES}


def _make_folder(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file, on the disk when this is done."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(path, mode)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
