"""A real index behind a proxy that breaks things: the run outlasts what passes, a plain re-run finishes the rest."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from tests.support.fault_proxy import Fault, FaultProxy, before, instead, lost
from tests.support.faulty_index import drip, garbage, never, reset, status
from tests.support.hasty import HastyWorld, outcome
from tests.support.repos import Repo, project, remote_of
from tests.support.said import Speaker
from tests.support.sweeps import sampled
from tests.support.witnesses import SECRET, USER, pypiserver

pytestmark = pytest.mark.slow

SETTINGS = """
[tool.cz-ship.indexes.test]
enabled = false
[tool.cz-ship.indexes.prod]
upload_url = "{url}/"
simple_url = "{url}/simple/"
"""
FILES = ["demo_ship-0.1.0-py3-none-any.whl", "demo_ship-0.1.0.tar.gz"]


class Tagged(NamedTuple):
    """A release whose tag is pushed and whose files lie in `dist`; `shelf` is where pypiserver keeps its files."""

    proxy: FaultProxy
    shelf: Path
    place: Path

    @property
    def root(self) -> Path:
        return self.place / "project"

    @property
    def dist(self) -> Path:
        return self.place / "dist"

    def held(self) -> list[str]:
        """The names of the index's files."""
        return sorted(path.name for path in self.shelf.iterdir())


@pytest.fixture(scope="module")
def pattern(strange_land: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tagged]:
    """What each test takes a copy of."""
    place = tmp_path_factory.mktemp("pattern")
    with pypiserver(place) as witness, before(witness.upload_url.rstrip("/")) as proxy:
        made = Tagged(proxy, place / "shelf", place / "made")
        remote_of(project(made.root, settings=SETTINGS.format(url=proxy.url)), made.place / "remote.git")
        release(HastyWorld(made.root), ["prepare", "tag"], made.dist)
        yield made


@pytest.fixture
def tagged(pattern: Tagged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tagged:
    """A release in flight, and an index that has nothing of it."""
    monkeypatch.setenv("PYPI_USERNAME", USER)
    monkeypatch.setenv("PYPI_PASSWORD", SECRET)
    for path in pattern.shelf.iterdir():
        path.unlink()
    pattern.proxy.heal()
    place = shutil.copytree(pattern.place, tmp_path / "place")
    copy = pattern._replace(place=place)
    repo = Repo.__new__(Repo)
    repo.root, repo.moment = copy.root, 0
    repo.git("remote", "set-url", "origin", str(place / "remote.git"))
    return copy


DOWN = instead(status(503, "Back At Noon"))
OUTLASTED: dict[str, list[Fault | None]] = {
    "the connection drops on file 1": [instead(reset)],
    "the connection drops on file 2": [None, instead(reset)],
    "the answer of file 1 is lost": [lost],
    "the answer of file 2 is lost": [None, lost],
    "503 for two requests": [DOWN, DOWN],
    "429 for a moment": [instead(status(429, retry_after="1"))],
    "garbage for a moment": [instead(garbage)],
}


@pytest.mark.parametrize("faults", sampled(OUTLASTED, "the connection drops on file 2", "the answer of file 1 is lost"))
def test_what_passes_is_outlasted_within_the_run(tagged: Tagged, faults: list[Fault | None]) -> None:
    tagged.proxy.uploads = list(faults)
    report = outcome(HastyWorld(tagged.root), tagged.dist)
    assert isinstance(report, Report), report
    assert report.released
    assert tagged.held() == FILES
    arrived = [step.text for step in report.steps].count("its answer was lost; it is there")
    assert arrived == faults.count(lost)


UNREADABLE: dict[str, Fault] = {
    "503": DOWN,
    "slow": instead(never),
    "endless": instead(drip),
    "garbage": instead(garbage),
}
LASTING: dict[str, tuple[Fault, str]] = {
    "503": (DOWN, "503 Back At Noon (tried 3 times; a run waits 600 seconds in all)"),
    "garbage": (instead(garbage), "(tried 3 times; a run waits 600 seconds in all)"),
    "slow": (instead(never), "did not end within 4 seconds"),
    "endless": (instead(drip), "did not end within 4 seconds"),
}


@pytest.mark.sweep
@pytest.mark.parametrize("second", [False, True], ids=["on file 1", "on file 2"])
@pytest.mark.parametrize(("fault", "words"), LASTING.values(), ids=LASTING.keys())
def test_what_lasts_is_told_and_a_plain_re_run_converges(
    tagged: Tagged, ship: Speaker, fault: Fault, words: str, second: bool
) -> None:
    tagged.proxy.uploads = [None] if second else []
    tagged.proxy.lasting = fault
    slow = "did not end" in words
    failure = outcome(HastyWorld(tagged.root, upload_seconds=4 if slow else 60), tagged.dist)
    assert isinstance(failure, Failure)
    assert failure.code is Exit.UNFINISHED
    assert words in failure.text
    assert "0.1.0 is in part public (tag v0.1.0" in failure.text
    converges(tagged, ship)


def test_403_on_the_second_file_names_the_permission_and_a_plain_re_run_converges(
    tagged: Tagged, ship: Speaker
) -> None:
    tagged.proxy.uploads = [None, instead(status(403))]
    said = ship(tagged.root, "release", "--dist", str(tagged.dist))
    assert said.code == 5
    assert "403 Forbidden" in said.err
    assert "may not upload there: it takes the role of a maintainer of the project" in said.err
    assert tagged.held() == FILES[:1]
    converges(tagged, ship)


@pytest.mark.parametrize("fault", sampled(UNREADABLE, "garbage"))
def test_an_index_that_cannot_be_read_is_never_free_and_a_plain_re_run_converges(
    tagged: Tagged, ship: Speaker, fault: Fault
) -> None:
    tagged.proxy.pages = fault
    failure = outcome(HastyWorld(tagged.root, page_seconds=1), tagged.dist)
    assert isinstance(failure, Failure)
    assert "the prod index is in doubt" in failure.text
    assert tagged.held() == []
    converges(tagged, ship)


def test_a_file_of_ours_behind_a_page_that_lags_is_unfinished_and_a_plain_re_run_converges(
    tagged: Tagged, ship: Speaker
) -> None:
    tagged.proxy.uploads = [lost]
    tagged.proxy.pages = instead(status(404))
    failure = outcome(HastyWorld(tagged.root), tagged.dist)
    assert isinstance(failure, Failure)
    assert failure.code is Exit.UNFINISHED
    assert f"did not take {FILES[0]}: 409 Conflict: " in failure.text
    assert "already exists!" in failure.text
    assert tagged.held() == FILES[:1]
    converges(tagged, ship)


def converges(tagged: Tagged, ship: Speaker) -> None:
    """The same command, when nothing is broken any more."""
    tagged.proxy.heal()
    said = ship(tagged.root, "release", "--dist", str(tagged.dist))
    assert said.code == 0, said.err
    assert tagged.held() == FILES
