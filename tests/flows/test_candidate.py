"""Candidate: what one run puts on the Test index, what it proves, and what it leaves alone."""

import json
from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Exit, Failure, Interrupted
from cz_ship.flows.candidate import build_candidate, build_commit, candidate
from cz_ship.rules.candidate import decode
from cz_ship.settings import IndexSettings, Settings
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import Killed, fail, interrupt, kill
from tests.support.story import foreign_commit, machine, owing

STEPS = 5  # commit, build, deliver, two uploads


def refused(world: FakeWorld) -> Failure:
    """The failure that a candidate ends with."""
    with pytest.raises(Failure) as caught:
        candidate(world)
    return caught.value


def on_test(public: Public) -> list[str]:
    """The candidates' files on the Test index."""
    return sorted(name for name in public.shelves["test"].files if "rc" in name)


def test_a_candidate_of_a_branch_goes_to_the_test_index_and_nowhere_else(tmp_path: Path) -> None:
    public = owing()
    sha = public.remote.commit("feat: dance", {"dance.py": ""}, branch="topic")
    before = public.remains()[:2], dict(public.shelves["prod"].files)
    report = candidate(machine(public, tmp_path, at="topic"))
    assert report.version is not None
    found = decode(str(report.version))
    assert (str(found.base), found.distance, found.short_hash) == ("1.1.0", 2, sha[:7])
    assert on_test(public) == [each.name for each in report.files]
    assert (public.remains()[:2], dict(public.shelves["prod"].files)) == before
    assert report.released
    assert report.text == f"demo {report.version} is on fake:test"


