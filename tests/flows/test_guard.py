"""The guard: what is refused before anything is made, because it cannot end well."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.release import release
from cz_ship.settings import Settings
from tests.support.fake_git import FakeRepository, FakeTag
from tests.support.fake_world import FakeWorld
from tests.support.judge import offences
from tests.support.story import foreign_commit, machine, owing


def refused(world: FakeWorld) -> Failure:
    """The failure of a release that touches nothing, not even in private."""
    before = world.public.remains()
    with pytest.raises(Failure) as caught:
        release(world)
    assert world.public.remains() == before
    assert world.effects.names == []
    return caught.value


def no_commits(repository: FakeRepository) -> None:
    repository.heads.clear()


def no_remote(repository: FakeRepository) -> None:
    repository.remote = None


def no_credentials_on_either_index(world: FakeWorld) -> None:
    for index in world.indexes():
        index.missing = "no credentials in the environment"


@pytest.mark.parametrize(
    ("spoil", "said", "hint"),
    [
        (no_commits, "there are no commits yet", "git commit"),
        (no_remote, "there is no remote 'origin'", "git remote add origin"),
    ],
)
def test_a_repository_that_cannot_be_released_from(
    spoil: Callable[[FakeRepository], None], said: str, hint: str, tmp_path: Path
) -> None:
    world = machine(owing(), tmp_path)
    spoil(world.repository)
    failure = refused(world)
    assert failure.code is Exit.REFUSED
    assert said in failure.text
    assert hint in failure.hint


def test_a_tracked_env_file_is_refused(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("feat: secrets", {".env": "PYPI_PASSWORD=x\n"})
    failure = refused(machine(public, tmp_path))
    assert ".env is tracked by git" in failure.text
    assert "revoke" in failure.hint


def test_credentials_are_asked_for_before_anything_is_made_and_all_at_once(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    no_credentials_on_either_index(world)
    failure = refused(world)
    assert failure.code is Exit.REFUSED
    assert failure.text.splitlines()[1:] == [
        "  test: no credentials in the environment",
        "  prod: no credentials in the environment",
        "nothing public was changed",
    ]


def test_a_release_is_made_from_the_release_branch(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("feat: dance", {"dance.py": ""}, branch="topic")
    failure = refused(machine(public, tmp_path, at="topic"))
    assert "HEAD is on branch 'topic'; a release is made from 'main'" in failure.text
    assert "cz-ship candidate" in failure.hint


def test_a_detached_head_beside_the_branch_is_refused(tmp_path: Path) -> None:
    public = owing()
    stray = public.remote.commit("feat: dance", {"dance.py": ""}, branch="topic")
    failure = refused(machine(public, tmp_path, at=stray))
    assert "which is not on 'main' of origin" in failure.text
    assert failure.hint == "git switch main"


@pytest.mark.parametrize("behind", [False, True], ids=["at the tip", "behind the tip"])
def test_a_detached_head_on_the_branch_is_what_ci_checks_out(behind: bool, tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path, at=public.remote.heads["main"])
    if behind:
        foreign_commit(public)  # pushed since the checkout, which does not know it
    assert release(world).released
    assert offences(public) == []


def test_a_branch_that_the_remote_lacks_is_named(tmp_path: Path) -> None:
    world = FakeWorld(owing(), tmp_path, Settings(branch="next"))
    world.repository.on, world.repository.detached = None, world.repository.head().sha
    assert "is not on 'next' of origin" in refused(world).text
    world.repository.on = "next"
    world.repository.heads["next"] = world.public.remote.heads["main"]
    assert "the remote has no branch 'next'" in refused(world).text


def test_a_tag_of_the_owed_version_that_is_here_alone_is_asked_about(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.repository.own_tags["v1.1.0"] = FakeTag(world.public.remote.tags["v1.0.0"].commit)
    failure = refused(world)
    assert "tag v1.1.0 is in this repository" in failure.text
    assert "git tag -d v1.1.0" in failure.hint
    assert "git push origin v1.1.0" in failure.hint
