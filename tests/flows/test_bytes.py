"""The bytes that a release is finished with: handed over, built as promised, or fetched from where they are."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from tests.support.fake_world import FakeBuilder, FakeWorld, Public
from tests.support.gate import Gate, fail
from tests.support.judge import offences
from tests.support.story import files_of, foreign_commit, machine, owing, run, stopped_after

WHEEL, SDIST = files_of("1.1.0")


def with_other_tools(public: Public, place: Path) -> FakeWorld:
    """A machine whose build tools make other bytes."""
    return machine(public, place, tools="2")


def without_a_build(public: Public, place: Path) -> FakeWorld:
    """A machine on which nothing builds."""
    world = machine(public, place)
    world.effects.before("build", fail, lasting=True)
    return world


MACHINES = (with_other_tools, without_a_build)


@pytest.mark.parametrize("another", MACHINES)
@pytest.mark.parametrize("effect", [f"upload test {SDIST}", f"upload prod {WHEEL}"])
def test_what_is_not_built_as_promised_is_fetched_from_an_index(
    another: Callable[[Public, Path], FakeWorld], effect: str, tmp_path: Path
) -> None:
    public = stopped_after(effect, tmp_path)
    world = another(public, tmp_path)
    assert release(world).released
    assert f"{SDIST} was fetched from test: its bytes are those of v1.1.0" in world.talk.said
    assert offences(public) == []


def test_bytes_are_fetched_wherever_they_are(tmp_path: Path) -> None:
    public = stopped_after(f"upload prod {SDIST}", tmp_path)
    test, prod = public.shelves["test"].files, public.shelves["prod"].files
    del test[SDIST], prod[WHEEL]
    assert release(with_other_tools(public, tmp_path)).released
    assert offences(public) == []


def test_what_builds_as_promised_is_not_fetched(tmp_path: Path) -> None:
    world = machine(stopped_after(f"upload test {SDIST}", tmp_path), tmp_path)
    assert release(world).released
    assert not any("fetched" in line for line in world.talk.said)


def test_what_is_handed_over_is_neither_built_nor_fetched(tmp_path: Path) -> None:
    public = owing()
    dist = tmp_path / "dist"
    release(machine(public, tmp_path), ["prepare", "tag"], dist)
    world = without_a_build(public, tmp_path)
    assert release(world, dist=dist).released
    assert "build" not in world.effects.names
    assert offences(public) == []


def test_promised_files_are_taken_from_whatever_commit_they_are_said_to_be(tmp_path: Path) -> None:
    public = owing()
    dist = tmp_path / "dist"
    release(machine(public, tmp_path), ["prepare", "tag"], dist)
    builder = FakeBuilder(Gate(), "1")
    found = builder.found(dist)
    assert found is not None
    builder.deliver(found.artifacts, dist, "")
    assert release(without_a_build(public, tmp_path), dist=dist).released
    assert offences(public) == []


def test_fetched_files_are_laid_into_dist(tmp_path: Path) -> None:
    public = stopped_after(f"upload test {SDIST}", tmp_path)
    release(with_other_tools(public, tmp_path), dist=tmp_path / "dist")
    assert {path.name for path in (tmp_path / "dist").iterdir()} >= {WHEEL, SDIST}


def test_a_tagged_commit_that_no_longer_builds_needs_a_person_and_is_passed_by_the_next(tmp_path: Path) -> None:
    public = stopped_after(f"upload test {WHEEL}", tmp_path)
    before = public.remains()
    ended = run(without_a_build(public, tmp_path))
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON
    assert ended.text.startswith("v1.1.0 is tagged and no longer builds: the line went dead\n")
    assert f"1.1.0 is in part public (tag v1.1.0, {WHEEL} on test)" in ended.text
    assert "--dist" in ended.hint
    assert public.remains() == before
    foreign_commit(public)
    world = machine(public, tmp_path)
    for _ in range(2):  # it is tried once more
        world.effects.before("build", fail)
    report = run(world)
    assert isinstance(report, Report)
    assert (str(report.version), report.released) == ("1.1.1", True)
    assert any("1.1.0 stays unfinished: v1.1.0 is tagged and no longer builds" in line for line in world.talk.said)


def test_a_build_that_fails_once_is_tried_once_more_before_a_tagged_release_is_given_up(tmp_path: Path) -> None:
    public = stopped_after(f"upload test {WHEEL}", tmp_path)
    foreign_commit(public)
    world = machine(public, tmp_path)
    world.effects.before("build", fail)
    report = run(world)
    assert isinstance(report, Report)
    assert any("v1.1.0 did not build, and is tried once more" in line for line in world.talk.said)
    assert offences(public) == []


def test_files_handed_over_without_their_sums_are_not_overwritten_by_a_rebuild_that_differs(tmp_path: Path) -> None:
    public = stopped_after("push", tmp_path)
    dist = tmp_path / "handed"
    dist.mkdir()
    (dist / WHEEL).write_bytes(b"the promised bytes, perhaps")
    with pytest.raises(Failure, match="promises"):
        release(with_other_tools(public, tmp_path), dist=dist)
    assert (dist / WHEEL).read_bytes() == b"the promised bytes, perhaps"


def test_an_index_in_doubt_is_no_reason_to_give_up_on_the_bytes(tmp_path: Path) -> None:
    public = stopped_after(f"upload test {SDIST}", tmp_path)
    world = with_other_tools(public, tmp_path)
    world.looks.before("download", fail)
    ended = run(world)
    assert isinstance(ended, Failure)
    assert ended.code is Exit.UNFINISHED
    assert release(world.again()).released


def test_a_release_in_flight_is_looked_at_once_before_anything_is_done(tmp_path: Path) -> None:
    world = machine(stopped_after("push", tmp_path), tmp_path)
    looks: list[int] = []
    world.effects.before("build", lambda: looks.append(world.looks.names.count("files prod")))
    assert release(world).released
    assert looks == [1]
