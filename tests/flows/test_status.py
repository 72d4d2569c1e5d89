"""Status: each fact of a release, there, missing, in conflict or unknown, and what they come to."""

from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.flows.release import release
from cz_ship.flows.status import Status, status
from cz_ship.model import SUMS
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakeWorld
from tests.support.gate import fail, kill
from tests.support.story import MODES, begun, files_of, foreign_commit, machine, owing, put_by_hand, run

WHEEL, SDIST = files_of("1.1.0")
ON_INDEXES = [f"{index} {name}" for index in ("test", "prod") for name in (WHEEL, SDIST)]
ON_FORGE = ["forge release", *(f"forge {name}" for name in (WHEEL, SDIST, SUMS))]
NAMES = ["tag", "pushed", "version", *ON_INDEXES, *ON_FORGE]


def states(found: Status) -> dict[str, str]:
    """Each fact's state."""
    return {fact.fact: fact.state for fact in found.facts}


def released(place: Path, mode: str = "push") -> FakeWorld:
    """A machine after the release of 1.1.0."""
    world = machine(owing(mode), place, mode)
    release(world)
    return world.again()


@pytest.mark.parametrize("mode", MODES)
def test_a_whole_release_is_complete(mode: str, tmp_path: Path) -> None:
    found = status(released(tmp_path, mode))
    assert (str(found.version), found.tag, found.state) == ("1.1.0", "v1.1.0", "complete")
    assert states(found) == dict.fromkeys(NAMES, "there")


def test_status_changes_nothing(tmp_path: Path) -> None:
    world = released(tmp_path)
    before = world.public.remains(), world.repository.head(), world.repository.tags()
    status(world)
    assert (world.public.remains(), world.repository.head(), world.repository.tags()) == before
    assert world.effects.names == []


def test_without_any_release_there_is_none(tmp_path: Path) -> None:
    public = begun()
    del public.remote.tags["v1.0.0"]
    assert status(machine(public, tmp_path)) == Status(None, None, "none", ())


def test_before_the_first_commit_it_is_refused(tmp_path: Path) -> None:
    world = machine(begun(), tmp_path)
    world.repository.heads.clear()
    with pytest.raises(Failure, match="there are no commits yet"):
        status(world)


@pytest.mark.parametrize("effect", ["push", f"upload test {WHEEL}", f"upload test {SDIST}", f"upload prod {WHEEL}"])
def test_a_release_cut_short_is_unfinished_and_says_what_is_missing(effect: str, tmp_path: Path) -> None:
    straight = released(tmp_path)
    world = machine(owing(), tmp_path)
    world.effects.after(effect, kill)
    run(world)
    found = status(machine(world.public, tmp_path))
    assert found.state == "unfinished"
    there = {name for name in ON_INDEXES if name.split()[1] in world.public.shelves[name.split()[0]].files}
    assert {name for name, state in states(found).items() if state == "missing"} == {*ON_INDEXES, ON_FORGE[0]} - there
    release(world.again())
    assert status(machine(world.public, tmp_path)) == status(straight)


def test_another_machines_release_is_seen_without_a_fetch(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    release(machine(world.public, tmp_path))
    found = status(world)
    assert (found.tag, found.state) == ("v1.1.0", "complete")


def test_a_version_that_was_asked_for(tmp_path: Path) -> None:
    world = released(tmp_path)
    foreign_commit(world.public)
    release(machine(world.public, tmp_path))
    assert str(status(world).version) == "1.1.1"
    assert states(status(world, Version("1.1.0"))) == dict.fromkeys(NAMES, "there")
    assert "latest" not in next(fact.text for fact in status(world, Version("1.1.0")).facts if fact.fact == ON_FORGE[0])


def test_a_version_that_nobody_released_is_none(tmp_path: Path) -> None:
    found = status(released(tmp_path), Version("9.0"))
    assert (found.tag, found.state) == (None, "none")
    assert states(found) == {"tag": "missing", "test files": "missing", "prod files": "missing"}


def test_a_release_by_other_means_is_told_by_what_is_there(tmp_path: Path) -> None:
    found = status(machine(begun(), tmp_path))
    assert (str(found.version), found.state) == ("1.0.0", "complete")
    assert states(found) == dict.fromkeys(("tag", "pushed", "version", "test files", "prod files"), "there")


def deleted_file(world: FakeWorld) -> str:
    world.public.shelves["prod"].delete(SDIST)
    return f"prod {SDIST}"


def other_bytes(world: FakeWorld) -> str:
    world.public.shelves["test"].files[WHEEL] = b"other"
    return f"test {WHEEL}"


def other_tag_here(world: FakeWorld) -> str:
    world.repository.own_tags["v1.1.0"] = FakeTag(world.public.remote.tags["v1.0.0"].commit)
    return "tag"


def rewound_branch(world: FakeWorld) -> str:
    world.public.remote.heads["main"] = world.public.remote.tags["v1.0.0"].commit
    return "pushed"


@pytest.mark.parametrize(
    ("harm", "state", "whole"),
    [
        (deleted_file, "missing", "unfinished"),
        (other_bytes, "conflict", "conflict"),
        (other_tag_here, "conflict", "conflict"),
        (rewound_branch, "conflict", "conflict"),
    ],
)
def test_one_harm_is_one_fact(harm: Callable[[FakeWorld], str], state: str, whole: str, tmp_path: Path) -> None:
    world = released(tmp_path)
    harmed = harm(world)
    found = status(world, Version("1.1.0"))
    assert {fact: said for fact, said in states(found).items() if said != "there"} == {harmed: state}
    assert found.state == whole


@pytest.mark.parametrize("text", ["1.2.0\n", "one\n", None])
def test_a_tag_whose_tree_says_another_version_is_in_conflict(text: str | None, tmp_path: Path) -> None:
    public = begun()
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.commit("chore: by hand", {"version.txt": text}))
    put_by_hand(public, "1.1.0")
    found = status(machine(public, tmp_path))
    assert (states(found)["version"], found.state) == ("conflict", "conflict")


def test_an_index_in_doubt_is_unknown_and_the_rest_is_told(tmp_path: Path) -> None:
    world = released(tmp_path)
    world.looks.before("files prod", fail, lasting=True)
    found = status(world)
    unknown = {"prod files": "unknown"}
    assert states(found) == {**dict.fromkeys(NAMES[:5], "there"), **unknown, **dict.fromkeys(ON_FORGE, "there")}
    assert next(fact.text for fact in found.facts if fact.state == "unknown") == "the line went dead"
    assert found.state == "unfinished"


def test_a_remote_in_doubt_is_unknown_and_the_rest_is_told_from_here(tmp_path: Path) -> None:
    world = released(tmp_path)
    world.looks.before("remote", fail, lasting=True)
    found = status(world)
    assert states(found) == {**dict.fromkeys(NAMES, "there"), "pushed": "unknown"}
    assert found.state == "unfinished"


def test_without_a_remote_it_is_told_from_here(tmp_path: Path) -> None:
    world = released(tmp_path)
    world.repository.remote = None
    assert states(status(world))["pushed"] == "unknown"


def test_of_a_release_that_promises_nothing_an_index_wants_a_wheel_and_an_sdist(tmp_path: Path) -> None:
    public = begun()
    assert status(machine(public, tmp_path)).state == "complete"
    wheel, sdist = files_of("1.0.0")
    del public.shelves["prod"].files[sdist]
    found = status(machine(public, tmp_path))
    assert found.state == "unfinished"
    assert ("prod files", "missing", f"{wheel}, no sdist") in found.facts
    assert states(found)["test files"] == "there"
