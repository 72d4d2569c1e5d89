"""A git in memory: commits with parents, files, messages and times, a remote, and clones of it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.model import AMENDMENTS, Amendments, Commit, Head, Walk
from cz_ship.ports import Repository
from cz_ship.settings import Settings
from tests.support.gate import Gate

START = 1_767_225_600  # 2026-01-01T00:00:00Z
ORIGIN = "origin"


class Snapshot(NamedTuple):
    """A commit and all of its files."""

    commit: Commit
    files: Mapping[str, bytes]


class FakeTag(NamedTuple):
    """What a tag's ref holds; without a message it is a lightweight one."""

    commit: str
    message: str = ""
    time: int = 0


Objects = dict[str, Snapshot]


def snapshot(parents: tuple[str, ...], files: Mapping[str, bytes], message: str, time: int, author: str) -> Snapshot:
    """A commit whose hash is that of all it consists of."""
    email = f"{author.lower()}@example.org"
    said = repr((parents, sorted(files.items()), author, email, time, message))
    subject, _, body = message.partition("\n")
    sha = hashlib.sha1(said.encode()).hexdigest()
    return Snapshot(Commit(sha, parents, author, email, time, subject.strip(), body.strip()), dict(files))


def ordered(objects: Objects, tip: str, without: Iterable[str] = ()) -> list[str]:
    """What `tip` reaches, children before parents; commits that are not in `objects` are cut off."""
    done = set(without)
    parents_first: list[str] = []
    stack = [(tip, False)]
    while stack:
        sha, left = stack.pop()
        if left:
            parents_first.append(sha)
        elif sha in objects and sha not in done:
            done.add(sha)
            stack.append((sha, True))
            stack += [(parent, False) for parent in objects[sha].commit.parents]
    return parents_first[::-1]


def annotated(objects: Objects, notes: str | None, commit: str, message: str) -> str:
    """Notes with one more: as in git, a commit of their own whose files are named after what they are on."""
    before = objects[notes] if notes else None
    files = {**(before.files if before else {}), commit: message.encode()}
    time = before.commit.time + 60 if before else START
    made = snapshot((notes,) if notes else (), files, "Notes added", time, "Ada")
    objects[made.commit.sha] = made
    return made.commit.sha


def amended(commit: Commit, notes: Mapping[str, bytes]) -> Commit:
    """A commit with the message that a note gives it."""
    if commit.sha not in notes:
        return commit
    subject, _, body = notes[commit.sha].decode().partition("\n\n")
    return commit._replace(subject=subject, body=body.strip(), amended_from=commit.subject)


class FakeRemote:
    """A remote with a release branch `main`."""

    def __init__(self) -> None:
        self.objects: Objects = {}
        self.heads: dict[str, str] = {}
        self.tags: dict[str, FakeTag] = {}
        self.notes: str | None = None
        self.others: dict[str, str] = {}  # refs that are no branch and no tag, such as a forge keeps

    def commit(
        self, message: str, files: Mapping[str, str | None], branch: str = "main", onto: str | None = None
    ) -> str:
        """A developer's commit, pushed: a minute after its parent, some files changed or (None) removed; its hash.

        A branch that is not there yet begins at `onto`, or at main.
        """
        parent = self.heads.get(branch, onto or self.heads.get("main"))
        before = self.objects[parent] if parent else None
        changed = {path: text.encode() for path, text in files.items() if text is not None}
        kept = {path: content for path, content in (before.files if before else {}).items() if path not in files}
        time = before.commit.time + 60 if before else START
        made = snapshot((parent,) if parent else (), {**kept, **changed}, message, time, "Ada")
        self.objects[made.commit.sha] = made
        self.heads[branch] = made.commit.sha
        return made.commit.sha

    def refs(self) -> dict[str, str]:
        """As `git ls-remote --symref` tells them."""
        refs = {**self.others, **{f"refs/heads/{name}": sha for name, sha in self.heads.items()}}
        refs.update({f"refs/tags/{name}": tag.commit for name, tag in self.tags.items()})
        refs.update({AMENDMENTS: self.notes} if self.notes else {})
        return {"HEAD": "refs/heads/main", **refs}

    def amend(self, commit: str, message: str) -> None:
        """A developer's amendment, pushed."""
        self.notes = annotated(self.objects, self.notes, commit, message)

    def receive(
        self, objects: Objects, branch: str, commit: str, expected: str, name: str, tag: FakeTag,
        amendments: Amendments | None,
    ) -> bool:  # fmt: skip
        """An atomic push with a lease. As in git, a ref that already is what is pushed counts as up to date.

        Git would let a lease take a branch back; no release ever may.
        """
        assert expected in ordered(objects, commit), f"{branch} would be taken back to {commit}"
        if self.tags.get(name) not in (None, tag) or not self.set_head(objects, branch, commit, expected, amendments):
            return False
        self.tags[name] = tag
        return True

    def set_head(
        self, objects: Objects, branch: str, new: str | None, old: str | None, amendments: Amendments | None
    ) -> bool:
        """The same for a branch alone, which may come or go."""
        expected = (new, old) if new else (old,)
        if self.heads.get(branch) not in expected or (amendments and self.notes not in amendments):
            return False
        if amendments:
            self.objects.update({sha: objects[sha] for sha in ordered(objects, amendments.new)})
            self.notes = amendments.new
        if new is None:
            self.heads.pop(branch, None)
        else:
            self.objects.update({sha: objects[sha] for sha in ordered(objects, new)})
            self.heads[branch] = new
        return True


