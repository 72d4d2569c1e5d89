"""Synthetic histories: conventional messages with bodies, merges and release tags, by one `git fast-import`."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_START = 1_420_070_400  # 2015-01-01T00:00:00Z
_STEP = 1_800  # seconds between two commits
_UNRELEASED = 20  # mainline turns after the last tag

_PEOPLE = ("Ada Byron", "Grace Murray", "Jörg Müller", "Mei 美", "Sofía Núñez", "Tim", "Zoë Quist")
_TYPES = ("fix",) * 8 + ("feat",) * 5 + ("docs",) * 3 + ("chore",) * 4 + ("refactor", "refactor", "perf", "test", "ci")
_SCOPES = ("", "", "", "(api)", "(cli)", "(core)", "(deps)", "(docs)", "(parser)")
_WORDS = (
    "accept", "answer", "archive", "avoid", "branch", "build", "cache", "carry", "check", "clean", "close",
    "commit", "copy", "default", "delete", "describe", "drop", "empty", "error", "explain", "file", "find",
    "folder", "guard", "handle", "index", "keep", "label", "limit", "line", "list", "load", "log", "mark", "match",
    "merge", "move", "name", "open", "option", "order", "package", "parse", "path", "print", "prove", "pull",
    "push", "read", "record", "release", "remove", "render", "repair", "replace", "report", "return", "run",
    "section", "send", "set", "show", "sort", "split", "start", "stop", "store", "test", "time", "token", "trace",
    "type", "update", "use", "value", "version", "wait", "walk", "warn", "wheel", "when", "write",
)  # fmt: skip

_SETTINGS = {
    ".cz.toml": '[tool.commitizen]\nname = "cz_conventional_commits"\nversion_provider = "version_txt"\n'
    'tag_format = "v$version"\nupdate_changelog_on_bump = true\n',
    "pyproject.toml": '[project]\nname = "synthetic"\ndynamic = ["version"]\n',
    "README.md": "# A synthetic project\n",
}


class Size(NamedTuple):
    """How many commits (about: the last branch is merged to its end) and tags a history has."""

    commits: int
    tags: int

    def __str__(self) -> str:
        return f"{self.commits:,} commits / {self.tags:,} tags"


class History(NamedTuple):
    """A repository on disk, and the version that its last tag stands for."""

    root: Path
    size: Size
    version: str


def history(home: Path, size: Size) -> History:
    """The history of a size, made where it is not there yet; the same bytes on every machine."""
    root = home / f"{size.commits}-{size.tags}"
    said = root / "version.txt"
    if not (root / ".git" / "refs" / "remotes" / "origin" / "HEAD").is_file():
        shutil.rmtree(root, ignore_errors=True)  # what an interrupted run left
        _git(home, "init", "--quiet", "--initial-branch=main", str(root))
        _import(root, _Writer(size).stream())
        # As a server sends it to a clone: one pack, packed refs, no commit-graph.
        _git(root, "repack", "-a", "-d", "--quiet")
        _git(root, "pack-refs", "--all")
        _git(root, "reset", "--quiet", "--hard", "main")
        _git(root, "remote", "add", "origin", "https://example.org/someone/synthetic.git")
        _git(root, "update-ref", "refs/remotes/origin/main", "main")
        _git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    return History(root, size, said.read_text(encoding="utf-8").strip())


def _git(folder: Path, *arguments: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def _import(root: Path, stream: Iterator[bytes]) -> None:
    """Feed `git fast-import` bit by bit: what this process holds would show in every peak it measures later."""
    with subprocess.Popen(["git", "fast-import", "--quiet", "--done"], cwd=root, stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        child.stdin.writelines(stream)
    if child.returncode:
        raise SystemExit(f"git fast-import: exit code {child.returncode}")


class _Writer:
    """Writes the stream: a main line, topic branches merged into it, and a bump commit for each tag."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._random = random.Random(f"{size.commits} {size.tags}")
        self._count = 0
        self._tags = 0
        self._version = (0, 0, 0)
        self._line: list[int] = []

    def stream(self) -> Iterator[bytes]:
        """The whole input of `git fast-import`."""
        yield from self._commit("chore: begin", (), {**_SETTINGS, "version.txt": "0.0.0\n"})
        self._line.append(self._count)
        until = self._size.commits - _UNRELEASED
        while self._count < self._size.commits:
            due = until * (self._tags + 1) // self._size.tags
            if self._tags < self._size.tags and self._count >= min(due, until):
                yield from self._release()
            elif self._random.random() < 0.1 and self._count + 8 < self._size.commits:
                yield from self._topic()
            else:
                yield from self._commit(self._message(), (self._line[-1],), self._change())
                self._line.append(self._count)
        yield b"done\n"

    def _topic(self) -> Iterator[bytes]:
        """A branch of some commits from a little way back, and its merge."""
        tip = self._line[-self._random.randint(1, min(6, len(self._line)))]
        for _ in range(self._random.randint(1, 6)):
            yield from self._commit(self._message(), (tip,), self._change(), branch="topic")
            tip = self._count
        text = f"Merge pull request #{self._count} from someone/topic\n\n{self._message()}"
        yield from self._commit(text, (self._line[-1], tip), {})
        self._line.append(self._count)

    def _release(self) -> Iterator[bytes]:
        old = ".".join(map(str, self._version))
        major, minor, patch = self._version
        chance = self._random.random()
        raised = (major, minor, patch + 1) if chance < 0.7 else (major, minor + 1, 0)
        self._version = raised if chance < 0.97 else (major + 1, 0, 0)
        new = ".".join(map(str, self._version))
        self._tags += 1
        yield from self._commit(f"bump: version {old} → {new}", (self._line[-1],), {"version.txt": f"{new}\n"})
        self._line.append(self._count)
        if self._tags % 4:
            yield f"tag v{new}\nfrom :{self._count}\ntagger {self._who()}\n".encode() + _data(f"Release {new}\n")
        else:
            yield f"reset refs/tags/v{new}\nfrom :{self._count}\n\n".encode()

    def _commit(
        self, message: str, parents: tuple[int, ...], files: dict[str, str], branch: str = "main"
    ) -> Iterator[bytes]:
        self._count += 1
        who = self._who()
        yield f"commit refs/heads/{branch}\nmark :{self._count}\nauthor {who}\ncommitter {who}\n".encode()
        yield _data(message)
        for word, parent in zip(("from", "merge"), parents, strict=False):
            yield f"{word} :{parent}\n".encode()
        for path, content in files.items():
            yield f"M 100644 inline {path}\n".encode() + _data(content)
        yield b"\n"

    def _who(self) -> str:
        return f"{self._name()} {_START + self._count * _STEP} +0000"

    def _name(self) -> str:
        name = _PEOPLE[self._count % len(_PEOPLE)]
        return f"{name} <{name.split()[0].lower()}@example.org>"

    def _change(self) -> dict[str, str]:
        return {f"src/part{self._random.randrange(30)}.txt": f"{self._count}\n"}

    def _message(self) -> str:
        kind, scope = self._random.choice(_TYPES), self._random.choice(_SCOPES)
        chance = self._random.random()
        if chance < 0.06:
            return self._words(6).capitalize()  # not conventional
        if chance < 0.14:
            return self._dependency()
        bang = "!" if chance > 0.995 else ""
        head = f"{kind}{scope}{bang}: {self._words(self._random.randint(3, 9))}"
        if chance < 0.5:
            return head
        paragraphs = [self._paragraph() for _ in range(self._random.randint(1, 3))]
        broken = [f"BREAKING CHANGE: {self._words(8)}"] if chance > 0.997 else []
        trailers = f"Refs: #{self._random.randint(1, 9999)}\nSigned-off-by: {self._name()}"
        return "\n\n".join((head, *paragraphs, *broken, trailers))

    def _dependency(self) -> str:
        """What a dependency robot writes: a short head and a long body."""
        package = "-".join(self._random.choices(_WORDS, k=2))
        lines = [f"- [{self._words(2)}](https://example.org/{package}/{self._words(1)})" for _ in range(5)]
        told = f"Bumps [{package}](https://example.org/{package}) from 1.2.3 to 1.3.0."
        rest = f"---\nupdated-dependencies:\n- dependency-name: {package}\n  dependency-type: direct\n..."
        return "\n\n".join((f"chore(deps): bump {package} to 1.3.0", told, "\n".join(lines), rest))

    def _paragraph(self) -> str:
        return "\n".join(self._words(11) for _ in range(self._random.randint(1, 5)))

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(_WORDS, k=count))


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%b\n" % (len(content), content)
