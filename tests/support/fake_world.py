"""A whole world in memory, behind the ports: what is public, and machines from which the stories are run."""

import hashlib
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.gates import Delivery, GateWord, Member, State, Watch
from cz_ship.model import SUMS, Artifact, Commit, Increment, RuleSet, Section
from cz_ship.rules.worth import next_version
from cz_ship.settings import NO_GATES, Settings
from tests.support.fake_forge import FakeForge, Stand
from tests.support.fake_git import START, FakeClone, FakeRemote, FakeRepository
from tests.support.fake_index import FakeIndex, Shelf
from tests.support.fake_threads import FakeThreads
from tests.support.fake_workshop import FakeWorkshop, members, shipped
from tests.support.gate import Gate
from tests.support.made import CONVENTIONAL

T = TypeVar("T")
VERIFIED = "# verified"
SPARE: dict[tuple[Path, str], list[Path]] = defaultdict(list)


class Public:
    """All that is outside of machines: the remote, the indexes and the forge."""

    def __init__(self) -> None:
        self.remote = FakeRemote()
        self.shelves = {"test": Shelf("test"), "prod": Shelf("prod")}
        self.stand = Stand(self.remote.heads)
        self.now = START
        self.proposes = False  # releases come by pull requests

    def remains(self) -> tuple[object, ...]:
        """All that others can see, to be compared."""
        held = [(shelf.name, sorted(shelf.files.items())) for shelf in self.shelves.values()]
        told = (sorted(self.remote.heads.items()), sorted(self.remote.tags.items()), self.remote.notes)
        return (*told, held, self.stand.remains())


class FakeTalk:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def act(self, title: str) -> None:
        self.said.append(title)

    def begin(self, step: str) -> None:
        self.said.append(step)

    def done(self, step: str, text: str) -> None:
        self.said.append(f"{step}: {text}")

    def judged(self, gate: str, state: State, text: str) -> None:
        self.said.append(f"{gate} {state}: {text}")

    def note(self, text: str) -> None:
        self.said.append(text)