class FakeRepository:
    """A clone with a working tree in a real folder; its looks at the remote, and its effects, pass gates."""

    def __init__(self, root: Path, remote: FakeRemote | None, looks: Gate, effects: Gate) -> None:
        self._root = root
        self.remote = remote
        self.looks = looks
        self.effects = effects
        self.objects: Objects = {}
        self.heads: dict[str, str] = {}
        self.tracking: dict[str, str] = {}
        self.own_tags: dict[str, FakeTag] = {}
        self.notes: str | None = None
        self.on: str | None = None
        self.detached: str | None = None
        self.shallow = False
        self._laid: str | None = None

    @property
    def root(self) -> Path:
        if self._laid is not None:
            self._lay(self._laid)
            self._laid = None
        return self._root

    def head(self) -> Head:
        return Head(self.detached if self.on is None else self.heads.get(self.on), self.on)

    def resolve(self, revision: str) -> str | None:
        named = {"HEAD": self.head().sha, **{f"refs/heads/{name}": sha for name, sha in self.heads.items()}}
        named.update({f"refs/remotes/{ORIGIN}/{name}": sha for name, sha in self.tracking.items()})
        named.update({f"refs/tags/{name}": tag.commit for name, tag in self.own_tags.items()})
        sha = named.get(revision, revision)
        return sha if sha in self.objects else None

    def branch(self, settings: Settings) -> str:
        return settings.branch or "main"

    def is_shallow(self) -> bool:
        return self.shallow

    def deepen(self, remote: str) -> None:
        self.take(self._there(remote, "deepen"))
        self.shallow = False

    def tags(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, tag.commit) for name, tag in sorted(self.own_tags.items()))

    def tag_message(self, name: str) -> str:
        return self.own_tags[name].message

    def walk(self, tip: str, since: str | None = None) -> Walk:
        known = ordered(self.objects, since) if since else []
        reached = ordered(self.objects, tip)
        notes = self.objects[self.notes].files if self.notes else {}
        commits = tuple(amended(self.objects[sha].commit, notes) for sha in ordered(self.objects, tip, known))
        return Walk(commits, len(set(known) - set(reached)))

    def history(self, tip: str) -> Iterator[Commit]:
        return (commit._replace(author="", email="") for commit in self.walk(tip).commits)

    def top(self, tip: str, commit: str) -> tuple[Commit, ...]:
        below = [sha for parent in self.objects[commit].commit.parents for sha in ordered(self.objects, parent)]
        return tuple(self.objects[sha].commit for sha in ordered(self.objects, tip, below))

    def commits(self, span: str) -> Iterator[Commit]:
        since, _, tip = span.rpartition("..")
        return iter(self.walk(tip, since or None).commits)

    def amendments(self) -> str | None:
        return self.notes

    def amend(self, commit: str, message: str) -> None:
        self.notes = annotated(self.objects, self.notes, commit, message)

    def contains(self, tip: str, commit: str) -> bool:
        for sha in (tip, commit):
            if sha not in self.objects:
                raise Failure(f"git merge-base: fatal: Not a valid commit name {sha}")
        return commit in ordered(self.objects, tip)

    def single(self, commit: str) -> Commit:
        return self.objects[commit].commit

    def time(self, commit: str) -> int:
        return self.objects[commit].commit.time

    def read(self, commit: str, path: str) -> bytes | None:
        return self.objects[commit].files.get(path)

    def changed_files(self) -> tuple[str, ...]:
        sha = self.head().sha
        committed = self.objects[sha].files if sha else {}
        here = self.tree()
        return tuple(sorted(path for path in {*committed, *here} if committed.get(path) != here.get(path)))

    def tracks(self, path: str) -> bool:
        sha = self.head().sha
        return sha is not None and path in self.objects[sha].files

    def newest_change(self, tip: str, path: str) -> str | None:
        at: str | None = tip
        while at is not None:
            parents = self.objects[at].commit.parents
            if self.read(at, path) != (self.read(parents[0], path) if parents else None):
                return at
            at = parents[0] if parents else None
        return None

    def remote_url(self, remote: str) -> str | None:
        return "fake:" if self.remote is not None and remote == ORIGIN else None

    def remote_refs(self, remote: str) -> Mapping[str, str]:
        return self._there(remote, "refs").refs()

    def fast_forward(self, branch: str, remote: str) -> bool:
        return self.effects.through("fast-forward", lambda: self._fast_forward(branch, remote))

    def _fast_forward(self, branch: str, remote: str) -> bool:
        there = self._there(remote, "fetch")
        clashing = [name for name, tag in there.tags.items() if self.own_tags.get(name, tag) != tag]
        if clashing:  # `git fetch --tags` ends with 1, and has fetched the rest
            raise Failure(f"git fetch: ! [rejected] {clashing[0]} -> {clashing[0]} (would clobber existing tag)")
        self.take(there)
        head, tip = self.head(), there.heads[branch]
        if head.branch != branch or self.changed_files() or not (head.sha and self.contains(tip, head.sha)):
            return False
        self.heads[branch] = tip
        self.lay(tip)
        return True

    def take(self, remote: FakeRemote) -> None:
        """All objects, branches and tags of a remote, beside what is here."""
        self.objects.update(remote.objects)
        self.tracking = dict(remote.heads)
        self.own_tags.update(remote.tags)

    def tree(self) -> dict[str, bytes]:
        """The files of the working tree."""
        return dict(self.objects[self._laid].files) if self._laid else self._found()

    def _found(self) -> dict[str, bytes]:
        files = (path for path in sorted(self._root.rglob("*")) if path.is_file())
        return {path.relative_to(self._root).as_posix(): path.read_bytes() for path in files}

    def lay(self, commit: str) -> None:
        """Make the working tree what a commit says, and nothing else; on disk when somebody comes to see it."""
        self._laid = commit

    def _lay(self, commit: str) -> None:
        files, here = self.objects[commit].files, self._found()
        self._root.mkdir(parents=True, exist_ok=True)
        for path in here.keys() - files.keys():
            (self._root / path).unlink()
        for path, content in files.items():
            if here.get(path) != content:
                (self._root / path).parent.mkdir(parents=True, exist_ok=True)
                (self._root / path).write_bytes(content)

    def _there(self, remote: str, look: str) -> FakeRemote:
        there = self.remote
        if there is None or remote != ORIGIN:
            raise Failure(f"git: fatal: {remote!r} does not appear to be a git repository")
        return self.looks.through(f"remote {look}", lambda: there)


