"""Reads from a remote over a way that breaks: cloned, fetched and listed all the same; an answer is taken at once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.flows.guard import refuse_unfit
from cz_ship.flows.insist import cloned
from tests.support.faulty_index import Answering, FaultyIndex, Request, page, reset, status
from tests.support.hasty import HastyWorld
from tests.support.repos import project, remote_of

LISTING = "/info/refs"


class DumbRemote(FaultyIndex):
    """A bare repository as plain files, which git can read over HTTP; `faults` stand in for its refs."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self.faults: list[Answering] = []

    def next_answer(self, request: Request) -> Answering:
        self.requests.append(request)
        path = request.path.partition("?")[0]
        if self.faults and path == LISTING:
            return self.faults.pop(0)
        file = self._root / path.lstrip("/")
        return page(file.read_bytes(), "application/octet-stream") if file.is_file() else status(404)

    def listings(self) -> int:
        """How often git has asked for the refs."""
        return [path.partition("?")[0] for path in self.paths()].count(LISTING)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[HastyWorld, DumbRemote]]:
    """A checkout, and its remote."""
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http:file")
    repo = project(tmp_path / "p")
    remote = remote_of(repo, tmp_path / "remote.git")
    remote.git("update-server-info")
    served = DumbRemote(remote.root)
    repo.git("remote", "set-url", "origin", served.url)
    yield HastyWorld(repo.root), served
    served.close()


def list_refs(world: HastyWorld) -> None:
    assert refuse_unfit(world) == "main"


def clone(world: HastyWorld) -> None:
    with cloned(world) as made:
        assert made.resolve("refs/remotes/origin/main") == world.repository.head().sha


READS: tuple[Callable[[HastyWorld], None], ...] = (list_refs, clone)


@pytest.mark.parametrize("look", READS)
def test_a_way_that_breaks_twice_is_tried_a_third_time(
    look: Callable[[HastyWorld], None], read: tuple[HastyWorld, DumbRemote]
) -> None:
    world, remote = read
    remote.faults = [status(503), reset]
    look(world)
    assert remote.faults == []


@pytest.mark.parametrize("look", READS)
def test_what_lasts_ends_with_the_limits(
    look: Callable[[HastyWorld], None], read: tuple[HastyWorld, DumbRemote]
) -> None:
    world, remote = read
    remote.faults = [status(503)] * 9
    with pytest.raises(Failure, match=r"returned error: 503 \(tried 3 times") as caught:
        look(world)
    assert caught.value.pause is None
    assert remote.listings() == 3


@pytest.mark.parametrize("code", [401, 403, 404])
@pytest.mark.parametrize("look", READS)
def test_an_answer_is_taken_at_once(
    look: Callable[[HastyWorld], None], code: int, read: tuple[HastyWorld, DumbRemote]
) -> None:
    world, remote = read
    remote.faults = [status(code)] * 9
    with pytest.raises(Failure) as caught:
        look(world)
    assert "tried" not in caught.value.text
    assert remote.listings() == 1