class FakeRules:
    """The conventional rules, rendered as plain Markdown."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set

    def bump_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        return commits

    def changelog_commits(self, commits: Sequence[Commit]) -> Sequence[Commit]:
        return commits

    def next_version(self, current: Version, increment: int) -> Version:
        return next_version(current, Increment(increment))

    def render(self, sections: Sequence[Section], *, incremental: bool) -> str:
        return "\n\n".join(
            "\n".join(
                [f"## {each.title} ({each.date})", "", *(f"- {entry.groups['message']}" for entry in each.entries)]
            )
            for each in sections
        )

    def finish(self, whole: str, part: str | None) -> str:
        return whole

    def headings(self, text: str) -> tuple[tuple[int, str], ...]:
        found = ((number, re.match(r"## v?(\S+)", line)) for number, line in enumerate(text.splitlines()))
        return tuple((number, match[1]) for number, match in found if match)

    def read_version(self, tree: Path) -> str:
        return (tree / "version.txt").read_text(encoding="utf-8").strip()

    def write_version(self, tree: Path, current: str, new: str) -> None:
        (tree / "version.txt").write_text(f"{new}\n", encoding="utf-8")


class FakeBuilder:
    """Artifacts that hold the tree they were made of; `tools` stands for the versions of the build tools."""

    def __init__(self, effects: Gate, tools: str) -> None:
        self._effects = effects
        self._tools = tools

    def build(self, tree: Path, out: Path, epoch: int, watch: Watch | None = None) -> tuple[Artifact, ...]:
        return self._effects.through("build", lambda: self._build(tree, out, epoch))

    def _build(self, tree: Path, out: Path, epoch: int) -> tuple[Artifact, ...]:
        files = {path.relative_to(tree).as_posix(): path for path in sorted(tree.rglob("*")) if path.is_file()}
        texts = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
        name, version = (
            self.project_name(tree),
            _stated(texts["pyproject.toml"], "version") or texts["version.txt"].strip(),
        )
        contents = {}
        for kind, file in (("wheel", f"{name}-{version}-py3-none-any.whl"), ("sdist", f"{name}-{version}.tar.gz")):
            stated = {"name": name, "version": version, "kind": kind, "epoch": epoch, "tools": self._tools}
            contents[file] = json.dumps({**stated, "files": texts}, sort_keys=True).encode()
        return tuple(_artifact(path) for path in _laid(contents, out))

    def build_wheels(self, tree: Path, epoch: int, watch: Watch) -> Mapping[str, tuple[Member, ...]]:
        texts = {path.name: path.read_text() for path in tree.iterdir() if path.is_file()}
        version = _stated(texts["pyproject.toml"], "version") or texts["version.txt"].strip()
        return {f"{self.project_name(tree)}-{version}-py3-none-any.whl": members(shipped(texts))}

    def deliver(self, artifacts: Sequence[Artifact], out: Path, commit: str, tip: str = "") -> tuple[Artifact, ...]:
        return self._effects.through("deliver", lambda: self._deliver(artifacts, out, commit, tip))

    def _deliver(self, artifacts: Sequence[Artifact], out: Path, commit: str, tip: str) -> tuple[Artifact, ...]:
        paths = _laid({each.name: Path(each.path).read_bytes() for each in artifacts}, out)
        (out / SUMS).write_text("\n".join([commit, tip, *(each.name for each in artifacts)]), encoding="utf-8")
        return tuple(_artifact(path) for path in paths)

    def found(self, folder: Path) -> Delivery | None:
        if not (folder / SUMS).is_file():
            return None
        commit, tip, *names = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        verified = names[:1] != [] and names[0].startswith(VERIFIED)
        gates = json.loads(names[0].removeprefix(VERIFIED)) if verified else []
        made = tuple(_artifact(folder / name) for name in names[verified:])
        return Delivery(made, commit, verified, tip, tuple(GateWord(*each) for each in gates))

    def vouch(self, folder: Path, gates: Sequence[GateWord]) -> None:
        commit, tip, *names = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        (folder / SUMS).write_text("\n".join([commit, tip, VERIFIED + json.dumps(gates), *names]), encoding="utf-8")

    def check(self, artifacts: Sequence[Artifact], log: Path | None = None) -> None:
        for each in artifacts:
            if "README.md" not in json.loads(Path(each.path).read_bytes())["files"]:
                raise Failure(f"twine check --strict refused the artifacts\n  WARNING  {each.name} has no description")

    def identity(self, artifact: Artifact) -> tuple[str, str]:
        stated = json.loads(Path(artifact.path).read_bytes())
        return stated["name"], stated["version"]

    def project_name(self, tree: Path) -> str:
        path = tree / "pyproject.toml"
        found = _stated(path.read_text(encoding="utf-8"), "name") if path.is_file() else ""
        if not found:
            raise Failure("no name found in pyproject.toml, a distribution's name was wanted")
        return found


class FakeInstaller:
    """A clean environment in which a wheel reports the version it states."""

    def installed_version(self, wheel: Path, project: str) -> str:
        return str(json.loads(wheel.read_bytes())["version"])


class FakePatience:
    """Tries again without a pause, and remembers the pauses that were asked for."""

    TRIES = 4

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def keep_trying(self, deed: Callable[[], T], number: int = 1) -> T:
        try:
            return deed()
        except Failure as failure:
            if failure.pause is None:
                raise
            if number == self.TRIES:
                told = f"{failure.text} (tried {number} times; a run waits 0 seconds in all)"
                raise Failure(told, hint=failure.hint, code=failure.code) from failure
            self.pauses.append(failure.pause)
        return self.keep_trying(deed, number + 1)


class FakeWorld:
    """A machine: a checkout of the release branch, or (`at`) of another branch or of one commit, detached."""

    def __init__(
        self, public: Public, place: Path, settings: Settings | None = None, *, at: str = "main", tools: str = "1"
    ) -> None:
        self.public = public
        self.settings = settings or Settings()
        self.rule_set = CONVENTIONAL
        self.effects = Gate()
        self.looks = Gate()
        self.endings = Gate()
        self.talk = FakeTalk()
        self.patience = FakePatience()
        self.builder = FakeBuilder(self.effects, tools)
        self.installer = FakeInstaller()
        self.gates = NO_GATES
        self.workshop = FakeWorkshop()
        self._place = place
        self.forge_here = FakeForge(public.stand, self.looks, self.effects)
        self.talk_here = FakeThreads()
        self._indexes = {name: FakeIndex(shelf, self.looks, self.effects) for name, shelf in public.shelves.items()}
        self.repository = FakeRepository(self._room(), public.remote, self.looks, self.effects)
        self.repository.take(public.remote)
        if at in public.remote.heads:
            self.repository.on = at
            self.repository.heads[at] = public.remote.heads[at]
        else:
            self.repository.detached = at
        self.repository.lay(public.remote.heads.get(at, at))

    def indexes(self) -> tuple[FakeIndex, ...]:
        return tuple(self._indexes[each.name] for each in self.settings.indexes)

    def forge(self) -> FakeForge | None:
        return self.forge_here if self.settings.forge == "github" else None

    def threads(self) -> FakeThreads | None:
        return self.talk_here if self.settings.forge == "github" else None

    def pulls(self) -> FakeForge | None:
        return self.forge()

    def now(self) -> int:
        return self.public.now

    def commit(self) -> None:
        """A run on a laptop is about HEAD."""

    def rules(self, tree: Path) -> FakeRules:
        return FakeRules(self.rule_set)

    @contextmanager
    def clone_of_remote(self) -> Iterator[FakeClone]:
        with self._clone(self.repository.remote) as clone:
            clone.fetch()
            yield clone

    @contextmanager
    def clone_of_commit(self, commit: str) -> Iterator[FakeClone]:
        with self._clone(None) as clone:
            clone.objects.update(self.repository.objects)
            clone.own_tags.update(self.repository.own_tags)
            clone.notes = self.repository.notes
            yield clone

    @contextmanager
    def folder(self) -> Iterator[Path]:
        with self._spare_room() as room:
            yield room
            for path in room.rglob("*"):
                if path.is_file():
                    path.unlink()

    def again(self) -> "FakeWorld":
        """The same machine for a new process."""
        self.effects.reset()
        self.looks.reset()
        self.endings.reset()
        self.talk.said.clear()
        return self

    @contextmanager
    def _clone(self, remote: FakeRemote | None) -> Iterator[FakeClone]:
        with self._spare_room("clone") as root:
            clone = FakeClone(root, remote, self.looks, self.effects)
            try:
                yield clone
            finally:
                self.endings.through("clone", clone.vanish)

    @contextmanager
    def _spare_room(self, use: str = "") -> Iterator[Path]:
        # Folders are slow to make and to remove, so they are used again: for clones, whose checkout leaves nothing
        # of what was there, and emptied for the rest. What a killed process leaves is never seen again.
        spare = SPARE[self._place, use]
        room = spare.pop() if spare else self._room()
        yield room
        spare.append(room)

    def _room(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._place))


def _stated(text: str, key: str) -> str:
    found = re.search(rf'^{key} = "(.*)"$', text, re.MULTILINE)
    return found[1] if found else ""


def _laid(contents: Mapping[str, bytes], out: Path) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (out / name).write_bytes(content)
    return [out / name for name in sorted(contents)]


def _artifact(path: Path) -> Artifact:
    content = path.read_bytes()
    return Artifact(path.name, hashlib.sha256(content).hexdigest(), len(content), str(path))
