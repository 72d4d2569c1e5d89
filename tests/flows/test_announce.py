"""The forge's release: drafted, filled, verified, published; what other hands left there, and what it owes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.errors import Exit, Failure
from cz_ship.flows.release import release
from cz_ship.flows.status import status
from cz_ship.model import SUMS
from cz_ship.rules.plan import STAGES
from cz_ship.settings import Settings
from tests.support.fake_forge import Held
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import fail, kill
from tests.support.judge import offences
from tests.support.story import PROJECT, files_of, foreign_commit, machine, owing, run

WHEEL, SDIST = files_of("1.1.0")


def pushed(place: Path) -> Public:
    """1.1.0 is on both indexes, and not announced yet."""
    public = owing()
    release(machine(public, place), STAGES[:-1])
    return public


def only(public: Public) -> Held:
    """The one release on the forge."""
    (held,) = public.stand.releases.values()
    return held


def refused(world: FakeWorld) -> Failure:
    """The failure of a release."""
    with pytest.raises(Failure) as caught:
        release(world)
    return caught.value


def test_the_release_has_the_notes_of_the_changelog_the_files_and_their_sums(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path))
    held = only(public)
    assert (held.tag, held.notes, held.published, held.prerelease) == ("v1.1.0", "- sing", True, False)
    assert {name: content for name, content in held.files if name != SUMS} == {
        name: public.shelves["prod"].files[name] for name in (WHEEL, SDIST)
    }
    assert offences(public) == []


def test_hand_written_notes_of_the_changelog_are_announced(tmp_path: Path) -> None:
    public = owing("branch")
    text = public.remote.objects[public.remote.heads["main"]].files["CHANGELOG.md"].decode()
    public.remote.commit("docs: more", {"CHANGELOG.md": text.replace("- sing", "Listen!\n\n- sing")})
    release(machine(public, tmp_path, "branch"))
    assert only(public).notes == "Listen!\n\n- sing"


def test_nothing_is_published_before_every_file_is_there(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)
    world.effects.before(f"upload forge {SUMS}", fail, lasting=True)
    failure = refused(world)
    assert failure.code is Exit.UNFINISHED
    assert [each.published for each in public.stand.releases.values()] == [False]
    assert "its release" not in failure.text


def test_the_stage_announce_alone_waits_for_the_others_and_does_nothing_else(tmp_path: Path) -> None:
    public = owing()
    with pytest.raises(Failure, match=r"stage announce of 1\.1\.0 waits for"):
        release(machine(public, tmp_path), ["announce"])
    public = pushed(tmp_path)
    world = machine(public, tmp_path)
    assert release(world, ["announce"]).released
    assert [name for name in world.effects.names if name != "build"] == [
        *("draft v1.1.0", *(f"upload forge {name}" for name in (WHEEL, SDIST, SUMS)), "publish v1.1.0"),
        "fast-forward",
    ]


@pytest.mark.parametrize("forge", ["none", None])
def test_without_a_forge_nothing_is_announced(forge: str | None, tmp_path: Path) -> None:
    public = owing()
    world = FakeWorld(public, tmp_path, Settings(forge=forge))
    assert release(world).released
    assert public.stand.releases == {}
    assert not any("forge" in fact.fact for fact in status(world).facts)


def test_without_a_token_nothing_is_made_public(tmp_path: Path) -> None:
    public = owing()
    before = public.remains()
    world = machine(public, tmp_path)
    world.forge_here.missing = "no token"
    failure = refused(world)
    text = "credentials are missing\n  announce: no token\nnothing public was changed"
    assert (failure.code, failure.text) == (Exit.REFUSED, text)
    assert public.remains() == before


def test_the_other_stages_need_no_token(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)
    world.forge_here.missing = "no token"
    release(world, STAGES[:-1])
    assert len(public.shelves["prod"].files) == 4


def test_a_draft_by_other_hands_is_filled_and_keeps_its_notes(tmp_path: Path) -> None:
    public = owing()
    public.stand.open("v1.1.0", "We are proud.")
    assert release(machine(public, tmp_path)).released
    assert (only(public).notes, only(public).published) == ("We are proud.", True)


def test_an_empty_draft_by_other_hands_gets_the_notes(tmp_path: Path) -> None:
    public = owing()
    public.stand.open("v1.1.0", " \n")
    release(machine(public, tmp_path))
    assert only(public).notes == "- sing"


def test_a_published_release_by_other_hands_is_filled(tmp_path: Path) -> None:
    public = pushed(tmp_path)
    public.stand.publish(public.stand.open("v1.1.0"), "By hand.", prerelease=False, latest=True)
    world = machine(public, tmp_path)
    assert release(world).released
    assert [name for name, _ in only(public).files] == [SUMS, WHEEL, SDIST]
    assert not any(name.startswith(("draft", "publish")) for name in world.effects.names)


def test_other_files_in_a_release_are_left_alone(tmp_path: Path) -> None:
    public = owing()
    public.stand.put(public.stand.open("v1.1.0"), "handbook.pdf", b"pages")
    assert release(machine(public, tmp_path)).released
    assert ("handbook.pdf", b"pages") in only(public).files


def other_bytes(public: Public) -> None:
    public.stand.put(public.stand.open("v1.1.0"), SDIST, b"other")


def other_artifact(public: Public) -> None:
    public.stand.put(public.stand.open("v1.1.0"), "demo-1.1.0-cp311-cp311-win32.whl", b"other")


def other_sums(public: Public) -> None:
    public.stand.put(public.stand.open("v1.1.0"), SUMS, b"other")


def immutable_and_empty(public: Public) -> None:
    public.stand.immutable = True
    public.stand.publish(public.stand.open("v1.1.0"), "", prerelease=False, latest=True)


def other_size_and_no_hash(public: Public) -> None:
    other_bytes(public)
    public.stand.tells_hashes = False


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (other_bytes, f"the draft of v1.1.0 at fake:forge holds {SDIST} with sha256"),
        (other_artifact, "holds demo-1.1.0-cp311-cp311-win32.whl, which is not ours"),
        (other_sums, f"holds {SUMS} with sha256"),
        (other_size_and_no_hash, f"holds {SDIST} with 5 bytes, ours has"),
        (immutable_and_empty, "is immutable and lacks"),
    ],
)
def test_what_contradicts_the_release_is_a_conflict_and_never_skipped(
    harm: Callable[[Public], None], said: str, tmp_path: Path
) -> None:
    public = pushed(tmp_path)
    harm(public)
    before = public.remains()
    failure = refused(machine(public, tmp_path))
    assert failure.code is Exit.PERSON
    assert said in failure.text
    assert public.remains() == before


def test_an_immutable_release_without_its_files_does_not_hold_up_the_next(tmp_path: Path) -> None:
    public = pushed(tmp_path)
    immutable_and_empty(public)
    public.stand.immutable = False
    foreign_commit(public)
    assert str(release(machine(public, tmp_path)).version) == "1.1.1"
    assert [each.tag for each in public.stand.releases.values() if dict(each.files)] == ["v1.1.1"]


def test_a_forge_that_makes_releases_immutable_gets_them_whole(tmp_path: Path) -> None:
    public = owing()
    public.stand.immutable = True
    assert release(machine(public, tmp_path)).released
    assert offences(public) == []


def test_hashes_that_the_forge_does_not_tell_are_asked_back_before_publishing(tmp_path: Path) -> None:
    public = owing()
    public.stand.tells_hashes = False
    world = machine(public, tmp_path)
    assert release(world).released
    assert world.looks.names.count("download forge") == 3


def test_bytes_that_come_back_otherwise_are_not_published(tmp_path: Path) -> None:
    public = owing()
    public.stand.tells_hashes = False
    world = machine(public, tmp_path)

    def rot() -> None:
        ((number, held),) = public.stand.releases.items()
        files = tuple((name, bytes(len(content or b""))) for name, content in held.files)
        public.stand.releases[number] = held._replace(files=files)

    world.effects.after(f"upload forge {SUMS}", rot)
    failure = refused(world)
    assert failure.code is Exit.PERSON
    assert "ours has" in failure.text
    assert not only(public).published


def test_what_an_upload_that_broke_off_left_is_replaced(tmp_path: Path) -> None:
    public = pushed(tmp_path)
    public.stand.put(public.stand.open("v1.1.0", "- sing"), WHEEL, None)
    assert status(machine(public, tmp_path)).state == "unfinished"
    assert release(machine(public, tmp_path)).released
    assert offences(public) == []


def test_the_draft_of_a_run_at_the_same_time_is_discarded_and_nobody_elses(tmp_path: Path) -> None:
    public = pushed(tmp_path)
    numbers = [public.stand.open("v1.1.0", notes) for notes in ("- sing", "- sing", "My own draft.")]
    assert release(machine(public, tmp_path)).released
    assert list(public.stand.releases) == [numbers[0], numbers[2]]


def test_two_drafts_whose_answers_were_lost_end_as_one_release(tmp_path: Path) -> None:
    public = pushed(tmp_path)
    for _ in range(2):
        world = machine(public, tmp_path)
        world.effects.before("draft", lambda: public.stand.open("v1.1.0", "- sing"))
        world.effects.after("draft", kill)
        run(world)
    release(machine(public, tmp_path))
    assert offences(public) == []


def test_a_maintenance_release_does_not_become_the_latest(tmp_path: Path) -> None:
    public = owing()
    old = public.remote.heads["main"]
    release(machine(public, tmp_path))
    public.remote.commit("feat!: dance", {"dance.py": ""})
    release(machine(public, tmp_path))
    assert only_latest(public) == "v2.0.0"
    public.remote.heads["main"] = public.remote.tags["v1.1.0"].commit
    foreign_commit(public)
    assert old != public.remote.heads["main"]
    world = machine(public, tmp_path)
    assert str(release(world).version) == "1.1.1"
    assert only_latest(public) == "v2.0.0"
    assert "publish v2.0.0" not in world.effects.names, "not for a moment"


def test_a_pre_release_is_not_the_latest_also_where_there_is_no_final_release_yet(tmp_path: Path) -> None:
    public = Public()
    public.remote.commit("feat: first steps", {**PROJECT, "version.txt": "0.1.0rc1\n"})
    assert release(machine(public, tmp_path, "branch")).released
    assert (only(public).tag, only(public).prerelease, only(public).published) == ("v0.1.0rc1", True, True)
    assert public.stand.latest == 0


def test_a_higher_release_that_a_person_marked_as_no_final_one_is_not_made_the_latest(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path))
    foreign_commit(public)
    release(machine(public, tmp_path))
    numbers = {held.tag: number for number, held in public.stand.releases.items()}
    public.stand.releases[numbers["v1.1.1"]] = public.stand.releases[numbers["v1.1.1"]]._replace(prerelease=True)
    public.stand.latest = numbers["v1.1.0"]
    assert status(machine(public, tmp_path), Version("1.1.0")).state == "complete"
    assert release(machine(public, tmp_path)).steps == ()


def only_latest(public: Public) -> str:
    """The tag of the release that is shown first."""
    return public.stand.releases[public.stand.latest].tag


def test_a_release_that_took_the_first_place_from_a_higher_one_gives_it_back(tmp_path: Path) -> None:
    public = owing()
    world = machine(public, tmp_path)

    def rival() -> None:
        release(machine(public, tmp_path))
        foreign_commit(public)
        release(machine(public, tmp_path))

    world.effects.before("publish v1.1.0", rival)
    release(world)
    assert only_latest(public) == "v1.1.1"
    assert "publish v1.1.1" in world.effects.names


def test_a_reader_sees_no_draft_and_is_told_when_it_wants_to_write(tmp_path: Path) -> None:
    public = pushed(tmp_path)
    public.stand.hides_drafts = True
    found = {fact.fact: fact.state for fact in status(machine(public, tmp_path)).facts}
    assert found["forge release"] == "missing"


def test_the_files_of_the_forges_release_are_taken_before_anything_is_built_again(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path))
    for shelf in public.shelves.values():
        del shelf.files[SDIST]
    world = machine(public, tmp_path, tools="2")
    assert release(world).released
    assert "build" not in world.effects.names
    assert offences(public) == []


def test_a_forge_whose_files_are_other_bytes_is_not_taken_from(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path))
    ((number, held),) = public.stand.releases.items()
    public.stand.releases[number] = held._replace(files=tuple((name, b"") for name, _ in held.files))
    del public.shelves["prod"].files[SDIST]
    world = machine(public, tmp_path)
    assert refused(world).code is Exit.PERSON
    assert SDIST not in public.shelves["prod"].files
