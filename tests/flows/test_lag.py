"""An index that has a file and does not show it yet: no failure, no success, and the same command looks again."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.release import release
from cz_ship.flows.status import status
from tests.support.fake_world import FakePatience, FakeWorld, Public
from tests.support.judge import offences
from tests.support.story import files_of, machine, owing

WHEEL, SDIST = files_of("1.1.0")


def lagging(index: str) -> Public:
    """A release is owed, and the simple page of an index will be behind."""
    public = owing()
    public.shelves[index].unlisted.add(SDIST)
    return public


def unfinished(world: FakeWorld) -> Failure:
    """The failure of a release that goes on later."""
    with pytest.raises(Failure) as caught:
        release(world)
    assert caught.value.code is Exit.UNFINISHED
    assert "the same command" in caught.value.hint
    return caught.value


@pytest.mark.parametrize("index", ["test", "prod"])
def test_a_simple_page_that_lags_is_waited_for_and_keeps_no_upload_back(index: str, tmp_path: Path) -> None:
    public = lagging(index)
    world = machine(public, tmp_path)
    failure = unfinished(world)
    assert f"the {index} index has {SDIST}, its simple page does not yet" in failure.text
    assert f"(tried {FakePatience.TRIES} times; a run waits 0 seconds in all)" in failure.text
    assert len([name for name in world.effects.names if name.startswith(("upload test", "upload prod"))]) == 4
    assert offences(public) == []


def test_a_simple_page_that_has_caught_up_completes_the_release(tmp_path: Path) -> None:
    public = lagging("prod")
    unfinished(machine(public, tmp_path))
    public.shelves["prod"].unlisted.clear()
    world = machine(public, tmp_path)
    assert release(world).version is None
    assert world.effects.names == ["fast-forward"]


def test_a_simple_page_that_catches_up_within_the_run_is_waited_for(tmp_path: Path) -> None:
    public = lagging("prod")
    world = machine(public, tmp_path)
    looks = 0

    def catch_up() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            public.shelves["prod"].unlisted.clear()

    world.effects.after(f"upload prod {SDIST}", lambda: world.looks.before("files prod", catch_up, lasting=True))
    assert release(world).released


def test_a_later_stage_does_not_wait_for_the_simple_page_of_an_earlier_one(tmp_path: Path) -> None:
    public = lagging("test")
    release(machine(public, tmp_path), ["tag"])
    with pytest.raises(Failure, match="its simple page does not yet"):
        release(machine(public, tmp_path), ["test"])
    release(machine(public, tmp_path), ["prod", "announce"])
    assert offences(public) == []


def test_status_tells_a_simple_page_that_lags(tmp_path: Path) -> None:
    public = lagging("prod")
    unfinished(machine(public, tmp_path))
    found = status(machine(public, tmp_path))
    assert [fact for fact in found.facts if fact.state != "there"] == [
        ("prod simple page", "missing", f"the index has {SDIST}, its simple page does not yet")
    ]
    assert found.state == "unfinished"


def test_a_file_that_no_page_shows_after_its_upload_is_waited_for(tmp_path: Path) -> None:
    public = owing()
    public.shelves["test"].hidden.add(WHEEL)
    world = machine(public, tmp_path)
    failure = unfinished(world)
    assert f"upload {WHEEL} to test was done, and the world does not show it" in failure.text
    assert world.effects.names.count(f"upload test {WHEEL}") == 1
    public.shelves["test"].hidden.clear()
    release(machine(public, tmp_path))
    assert offences(public) == []


def flapping(world: FakeWorld, names: set[str], *told: str) -> None:
    """Each look at the prod index finds other names in the set: the next of those told, in turn."""
    looks = 0

    def turn() -> None:
        nonlocal looks
        looks += 1
        names.clear()
        names.update(told[looks % len(told)].split())

    world.looks.before("files prod", turn, lasting=True)


def test_a_simple_page_that_flaps_is_waited_for_once(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)
    unlisted = public.shelves["prod"].unlisted
    world.effects.after(f"upload prod {SDIST}", lambda: flapping(world, unlisted, "", SDIST))
    assert release(world).released


def test_pages_that_show_one_file_or_the_other_end_the_run_within_its_limits(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)
    hidden = public.shelves["prod"].hidden
    world.effects.after(f"upload prod {SDIST}", lambda: flapping(world, hidden, WHEEL, SDIST))
    failure = unfinished(world)
    assert "was done, and the world does not show it" in failure.text
    assert max(map(world.effects.names.count, world.effects.names)) == 3
    hidden.clear()
    release(machine(public, tmp_path))
    assert offences(public) == []
