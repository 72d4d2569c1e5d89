"""An index says that a name is taken, and its pages lag: a look tells whose bytes hold it, and nothing is guessed."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.candidate import candidate
from cz_ship.flows.release import release
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import falter
from tests.support.judge import offences
from tests.support.story import files_of, machine, owing

WHEEL, SDIST = files_of("1.1.0")
UPLOAD = f"upload prod {SDIST}"


def caching() -> Public:
    """A release is owed; the production index takes nothing twice, and its pages are behind with the sdist."""
    public = owing()
    public.shelves["prod"].takes_again = False
    public.shelves["prod"].hidden.add(SDIST)
    return public


def ended(world: FakeWorld) -> Failure:
    with pytest.raises(Failure) as caught:
        release(world)
    return caught.value


def test_our_own_file_behind_a_page_that_lags_is_unfinished_and_never_spent(tmp_path: Path) -> None:
    public = caching()
    world = machine(public, tmp_path)
    world.effects.after(UPLOAD, falter)
    for failure in (ended(world), ended(machine(public, tmp_path))):
        assert failure.code is Exit.UNFINISHED
        assert f"the prod index did not take {SDIST}: 400 File already exists" in failure.text
        assert failure.text.splitlines()[-1].startswith("1.1.0 is in part public (tag v1.1.0, ")
        assert "the same command looks again" in failure.hint
        assert "spent" not in failure.hint
    public.shelves["prod"].hidden.clear()
    release(machine(public, tmp_path))
    assert offences(public) == []


def test_a_page_that_catches_up_within_the_run_settles_it(tmp_path: Path) -> None:
    public = caching()
    world = machine(public, tmp_path)
    world.effects.after(UPLOAD, falter)
    world.effects.before(UPLOAD, lambda: world.effects.before(UPLOAD, public.shelves["prod"].hidden.clear))
    report = release(world)
    assert report.released
    assert [step.text for step in report.steps].count("its answer was lost; it is there") == 1
    assert offences(public) == []


def test_other_bytes_behind_a_page_that_lags_are_told_as_such_when_it_shows_them(tmp_path: Path) -> None:
    public = caching()
    world = machine(public, tmp_path)

    def rival() -> None:
        public.shelves["prod"].files[SDIST] = b"other"
        world.effects.before(UPLOAD, public.shelves["prod"].hidden.clear)

    world.effects.before(UPLOAD, rival)
    failure = ended(world)
    assert failure.code is Exit.PERSON
    assert f"prod (fake:prod) holds {SDIST} with sha256 d9298a10" in failure.text
    assert world.effects.names.count(UPLOAD) == 2
    assert not any("it is there" in said for said in world.talk.said)


def test_a_candidate_guesses_as_little(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)
    shelf = public.shelves["test"]
    shelf.takes_again = False

    def hide() -> None:
        shelf.hidden.update(shelf.files)
        falter()

    world.effects.after("upload test", hide)
    with pytest.raises(Failure, match="400 File already exists") as caught:
        candidate(world)
    assert caught.value.code is Exit.UNFINISHED
    shelf.hidden.clear()
    assert candidate(machine(public, tmp_path)).released


def test_a_candidate_tells_other_bytes_when_the_page_shows_them(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)
    shelf = public.shelves["test"]

    def rival() -> None:
        name = world.effects.names[-1].split()[-1]
        shelf.files[name] = b"other"
        shelf.hidden.add(name)
        world.effects.before("upload test", shelf.hidden.clear)

    world.effects.before("upload test", rival)
    with pytest.raises(Failure, match=r"holds demo-1\.1\.0rc.* with sha256 d9298a10") as caught:
        candidate(world)
    assert caught.value.code is Exit.PERSON
