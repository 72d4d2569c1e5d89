"""What other hands, other machines and earlier runs have left behind, and what a release makes of it."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.release import release
from cz_ship.settings import IndexSettings, Settings
from tests.support.fake_git import FakeTag
from tests.support.fake_merge import merge_pull
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import fail, kill
from tests.support.judge import offences
from tests.support.story import BUMPED, CHANGELOG, MODES, files_of, foreign_commit, machine, owing, put_by_hand, run

FILES = sorted(files_of("1.1.0"))


def held(public: Public, index: str, version: str = "1.1.0") -> list[str]:
    """The files of a version on an index."""
    return sorted(name for name in public.shelves[index].files if f"-{version}" in name)


def bump_by_hand(public: Public) -> None:
    """The developer moves on to 1.1.1."""
    text = BUMPED["CHANGELOG.md"].replace("## v1.1.0", "## v1.1.1 (2026-01-01)\n\n- hum\n\n## v1.1.0")
    public.remote.commit("bump: version 1.1.0 → 1.1.1", {"version.txt": "1.1.1\n", "CHANGELOG.md": text})


def tagged_by_hand() -> Public:
    """A developer bumped, and made and pushed the tag by `cz bump`: it promises nothing."""
    public = owing("branch")
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.heads["main"])
    return public


# A tag made by hand


def test_a_tag_by_hand_is_released_and_then_left_alone(tmp_path: Path) -> None:
    public = tagged_by_hand()
    assert release(machine(public, tmp_path, "branch")).released
    assert held(public, "test") == held(public, "prod") == FILES
    assert release(machine(public, tmp_path, "branch")).version is None


def test_a_tag_by_hand_whose_files_are_others_was_released_by_other_means(tmp_path: Path) -> None:
    public = tagged_by_hand()
    put_by_hand(public, "1.1.0", "prod")
    before = public.remains()
    world = machine(public, tmp_path, "branch")
    assert release(world).version is None
    assert not any("1.1.0" in line for line in world.talk.said)
    assert public.remains() == before


def half_by_hand(index: str, *held: str) -> Public:
    """A tag by hand, and some of its files by hand on one index."""
    public = tagged_by_hand()
    put_by_hand(public, "1.1.0", index)
    for name in {*FILES} - {*held}:
        del public.shelves[index].files[name]
    return public


HALVES = [("prod", FILES[:1]), ("prod", FILES[1:]), ("test", FILES)]


@pytest.mark.parametrize(("index", "there"), HALVES)
def test_a_half_release_by_hand_is_told_and_passed_by_the_next(index: str, there: list[str], tmp_path: Path) -> None:
    public = half_by_hand(index, *there)
    before = public.remains()
    ended = run(machine(public, tmp_path, "branch"))
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON
    assert f"{index} (fake:{index}) holds {there[0]} with sha256 " in ended.text
    assert ended.text.endswith(f"in part public (tag v1.1.0, {', '.join(f'{name} on {index}' for name in there)})")
    assert ended.hint.startswith("upload the rest by the means that put that there; or commit a fix")
    assert public.remains() == before
    foreign_commit(public)
    bump_by_hand(public)
    world = machine(public, tmp_path, "branch")
    assert str(release(world).version) == "1.1.1"
    assert any("1.1.0 stays unfinished" in line for line in world.talk.said)


def test_the_rest_of_a_half_release_by_hand_can_come_by_the_same_means(tmp_path: Path) -> None:
    public = half_by_hand("prod", FILES[0])
    assert isinstance(run(machine(public, tmp_path, "branch")), Failure)
    put_by_hand(public, "1.1.0", "prod")
    assert release(machine(public, tmp_path, "branch")).version is None


def test_a_half_release_by_hand_is_told_though_an_older_one_was_finished(tmp_path: Path) -> None:
    public = owing("branch")
    release(machine(public, tmp_path, "branch"), ["tag"])
    bump_by_hand(public)
    public.remote.tags["v1.1.1"] = FakeTag(public.remote.heads["main"])
    put_by_hand(public, "1.1.1", "prod")
    del public.shelves["prod"].files["demo-1.1.1.tar.gz"]
    ended = run(machine(public, tmp_path, "branch"))
    assert held(public, "test") == held(public, "prod") == FILES
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON
    first, second, *_ = ended.text.splitlines()
    assert first == "demo 1.1.0 is released, by this run; what follows it is not:"
    assert second == "demo 1.1.1 cannot be released:"


@pytest.mark.parametrize(
    "effect", ["build", *(f"upload {index} {file}" for index in ("test", "prod") for file in FILES)]
)
def test_a_release_from_a_tag_by_hand_converges_too(effect: str, tmp_path: Path) -> None:
    public = tagged_by_hand()
    world = machine(public, tmp_path, "branch")
    world.effects.after(effect, kill)
    run(world)
    release(machine(public, tmp_path, "branch"))
    assert held(public, "test") == held(public, "prod") == FILES


def test_without_any_index_a_release_is_a_tag(tmp_path: Path) -> None:
    public = owing()
    test, prod = (IndexSettings(name, enabled=False) for name in ("test", "prod"))
    report = release(FakeWorld(public, tmp_path, Settings(test=test, prod=prod)))
    assert (str(report.version), report.released) == ("1.1.0", True)
    assert "v1.1.0" in public.remote.tags


def test_a_half_release_beneath_one_by_other_means_is_finished(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    public.remote.commit("feat!: by hand", {"version.txt": "2.0.0\n"})
    public.remote.tags["v2.0.0"] = FakeTag(public.remote.heads["main"])
    put_by_hand(public, "2.0.0")
    for _ in range(3):
        release(machine(public, tmp_path))
    assert held(public, "test") == held(public, "prod") == FILES


# Artifacts that were handed over


def test_a_stale_dist_is_not_shipped(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["prepare"], tmp_path / "dist")
    foreign_commit(public)
    release(machine(public, tmp_path), dist=tmp_path / "dist")
    assert offences(public) == []


def test_a_dist_that_the_tag_does_not_promise_is_built_anew(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["prepare"], tmp_path / "dist")
    foreign_commit(public)
    release(machine(public, tmp_path), ["tag"])
    release(machine(public, tmp_path), dist=tmp_path / "dist")
    assert offences(public) == []


# What needs a person, and the way out that the person is told


@pytest.mark.parametrize("index", ["test", "prod"])
@pytest.mark.parametrize("mode", MODES)
def test_a_tagged_version_whose_name_is_spent_is_passed_by_the_next(mode: str, index: str, tmp_path: Path) -> None:
    public = owing(mode)
    release(machine(public, tmp_path, mode), ["tag"])
    put_by_hand(public, "1.1.0", index)
    ended = run(machine(public, tmp_path, mode))
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON
    assert ended.hint == "its name is spent: commit a fix, and the next release goes on without it"
    foreign_commit(public)
    if mode == "branch":
        bump_by_hand(public)
    if mode == "merged":
        assert "1.1.1 is proposed" in release(machine(public, tmp_path, mode)).text
        merge_pull(public, "squash")
    world = machine(public, tmp_path, mode)
    report = release(world)
    assert (str(report.version), report.released) == ("1.1.1", True)
    assert any("1.1.0 stays unfinished" in line for line in world.talk.said)
    assert held(public, "prod", "1.1.1") == sorted(files_of("1.1.1"))
    assert release(machine(public, tmp_path, mode)).version is None


@pytest.mark.parametrize("index", ["test", "prod"])
def test_an_untagged_version_whose_name_is_spent_is_passed_in_mode_branch_by_a_bump(index: str, tmp_path: Path) -> None:
    public = owing("branch")
    put_by_hand(public, "1.1.0", index)
    ended = run(machine(public, tmp_path, "branch"))
    assert isinstance(ended, Failure)
    assert ended.hint.endswith("was there none? its name is spent: bump to the next version in the branch")
    bump_by_hand(public)
    assert str(release(machine(public, tmp_path, "branch")).version) == "1.1.1"


@pytest.mark.parametrize("index", ["test", "prod"])
def test_an_untagged_version_whose_name_is_spent_is_passed_in_mode_push_by_a_tag(index: str, tmp_path: Path) -> None:
    public = owing()
    put_by_hand(public, "1.1.0", index)
    ended = run(machine(public, tmp_path))
    assert isinstance(ended, Failure)
    assert "write 1.1.0 into version.txt, commit that, tag it v1.1.0, push both" in ended.hint
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.commit("chore: skip 1.1.0", {"version.txt": "1.1.0\n"}))
    assert release(machine(public, tmp_path)).version is None
    foreign_commit(public)
    report = release(machine(public, tmp_path))
    assert (str(report.version), report.released) == ("1.1.1", True)


def test_a_conflict_does_not_say_that_the_same_command_continues(tmp_path: Path) -> None:
    public = owing()
    put_by_hand(public, "1.1.0", "test")
    ended = run(machine(public, tmp_path))
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON
    assert "the same command continues" not in ended.text


@pytest.mark.parametrize("index", ["test", "prod"])
def test_a_tagged_version_with_a_burnt_name_is_passed_by_the_next(index: str, tmp_path: Path) -> None:
    public = owing()
    public.shelves[index].burnt.add(FILES[1])
    assert isinstance(run(machine(public, tmp_path)), Failure)
    foreign_commit(public)
    assert str(release(machine(public, tmp_path)).version) == "1.1.1"


def test_a_tag_by_hand_that_does_not_build_is_passed_by_the_next(tmp_path: Path) -> None:
    public = owing("branch")
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.commit("chore: say less", {"README.md": None}))
    public.remote.commit("fix: say more", {"README.md": "# Demo\n"})
    bump_by_hand(public)
    assert str(release(machine(public, tmp_path, "branch")).version) == "1.1.1"


def test_a_tag_by_hand_is_not_passed_for_a_passing_doubt(tmp_path: Path) -> None:
    public = tagged_by_hand()
    foreign_commit(public)
    bump_by_hand(public)
    world = machine(public, tmp_path, "branch")
    world.effects.after("build", lambda: world.looks.before("files test", fail))
    run(world)
    release(world.again())
    release(world.again())
    assert held(public, "prod") == FILES
    assert held(public, "prod", "1.1.1") == sorted(files_of("1.1.1"))


def test_a_conflict_that_comes_after_the_push_is_not_answered_by_making_the_tag_again(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.after("push", lambda: put_by_hand(world.public, "1.1.0", "prod"))
    ended = run(world)
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON
    assert "tag it v1.1.0" not in ended.hint


def test_the_way_out_of_a_tag_elsewhere_is_not_to_make_it_again(tmp_path: Path) -> None:
    public = owing()
    sha = public.remote.commit("feat: dance", {"version.txt": "1.1.0\n"}, branch="topic")
    public.remote.tags["v1.1.0"] = FakeTag(sha)
    ended = run(machine(public, tmp_path))
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON
    assert "tag it v1.1.0" not in ended.hint
    assert "git push origin --delete v1.1.0" in ended.hint


def test_a_burnt_name_needs_a_person(tmp_path: Path) -> None:
    public = owing()
    public.shelves["prod"].burnt.add(FILES[1])
    ended = run(machine(public, tmp_path))
    assert isinstance(ended, Failure)
    assert ended.code is Exit.PERSON


def test_a_tag_elsewhere_that_is_known_here_is_not_said_to_be_here_alone(tmp_path: Path) -> None:
    public = owing()
    sha = public.remote.commit("feat: dance", {"version.txt": "1.1.0\n"}, branch="topic")
    public.remote.tags["v1.1.0"] = FakeTag(sha)
    ended = run(machine(public, tmp_path))
    assert isinstance(ended, Failure)
    assert "not on the remote" not in ended.text
    assert ended.code is Exit.PERSON


# The caller's own clone


def test_a_checkout_that_a_killed_run_left_behind_is_fast_forwarded_by_the_next(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.before("fast-forward", kill)
    run(world)
    release(world.again())
    assert world.repository.head().sha == world.public.remote.heads["main"]


@pytest.mark.parametrize("mode", MODES)
def test_a_stale_tag_in_the_callers_clone_does_not_spoil_a_release(mode: str, tmp_path: Path) -> None:
    world = machine(owing(mode), tmp_path, mode)
    world.repository.own_tags["v1.0.0"] = FakeTag(world.public.remote.heads["main"])
    report = release(world)
    assert report.released
    assert any("would clobber existing tag" in line for line in world.talk.said)
    assert offences(world.public) == []


def test_the_changelog_of_the_developer_is_kept_byte_for_byte(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path))
    text = public.remote.objects[public.remote.heads["main"]].files["CHANGELOG.md"].decode()
    assert text.replace("## v1.1.0 (2026-01-01)\n\n- sing\n\n", "") == CHANGELOG
