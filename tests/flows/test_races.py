"""Races: a rival comes between any two effects of a run; one release comes of it, and nobody is harmed."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from tests.support.fake_git import ordered
from tests.support.fake_world import Public
from tests.support.gate import kill
from tests.support.judge import offences
from tests.support.story import CHANGELOG, MODES, foreign_commit, machine, owing, run

Rival = Callable[[Public, Path, str], object]


def same_release(public: Public, place: Path, mode: str) -> None:
    """The very same command on another machine, from its beginning to its end."""
    release(machine(public, place, mode))


def same_release_of_other_bytes(public: Public, place: Path, mode: str) -> None:
    """The very same command on a machine whose build makes other bytes; it may come too late to end well."""
    with suppress(Failure):
        release(machine(public, place, mode, tools="2"))


def commit_arrives(public: Public, place: Path, mode: str) -> None:
    """A colleague pushes."""
    foreign_commit(public)


def commit_is_released(public: Public, place: Path, mode: str) -> None:
    """A colleague pushes, and all that is owed then is released elsewhere."""
    foreign_commit(public)
    while release(machine(public, place, mode)).version is not None:
        pass


def other_version(public: Public, place: Path, mode: str) -> None:
    """A breaking change arrives, and all that is owed then is released elsewhere."""
    files: dict[str, str | None] = {"demo.py": ""}
    if mode == "branch":
        tagged = "v1.1.0" in public.remote.tags
        before = public.remote.objects[public.remote.heads["main"]].files["CHANGELOG.md"].decode()
        text = before if tagged else CHANGELOG
        section = "## v2.0.0 (2026-01-01)\n\n- hush\n" + ("" if tagged else "- sing\n")
        files = {"version.txt": "2.0.0\n", "CHANGELOG.md": text.replace("## v1", f"{section}\n## v1", 1)}
    public.remote.commit("feat!: hush", files)
    while release(machine(public, place, mode)).version is not None:
        pass


RIVALS: dict[str, Rival] = {
    each.__name__: each
    for each in (same_release, same_release_of_other_bytes, commit_arrives, commit_is_released, other_version)
}


def raced(rival: str, mode: str, place: Path) -> dict[str, tuple[Public, object]]:
    """Runs with a rival before each of their effects, and after the last: what is public, and how the run ended."""
    straight = machine(owing(mode), place, mode)
    release(straight)
    ends: dict[str, tuple[Public, object]] = {}
    for number, effect in enumerate(straight.effects.names):
        public = owing(mode)
        world = machine(public, place, mode)
        world.effects.before(number, partial(RIVALS[rival], public, place, mode))
        ends[effect] = (public, run(world))
    return ends


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("mode", MODES)
def test_whatever_a_rival_does_the_world_converges_and_is_whole(mode: str, rival: str, tmp_path: Path) -> None:
    for effect, (public, ended) in raced(rival, mode, tmp_path).items():
        for _ in range(2):
            if isinstance(ended, Failure) or offences(public):
                ended = release(machine(public, tmp_path, mode))
        assert offences(public) == [], effect


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("mode", MODES)
def test_a_run_that_a_rival_disturbs_ends_well_by_itself(mode: str, rival: str, tmp_path: Path) -> None:
    ends = {effect: ended for effect, (_, ended) in raced(rival, mode, tmp_path).items()}
    assert {effect: str(ended) for effect, ended in ends.items() if not isinstance(ended, Report)} == {}


@pytest.mark.parametrize("mode", MODES)
def test_a_tag_that_is_taken_away_while_its_release_is_finished_comes_back_and_the_branch_goes_only_on(
    mode: str, tmp_path: Path
) -> None:
    public = owing(mode)
    world = machine(public, tmp_path, mode)
    world.effects.after("push", kill)
    run(world)
    late = foreign_commit(public)
    world = machine(public, tmp_path, mode)
    world.effects.before("upload prod", lambda: public.remote.tags.pop("v1.1.0"))
    ended = run(world)
    assert isinstance(ended, Report)
    assert late in [*ordered(public.remote.objects, public.remote.heads["main"])]
    assert offences(public) == []
