"""The comment on a pull request: one, kept up to date, and never worth a failure."""

from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.flows.candidate import build_candidate, candidate
from cz_ship.flows.release import release
from cz_ship.flows.remark import tell_released
from cz_ship.flows.verify import Order, verify
from cz_ship.gates import GateSettings
from cz_ship.rules.plan import STAGES
from cz_ship.rules.remark import CANDIDATE
from cz_ship.settings import GATES
from cz_ship.threads import Comment
from tests.support.fake_threads import LOST
from tests.support.fake_world import FakeWorld, Public
from tests.support.story import begun, foreign_commit, machine, owing

LINT = GateSettings(off=tuple(each for each in GATES if each != "lint"), commands={"lint": "linter"})


def gated(public: Public, place: Path) -> FakeWorld:
    """A machine with one gate on."""
    world = machine(public, place)
    world.gates = LINT
    world.workshop.programs = {"linter": "/bin/linter"}
    return world


def on_pull_request(public: Public, place: Path) -> FakeWorld:
    """A machine whose run is about pull request 7."""
    world = machine(public, place)
    world.talk_here.about = 7
    return world


def test_a_candidate_comments_on_its_pull_request_and_nowhere_else(tmp_path: Path) -> None:
    world = on_pull_request(owing(), tmp_path)
    report = candidate(world)
    (comment,) = world.talk_here.said
    assert comment.body.startswith(f"{CANDIDATE}\n### `demo {report.version}`\n")
    wheel = next(each for each in report.files if each.name.endswith(".whl"))
    assert f"{wheel.name}#sha256={wheel.sha256}" in comment.body
    assert "**A merge releases 1.1.0**" in comment.body
    assert report.steps[-1][:2] == ("comment on the pull request", True)
    laptop = machine(owing(), tmp_path)
    assert candidate(laptop).steps[-1].step != "comment on the pull request"
    assert laptop.talk_here.said == []


def test_a_second_push_brings_the_comment_up_to_date_and_the_same_again_writes_nothing(tmp_path: Path) -> None:
    public = owing()
    first = on_pull_request(public, tmp_path)
    before = candidate(first)
    foreign_commit(public)
    second = on_pull_request(public, tmp_path)
    second.talk_here = first.talk_here
    after = candidate(second)
    (comment,) = second.talk_here.said
    assert str(after.version) in comment.body
    assert str(before.version) not in comment.body
    writes = second.talk_here.writes
    candidate(second.again())
    assert (second.talk_here.writes, len(second.talk_here.said)) == (writes, 1)


def test_the_words_of_others_stay(tmp_path: Path) -> None:
    world = on_pull_request(owing(), tmp_path)
    theirs = [Comment(0, f"{CANDIDATE}\nmine", own=False), Comment(1, f"look: {CANDIDATE}", own=True)]
    world.talk_here.said += theirs
    candidate(world)
    assert world.talk_here.said[:2] == theirs
    assert len(world.talk_here.said) == 3


def test_a_comment_that_is_refused_is_told_and_the_candidate_stands(tmp_path: Path) -> None:
    world = on_pull_request(owing(), tmp_path)
    world.talk_here.refuses = "403 Resource not accessible by integration"
    assert candidate(world).released
    told = "the pull request is not told of this: 403 Resource not accessible by integration (pull-requests: write)"
    assert told in world.talk.said


@pytest.mark.parametrize("fault", ["403 You have exceeded a secondary rate limit", LOST])
def test_a_comment_that_a_limit_or_a_lost_answer_stops_is_written_once(fault: str, tmp_path: Path) -> None:
    world = on_pull_request(owing(), tmp_path)
    world.talk_here.faults = [Failure(fault, pause=2)]
    candidate(world)
    assert len(world.talk_here.said) == 1
    assert not any("is not told" in line for line in world.talk.said)


def test_a_run_of_an_older_push_leaves_the_comment_to_that_of_the_newer(tmp_path: Path) -> None:
    public = owing()
    world = on_pull_request(public, tmp_path)
    public.remote.others["refs/pull/7/head"] = "e" * 40
    candidate(world)
    assert world.talk_here.said == []
    head = public.remote.heads["main"]
    assert f"pull request 7 is at {'e' * 12} by now: it is not told of {head[:12]}" in world.talk.said
    public.remote.others["refs/pull/7/head"] = head
    candidate(world.again())
    assert len(world.talk_here.said) == 1


def test_the_gates_are_told_also_where_another_job_judged(tmp_path: Path) -> None:
    public = owing()
    builds = gated(public, tmp_path)
    dist = tmp_path / "dist"
    build_candidate(builds, dist)
    verify(builds, Order(tmp_path, dist))
    world = gated(public, tmp_path)
    world.talk_here.about = 7
    for _ in range(2):  # the second run finds the candidate there
        candidate(world.again(), dist)
        (comment,) = world.talk_here.said
        assert "| ✓ | lint | passed" in comment.body
        assert "| - | docs | skipped: `switched off in the settings` |" in comment.body
    assert world.talk_here.writes == 1


def commenting(public: Public, place: Path) -> FakeWorld:
    """A machine that tells pull requests of their release: 3 brought the feature of 1.1.0, 2 is of 1.0.0."""
    world = machine(public, place)
    world.settings = world.settings._replace(forge_comment=True)
    tip = public.remote.heads["main"]
    first = public.remote.tags["v1.0.0"].commit
    world.talk_here.brought = {tip: (3,), first: (2,)}
    return world


def test_a_release_tells_the_pull_requests_that_it_contains_and_no_other(tmp_path: Path) -> None:
    world = commenting(owing(), tmp_path)
    release(world)
    ((thread, (comment,)),) = world.talk_here.told.items()
    assert thread == 3
    assert comment.body.startswith("<!-- cz-ship: released demo 1.1.0 -->\nReleased in `demo` ")
    release(world.again())
    assert (world.talk_here.writes, len(world.talk_here.told)) == (1, 1)


def test_what_was_cut_off_before_the_comments_is_told_by_the_same_command(tmp_path: Path) -> None:
    public = owing()
    world = commenting(public, tmp_path)
    world.talk_here.refuses = "the line went dead"
    assert release(world).released
    assert any("not every pull request is told of its release: the line went dead" in line for line in world.talk.said)
    world.talk_here.refuses = ""
    assert release(world.again()).version is None
    assert list(world.talk_here.told) == [3]


def test_nobody_is_told_of_what_is_not_announced_or_where_nobody_asked_for_it(tmp_path: Path) -> None:
    public = owing()
    world = commenting(public, tmp_path)
    release(world, STAGES[:-1])
    with world.clone_of_remote() as clone:
        tell_released(world, clone, "main")
    assert world.talk_here.told == {}
    silent = commenting(owing(), tmp_path)
    silent.settings = silent.settings._replace(forge_comment=False)
    release(silent)
    assert silent.talk_here.told == {}


def test_a_release_by_other_hands_is_nobodys_news(tmp_path: Path) -> None:
    public = begun()
    number = public.stand.open("v1.0.0")
    public.stand.publish(number, "", prerelease=False, latest=True)
    world = commenting(public, tmp_path)
    assert release(world).version is None
    assert world.talk_here.told == {}
