"""Two runs that begin in the same instant, from two clones of one remote: one release comes of it, and no harm."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import pytest

from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.gates import Watch
from cz_ship.model import Artifact
from cz_ship.ports import Builder, Patience
from cz_ship.world.dist import LiveBuilder
from cz_ship.world.patience import LivePatience
from tests.support.harms import harms
from tests.support.hasty import PAUSES, HastyWorld
from tests.support.projects import restless_project
from tests.support.repos import Repo
from tests.support.runners import Runner, runners
from tests.support.sweeps import sampled
from tests.support.world import Loopback, credentials, loopback

pytestmark = pytest.mark.slow

RACES = 200
Race = Callable[[Loopback, Sequence[Runner], Path], list[int]]


@pytest.fixture(scope="module")
def pair(strange_land: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sequence[Runner]]:
    """Two processes that wait."""
    with runners(2, tmp_path_factory.mktemp("runners") / "log", credentials()) as made:
        yield made


def clones(way: Loopback, place: Path) -> list[Repo]:
    return [way.remote.clone(place / name) for name in ("one", "other")]


def the_same(way: Loopback, pair: Sequence[Runner], place: Path) -> list[int]:
    """The same command, twice."""
    for runner, clone in zip(pair, clones(way, place), strict=True):
        runner.begin(clone.root)
    return [runner.ended() for runner in pair]


def one_behind(way: Loopback, pair: Sequence[Runner], place: Path) -> list[int]:
    """One of the two runs stands on an old commit, as a job does that is run again."""
    behind = way.remote.clone(place / "behind")
    behind.git("checkout", "--quiet", "--detach")
    way.repo.commit("fix: hum")
    way.repo.git("push", "--quiet")
    for runner, clone in zip(pair, (behind, way.remote.clone(place / "other")), strict=True):
        runner.begin(clone.root)
    return [runner.ended() for runner in pair]


def a_push_between(way: Loopback, pair: Sequence[Runner], place: Path) -> list[int]:
    """A colleague pushes while both run."""
    made = clones(way, place)
    way.repo.commit("fix: hum", {"src/demo_ship/hum.py": ""})
    for runner, clone in zip(pair, made, strict=True):
        runner.begin(clone.root)
    way.repo.git("push", "--quiet", check=False)
    return [runner.ended() for runner in pair]


KINDS: tuple[Race, ...] = (the_same, one_behind, a_push_between)
CASES = {f"{number} {race.__name__}": race for number in range(RACES) for race in (KINDS[number % len(KINDS)],)}


@pytest.mark.parametrize("race", sampled(CASES, *list(CASES)[: len(KINDS)]))
def test_two_runs_at_once_make_one_release_and_harm_nothing(race: Race, pair: Sequence[Runner], tmp_path: Path) -> None:
    with loopback(tmp_path) as way:
        codes = race(way, pair, tmp_path)
        assert codes == [0, 0]
        way.repo.git("pull", "--quiet", "--rebase")
        way.repo.git("push", "--quiet")
        for _ in range(2):  # what came too late for the race, and then nothing
            before = way.public()
            pair[0].begin(way.repo.root)
            assert pair[0].ended() == 0
        assert way.public() == before
        assert harms(way) == []


def test_two_runs_whose_builds_differ_make_one_release(pair: Sequence[Runner], tmp_path: Path) -> None:
    with loopback(tmp_path, lay=restless_project) as way:
        assert the_same(way, pair, tmp_path) == [0, 0]
        assert harms(way) == []


class Outdone(HastyWorld):
    """A run that another one outdoes: by a push before its own, and by all the rest when it waits for that."""

    def __init__(self, root: Path, push: Callable[[], object], rest: Callable[[], object]) -> None:
        super().__init__(root)
        self._push = push
        self._rest = rest

    @property
    def builder(self) -> Builder:
        return Slow(self._push, isolation=False)

    @cached_property
    def patience(self) -> Patience:
        def note(text: str) -> None:
            self.heard.note(text)
            self._rest()

        return LivePatience(note, PAUSES, limit_seconds=600, try_seconds=60)


class Slow(LiveBuilder):
    """Something happens while it builds."""

    def __init__(self, meanwhile: Callable[[], object], *, isolation: bool) -> None:
        super().__init__(isolation=isolation)
        self._meanwhile = meanwhile

    def build(self, tree: Path, out: Path, epoch: int, watch: Watch | None = None) -> tuple[Artifact, ...]:
        made = super().build(tree, out, epoch, watch)
        self._meanwhile()
        return made


def test_who_is_outdone_waits_for_the_other_runs_bytes(
    tmp_path: Path, strange_land: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in credentials().items():
        monkeypatch.setenv(name, value)
    with loopback(tmp_path, lay=restless_project) as way:
        one, other = clones(way, tmp_path)
        files = tmp_path / "files"
        made: list[Report] = []

        def push() -> None:
            if not made:
                made.append(release(HastyWorld(other.root), ["prepare", "tag"], files))

        def rest() -> None:
            release(HastyWorld(other.root), ["test"], files)

        world = Outdone(one.root, push, rest)
        assert release(world).released
        fetched = [said for said in world.heard.said if "was fetched from test: its bytes are those of v0.1.0" in said]
        assert len(fetched) == 2
        assert harms(way) == []
