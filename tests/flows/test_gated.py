"""Gates before anything is public: what is red stops a release and a candidate, and bytes are judged once."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.candidate import candidate
from cz_ship.flows.release import release
from cz_ship.flows.verify import Order, verify
from cz_ship.gates import GateSettings, Ran
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import kill
from tests.support.story import machine, owing, run

LINT = GateSettings(commands={"lint": "ruff check"})


def gated(public: Public, place: Path, gates: GateSettings = LINT) -> FakeWorld:
    """A machine whose gates are on, with a linter."""
    world = machine(public, place)
    world.gates = gates
    world.workshop.programs = {"ruff": "/bin/ruff"}
    return world


def red(world: FakeWorld) -> FakeWorld:
    """The same, with something to complain of."""
    world.workshop.ends["/bin/ruff"] = Ran(1, "Found 1 error.")
    return world


@pytest.mark.parametrize("story", [release, candidate])
def test_a_red_gate_stops_everything_before_anything_is_public(story: object, tmp_path: Path) -> None:
    public = owing()
    before = public.remains()
    with pytest.raises(Failure, match="the gates let nothing pass\n  lint failed: exit code 1") as caught:
        story(red(gated(public, tmp_path)))  # type: ignore[operator]
    assert caught.value.code is Exit.REFUSED
    assert public.remains() == before


def test_a_release_tells_what_its_gates_said_and_what_was_left_out(tmp_path: Path) -> None:
    report = release(red(gated(owing(), tmp_path, LINT._replace(skip=("lint",)))))
    assert report.released
    said = next(step.text for step in report.steps if step.step == "build and check")
    assert "gates: " in said
    assert said.endswith("left out: lint (--skip-gate on the command line)")


def test_a_release_that_is_public_in_part_is_finished_without_a_judgement(tmp_path: Path) -> None:
    public = owing()
    first = gated(public, tmp_path)
    first.effects.after("push", kill)
    run(first)
    second = red(gated(public, tmp_path))
    assert release(second).released
    assert second.workshop.ran == []


def test_a_candidate_that_is_there_is_not_judged_again(tmp_path: Path) -> None:
    public = owing()
    candidate(gated(public, tmp_path))
    again = red(gated(public, tmp_path))
    assert candidate(again).text.endswith("is already there, on fake:test")
    assert again.workshop.ran == []


def test_files_that_were_judged_are_not_judged_again(tmp_path: Path) -> None:
    public = owing("branch")
    dist = tmp_path / "dist"
    prepared = gated(public, tmp_path)
    prepared.settings = prepared.settings._replace(mode="branch")
    release(prepared, ["prepare"], dist)
    world = red(gated(public, tmp_path))
    world.settings = prepared.settings
    assert release(world, dist=dist).released
    assert world.workshop.ran == []


def test_files_that_nobody_judged_are_judged(tmp_path: Path) -> None:
    public = owing("branch")
    dist = tmp_path / "dist"
    ungated = machine(public, tmp_path, "branch")
    release(ungated, ["prepare"], dist)
    world = red(gated(public, tmp_path))
    world.settings = ungated.settings
    with pytest.raises(Failure, match="lint failed"):
        release(world, dist=dist)


@pytest.mark.parametrize(("skip", "vouched"), [((), True), (("docs",), False)])
def test_who_verifies_files_without_leaving_a_gate_out_vouches_for_them(
    skip: tuple[str, ...], vouched: bool, tmp_path: Path
) -> None:
    world = gated(owing(), tmp_path, LINT._replace(skip=skip))
    verify(world, Order(tmp_path))
    found = world.builder.found(tmp_path / "dist")
    assert found is not None
    assert found.verified is vouched
