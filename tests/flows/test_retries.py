"""Faults that pass: tried again within the run, with a look before each further try; bounded, and told."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.candidate import candidate
from cz_ship.flows.release import release
from tests.support.fake_world import FakePatience, FakeWorld
from tests.support.gate import fail, falter
from tests.support.judge import offences
from tests.support.story import files_of, machine, owing

WHEEL, SDIST = files_of("1.1.0")
EFFECTS = ("push", f"upload test {WHEEL}", f"upload prod {SDIST}")


def refused(world: FakeWorld) -> Failure:
    """The failure that a release ends with."""
    with pytest.raises(Failure) as caught:
        release(world)
    return caught.value


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_fault_that_passes_is_outlasted(effect: str, tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    for _ in range(FakePatience.TRIES - 1):
        world.effects.before(effect, falter)
    assert release(world).released
    assert world.effects.names.count(effect) == FakePatience.TRIES
    assert world.patience.pauses == [0] * (FakePatience.TRIES - 1)
    assert offences(world.public) == []


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_lost_answer_is_looked_for_before_anything_is_done_again(effect: str, tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.after(effect, falter)
    report = release(world)
    assert world.effects.names.count(effect) == (2 if effect == "push" else 1)  # git alone can tell whose tag it is
    assert [step.text for step in report.steps].count("its answer was lost; it is there") == 1


def test_what_the_index_asks_for_is_what_is_waited(tmp_path: Path) -> None:
    def busy() -> None:
        raise Failure("429 Too Many Requests", pause=7)

    world = machine(owing(), tmp_path)
    world.effects.before(f"upload prod {WHEEL}", busy)
    assert release(world).released
    assert world.patience.pauses == [7]


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_fault_that_lasts_is_given_up_on_and_the_limits_are_told(effect: str, tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.before(effect, falter, lasting=True)
    failure = refused(world)
    assert failure.code is (Exit.REFUSED if effect == "push" else Exit.UNFINISHED)
    assert failure.text.startswith("503 Back at noon (tried 4 times; a run waits 0 seconds in all)\n")
    release(world.again())
    assert offences(world.public) == []


def test_a_look_that_falters_is_taken_again(tmp_path: Path) -> None:
    straight = machine(owing(), tmp_path)
    release(straight)
    looks = straight.looks.names
    of_git = {number for number, name in enumerate(looks) if name.startswith("remote")}
    chosen = of_git | {looks.index(name) for name in looks}
    assert len(chosen) > 10
    for number in sorted(chosen):
        world = machine(owing(), tmp_path)
        world.looks.before(number, falter)
        assert release(world).released, looks[number]
        assert offences(world.public) == []


def test_an_index_that_goes_dark_is_asked_again_too(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)

    def dark() -> None:
        for _ in range(2):
            world.looks.before("files prod", falter)
        falter()

    world.effects.before(f"upload prod {WHEEL}", dark)
    assert release(world).released
    assert world.effects.names.count(f"upload prod {WHEEL}") == 2


def test_a_refusal_is_not_tried_again(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.before(f"upload test {WHEEL}", fail, lasting=True)
    assert refused(world).code is Exit.UNFINISHED
    assert world.effects.names.count(f"upload test {WHEEL}") == 1
    assert world.patience.pauses == []


def test_a_candidate_is_as_patient(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.before("upload test", falter)
    world.effects.after("upload test", falter)
    report = candidate(world)
    assert report.released
    assert [step.text for step in report.steps].count("its answer was lost; it is there") == 1
    assert len(world.patience.pauses) == 2
