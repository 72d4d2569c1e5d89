"""Files that one job built, in the hands of the next: the candidate's, and those of a commit that is nowhere yet."""

from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.flows.candidate import build_candidate, candidate
from cz_ship.flows.release import release
from cz_ship.flows.remade import clone_with
from tests.support.fake_world import FakeWorld
from tests.support.story import foreign_commit, machine, owing


def told(world: FakeWorld, dist: Path) -> str:
    with pytest.raises(Failure) as caught:
        candidate(world, dist)
    return caught.value.text


def test_a_candidate_is_published_as_it_was_built_elsewhere(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    _, built = build_candidate(machine(public, tmp_path), dist)
    world = machine(public, tmp_path)
    report = candidate(world, dist)
    assert [each[:2] for each in report.files] == [each[:2] for each in built]
    assert "build" not in world.effects.names


def test_files_of_another_commit_are_no_candidate(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    build_candidate(machine(public, tmp_path), dist)
    foreign_commit(public)
    before = public.remains()
    assert "the candidate is of" in told(machine(public, tmp_path), dist)
    assert "has no SHA256SUMS" in told(machine(public, tmp_path), tmp_path / "nothing")
    assert public.remains() == before


def test_the_commit_of_a_release_that_is_nowhere_yet_is_made_again(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    world = machine(public, tmp_path)
    release(world, ["prepare"], dist)
    delivery = world.builder.found(dist)
    assert delivery is not None
    elsewhere = machine(public, tmp_path)
    with clone_with(elsewhere, delivery.commit, Version("1.1.0")) as clone:
        assert clone.resolve(delivery.commit) == delivery.commit
    with clone_with(elsewhere, public.remote.heads["main"], Version("1.1.0")) as clone:
        assert clone.resolve(public.remote.heads["main"])
    foreign_commit(public)
    with (
        pytest.raises(Failure, match="not what a release would commit now"),
        clone_with(machine(public, tmp_path), delivery.commit, Version("1.1.0")),
    ):
        pass
