"""Release: what no run can mend, what a run does in doubt, and what it leaves alone then."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.landed import bumped_at
from cz_ship.flows.release import owed, release
from cz_ship.flows.status import status
from cz_ship.flows.survey import survey
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakeRules, FakeWorld, Public
from tests.support.gate import fail, interrupt
from tests.support.judge import offences
from tests.support.story import (
    MODES,
    PROJECT,
    files_of,
    foreign_commit,
    machine,
    owing,
    put_by_hand,
    run,
    stopped_after,
)

WHEEL, SDIST = files_of("1.1.0")
ALL = {WHEEL, SDIST, *files_of("1.0.0")}


def refused(world: FakeWorld) -> Failure:
    """The failure that a release ends with."""
    with pytest.raises(Failure) as caught:
        release(world)
    return caught.value


def touches_nothing(world: FakeWorld) -> Failure:
    """The failure of a release that changes nothing public."""
    before = world.public.remains()
    failure = refused(world)
    assert world.public.remains() == before
    return failure


def tag_elsewhere(public: Public) -> str:
    """A tag of the owed version on a branch of its own."""
    sha = public.remote.commit("feat: dance", {"version.txt": "1.1.0\n"}, branch="topic")
    public.remote.tags["v1.1.0"] = FakeTag(sha)
    return sha


# What needs a person


@pytest.mark.parametrize("index", ["test", "prod"])
@pytest.mark.parametrize("mode", MODES)
def test_other_bytes_under_our_name_need_a_person(mode: str, index: str, tmp_path: Path) -> None:
    public = owing(mode)
    put_by_hand(public, "1.1.0", index)
    failure = touches_nothing(machine(public, tmp_path, mode))
    assert failure.code is Exit.PERSON
    assert f"{index} (fake:{index}) holds {WHEEL} with sha256 " in failure.text
    assert ", ours has " in failure.text


@pytest.mark.parametrize("index", ["test", "prod"])
def test_other_bytes_than_the_tag_promises_need_a_person(index: str, tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    put_by_hand(public, "1.1.0", index)
    failure = touches_nothing(machine(public, tmp_path))
    assert failure.code is Exit.PERSON
    assert f"holds {SDIST} with sha256" in failure.text


@pytest.mark.parametrize("mode", MODES)
def test_a_tag_elsewhere_needs_a_person(mode: str, tmp_path: Path) -> None:
    public = owing(mode)
    world = machine(public, tmp_path, mode)
    tag_elsewhere(public)
    failure = touches_nothing(world)
    assert failure.code is Exit.PERSON
    assert "tag v1.1.0" in failure.text


def test_a_tag_elsewhere_is_told_with_its_commit_and_author_and_is_not_deleted(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)
    sha = tag_elsewhere(public)
    failure = touches_nothing(world)
    assert f"tag v1.1.0 on the remote names {sha[:12]} by Ada <ada@example.org>, this release is " in failure.text
    assert failure.text.endswith("\n1.1.0 is in part public (tag v1.1.0)")
    assert failure.hint == "is that tag a mistake? then: git push origin --delete v1.1.0"
    assert "build" not in world.effects.names


def test_in_mode_branch_a_tag_elsewhere_stops_the_release_with_a_way_out(tmp_path: Path) -> None:
    public = owing("branch")
    sha = tag_elsewhere(public)
    failure = touches_nothing(machine(public, tmp_path, "branch"))
    assert "tag v1.1.0 is not in this history" in failure.text
    assert f"the last is {sha[:12]} by Ada <ada@example.org>" in failure.text
    assert "merge v1.1.0 into this branch" in failure.hint
    assert "git push origin --delete v1.1.0" in failure.hint


def test_build_tools_that_make_other_bytes_than_the_tag_promises_need_a_person(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    failure = touches_nothing(machine(public, tmp_path, tools="2"))
    assert failure.code is Exit.PERSON
    assert f"tag v1.1.0 promises {WHEEL}" in failure.text
    release(machine(public, tmp_path))
    assert offences(public) == []


def test_a_release_whose_tag_was_deleted_needs_a_person(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path))
    del public.remote.tags["v1.1.0"]
    failure = touches_nothing(machine(public, tmp_path))
    assert failure.code is Exit.PERSON
    assert "its tag v1.1.0 is gone" in failure.text
    assert f"git tag v1.1.0 {public.remote.heads['main']}" in failure.hint


def test_a_lost_tag_that_the_caller_still_has_is_to_be_pushed_again(tmp_path: Path) -> None:
    public = stopped_after(f"upload test {WHEEL}", tmp_path)
    kept = public.remote.tags.pop("v1.1.0")
    world = machine(public, tmp_path)
    world.repository.own_tags["v1.1.0"] = kept
    failure = touches_nothing(world)
    assert failure.code is Exit.PERSON
    first, last = failure.text.splitlines()
    assert first == "tag v1.1.0 of version.txt's 1.1.0 is in this repository and gone from the remote"
    assert last == "nothing public was changed"
    assert failure.hint == "restore it: git push origin v1.1.0"
    public.remote.tags["v1.1.0"] = kept
    assert release(world.again()).released
    assert offences(public) == []


def test_in_mode_branch_a_lost_tag_is_told_with_the_command_that_restores_it(tmp_path: Path) -> None:
    public = owing("branch")
    bump = public.remote.heads["main"]
    release(machine(public, tmp_path, "branch"))
    del public.remote.tags["v1.1.0"]
    foreign_commit(public)
    world = machine(public, tmp_path, "branch")
    failure = touches_nothing(world)
    assert failure.code is Exit.PERSON
    assert "  test has 1.1.0, and the tag v1.1.0 is gone or never was\n" in failure.text
    assert f"restore it: git tag v1.1.0 {bump} && git push origin v1.1.0 " in failure.hint
    public.remote.tags["v1.1.0"] = FakeTag(bump)
    assert release(world.again()).text == "nothing to release"


@pytest.mark.parametrize("mode", ["push", "pull-request"])
def test_a_release_after_a_baseline_whose_tag_is_lost_is_no_first_release(mode: str, tmp_path: Path) -> None:
    public = owing(mode)
    baseline = public.remote.tags.pop("v1.0.0").commit
    world = machine(public, tmp_path, mode)
    failure = touches_nothing(world)
    assert failure.code is Exit.PERSON
    first, last = failure.text.splitlines()
    assert first == "version.txt says 1.0.0 and CHANGELOG.md has its section, but there is no tag v1.0.0"
    assert last == "nothing public was changed"
    assert failure.hint.endswith(f": git tag v1.0.0 {baseline} && git push origin v1.0.0")
    public.remote.tags["v1.0.0"] = FakeTag(baseline)
    assert release(world.again()).steps
    assert offences(public) == []


@pytest.mark.parametrize(
    ("version", "changelog"),
    [("0.0.0", ""), ("0.0.0", "# Changes\n\n## Unreleased\n"), ("1.0.0", "# Changes\n\n## v0.9.0 (2025-12-31)\n")],
)
def test_a_version_without_a_section_is_followed_by_the_first_release(
    version: str, changelog: str, tmp_path: Path
) -> None:
    public = Public()
    public.remote.commit("feat: sing", {**PROJECT, "version.txt": f"{version}\n", "CHANGELOG.md": changelog})
    assert release(machine(public, tmp_path)).released


@pytest.mark.parametrize("mode", ["branch", "merged"])
def test_a_version_that_was_bumped_before_any_tag_is_the_first_release(mode: str, tmp_path: Path) -> None:
    public = owing(mode)
    del public.remote.tags["v1.0.0"]
    assert release(machine(public, tmp_path, mode)).text == "demo 1.1.0 is released"


def test_with_another_version_provider_a_tag_by_hand_is_owed_whatever_its_tree_says(tmp_path: Path) -> None:
    public = owing()
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.heads["main"])
    world = machine(public, tmp_path, "branch")
    world.rule_set = world.rule_set._replace(version_provider="pep621")
    with world.clone_of_remote() as clone:
        _, due, _ = next(owed(world, clone, "main"))
    assert (due.tag, due.tagged) == ("v1.1.0", True)


@pytest.mark.parametrize("provider", ["pep621", "version_txt"])
def test_the_commit_that_brought_a_version_is_known_by_any_provider(provider: str, tmp_path: Path) -> None:
    public = owing("branch")
    bump = public.remote.heads["main"]
    tip = foreign_commit(public)
    world = machine(public, tmp_path, "branch")
    rules = FakeRules(world.rule_set._replace(version_provider=provider))
    outlook = survey(world.repository, rules, "demo", world.settings, tip)
    assert bumped_at(world.repository, rules, outlook) == bump
    assert bumped_at(world.repository, rules, outlook._replace(changes=())) == (
        bump if provider == "version_txt" else None
    )


@pytest.mark.parametrize("tools", ["1", "2"])
def test_a_tag_that_is_restored_without_its_promise_hides_no_half_release(tools: str, tmp_path: Path) -> None:
    public = stopped_after(f"upload prod {WHEEL}", tmp_path)
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.heads["main"])
    world = machine(public, tmp_path, tools=tools)
    if tools == "1":
        release(world)
        assert set(public.shelves["prod"].files) == ALL
    else:
        assert "holds" in touches_nothing(world).text


def test_a_release_that_its_index_has_closed_needs_a_person(tmp_path: Path) -> None:
    public = stopped_after(f"upload prod {WHEEL}", tmp_path)
    public.shelves["prod"].uploaded[WHEEL] = public.now
    public.now += 14 * 24 * 3600
    assert status(machine(public, tmp_path)).state == "unfinished"
    public.now += 1
    failure = touches_nothing(machine(public, tmp_path))
    assert failure.code is Exit.PERSON
    assert (
        f"prod (fake:prod) has had a file of 1.1.0 since 2026-01-01 and takes no other of a release older than "
        f"14 days; it lacks {SDIST}"
    ) in failure.text
    assert failure.hint == "it stays as it is there: commit a fix, and the next release goes on without it"
    foreign_commit(public)
    assert str(release(machine(public, tmp_path)).version) == "1.1.1"


def test_a_whole_release_may_be_as_old_as_it_likes(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path))
    for shelf in public.shelves.values():
        shelf.uploaded.update(dict.fromkeys((WHEEL, SDIST), public.now))
    public.now += 365 * 24 * 3600
    assert release(machine(public, tmp_path)).version is None


def test_an_identity_that_may_not_upload_stops_the_run_and_hides_nothing(tmp_path: Path) -> None:
    public = owing()

    def refuse() -> None:
        raise public.shelves["prod"].refusal(WHEEL, "403 Forbidden")

    world = machine(public, tmp_path)
    world.effects.before("upload prod", refuse)
    failure = refused(world)
    assert failure.code is Exit.PERSON
    assert failure.text.endswith("; the same command continues")
    foreign_commit(public)
    world = machine(public, tmp_path)
    world.effects.before("upload prod", refuse)
    assert refused(world).code is Exit.PERSON
    assert "v1.1.1" not in public.remote.tags
    assert str(release(machine(public, tmp_path)).version) == "1.1.1"
    assert offences(public) == []


def test_a_burnt_name_is_told_in_the_words_of_the_index(tmp_path: Path) -> None:
    public = owing()
    public.shelves["prod"].burnt.add(SDIST)
    failure = refused(machine(public, tmp_path))
    assert failure.text.startswith(f"the prod index did not take {SDIST}: 400 This filename was previously used")
    assert set(public.shelves["prod"].files) == ALL - {SDIST}
    assert touches_nothing(machine(public, tmp_path)).text == failure.text


# What a re-run mends


@pytest.mark.parametrize("effect", ["commit", "build", "tag", "push"])
def test_what_fails_before_the_push_is_refused_with_nothing_touched(effect: str, tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.before(effect, fail)
    failure = touches_nothing(world)
    assert failure.code is Exit.REFUSED
    assert failure.text == "the line went dead\nnothing public was changed"


def test_artifacts_that_the_check_refuses_are_not_released(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("feat: say less", {"README.md": None})
    failure = touches_nothing(machine(public, tmp_path))
    assert failure.code is Exit.REFUSED
    assert "twine check --strict refused" in failure.text


def test_artifacts_of_another_version_than_planned_are_not_released(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("feat: stand still", {"pyproject.toml": 'name = "demo"\nversion = "9.9.9"\n'})
    failure = touches_nothing(machine(public, tmp_path))
    assert failure.code is Exit.REFUSED
    assert "says it is demo 9.9.9; demo 1.1.0 was planned" in failure.text


@pytest.mark.parametrize("look", ["remote refs", "files test", "files prod"])
def test_doubt_before_anything_is_public_is_exit_1(look: str, tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.looks.before(look, fail, lasting=True)
    assert touches_nothing(world).code is Exit.REFUSED


@pytest.mark.parametrize("look", ["remote refs", "files test", "files prod"])
def test_doubt_after_something_is_public_is_exit_4(look: str, tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.after(f"upload test {WHEEL}", lambda: world.looks.before(look, fail, lasting=True))
    failure = refused(world)
    assert failure.code is Exit.UNFINISHED
    assert "nothing public was changed" not in failure.text
    assert "the same command" in failure.text
    release(world.again())
    assert offences(world.public) == []


@pytest.mark.parametrize("effect", ["push", "upload test", f"upload prod {SDIST}"])
@pytest.mark.parametrize("mode", MODES)
def test_a_lost_answer_is_settled_by_a_look(mode: str, effect: str, tmp_path: Path) -> None:
    world = machine(owing(mode), tmp_path, mode)
    world.effects.after(effect, fail)
    report = release(world)
    assert report.released
    assert [step.text for step in report.steps].count("its answer was lost; it is there") == 1
    assert offences(world.public) == []


def test_ctrl_c_says_what_is_true(tmp_path: Path) -> None:
    for effect, said in (("build", "nothing public was changed"), ("upload test", f"in the middle of: upload {WHEEL}")):
        world = machine(owing(), tmp_path)
        world.effects.before(effect, interrupt)
        assert said in getattr(run(world), "truth", "")


def test_a_remote_that_never_stands_still_is_given_up_on(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.before("push", lambda: foreign_commit(world.public), lasting=True)
    failure = refused(world)
    assert failure.code is Exit.REFUSED
    assert "the remote moved 5 times" in failure.text
    assert world.effects.names.count("push") == 5
    assert list(world.public.remote.tags) == ["v1.0.0"]