def test_what_is_shipped_is_the_commit_with_another_version(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    (world.repository.root / "demo.py").write_text("half a thought")
    report = candidate(world)
    committed = world.public.remote.objects[world.public.remote.heads["main"]].files
    expected = {path: content.decode() for path, content in committed.items()}
    for name in on_test(world.public):
        shipped = json.loads(world.public.shelves["test"].files[name])["files"]
        assert shipped == {**expected, "version.txt": f"{report.version}\n"}
    assert any("not shipped: demo.py" in line for line in world.talk.said)
    assert (world.repository.root / "demo.py").read_text() == "half a thought"
    assert world.repository.changed_files() == ("demo.py",)


def test_what_an_index_remarks_on_a_file_is_told_of_its_upload(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.indexes()[0].remark = "with an attestation"
    uploads = [step.text for step in candidate(world).steps if step.step.startswith("upload")]
    assert len(uploads) == 2
    assert all(text.endswith(" → fake:test, with an attestation") for text in uploads)


def test_the_same_candidate_again_uploads_nothing_and_proves_it_again(tmp_path: Path) -> None:
    public = owing()
    first = candidate(machine(public, tmp_path))
    before = public.remains()
    world = machine(public, tmp_path)
    again = candidate(world)
    assert public.remains() == before
    assert world.effects.names == ["commit", "build", "deliver"]
    assert [step.done for step in again.steps] == [True, False, False, True]
    assert (again.version, again.files[0].sha256) == (first.version, first.files[0].sha256)
    assert "is already there, on fake:test" in again.text


def test_candidates_rise_along_a_branch(tmp_path: Path) -> None:
    public = owing()
    versions: list[Version] = []
    for _ in range(3):
        report = candidate(machine(public, tmp_path))
        assert report.version is not None
        versions.append(report.version)
        foreign_commit(public)
    assert versions == sorted(set(versions))


def test_in_mode_branch_the_wish_is_the_version_to_come(tmp_path: Path) -> None:
    report = candidate(machine(owing("branch"), tmp_path, "branch"))
    assert str(report.version).startswith("1.1.0rc2")


def test_a_shallow_checkout_gets_its_history_first(tmp_path: Path) -> None:
    public = owing()
    full = candidate(machine(public, tmp_path))
    world = machine(public, tmp_path)
    tip = public.remote.heads["main"]
    world.repository.shallow = True
    world.repository.objects = {tip: public.remote.objects[tip]}
    world.repository.own_tags = {}
    assert candidate(world).version == full.version
    assert any("this clone was shallow" in line for line in world.talk.said)


def test_a_shallow_checkout_without_a_remote_is_refused(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.repository.shallow, world.repository.remote = True, None
    failure = refused(world)
    assert failure.code is Exit.REFUSED
    assert "has no remote 'origin'" in failure.text


def test_a_candidate_needs_no_remote_and_no_credentials_for_prod(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.repository.remote = None
    world.indexes()[1].missing = "no credentials"
    assert candidate(world).released


def test_missing_credentials_are_told_before_anything_is_built(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.indexes()[0].missing = "no credentials in the environment"
    assert "test: no credentials in the environment" in refused(world).text
    assert world.effects.names == []


def test_a_switched_off_test_index_is_told(tmp_path: Path) -> None:
    world = FakeWorld(owing(), tmp_path, Settings(test=IndexSettings("test", enabled=False)))
    failure = refused(world)
    assert "the test index is switched off" in failure.text
    assert failure.hint == "indexes.test.enabled = true"


def test_a_tracked_env_file_is_refused(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("feat: secrets", {".env": ""})
    assert ".env is tracked" in refused(machine(public, tmp_path)).text


@pytest.mark.parametrize("harm", [("{", ""), ("demo.py", "evil.py"), ('"name": "demo"', '"name": "Demo"')])
def test_other_content_under_the_candidates_name_needs_a_person(harm: tuple[str, str], tmp_path: Path) -> None:
    public = owing()
    candidate(machine(public, tmp_path))
    files, name = public.shelves["test"].files, on_test(public)[0]
    files[name] = files[name].decode().replace(*harm).encode()
    before = public.remains()
    failure = refused(machine(public, tmp_path))
    assert failure.code is Exit.PERSON
    assert "this build has" in failure.text
    assert "git commit --allow-empty" in failure.hint
    assert public.remains() == before


@pytest.mark.parametrize("held", [1, 2])
def test_what_is_published_of_a_commit_stays_where_newer_build_tools_make_other_bytes(
    held: int, tmp_path: Path
) -> None:
    public = owing()
    first = candidate(machine(public, tmp_path))
    shelf = public.shelves["test"]
    for name in on_test(public)[held:]:
        del shelf.files[name]
    before = dict(shelf.files)
    world = machine(public, tmp_path, tools="2")
    again = candidate(world)
    assert [each.sha256 for each in again.files[:held]] == [each.sha256 for each in first.files[:held]]
    assert {**shelf.files, **before} == shelf.files
    assert [step.done for step in again.steps] == [True, False, held == 1, True]
    assert len([line for line in world.talk.said if "made by other versions of the build tools" in line]) == held


def test_a_failure_before_anything_is_public_is_exit_1(tmp_path: Path) -> None:
    for effect in ("build", "upload test demo-1.1.0rc"):
        world = machine(owing(), tmp_path)
        world.effects.before(effect, fail)
        assert refused(world).code is Exit.REFUSED
        assert on_test(world.public) == []


def test_a_failure_after_the_first_file_is_exit_4_and_a_re_run_finishes(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.before(STEPS - 1, fail)
    assert refused(world).code is Exit.UNFINISHED
    assert candidate(world.again()).released
    assert len(on_test(world.public)) == 2


@pytest.mark.parametrize("number", [STEPS - 2, STEPS - 1])
def test_an_upload_whose_answer_was_lost_is_settled_by_a_look(number: int, tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.after(number, fail)
    assert candidate(world).released
    assert len(world.effects.names) == STEPS


def test_an_upload_whose_answer_was_lost_and_that_cannot_be_looked_for_is_exit_4(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.after(STEPS - 2, lambda: world.looks.before("files test", fail, lasting=True))
    world.effects.after(STEPS - 2, fail)
    assert refused(world).code is Exit.UNFINISHED
    assert candidate(world.again()).released


def test_an_index_that_does_not_show_the_files_yet_is_exit_4(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.after(STEPS - 1, lambda: world.public.shelves["test"].hidden.update(on_test(world.public)))
    failure = refused(world)
    assert failure.code is Exit.UNFINISHED
    assert "and does not show it yet" in failure.text
    assert failure.hint == "the same command continues"


def test_a_wheel_that_comes_back_changed_is_no_proof(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    shelf = world.public.shelves["test"]
    world.looks.before("download test", lambda: shelf.files.update(dict.fromkeys(on_test(world.public), b"{}")))
    failure = refused(world)
    assert failure.code is Exit.PERSON
    assert "its page tells" in failure.text


def test_ctrl_c_says_that_the_same_command_finishes_it(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    world.effects.after(STEPS - 2, interrupt)
    with pytest.raises(Interrupted, match=r"the same command finishes 1\.1\.0rc"):
        candidate(world)
    assert candidate(world.again()).released


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("same", [True, False], ids=["same machine", "fresh one"])
def test_a_candidate_killed_anywhere_converges_on_a_plain_re_run(late: bool, same: bool, tmp_path: Path) -> None:
    straight = machine(owing(), tmp_path)
    candidate(straight)
    assert len(straight.effects.names) == STEPS
    for number in range(STEPS):
        world = machine(owing(), tmp_path)
        (world.effects.after if late else world.effects.before)(number, kill)
        with pytest.raises(Killed):
            candidate(world)
        candidate(world.again() if same else machine(world.public, tmp_path))
        assert world.public.remains() == straight.public.remains()


def test_a_build_without_an_upload_is_made_of_the_commit(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)
    outlook, artifacts = build_candidate(world, tmp_path / "candidate")
    assert [str(outlook.candidate) in each.name for each in artifacts] == [True, True]
    outlook, artifacts = build_commit(world, tmp_path / "commit")
    assert sorted(path.name for path in (tmp_path / "commit").iterdir()) == [
        *("SHA256SUMS", "demo-1.0.0-py3-none-any.whl", "demo-1.0.0.tar.gz")
    ]
    assert world.repository.changed_files() == ()


def test_a_version_that_is_behind_its_tags_is_refused_with_the_way_out(tmp_path: Path) -> None:
    public = owing()
    public.remote.tags["v1.2.0"] = FakeTag(public.remote.heads["main"])
    failure = refused(machine(public, tmp_path))
    assert failure.code is Exit.REFUSED
    assert "the later release v1.2.0 is in this history already" in failure.text
    assert failure.hint == "write 1.2.0 into version.txt and commit that"
