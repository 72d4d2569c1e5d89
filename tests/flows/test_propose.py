"""Mode `pull-request`: a release is proposed, kept up to date, and made by whoever merges the proposal."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.rules.plan import STAGES
from cz_ship.rules.proposal import CLOSING, OPENING
from cz_ship.settings import Settings
from tests.support.fake_git import FakeTag
from tests.support.fake_merge import WAYS, merge_pull
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import fail, falter
from tests.support.judge import offences
from tests.support.made import CONVENTIONAL
from tests.support.story import CHANGELOG, PROJECT, PROPOSAL, foreign_commit, machine, owing, put_by_hand, run

MODE = "pull-request"


def releasing(public: Public, place: Path, *stages: str) -> Report:
    return release(machine(public, place, MODE), stages or STAGES)


def proposed(place: Path) -> Public:
    """1.1.0 is proposed."""
    public = owing(MODE)
    releasing(public, place)
    assert offences(public) == []
    return public


def news(public: Public, branch: str = PROPOSAL) -> str:
    return public.remote.objects[public.remote.heads[branch]].files["CHANGELOG.md"].decode()


def rewritten(public: Public, old: str, new: str) -> None:
    """A person edits the changelog where it is proposed."""
    text = news(public)
    assert old in text
    public.remote.commit("docs: say it better", {"CHANGELOG.md": text.replace(old, new)}, branch=PROPOSAL)


def test_what_is_releasable_is_proposed_and_nothing_is_released(tmp_path: Path) -> None:
    public = owing(MODE)
    tip = public.remote.heads["main"]
    report = releasing(public, tmp_path)
    assert (report.version, report.released, report.tag) == (None, False, None)
    assert report.text == "demo 1.1.0 is proposed: fake:forge/pull/1"
    assert [(each.step, each.done, each.stage) for each in report.steps] == [
        ("bump commit", True, "prepare"),
        (f"push {PROPOSAL}", True, "tag"),
        (f"open the pull request of {PROPOSAL}", True, "tag"),
        (f"start the checks of {PROPOSAL}", True, "tag"),
    ]
    assert public.remote.heads["main"] == tip
    assert set(public.remote.tags) == {"v1.0.0"}
    made = public.remote.objects[public.remote.heads[PROPOSAL]]
    assert made.commit.parents == (tip,)
    assert {path for path, content in made.files.items() if public.remote.objects[tip].files[path] != content} == {
        "version.txt",
        "CHANGELOG.md",
    }
    (pull,) = public.stand.pulls.values()
    assert pull.title == "bump: version 1.0.0 → 1.1.0"
    for words in ("- sing\n", f"| minor | `{tip[:7]}` | `feat: sing` |", "Merging this releases **demo 1.1.0**"):
        assert words in pull.body


def test_what_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    before, world = public.remains(), machine(public, tmp_path, MODE)
    report = release(world)
    assert (report.steps, report.version, public.remains()) == ((), None, before)
    assert report.text == "demo 1.1.0 is proposed: fake:forge/pull/1"


def test_a_later_merge_makes_the_proposal_anew_in_the_same_pull_request(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    foreign_commit(public)
    public.remote.commit("feat!: dance", {"dance.py": ""})
    report = releasing(public, tmp_path)
    assert report.text == "demo 2.0.0 is proposed: fake:forge/pull/1"
    assert "describe pull request 1" in [each.step for each in report.steps]
    assert offences(public) == []
    assert public.stand.pulls[1].title == "bump: version 1.0.0 → 2.0.0"
    assert "1.1.0" not in news(public)


def test_a_commit_that_no_note_tells_of_takes_the_proposal_along(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    public.remote.commit("docs: a word", {"README.md": "# Demo!\n"})
    assert [each.step for each in releasing(public, tmp_path).steps][1:] == [
        f"push {PROPOSAL}",
        "describe pull request 1",
        f"start the checks of {PROPOSAL}",
    ]
    assert offences(public) == []


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_merge_in_any_way_releases_it_also_where_the_branch_moved(way: str, moved: bool, tmp_path: Path) -> None:
    public = proposed(tmp_path)
    merged = merge_pull(public, way)
    if moved:
        foreign_commit(public)
    report = releasing(public, tmp_path)
    assert (str(report.version), report.released) == ("1.1.0", True)
    assert public.remote.tags["v1.1.0"].commit == merged
    assert offences(public) == []
    assert (PROPOSAL in public.remote.heads) == moved
    assert report.text.partition("; ")[2] == ("demo 1.1.1 is proposed: fake:forge/pull/3" if moved else "")
    assert releasing(public, tmp_path).steps == ()


def test_a_branch_that_moved_is_never_set_back(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    merge_pull(public, "squash")
    tip = foreign_commit(public)
    releasing(public, tmp_path)
    assert public.remote.heads["main"] == tip


@pytest.mark.parametrize("way", WAYS)
def test_notes_that_people_edit_in_the_pull_request_are_kept_and_released(way: str, tmp_path: Path) -> None:
    public = proposed(tmp_path)
    rewritten(public, "- sing\n", "Now with a *voice*.\n\n- sing, and loudly\n")
    head = public.remote.heads[PROPOSAL]
    assert "Now with a *voice*." in releasing(public, tmp_path).text or public.remote.heads[PROPOSAL] == head
    assert "sing, and loudly" in public.stand.pulls[1].body
    foreign_commit(public)
    releasing(public, tmp_path)
    assert public.remote.heads[PROPOSAL] != head
    made = public.remote.objects[public.remote.heads[PROPOSAL]].commit
    assert made.parents == (public.remote.heads["main"],)
    assert made.message == "bump: version 1.0.0 → 1.1.0\n\nCo-authored-by: Ada <ada@example.org>"
    assert "Now with a *voice*.\n\n- sing, and loudly\n" in news(public)
    assert "- hum verse" in news(public)
    rewritten(public, "and loudly", "and softly")
    merged = merge_pull(public, way)
    assert releasing(public, tmp_path).released
    assert public.remote.tags["v1.1.0"].commit == merged
    (told,) = public.stand.releases.values()
    assert "Now with a *voice*.\n\n- sing, and softly\n" in told.notes
    assert "hum verse" in told.notes
    assert news(public, "main").count("voice") == 1


def test_edits_survive_being_made_anew_again_and_again_and_a_new_version(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    rewritten(public, "- sing\n", "- sing, and loudly\n")
    for number in range(3):
        foreign_commit(public)
        releasing(public, tmp_path)
        rewritten(public, "- sing, and loudly\n", f"- sing, and loudly\n- by hand {number}\n")
    public.remote.commit("feat!: dance", {"dance.py": ""})
    releasing(public, tmp_path)
    text = news(public)
    for line in ("- sing, and loudly", "- by hand 0", "- by hand 1", "- by hand 2", "- dance", "## v2.0.0 ("):
        assert text.count(line) == 1, line
    assert text.count("- hum verse") == 3
    assert "- sing\n" not in text
    assert "## v1.1.0" not in text
    assert text.endswith(CHANGELOG.partition("\n\n")[2])


def test_edits_that_are_released_are_not_carried_into_the_next_proposal(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    rewritten(public, "- sing\n", "- sing, and loudly\n- by hand\n")
    merge_pull(public, "squash")
    foreign_commit(public)
    assert "1.1.1 is proposed" in releasing(public, tmp_path).text
    assert (news(public).count("- by hand"), news(public).count("- sing, and loudly")) == (1, 1)
    assert "Co-authored-by" not in public.remote.objects[public.remote.heads[PROPOSAL]].commit.message


def test_the_heading_is_the_releases_own(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    rewritten(public, "## v1.1.0 (2026-01-01)", "## v1.1.0 (some day)")
    public.remote.commit("feat!: dance", {"dance.py": ""})
    releasing(public, tmp_path)
    assert "some day" not in news(public)
    assert news(public).count("\n## v") == 2


def test_a_section_that_somebody_took_away_is_for_a_person(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    rewritten(public, "## v1.1.0", "## what is new")
    foreign_commit(public)
    with pytest.raises(Failure, match=r"has no section of 1\.1\.0 any more where it is proposed") as caught:
        releasing(public, tmp_path)
    assert caught.value.code is Exit.PERSON


def test_other_changes_on_the_proposal_are_never_thrown_away(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    head = public.remote.commit("docs: a word", {"README.md": "# Demo!\n"}, branch=PROPOSAL)
    public.stand.runs.add(head)  # a person's push starts the checks
    assert releasing(public, tmp_path).steps == ()  # nothing has to be made anew yet
    foreign_commit(public)
    before = public.remains()
    with pytest.raises(Failure, match=r"changes by hand that making it anew would throw away: README\.md") as caught:
        releasing(public, tmp_path)
    assert (caught.value.code, public.remains()) == (Exit.PERSON, before)
    assert f"git push origin --delete {PROPOSAL}" in caught.value.hint
    merge_pull(public, "squash")
    assert releasing(public, tmp_path).released
    assert offences(public) == []


def test_a_version_that_somebody_wrote_on_the_proposal_is_told_too(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    public.remote.commit("docs: two", {"version.txt": "2.0.0\n"}, branch=PROPOSAL)
    with pytest.raises(Failure, match=r"throw away: version\.txt"):
        releasing(public, tmp_path)


def test_a_branch_of_that_name_by_other_hands_stays(tmp_path: Path) -> None:
    public = owing(MODE)
    theirs = public.remote.commit("feat: mine", {"mine.py": ""}, branch=PROPOSAL)
    with pytest.raises(Failure, match=r"throw away: mine\.py"):
        releasing(public, tmp_path)
    assert public.remote.heads[PROPOSAL] == theirs


def test_the_button_that_updates_a_branch_changes_nothing(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    rewritten(public, "- sing\n", "- sing, and loudly\n")
    foreign_commit(public)
    head = public.remote.heads[PROPOSAL]
    public.stand.open_pull("main", PROPOSAL, "Update branch", "")
    merge_pull(public, "merge", 2)
    assert public.remote.heads[PROPOSAL] != head
    releasing(public, tmp_path)
    assert offences(public) == ["sing is missing"]  # as it was edited
    assert "- sing, and loudly\n" in news(public)
    assert "Bea" not in public.remote.objects[public.remote.heads[PROPOSAL]].commit.message


def test_where_nothing_is_releasable_any_more_the_proposal_is_taken_back(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    public.remote.commit("docs: it is out", {"version.txt": "1.1.0\n"})
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.heads["main"], "by hand")
    put_by_hand(public, "1.1.0")
    report = releasing(public, tmp_path)
    assert [each.step for each in report.steps] == ["close pull request 1", f"delete {PROPOSAL}"]
    assert report.text == "nothing to release; its proposal is taken back"
    assert (public.stand.pulls[1].state, PROPOSAL in public.remote.heads) == ("closed", False)


def test_edited_notes_are_not_taken_back_with_a_proposal(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    rewritten(public, "- sing\n", "- sing, and loudly\n")
    public.remote.amend(public.remote.heads["main"], "docs: sing")
    with pytest.raises(Failure, match=r"throw away: CHANGELOG\.md"):
        releasing(public, tmp_path)


def test_a_pull_request_that_somebody_closed_is_opened_again(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    public.stand.change_pull(1, state="closed")
    report = releasing(public, tmp_path)
    assert [each.step for each in report.steps if each.stage == "tag"] == [f"open the pull request of {PROPOSAL}"]
    assert offences(public) == []


@pytest.mark.parametrize("mark", [OPENING, CLOSING])
def test_a_mark_that_somebody_wrote_or_deleted_stops_no_proposal(mark: str, tmp_path: Path) -> None:
    public = proposed(tmp_path)
    public.stand.change_pull(1, body=public.stand.pulls[1].body.replace(mark, ""))
    public.remote.commit(f"feat: dance {mark} about", {"dance.py": "1\n"})
    releasing(public, tmp_path)
    again = releasing(public, tmp_path)
    assert [each.step for each in again.steps if each.stage == "tag"] == []
    assert f"- dance {mark.replace('<', '&lt;')} about" in public.stand.pulls[1].body


def test_a_title_is_set_back_and_what_people_wrote_around_the_text_stays(tmp_path: Path) -> None:
    public = proposed(tmp_path)
    body = public.stand.pulls[1].body
    public.stand.change_pull(1, title="Next!", body=f"Please *wait* for Bea.\r\n\r\n{body}\r\n\r\ncc Cleo")
    foreign_commit(public)
    releasing(public, tmp_path)
    told = public.stand.pulls[1]
    assert told.title == "bump: version 1.0.0 → 1.1.0"
    assert told.body.startswith("Please *wait* for Bea.\r\n\r\n<!-- cz-ship:")
    assert told.body.endswith("<!-- cz-ship: end -->\r\n\r\ncc Cleo")
    assert "hum verse" in told.body
    assert releasing(public, tmp_path).steps == ()


@pytest.mark.parametrize("silence", ["no_dispatch", "hides_runs"])
def test_checks_that_cannot_be_started_are_told_and_stop_nothing(silence: str, tmp_path: Path) -> None:
    public = owing(MODE)
    public.stand.hides_runs = silence == "hides_runs"
    public.stand.no_dispatch = "403 Resource not accessible by integration" * (silence == "no_dispatch")
    world = machine(public, tmp_path, MODE)
    report = release(world)
    assert public.stand.pulls[1].state == "open"
    told = [each for each in report.steps if "checks" in each.step]
    if silence == "no_dispatch":
        assert [(each.done, "403 Resource not accessible" in each.text) for each in told] == [(False, True)]
    else:
        assert told == []
        assert any("cannot be told" in said for said in world.talk.said)


def test_without_a_forge_the_branch_is_pushed_and_a_person_opens_the_pull_request(tmp_path: Path) -> None:
    public = owing(MODE)
    report = release(FakeWorld(public, tmp_path, Settings(mode=MODE, forge="none")))
    assert report.text == f"demo 1.1.0 is proposed: {PROPOSAL}"
    assert (public.stand.pulls, PROPOSAL in public.remote.heads) == ({}, True)


def test_without_an_identity_nothing_is_pushed(tmp_path: Path) -> None:
    public = owing(MODE)
    world, before = machine(public, tmp_path, MODE), public.remains()
    world.forge_here.missing = "no token"
    with pytest.raises(Failure, match="pull request: no token\nnothing public was changed"):
        release(world)
    assert public.remains() == before


def test_the_stage_that_pushes_proposes_and_no_other_does(tmp_path: Path) -> None:
    public = owing(MODE)
    for stage in ("prepare", "test", "prod", "announce"):
        assert releasing(public, tmp_path, stage).steps == ()
    assert PROPOSAL not in public.remote.heads
    assert releasing(public, tmp_path, "tag").steps
    assert offences(public) == []


def test_a_merged_release_goes_through_its_stages_one_by_one(tmp_path: Path) -> None:
    public = owing("merged")
    for stage in STAGES:
        assert str(releasing(public, tmp_path, stage).version) == "1.1.0"
    assert offences(public) == []


def test_a_proposal_that_is_stuck_keeps_no_release_from_its_stages(tmp_path: Path) -> None:
    public = owing("merged")
    foreign_commit(public)
    public.remote.commit("docs: mine", {"mine.py": ""}, branch=PROPOSAL)
    world = machine(public, tmp_path, MODE)
    report = release(world, ["tag"])
    assert str(report.version) == "1.1.0"
    assert any("what comes after 1.1.0 is not proposed" in said for said in world.talk.said)


def test_a_failure_tells_what_is_there_already(tmp_path: Path) -> None:
    public = owing(MODE)
    world = machine(public, tmp_path, MODE)
    world.effects.before("open pull", fail, lasting=True)
    with pytest.raises(Failure, match=f"done so far: push {PROPOSAL}; the same command continues") as caught:
        release(world)
    assert caught.value.code is Exit.UNFINISHED


def test_a_fault_that_passes_is_waited_for(tmp_path: Path) -> None:
    public = owing(MODE)
    world = machine(public, tmp_path, MODE)
    for effect in ("move", "open pull", "start checks"):
        world.effects.before(effect, falter)
    release(world)
    assert offences(public) == []


Rival = Callable[[Public, Path], object]


def merges(public: Public, place: Path) -> None:
    if any(held.state == "open" for held in public.stand.pulls.values()):
        merge_pull(public, "squash")


def edits(public: Public, place: Path) -> None:
    if PROPOSAL in public.remote.heads and "- sing\n" in news(public):
        rewritten(public, "- sing\n", "- sing\n- by hand\n")


RIVALS: dict[str, Rival] = {
    "the same run": lambda public, place: run(machine(public, place, MODE)),
    "a commit": lambda public, place: foreign_commit(public),
    "a merge": merges,
    "an edit": edits,
}


@pytest.mark.slow
@pytest.mark.parametrize("rival", RIVALS)
def test_a_rival_at_any_moment_loses_nothing(rival: str, tmp_path: Path) -> None:
    def prepared() -> tuple[Public, FakeWorld]:
        public = proposed(tmp_path)
        foreign_commit(public)
        return public, machine(public, tmp_path, MODE)

    public, straight = prepared()
    release(straight)
    for kind in ("effects", "looks"):
        for number in range(len(getattr(straight, kind).names)):
            public, world = prepared()
            getattr(world, kind).before(number, partial(RIVALS[rival], public, tmp_path))
            run(world)
            by_hand = PROPOSAL in public.remote.heads and "- by hand" in news(public)
            while releasing(public, tmp_path).steps:
                pass
            assert offences(public) == [], (kind, number)
            if rival == "an edit":
                assert by_hand, (kind, number)
                assert "- by hand" in news(public), (kind, number)


def test_a_remote_that_never_stands_still_ends_a_run(tmp_path: Path) -> None:
    public = owing(MODE)
    world = machine(public, tmp_path, MODE)
    world.effects.before("move", lambda: foreign_commit(public), lasting=True)
    world.effects.before("open pull", lambda: foreign_commit(public), lasting=True)
    with pytest.raises(Failure, match="the remote moved 5 times"):
        release(world)


def first(version: str) -> Public:
    """A project without any release."""
    public = Public()
    public.proposes = True
    public.remote.commit("feat: first steps", {**PROJECT, "version.txt": f"{version}\n", "CHANGELOG.md": ""})
    return public


def test_the_first_release_is_proposed_too_and_made_by_its_merge(tmp_path: Path) -> None:
    public = first("0.0.0")
    assert releasing(public, tmp_path).text.startswith("demo 0.1.0 is proposed")
    assert set(public.remote.tags) == set()
    merged = merge_pull(public, "squash")
    foreign_commit(public)
    report = releasing(public, tmp_path)
    assert (str(report.version), report.released, public.remote.tags["v0.1.0"].commit) == ("0.1.0", True, merged)
    assert offences(public) == []


def test_what_a_commit_names_is_proposed(tmp_path: Path) -> None:
    public = owing(MODE)
    public.remote.commit("feat: dance\n\nRelease-As: 3.0.0", {"dance.py": ""})
    assert "demo 3.0.0 is proposed" in releasing(public, tmp_path).text
    merge_pull(public, "merge")
    assert releasing(public, tmp_path).text == "demo 3.0.0 is released"


def test_a_version_that_stands_elsewhere_is_released_at_the_tip(tmp_path: Path) -> None:
    public = first("0.0.0")

    def run_it() -> Report:
        world = machine(public, tmp_path, MODE)
        world.rule_set = CONVENTIONAL._replace(version_provider="pep621")
        return release(world)

    assert "demo 0.1.0 is proposed" in run_it().text
    merge_pull(public, "squash")
    tip = foreign_commit(public)
    assert str(run_it().version) == "0.1.0"
    assert public.remote.tags["v0.1.0"].commit == tip
