"""The door to git: a repository, read through plumbing whose output does not change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import starmap
from typing import TYPE_CHECKING

from cz_ship.errors import Failure, usage
from cz_ship.model import AMENDMENTS, Commit, Head, Walk
from cz_ship.settings import Settings
from cz_ship.world.access import as_variables, job_access
from cz_ship.world.commits import NOTE, reading, records
from cz_ship.world.git_words import refused
from cz_ship.world.process import Outcome, run, stream

if TYPE_CHECKING:
    from pathlib import Path

# Without GIT_FLUSH=0 git writes each commit into a pipe by itself: 2 µs a commit, and as much for its reader.
QUIET = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_FLUSH": "0"}
NETWORK_LIMIT = 600.0
# A hook or a rebase lends these to what it runs; they would lead git to the caller's repository and index.
LENT = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT", "GIT_COMMON_DIR"),
    *("GIT_PREFIX", "GIT_NAMESPACE", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_QUARANTINE", "GIT_INTERNAL_SUPER"),
    "GIT_REPLACE_REF_BASE",
)


class Git:
    """A repository on disk. Methods raise `Failure` with git's own words where git fails."""

    def __init__(self, root: str | Path, env: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._env = {**QUIET, **(env or {})}

    @property
    def root(self) -> Path:
        from pathlib import Path  # 3 ms, which a plan does without

        return Path(self._root)

    def git(self, *arguments: str | Path, limit: float = 120, input: bytes | None = None) -> Outcome:
        """Run git here and hand back what it answered, whatever its exit code."""
        return run(["git", *arguments], cwd=self._root, env=self._env, without=LENT, limit=limit, input=input)

    def ask(self, *arguments: str | Path, limit: float = 120) -> str:
        """Run git here; its standard output without the last line break. Raises `Failure` on a non-zero exit."""
        outcome = self.git(*arguments, limit=limit)
        if outcome.code:
            raise refused(arguments, outcome)
        return outcome.text.rstrip("\n")

    def _reach(self, *arguments: str) -> str:
        """Ask a remote, with what this CI job may show it."""
        env = {**as_variables(job_access(os.environ)), **self._env}
        outcome = run(["git", *arguments], cwd=self._root, env=env, without=LENT, limit=NETWORK_LIMIT)
        if outcome.code:
            raise refused(arguments, outcome)
        return outcome.text.rstrip("\n")

    def head(self) -> Head:
        branch = self.git("symbolic-ref", "--quiet", "--short", "HEAD").text.strip()
        return Head(self.refs().get("HEAD"), branch or None)

    def refs(self) -> dict[str, str]:
        """Every ref's name and what it finally names (annotated tags peeled), and `HEAD` where it is born."""
        # show-ref prints an annotated tag twice, the second time peeled ("^{}"): the later line wins.
        # It costs 8 ms for 12,000 tags; for-each-ref with %(*objectname) 100 ms.
        outcome = self.git("show-ref", "--head", "--dereference")
        if outcome.code not in (0, 1):  # 1: there are none; else it stops at a broken ref, and tells of none behind it
            raise refused(("show-ref",), outcome)
        # No name holds a space or a "^": git forbids both.
        cells = outcome.text.replace("^{}", "").replace("\n", " ").split(" ")
        return dict(zip(cells[1::2], cells[::2], strict=False))

    def resolve(self, revision: str) -> str | None:
        outcome = self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return outcome.text.strip() or None if outcome.code == 0 else None

    def branch(self, settings: Settings) -> str:
        if settings.branch:
            return settings.branch
        refs, there = self.refs(), f"refs/remotes/{settings.remote}"
        if f"{there}/HEAD" in refs:
            known = self.ask("symbolic-ref", "--short", f"{there}/HEAD")
            return known.removeprefix(f"{settings.remote}/")
        for name in ("main", "master"):
            if f"refs/heads/{name}" in refs or f"{there}/{name}" in refs:
                return name
        return self.head().branch or "main"

    def is_shallow(self) -> bool:
        return self.ask("rev-parse", "--is-shallow-repository") == "true"

    def deepen(self, remote: str) -> None:
        self._reach("fetch", "--quiet", "--unshallow", "--tags", remote)
        if Git.is_shallow(self):
            raise Failure(f"the history of {remote} itself is cut off")

    def tags(self) -> tuple[tuple[str, str], ...]:
        prefix = "refs/tags/"
        return tuple((name[len(prefix) :], sha) for name, sha in self.refs().items() if name.startswith(prefix))

    def tag_message(self, name: str) -> str:
        return self.ask(
            "for-each-ref", "--format=%(if:equals=tag)%(objecttype)%(then)%(contents)%(end)", f"refs/tags/{name}"
        )

    def walk(self, tip: str, since: str | None = None) -> Walk:
        span = f"{since}...{tip}" if since else tip
        fields, read = reading(people=True, amended=self.amendments() is not None)
        commits = []
        aside = 0
        for side, *record in self._log(("%m", *fields), span):
            if side == "<":
                aside += 1
            else:
                commits.append(read(*record))
        return Walk(tuple(commits), aside)

    def history(self, tip: str) -> Iterator[Commit]:
        return self._read(tip)

    def top(self, tip: str, commit: str) -> tuple[Commit, ...]:
        return tuple(self._read(tip, "--not", f"{commit}^@"))

    def amendments(self) -> str | None:
        return self.refs().get(AMENDMENTS)

    def amend(self, commit: str, message: str) -> None:
        arguments = ("notes", f"--ref={AMENDMENTS}", "add", "--force", "--file=-", commit)
        outcome = self.git(*arguments, input=message.encode())
        if outcome.code:
            raise refused(arguments, outcome)

    def _read(self, *revisions: str, people: bool = False) -> Iterator[Commit]:
        """Commits; who made them only where that is asked for."""
        fields, read = reading(people=people, amended=self.amendments() is not None)
        return starmap(read, self._log(fields, *revisions))

    def commits(self, span: str) -> Iterator[Commit]:
        """The commits of a range in git's own syntax. Raises `Failure` (usage) where it names nothing that is here."""
        asked = ("rev-list", "--max-count=1", "--end-of-options", span, "--")
        if self.git(*asked).code:
            raise usage(f"{span!r} names no commits that are here", "a range is written A..B; is its history fetched?")
        return self.history(span)

    def _log(self, fields: Sequence[str], *revisions: str) -> Iterator[tuple[str, ...]]:
        notes = f"--notes={AMENDMENTS}" if NOTE in fields else "--no-notes"
        form = f"--format={'%x00'.join(fields)}"
        written = self._stream(
            "-c", "log.showSignature=false", "log", "-z", "--topo-order", "--left-right", "--no-show-signature",
            "--no-color", "--no-mailmap", "--encoding=UTF-8", notes, form, *revisions, "--",
        )  # fmt: skip
        return records(written, len(fields))

    def _stream(self, *arguments: str) -> Iterator[bytes]:
        """What git writes, part by part. Raises `Failure` at its end where it fails."""
        outcome = yield from stream(["git", *arguments], cwd=self._root, env=self._env, without=LENT, limit=600)
        if outcome.code:
            raise refused(arguments, outcome)

    def contains(self, tip: str, commit: str) -> bool:
        outcome = self.git("merge-base", "--is-ancestor", commit, tip)
        if outcome.code not in (0, 1):
            raise refused(("merge-base", "--is-ancestor", commit, tip), outcome)
        return outcome.code == 0

    def single(self, commit: str) -> Commit:
        return next(self._read("--max-count=1", commit, people=True))

    def time(self, commit: str) -> int:
        shown = self.ask("show", "--no-patch", "--no-show-signature", "--format=%ct", f"{commit}^{{commit}}", "--")
        return int(shown or 0)

    def read(self, commit: str, path: str) -> bytes | None:
        outcome = self.git("cat-file", "blob", f"{commit}:{path}")
        return outcome.out if outcome.code == 0 else None

    def changed_files(self) -> tuple[str, ...]:
        parts = iter(self.ask("status", "--porcelain=v1", "-z", "--untracked-files=normal").split("\0"))
        found = []
        for part in parts:
            if part:
                found.append(part[3:])
            if part[:1] in ("R", "C"):
                next(parts, None)  # the name it had before
        return tuple(found)

    def tracks(self, path: str) -> bool:
        return self.git("ls-files", "--error-unmatch", "--", path).code == 0

    def newest_change(self, tip: str, path: str) -> str | None:
        return self.ask("log", "--max-count=1", "--first-parent", "--format=%H", tip, "--", path) or None

    def remote_url(self, remote: str) -> str | None:
        outcome = self.git("remote", "get-url", remote)
        return outcome.text.strip() if outcome.code == 0 else None

    def remote_refs(self, remote: str) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for line in _lines(self._reach("ls-remote", "--symref", remote)):
            sha, _, name = line.partition("\t")
            if sha.startswith("ref: "):
                found[name] = sha.removeprefix("ref: ")
            elif name != "HEAD":
                found[name.removesuffix("^{}")] = sha
        return found

    def fast_forward(self, branch: str, remote: str) -> bool:
        self._reach("fetch", "--quiet", "--tags", "--end-of-options", remote, f"refs/heads/{branch}")
        if self.head().branch != branch or self.git("diff", "--quiet", "HEAD", "--").code:
            return False
        return self.git("merge", "--quiet", "--ff-only", "FETCH_HEAD").code == 0


class Opened(Git):
    """The caller's repository, as it stood when it was opened: what was looked up once is not asked again.

    Only `deepen`, `amend` and `fast_forward` change it, and they forget.
    """

    def __init__(self, root: str, git_directory: str, head: str, shallow: bool) -> None:
        super().__init__(root)
        self.toplevel = root
        self.git_directory = git_directory
        self._head = head
        self._shallow = shallow
        self._refs: dict[str, str] | None = None

    def refs(self) -> dict[str, str]:
        if self._refs is None:
            self._refs = super().refs()
        return self._refs

    def head(self) -> Head:
        branch = self._head.removeprefix("refs/heads/") if self._head.startswith("refs/heads/") else None
        return Head(self.refs().get("HEAD"), branch)

    def is_shallow(self) -> bool:
        return self._shallow

    def is_altered(self) -> bool:
        """Whether commits are shown with other parents than their own: cut off, replaced or grafted."""
        grafts = os.path.join(self.git_directory, "info", "grafts")
        return self._shallow or os.path.exists(grafts) or any(name.startswith("refs/replace/") for name in self.refs())

    def deepen(self, remote: str) -> None:
        super().deepen(remote)
        self._shallow, self._refs = False, None

    def amend(self, commit: str, message: str) -> None:
        super().amend(commit, message)
        self._refs = None

    def fast_forward(self, branch: str, remote: str) -> bool:
        self._refs = None
        moved = super().fast_forward(branch, remote)
        self._refs = None
        return moved


def open_repository(folder: str | Path) -> Opened:
    """The repository that a folder lies in.

    Raises `Failure` (usage) where there is no folder, no repository, or a bare one.
    """
    if not os.path.isdir(folder):
        raise usage(f"{folder} is not a folder; a project's folder was wanted")
    asked = ("--is-bare-repository", "--is-shallow-repository", "--git-common-dir", "--show-toplevel")
    answer = run(["git", "rev-parse", *asked, "--symbolic-full-name", "HEAD"], cwd=folder, env=QUIET, without=LENT)
    lines = _lines(os.fsdecode(answer.out))
    if lines[:1] == ["true"]:
        raise usage(f"{folder} is a bare repository; one with a working tree was wanted", "clone it and work there")
    if len(lines) < 4:
        words = answer.words.strip()
        if "dubious ownership" in words:
            raise usage(f"git does not trust {folder}: it belongs to another user", words.splitlines()[-1].strip())
        raise usage(f"{folder} is not in a git repository", "run `git init`, or name the project's folder with -C")
    head = lines[4] if answer.code == 0 else ""  # before the first commit there is no HEAD to name
    return Opened(lines[3], os.path.join(folder, lines[2]), head, lines[1] == "true")


def _lines(text: str) -> list[str]:
    """The lines of what git wrote: they end in a line feed alone, and names may hold U+2028 and its like."""
    return text.rstrip("\n").split("\n") if text else []
