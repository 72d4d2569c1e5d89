"""A tagged release that no run can finish, in a pipeline: told until a person gives it up, and then passed by."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.rules.plan import STAGES
from tests.support.fake_merge import merge_pull
from tests.support.fake_world import Public
from tests.support.story import MODES, files_of, foreign_commit, machine, owing

WHEEL, SDIST = files_of("1.1.0")


def pipeline(public: Public, place: Path, mode: str, *, tools: str = "1") -> Report | Failure:
    """The stages one by one, each as a run of its own; the report of the last, or what ended one."""
    place.mkdir()
    try:
        return [release(machine(public, place, mode, tools=tools), [stage], place / "dist") for stage in STAGES][-1]
    except Failure as failure:
        return failure


def bump(public: Public, mode: str) -> None:
    """What a person does so that 1.1.1 is owed, where cz-ship does not bump by itself."""
    if mode == "branch":
        public.remote.commit("bump: version 1.1.0 → 1.1.1", {"version.txt": "1.1.1\n"})
    if mode == "merged":
        merge_pull(public, "squash")


@pytest.mark.parametrize("index", ["test", "prod"])
@pytest.mark.parametrize("mode", MODES)
def test_a_release_that_only_an_upload_shows_to_be_stuck_is_given_up_by_a_commit(
    mode: str, index: str, tmp_path: Path
) -> None:
    public = owing(mode)
    public.shelves[index].burnt.add(SDIST)
    for attempt in ("first", "again", "after a fix"):
        if attempt == "after a fix":
            foreign_commit(public)
        ended = pipeline(public, tmp_path / attempt, mode)
        assert isinstance(ended, Failure)
        assert ended.code is Exit.PERSON
        assert ended.text.startswith(f"the {index} index did not take {SDIST}")
        assert ended.hint.endswith(
            "a commit with the footer 'Release-Without: 1.1.0' lets the next release go on without it"
        )
    public.remote.commit("fix: go on\n\nRelease-Without: 1.1.0", {"go.py": ""})
    if mode == "merged":
        assert isinstance(proposing := pipeline(public, tmp_path / "proposing", mode), Report), proposing
    bump(public, mode)
    done = pipeline(public, tmp_path / "next", mode)
    assert isinstance(done, Report), done
    assert (str(done.version), done.released) == ("1.1.1", True)
    assert sorted(name for name in public.shelves["prod"].files if "-1.1.1" in name) == sorted(files_of("1.1.1"))
    assert release(machine(public, tmp_path, mode)).version is None


def test_a_release_whose_bytes_nobody_can_make_any_more_is_passed_by_in_every_stage_of_a_run(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    ended = pipeline(public, tmp_path / "newer tools", "push", tools="2")
    assert isinstance(ended, Failure)
    assert (ended.code, "tag v1.1.0 promises" in ended.text) == (Exit.PERSON, True)
    foreign_commit(public)
    done = pipeline(public, tmp_path / "next", "push", tools="2")
    assert isinstance(done, Report), done
    assert (str(done.version), done.released) == ("1.1.1", True)


def test_another_version_given_up_is_not_this_one(tmp_path: Path) -> None:
    public = owing()
    release(machine(public, tmp_path), ["tag"])
    public.remote.commit("docs: more\n\nRelease-Without: 1.0.0\nRelease-Without: all", {"more.md": ""})
    assert str(release(machine(public, tmp_path)).version) == "1.1.0"


def test_without_stages_nothing_has_to_be_given_up(tmp_path: Path) -> None:
    public = owing()
    public.shelves["prod"].burnt.add(WHEEL)
    with pytest.raises(Failure) as caught:
        release(machine(public, tmp_path))
    assert "Release-Without" not in caught.value.hint
