"""Evidence: a repository as plain git shows it, asked anew; nothing that releases is asked."""

import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.world.process import run

# A hook lends these to what it runs; they would lead git to another repository.
_LENT = (*("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX", "GIT_OBJECT", "GIT_ALTERNATE", "GIT_COMMON"), "GIT_NAMESPACE")

_CALM = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}  # who looks at a checkout leaves it as it is


def tip(remote: Path, branch: str) -> str:
    """The commit of a branch."""
    return _asked(remote, "rev-parse", "--verify", f"refs/heads/{branch}").strip()


def tags(remote: Path) -> dict[str, str]:
    """Each tag's name, and the commit that it names in the end."""
    rows = _asked(remote, "for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", "refs/tags")
    cells = (row.split() for row in rows.splitlines())
    return {name.removeprefix("refs/tags/"): shas[-1] for name, *shas in cells}


def commits_since(remote: Path, start: str, end: str) -> list[str]:
    """The commits that `end` reaches and `start` does not, newest first."""
    return _asked(remote, "rev-list", end, f"^{start}").split()


def subjects(remote: Path, end: str, without: Iterable[str]) -> list[str]:
    """The first lines of the commits of `end` that none of `without` reaches, or those of cz-ship's notes on them."""
    span = "".join(f"{each}\n" for each in (end, *(f"^{each}" for each in without)))
    told = _asked(remote, "log", "-z", "--stdin", "--notes=cz-ship", "--format=%s%n%N", feed=span)
    pairs = (record.strip("\n").split("\n") for record in told.split("\0") if record.strip())
    return [note[0] if note and note[0] else subject for subject, *note in pairs]


def tree(remote: Path, commit: str) -> Mapping[str, bytes]:
    """A commit's files: path and content, as git holds them."""
    rows = (row.split("\t", 1) for row in _asked(remote, "ls-tree", "-r", "-z", commit).split("\0") if row)
    blobs = {path: cells.split(" ")[2] for cells, path in rows if cells.split(" ")[1] == "blob"}
    out = io.BytesIO(_answered(remote, "cat-file", "--batch", feed="".join(f"{sha}\n" for sha in blobs.values())))
    found = {}
    for path in blobs:
        size = int(out.readline().split()[2])
        found[path] = out.read(size)
        out.readline()
    return found


def untidy(checkout: Path) -> list[str]:
    """What a checkout has beside its commit: a line of `git status` for each path."""
    return _asked(checkout, "status", "--porcelain", "--untracked-files=all").splitlines()


def _asked(folder: Path, *arguments: str, feed: str = "") -> str:
    return _answered(folder, *arguments, feed=feed).decode("utf-8", "replace")


def _answered(folder: Path, *arguments: str, feed: str = "") -> bytes:
    outcome = run(["git", *arguments], cwd=folder, env=_CALM, without=_LENT, input=feed.encode())
    if outcome.code:
        raise Failure(f"the judge cannot look: git {' '.join(arguments)}: {outcome.words}")
    return outcome.out
