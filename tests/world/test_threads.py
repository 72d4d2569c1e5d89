"""The door to comments, against a forge on loopback; every request and answer is read with GitHub's own models."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from githubkit_schemas.v2026_03_10.models import PullRequestSimple

from cz_ship.errors import Failure
from cz_ship.threads import Comment
from cz_ship.world.forge_api import HEADERS, Place
from cz_ship.world.http import Backoff, Http
from cz_ship.world.patience import LivePatience
from cz_ship.world.rehearsal.forge import ForgeSite, PlayedForge, serve_forge
from cz_ship.world.rehearsal.forge_threads import PlayedThreads, Speaker
from cz_ship.world.threads import GitHubThreads
from tests.support.faulty_index import json_page, serve
from tests.support.github_models import Witness

JOB, READER, PERSON = "ghs_of-a-job", "ghs_of-a-fork", "ghp_of-ada"
SPEAKERS = {
    JOB: Speaker("github-actions[bot]", may_write=True),
    READER: Speaker("github-actions[bot]", may_write=False),
    PERSON: Speaker("ada", may_write=True, is_bot=False),
}
QUICK = Backoff(attempts=3, first=0, longest=0)


class NoTags:
    """A repository without tags."""

    def commit(self, name: str) -> str | None:
        return None

    def make(self, name: str, commit: str) -> None:
        raise AssertionError


class Stage:
    """A forge with pull request 7, and a door to it."""

    def __init__(self, site: ForgeSite, threads: PlayedThreads) -> None:
        self.site, self.threads = site, threads
        self.witness = Witness(site.forge)
        site.listener.interpose(self.witness.answer)

    def door(self, token: str = JOB, **environ: str) -> GitHubThreads:
        http = Http(Backoff(attempts=2, first=0, longest=0), headers=HEADERS)
        patience = LivePatience(list[str]().append, QUICK, limit_seconds=10, try_seconds=1)
        return GitHubThreads(Place(self.site.api_url, "ann/demo"), {"GITHUB_TOKEN": token, **environ}, http, patience)


@pytest.fixture
def stage() -> Iterator[Stage]:
    threads = PlayedThreads("ann/demo", [7], SPEAKERS)
    forge = PlayedForge("ann/demo", NoTags(), dict.fromkeys(SPEAKERS, False), threads=threads)
    with serve_forge(forge) as site:
        stage = Stage(site, threads)
        yield stage
        assert stage.witness.complaints == []


def test_a_comment_is_written_found_and_changed(stage: Stage) -> None:
    stage.door().comment(7, "one")
    (found,) = stage.door().comments(7)
    assert found[1:] == ("one", True)
    stage.door().edit(found, "two")
    assert [each.body for each in stage.door().comments(7)] == ["two"]


@pytest.mark.parametrize(("token", "own"), [(JOB, [True, False, False]), (PERSON, [False, True, False])])
def test_a_comment_is_ones_own_where_the_token_is_its_authors(stage: Stage, token: str, own: list[bool]) -> None:
    for speaker in (SPEAKERS[JOB], SPEAKERS[PERSON], Speaker("eve", may_write=False, is_bot=False)):
        stage.threads.say(7, speaker, "hello")
    assert [each.own for each in stage.door(token).comments(7)] == own


def test_a_comment_among_hundreds_is_found(stage: Stage) -> None:
    for number in range(250):
        stage.threads.say(7, SPEAKERS[PERSON], f"talk {number}")
    stage.door().comment(7, "the last")
    stage.witness.seen.clear()
    found = stage.door().comments(7)
    assert [each.body for each in found[-2:]] == ["talk 249", "the last"]
    assert [path for _, path, _ in stage.witness.seen if path] == ["/issues/7/comments"] * 3


def test_a_token_that_only_reads_is_told_what_it_needs(stage: Stage) -> None:
    assert stage.door(READER).comments(7) == ()
    with pytest.raises(Failure, match="refused the comment: 403 Resource not accessible by integration") as caught:
        stage.door(READER).comment(7, "hello")
    assert "`permissions: pull-requests: write`; no fork's has it" in caught.value.hint
    assert stage.threads.comments == {}


def test_without_a_token_nothing_is_asked(stage: Stage) -> None:
    with pytest.raises(Failure, match="no token in GH_TOKEN or GITHUB_TOKEN to comment on 127"):
        stage.door("").comments(7)
    assert stage.witness.seen == []


@pytest.mark.parametrize(("text", "said"), [("x" * 65_537, "body is too long"), (" ", "body missing_field")])
def test_what_the_forge_does_not_take_is_told_in_its_words(stage: Stage, text: str, said: str) -> None:
    with pytest.raises(Failure, match=f"422 Validation Failed: {said}"):
        stage.door().comment(7, text)


def test_a_locked_or_missing_pull_request_is_told(stage: Stage) -> None:
    stage.threads.locked.add(7)
    with pytest.raises(Failure, match="403 Unable to create comment because issue is locked"):
        stage.door().comment(7, "hello")
    with pytest.raises(Failure, match="404 Not Found"):
        stage.door().comments(8)
    with pytest.raises(Failure, match="404 Not Found"):
        stage.door().edit(Comment(1, "", own=True), "hello")


@pytest.mark.parametrize(
    ("name", "event", "number"),
    [
        ("pull_request", {"pull_request": {"number": 7}}, 7),
        ("push", {"pull_request": {"number": 7}}, None),
        ("workflow_dispatch", {}, None),
        ("", {}, None),
    ],
)
def test_a_run_is_about_the_pull_request_of_its_event(
    stage: Stage, tmp_path: Path, name: str, event: object, number: int | None
) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    door = stage.door(GITHUB_EVENT_NAME=name, GITHUB_EVENT_PATH=str(path))
    assert door.current() == number


def test_an_event_that_tells_no_number_is_a_failure(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text("{}")
    with pytest.raises(Failure, match="tells no number"):
        stage.door(GITHUB_EVENT_NAME="pull_request", GITHUB_EVENT_PATH=str(path)).current()


def test_the_merged_pull_requests_of_a_commit_are_told(stage: Stage) -> None:
    told = [{"number": 3, "merged_at": "2026-01-01T00:00:00Z"}, {"number": 4, "merged_at": None}]
    assert {"number", "merged_at"} <= set(PullRequestSimple.model_fields), "as GitHub's description names them"
    with serve() as host:
        host.on(f"/repos/ann/demo/commits/{'1' * 40}/pulls", json_page(told))
        host.on(f"/repos/ann/demo/commits/{'2' * 40}/pulls", json_page({"number": 3}))
        patience = LivePatience(list[str]().append, QUICK, limit_seconds=10, try_seconds=1)
        door = GitHubThreads(Place(host.url, "ann/demo"), {"GITHUB_TOKEN": JOB}, Http(headers=HEADERS), patience)
        assert door.merged("1" * 40) == (3,)
        with pytest.raises(Failure, match="something that is no list of pull requests"):
            door.merged("2" * 40)