class FakeClone(FakeRepository):
    """A private clone, where a release is prepared."""

    def vanish(self) -> None:
        """Whoever still holds it holds nothing."""
        self.remote, self.detached = None, None
        self.objects, self.tracking, self.own_tags = {}, {}, {}

    def fetch(self) -> None:
        there = self._there(ORIGIN, "fetch")
        self.own_tags = {}  # the real one prunes: a tag that the remote lacks goes
        self.take(there)
        self.notes = there.notes

    def fetch_amendments(self, near: Repository) -> None:
        assert isinstance(near, FakeRepository)
        assert near.notes is not None
        self.objects.update({sha: near.objects[sha] for sha in ordered(near.objects, near.notes)})

    def place_amendments(self, commit: str) -> None:
        self.notes = commit

    def checkout(self, commit: str) -> None:
        self.on, self.detached = None, commit
        self.lay(commit)

    def write(self, path: str, content: bytes) -> None:
        self.effects.through("write", lambda: (self.root / path).write_bytes(content))

    def commit_all(self, message: str, time: int) -> str:
        return self.effects.through("commit", lambda: self._commit_all(message, time))

    def _commit_all(self, message: str, time: int) -> str:
        parent, files = self.head().sha, self.tree()
        if parent is None or files == self.objects[parent].files:
            raise Failure("git commit: nothing to commit, working tree clean")
        made = snapshot((parent,), files, message, time, "cz-ship")
        self.objects[made.commit.sha] = made
        self.detached = made.commit.sha
        return made.commit.sha

    def brought(self, since: str, commit: str) -> tuple[str, ...]:
        ours = set(ordered(self.objects, since))
        met = next((sha for sha in ordered(self.objects, commit) if sha in ours), None)
        before, after = self.objects[met].files if met else {}, self.objects[commit].files
        return tuple(sorted(path for path in {*before, *after} if before.get(path) != after.get(path)))

    def create_tag(self, name: str, commit: str, message: str, time: int) -> None:
        self.effects.through("tag", lambda: self.own_tags.update({name: FakeTag(commit, message, time)}))

    def push(self, branch: str, commit: str, expected: str, tag: str, amendments: Amendments | None = None) -> bool:
        return self.effects.through("push", lambda: self._push(branch, commit, expected, tag, amendments))

    def move(self, branch: str, new: str | None, old: str | None, amendments: Amendments | None = None) -> bool:
        def moved() -> bool:
            return self._there(ORIGIN, "push").set_head(self.objects, branch, new, old, amendments)

        return self.effects.through(f"move {branch}", moved)

    def _push(self, branch: str, commit: str, expected: str, tag: str, amendments: Amendments | None) -> bool:
        if tag not in self.own_tags:
            raise Failure(f"the remote refused the push: error: src refspec refs/tags/{tag} does not match any")
        there = self._there(ORIGIN, "push")
        return there.receive(self.objects, branch, commit, expected, tag, self.own_tags[tag], amendments)
