"""Files that one job built, in the hands of the next: whether they are its own, and what is said where they are not."""

from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Exit, Failure
from cz_ship.flows.candidate import build_candidate, build_commit, candidate
from cz_ship.flows.release import release
from cz_ship.flows.remade import clone_with
from cz_ship.model import SUMS
from cz_ship.rules.plan import STAGES
from tests.support.fake_merge import merge_pull
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import fail
from tests.support.story import files_of, foreign_commit, machine, owing, stopped_after

WHEEL, _ = files_of("1.1.0")


def told(world: FakeWorld, dist: Path) -> str:
    with pytest.raises(Failure) as caught:
        candidate(world, dist)
    return caught.value.text


def test_a_candidate_is_published_as_it_was_built_elsewhere(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    _, built = build_candidate(machine(public, tmp_path), dist)
    world = machine(public, tmp_path)
    report = candidate(world, dist)
    assert [each[:2] for each in report.files] == [each[:2] for each in built]
    assert "build" not in world.effects.names


def test_files_of_another_commit_are_no_candidate(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    build_candidate(machine(public, tmp_path), dist)
    foreign_commit(public)
    before = public.remains()
    assert "the candidate is of" in told(machine(public, tmp_path), dist)
    assert "has no SHA256SUMS" in told(machine(public, tmp_path), tmp_path / "nothing")
    assert public.remains() == before


def test_the_commit_of_a_release_that_is_nowhere_yet_is_made_again(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    world = machine(public, tmp_path)
    release(world, ["prepare"], dist)
    delivery = world.builder.found(dist)
    assert delivery is not None
    elsewhere = machine(public, tmp_path)
    with clone_with(elsewhere, delivery.commit, Version("1.1.0")) as clone:
        assert clone.resolve(delivery.commit) == delivery.commit
    with clone_with(elsewhere, public.remote.heads["main"], Version("1.1.0")) as clone:
        assert clone.resolve(public.remote.heads["main"])
    foreign_commit(public)
    with (
        pytest.raises(Failure, match="not what a release would commit now"),
        clone_with(machine(public, tmp_path), delivery.commit, Version("1.1.0")),
    ):
        pass


# The files of a release, handed to a stage of it


def prepared(public: Public, dist: Path, mode: str = "push") -> str:
    """A release that was built into a folder; the tip that it was built for."""
    release(machine(public, dist.parent, mode), ["prepare"], dist)
    return public.remote.heads["main"]


def tagging(public: Public, dist: Path, mode: str = "push") -> FakeWorld:
    """The machine of the next job, on which nothing builds."""
    world = machine(public, dist.parent, mode)
    world.effects.before("build", fail, lasting=True)
    return world


def not_tagged(public: Public, dist: Path) -> Failure:
    """What the job says that refuses the files, and changes nothing."""
    before = public.remains()
    with pytest.raises(Failure) as caught:
        release(tagging(public, dist), ["tag"], dist)
    assert public.remains() == before
    assert caught.value.code is Exit.REFUSED
    assert caught.value.text.endswith("\nnothing public was changed")
    return caught.value


def test_a_merged_release_keeps_its_files_where_a_newer_commit_comes(tmp_path: Path) -> None:
    public, dist = owing("merged"), tmp_path / "dist"
    merged, _ = prepared(public, dist, "merged"), foreign_commit(public)
    assert str(release(tagging(public, dist, "merged"), ["tag"], dist).version) == "1.1.0"
    assert public.remote.tags["v1.1.0"].commit == merged


@pytest.mark.parametrize("mode", ["push", "branch"])
def test_files_that_a_newer_commit_has_overtaken_are_left_to_its_run(mode: str, tmp_path: Path) -> None:
    public, dist = owing(mode), tmp_path / "dist"
    old, new = prepared(public, dist, mode), foreign_commit(public)
    before = public.remains()
    report = release(tagging(public, dist, mode), ["tag"], dist)
    assert (report.version, report.released) == (None, False)
    version = "1.1.0"
    assert report.text == (
        f"nothing to release: this is a run of {old[:12]}, and main has moved on to {new[:12]}; "
        f"a newer run, of that commit, will release {version}"
    )
    assert report.left.startswith(f"{version} is left to a run of {new[:12]}; was none started (")
    assert public.remains() == before
    release(machine(public, tmp_path, mode), ["prepare"], dist)
    assert str(release(tagging(public, dist, mode), ["tag"], dist).version) == version
    assert "v1.1.0" in public.remote.tags


def test_files_of_the_release_before_are_left_to_the_run_of_what_came_since(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    release(machine(public, tmp_path), dist=dist)
    foreign_commit(public)
    assert "will release 1.1.1" in release(tagging(public, dist), ["tag"], dist).text


def test_a_release_that_is_stuck_is_not_hidden_by_files_that_came_too_late(tmp_path: Path) -> None:
    public, dist = stopped_after("push", tmp_path), tmp_path / "dist"
    public.shelves["prod"].take(WHEEL, b"other bytes")
    foreign_commit(public)
    release(machine(public, tmp_path), ["prepare"], dist)
    foreign_commit(public)
    with pytest.raises(Failure, match=r"demo 1\.1\.0 cannot be released") as caught:
        release(machine(public, tmp_path), ["tag"], dist)
    assert caught.value.code is Exit.PERSON


def test_files_of_a_commit_that_is_nowhere_are_refused(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    dropped = prepared(public, dist)
    delivery = machine(public, tmp_path).builder.found(dist)
    assert delivery is not None
    del public.remote.objects[dropped]
    public.remote.heads["main"] = public.remote.tags["v1.0.0"].commit
    foreign_commit(public)
    failure = not_tagged(public, dist)
    assert failure.text.startswith(f"{dist} holds files of {delivery.commit[:12]}, 1.0.1 would be of ")
    assert failure.hint == "build them anew: cz-ship release --stage prepare --dist dist"


def test_files_that_the_tip_makes_otherwise_by_now_are_refused(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    tip = prepared(public, dist)
    public.remote.amend(tip, "feat!: sing loudly")
    assert "2.0.0 would be of" in not_tagged(public, dist).text


def test_files_that_tell_no_commit_are_refused(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    prepared(public, dist)
    world = machine(public, tmp_path)
    delivery = world.builder.found(dist)
    assert delivery is not None
    world.builder.deliver(delivery.artifacts, dist, "")
    assert "holds files of a commit that its SHA256SUMS does not tell, 1.1.0" in not_tagged(public, dist).text


def test_a_stage_that_is_handed_no_sums_is_refused(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    prepared(public, dist)
    (dist / SUMS).unlink()
    for folder in (dist, tmp_path / "nothing"):
        failure = not_tagged(public, folder)
        assert failure.text.startswith(f"{folder} has no SHA256SUMS, which tells what its files are; 1.1.0 waits for")
        assert failure.hint == f"build them anew: cz-ship release --stage prepare --dist {folder.name}"


@pytest.mark.parametrize("stages", [["prepare"], STAGES])
def test_files_without_sums_are_not_overwritten_and_no_others_released(stages: list[str], tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    dist.mkdir()
    (dist / WHEEL).write_bytes(b"made by hand")
    before = public.remains()
    with pytest.raises(Failure) as caught:
        release(machine(public, tmp_path), stages, dist)
    assert caught.value.code is Exit.REFUSED
    assert f"{dist} holds {WHEEL} with sha256 " in caught.value.text
    assert "and no SHA256SUMS that tells what it is; the release's has " in caught.value.text
    assert caught.value.hint == "move it away, or give --dist an empty folder"
    assert ((dist / WHEEL).read_bytes(), public.remains()) == (b"made by hand", before)


def test_files_without_sums_that_are_the_very_bytes_or_another_releases_are_in_nobodys_way(tmp_path: Path) -> None:
    public, dist = owing(), tmp_path / "dist"
    prepared(public, dist)
    (dist / SUMS).unlink()  # as a run leaves it that was killed while it laid them down
    (dist / files_of("1.0.0")[0]).write_bytes(b"older")
    assert release(machine(public, tmp_path), dist=dist).released
    assert (dist / SUMS).exists()


def test_what_was_built_at_a_commit_of_the_branch_is_tagged_there_and_overtaken_as_any(tmp_path: Path) -> None:
    public, dist = owing("branch"), tmp_path / "dist"
    build_commit(machine(public, tmp_path, "branch"), dist)
    foreign_commit(public)
    assert "a newer run" in release(tagging(public, dist, "branch"), ["tag"], dist).text
    build_commit(machine(public, tmp_path, "branch"), dist)
    assert str(release(tagging(public, dist, "branch"), ["tag"], dist).version) == "1.1.0"


def test_a_proposal_that_is_merged_while_a_run_without_files_goes_on_is_left_to_its_own_run(tmp_path: Path) -> None:
    public, dist = owing("pull-request"), tmp_path / "dist"
    assert release(machine(public, tmp_path, "pull-request"), ["prepare"], dist).version is None
    release(machine(public, tmp_path, "pull-request"), ["tag"], dist)
    late = machine(public, tmp_path, "pull-request")
    merge_pull(public, "squash")
    before = public.remains()
    assert "a newer run, of that commit, will release 1.1.0" in release(late, ["tag"], dist).text
    assert public.remains() == before
    text = "dist has no SHA256SUMS"
    assert text in refusal(machine(public, tmp_path, "pull-request"), ["tag"], dist), "a run of the tip has no excuse"
    (dist).mkdir()
    assert text in refusal(late, ["tag"], dist), "a folder that is there was meant to hold them"


def refusal(world: FakeWorld, stages: list[str], dist: Path) -> str:
    with pytest.raises(Failure) as caught:
        release(world, stages, dist)
    assert caught.value.code is Exit.REFUSED
    return caught.value.text


def test_of_a_tagged_release_the_promise_tells_the_bytes_whatever_lies_in_the_folder(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    dist = tmp_path / "dist"
    assert str(release(machine(public, tmp_path), ["test"], dist).version) == "1.1.0"
    assert (dist / SUMS).exists()
