"""What was foreseen of the next commit, kept under the git directory; found again with nothing else loaded."""

from __future__ import annotations

import json
import os

from cz_ship.world.record import lay_down

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_FORM = 4
# What is read from a file that the record of the rules holds, or from the history itself.
_PROVIDERS = ("version_txt", "commitizen", "pep621", "poetry", "uv")


def state(root: str, git_directory: str, common: str, provider: str) -> list[str] | None:
    """All that an outlook is made of, told without asking git: HEAD, tags, what replaces commits, and the rules.

    `common` is the git directory that all worktrees share. None where it cannot be told so: refs that are
    not files, or a version that `provider` takes from elsewhere. A folder stands for its files: git never
    writes a ref in place, it renames a new file over it.
    """
    if provider not in _PROVIDERS or os.path.exists(os.path.join(common, "reftable")):
        return None
    try:
        head = _head(git_directory, common)
    except (OSError, ValueError):
        return None
    single = ("packed-refs", "shallow", "info/grafts", "cz-ship/known.json")
    found = [head, _mark(os.path.join(root, "version.txt"))]
    found += [_mark(os.path.join(common, name)) for name in single]
    for name in ("tags", "notes", "replace"):
        found += _folders(os.path.join(common, "refs", name))
    return found


def written(state: list[str]) -> int:
    """When the last of what a state is made of was written, but for HEAD: in nanoseconds since 1970."""
    return max(int(mark.partition("-")[0]) for mark in ("0", *state[1:]) if mark != "none")


def recall(git_directory: str, state: list[str]) -> tuple[str, dict[str, object]] | None:
    """The HEAD for which something was kept, else in this very state, and what; None: nothing was, or it is damaged."""
    try:
        with open(_file(git_directory), "rb") as file:
            record = json.load(file)
        head, *rest = record["state"]
        if record["form"] != _FORM or rest != state[1:]:
            return None
        if record["why"]:
            return str(head), {"why": str(record["why"])}
        found: dict[str, object] = {each: _versions(record[each]) for each in ("following", "amended", "needed")}
        if not (found["following"] and found["needed"]):
            return None
        told = {each: str(record[each]) for each in ("current", "author")}
        return str(head), {"why": "", **told, **found}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def keep(git_directory: str, state: list[str], foreseen: Mapping[str, object]) -> None:
    """Remember what was foreseen in a state; where that cannot be written, nothing is lost."""
    lay_down(_file(git_directory), json.dumps({"form": _FORM, "state": state, **foreseen}).encode())


def _versions(record: Mapping[str, object]) -> dict[str, str | None]:
    """The next versions by what is asked for; none at all. Raises `ValueError` where one is missing."""
    found = {str(worth): None if each is None else str(each) for worth, each in record.items()}
    if found and found.keys() != {"", "patch", "minor", "major"}:
        raise ValueError(record)
    return found


def _head(git_directory: str, common: str) -> str:
    """HEAD's hash. Raises `OSError` or `ValueError` where it does not stand in the plain files."""
    text = _text(os.path.join(git_directory, "HEAD"))
    if not text.startswith("ref: "):
        return _hash(text)
    name = text[5:]
    try:
        return _hash(_text(os.path.join(common, name)))
    except FileNotFoundError:
        packed = f"\n{_text(os.path.join(common, 'packed-refs'))}\n"
        return _hash(packed[: packed.index(f" {name}\n")].rpartition("\n")[2])


def _hash(text: str) -> str:
    if len(text) not in (40, 64):
        raise ValueError(text)
    return text


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read().rstrip("\n")


def _folders(path: str) -> list[str]:
    found = [_mark(path)]
    if found != ["none"]:
        with os.scandir(path) as entries:
            for entry in sorted(entry.path for entry in entries if entry.is_dir(follow_symlinks=False)):
                found += _folders(entry)
    return found


def _mark(path: str) -> str:
    try:
        stat = os.stat(path)
    except OSError:
        return "none"
    return f"{stat.st_mtime_ns}-{stat.st_size}-{stat.st_ino}"


def _file(git_directory: str) -> str:
    return os.path.join(git_directory, "cz-ship", "foreseen.json")
