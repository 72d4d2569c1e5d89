"""The record of what is known of a project, as plain JSON: found and compared with nothing else loaded."""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# All that commitizen, cz-ship and the name of a project are read from, in the project's root.
_SOURCES = (
    ".cz.toml", "cz.toml", ".cz.json", "cz.json", ".cz.yaml", "cz.yaml", "pyproject.toml", "setup.cfg",
    "CHANGELOG.md.j2",
)  # fmt: skip
_FORM = 2


def find_repository(folder: str) -> tuple[str, str, str] | None:
    """The root of the working tree that a folder lies in, its git directory, and the one that all its worktrees share.

    Nothing is asked of git; None where they are not found in the plain way: then git has to be.
    """
    if "GIT_DIR" in os.environ and "GIT_INDEX_FILE" not in os.environ:
        return None
    root = os.path.abspath(folder)
    while not os.path.exists(os.path.join(root, ".git")):
        parent = os.path.dirname(root)
        if parent == root:
            return None
        root = parent
    directory = os.path.join(root, ".git")
    if os.path.isdir(directory):
        return root, directory, directory
    # A linked worktree or a submodule: a file says where its git directory is (gitrepository-layout).
    directory = _led(root, directory, "gitdir: ") or ""
    if not os.path.isfile(os.path.join(directory, "HEAD")):
        return None
    return root, directory, _led(directory, os.path.join(directory, "commondir")) or directory


def _led(start: str, path: str, opening: str = "") -> str | None:
    """Where a file leads that names a folder, from `start`; None where there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            line = file.read().rstrip("\n")
    except (OSError, ValueError):
        return None
    return os.path.join(start, line[len(opening) :]) if line.startswith(opening) else None


def is_merging(git_directory: str) -> bool:
    """Whether a merge is under way in the working tree."""
    return os.path.exists(os.path.join(git_directory, "MERGE_HEAD"))


def recall(root: str, git_directory: str) -> dict[str, object] | None:
    """The record, where every part of its key holds; None where it is missing, damaged or from elsewhere."""
    try:
        with open(_file(git_directory), "rb") as file:
            record = json.load(file)
        if record["form"] != _FORM or record["sources"] != _sources(root) or record["python"] != _python():
            return None
        installed = record["installed"]
        if not installed or not all(mark(folder) == known for folder, known in installed.items()):
            return None
        return {name: record[name] for name in ("rules", "settings", "project", "installed")}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def keep(root: str, git_directory: str, known: Mapping[str, object], installed: Mapping[str, str]) -> None:
    """Remember; `installed` are the metadata folders of the distributions that the rules came from.

    Where that cannot be written, nothing is remembered and nothing is lost.
    """
    if not installed:
        return
    key = {"form": _FORM, "python": _python(), "installed": dict(installed), "sources": _sources(root)}
    lay_down(_file(git_directory), json.dumps({**key, **known}).encode())


def lay_down(path: str, content: bytes) -> None:
    """Write a file at once or not at all, in a folder that is made where it is not there."""
    scratch = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(scratch, "wb") as file:
            file.write(content)
        os.replace(scratch, path)
    except OSError:
        from contextlib import suppress

        with suppress(OSError):
            os.unlink(scratch)


def mark(folder: str) -> str:
    """What changes in a distribution's metadata folder when it is installed anew."""
    stat = os.stat(os.path.join(folder, "METADATA"))
    return f"{stat.st_mtime_ns}-{stat.st_size}"


def _file(git_directory: str) -> str:
    return os.path.join(git_directory, "cz-ship", "known.json")


def _sources(root: str) -> dict[str, str]:
    """The bytes of every file that the rules are read from, as text that JSON can hold."""
    found = ((name, _content(os.path.join(root, name))) for name in _SOURCES)
    return {name: content for name, content in found if content is not None}


def _content(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "backslashreplace")
    except FileNotFoundError:
        return None


def _python() -> list[str]:
    """The interpreter and where it looks for modules: another commitizen may stand elsewhere."""
    return [sys.version, sys.prefix, *(path for path in sys.path if path.endswith(("site-packages", "dist-packages")))]
