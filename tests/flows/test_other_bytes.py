"""Two runs whose builds differ make one release: who loses the push takes the winner's bytes, or leaves it to them."""

from functools import partial
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.release import release
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import falter, kill
from tests.support.judge import offences
from tests.support.story import files_of, machine, owing, run, winner

WHEEL, SDIST = files_of("1.1.0")


def loser(public: Public, place: Path, *, at: str = "push") -> FakeWorld:
    """A machine whose build makes other bytes; the winner comes before one of its effects."""
    world = machine(public, place, tools="2")
    world.effects.before(at, partial(winner, public, place))
    return world


@pytest.mark.parametrize("at", ["build", "push"])
def test_who_loses_takes_the_winners_bytes_when_they_come(at: str, tmp_path: Path) -> None:
    public = owing()
    world = loser(public, tmp_path, at=at)

    def go_on() -> None:
        world.looks.before("files test", lambda: world.looks.before("files test", again))

    def again() -> None:
        other = machine(public, tmp_path)
        other.effects.after(f"upload test {SDIST}", kill)
        run(other)

    world.effects.after("push" if at == "push" else "build", lambda: world.effects.after("build", go_on))
    assert release(world).released
    assert f"{WHEEL} was fetched from test: its bytes are those of v1.1.0" in world.talk.said
    assert offences(public) == []


def test_who_loses_to_a_silent_winner_leaves_it_to_the_same_command(tmp_path: Path) -> None:
    public = owing()
    with pytest.raises(Failure, match=r"v1\.1\.0 promises other bytes than are built here") as caught:
        release(loser(public, tmp_path))
    assert caught.value.code is Exit.UNFINISHED
    assert "the same command" in caught.value.hint
    assert caught.value.text.endswith("1.1.0 is in part public (tag v1.1.0); the same command continues")
    release(machine(public, tmp_path))
    assert offences(public) == []


def test_who_comes_later_waits_too_and_then_asks_for_a_person(tmp_path: Path) -> None:
    public = owing()
    winner(public, tmp_path)
    world = machine(public, tmp_path, tools="2")
    with pytest.raises(Failure, match=r"tag v1\.1\.0 promises .* what is built here has") as caught:
        release(world)
    assert caught.value.code is Exit.PERSON
    assert len(world.patience.pauses) == world.patience.TRIES - 1


def test_a_tag_of_another_run_is_not_taken_for_an_answer_that_was_lost(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path, tools="2")

    def outdone() -> None:
        winner(public, tmp_path)
        falter()

    world.effects.before("push", outdone)
    with pytest.raises(Failure, match=r"v1\.1\.0 promises other bytes than are built here"):
        release(world)
    assert [name for name in world.effects.names if name.startswith("upload")] == []
