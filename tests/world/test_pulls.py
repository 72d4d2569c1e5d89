"""The door to pull requests, against a forge on loopback; every request and answer is read with GitHub's own models."""

from collections.abc import Iterator
from typing import Any

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.world.forge_api import HEADERS, Place
from cz_ship.world.http import Backoff, Http
from cz_ship.world.patience import LivePatience
from cz_ship.world.pulls import GitHubPulls
from cz_ship.world.rehearsal.forge import ForgeSite, PlayedForge, serve_forge
from cz_ship.world.rehearsal.forge_pulls import EVERY_RIGHT, WAYS, PlayedPulls
from tests.support.faulty_index import serve, status
from tests.support.pull_models import PullWitness

JOB, TAGGER, OUTSIDER = "ghs_of-a-job", "ghs_of-another-job", "ghs_of-a-fork"
RIGHTS = {JOB: EVERY_RIGHT, TAGGER: frozenset({"contents"}), OUTSIDER: frozenset[str]()}
HEAD, BASE = "cz-ship/release-main", "main"
RUNS = "/repos/ann/demo/actions/workflows/pipeline.yml/runs"
QUICK = Backoff(attempts=3, first=0, longest=0)


class FakeBranches:
    """Two branches; a merge makes one the other, and is written down."""

    def __init__(self) -> None:
        self.heads = {HEAD: "2" * 40, BASE: "1" * 40}
        self.merges: list[tuple[str, str]] = []

    def commit(self, name: str) -> str | None:
        return self.heads.get(name)

    def make(self, name: str, commit: str) -> None:
        raise AssertionError

    def merge(self, base: str, head: str, way: str, message: str) -> str | None:
        self.merges.append((way, message))
        self.heads[base] = self.heads[head]
        return self.heads[head]


class Stage:
    """A forge without pull requests, and doors to it."""

    def __init__(self, site: ForgeSite, pulls: PlayedPulls, branches: FakeBranches) -> None:
        self.site, self.pulls, self.branches = site, pulls, branches
        self.witness = PullWitness(site.forge)
        site.listener.interpose(self.witness.answer)

    def door(self, token: str = JOB, **environ: str) -> GitHubPulls:
        return door(self.site.api_url, token, **environ)


def door(address: str, token: str = JOB, **environ: str) -> GitHubPulls:
    http = Http(Backoff(attempts=2, first=0, longest=0), headers=HEADERS)
    patience = LivePatience(list[str]().append, QUICK, limit_seconds=10, try_seconds=1)
    return GitHubPulls(Place(address, "ann/demo"), {"GITHUB_TOKEN": token, **environ}, http, patience)


@pytest.fixture
def stage() -> Iterator[Stage]:
    branches = FakeBranches()
    pulls = PlayedPulls("ann/demo", branches, RIGHTS)
    with serve_forge(PlayedForge("ann/demo", branches, dict.fromkeys(RIGHTS, False), pulls=pulls)) as site:
        stage = Stage(site, pulls, branches)
        yield stage
        assert stage.witness.complaints == []


def test_a_pull_request_is_opened_found_described_and_closed(stage: Stage) -> None:
    door = stage.door()
    assert door.pull(HEAD, BASE) is None
    door.open_pull(HEAD, BASE, "bump: version 1.0.0 → 1.1.0", "- sing")
    pull = door.pull(HEAD, BASE)
    assert pull is not None
    assert (pull.number, pull.title, pull.body) == (1, "bump: version 1.0.0 → 1.1.0", "- sing")
    assert pull.url.endswith("/ann/demo/pull/1")
    assert door.pull(BASE, HEAD) is None
    door.describe_pull(pull, "bump: version 1.0.0 → 2.0.0", "- dance")
    assert door.pull(HEAD, BASE) == pull._replace(title="bump: version 1.0.0 → 2.0.0", body="- dance")
    for _ in range(2):  # one that is closed already is fine
        door.close_pull(pull)
        assert door.pull(HEAD, BASE) is None
    door.open_pull(HEAD, BASE, "again", "")
    assert [each.number for each in stage.pulls.open_pulls()] == [2]


def test_a_second_one_is_refused_in_githubs_words(stage: Stage) -> None:
    stage.door().open_pull(HEAD, BASE, "one", "")
    with pytest.raises(Failure, match=r"refused the pull request: 422 .*A pull request already exists") as caught:
        stage.door().open_pull(HEAD, BASE, "two", "")
    assert caught.value.code is Exit.PERSON


def test_one_whose_branch_is_deleted_is_closed(stage: Stage) -> None:
    stage.door().open_pull(HEAD, BASE, "one", "")
    del stage.branches.heads[HEAD]
    assert stage.door().pull(HEAD, BASE) is None
    assert stage.pulls.state.pulls[1].closed is not None


@pytest.mark.parametrize("token", [TAGGER, OUTSIDER, ""])
def test_without_the_right_nothing_is_opened_and_the_right_is_named(token: str, stage: Stage) -> None:
    with pytest.raises(Failure) as caught:
        stage.door(token).open_pull(HEAD, BASE, "one", "")
    assert "`permissions: pull-requests: write`" in caught.value.hint
    assert stage.door(token).pull(HEAD, BASE) is None
    assert bool(stage.door(token).credentials_missing()) == (not token)


def test_a_setting_that_forbids_it_is_named(stage: Stage) -> None:
    stage.pulls.may_open = False
    with pytest.raises(Failure, match="not permitted to create or approve") as caught:
        stage.door().open_pull(HEAD, BASE, "one", "")
    assert "Workflow permissions" in caught.value.hint


def test_the_pipeline_is_started_for_a_branch_and_its_run_is_found(stage: Stage) -> None:
    door = stage.door()
    assert door.is_checked("2" * 40) is False
    assert door.start_checks(HEAD) == ""
    assert (door.is_checked("2" * 40), door.is_checked("1" * 40)) == (True, False)
    stage.branches.heads[HEAD] = "3" * 40
    assert door.is_checked("3" * 40) is False


def test_where_the_pipeline_cannot_be_started_it_is_told(stage: Stage) -> None:
    told = stage.door(TAGGER).start_checks(HEAD)
    assert "403 Resource not accessible" in told
    assert "`permissions: actions: write`" in told
    assert "404" in stage.door(GITHUB_WORKFLOW_REF="ann/demo/.github/workflows/other.yml@refs/heads/main").start_checks(
        HEAD
    )
    assert "422 No ref found" in stage.door().start_checks("gone")


def test_the_pipeline_is_the_workflow_that_runs_this_job(stage: Stage) -> None:
    stage.pulls.workflows = ("ship-it.yml",)
    door = stage.door(GITHUB_WORKFLOW_REF="ann/demo/.github/workflows/ship-it.yml@refs/heads/main")
    assert door.start_checks(HEAD) == ""
    assert door.is_checked("2" * 40) is True


def test_runs_that_one_may_not_see_are_not_known() -> None:
    with serve() as faulty:
        faulty.on(RUNS, status(403))
        assert door(faulty.url).is_checked("1" * 40) is None


def test_what_is_no_answer_is_doubt() -> None:
    with serve() as faulty:
        faulty.on("/repos/ann/demo/pulls", status(200))
        faulty.on(RUNS, status(200))
        for ask in (lambda: door(faulty.url).pull(HEAD, BASE), lambda: door(faulty.url).is_checked("1" * 40)):
            with pytest.raises(Failure, match="answered something that"):
                ask()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("way", WAYS)
def test_a_client_by_other_people_opens_and_merges_it_in_each_way(way: str, stage: Stage) -> None:
    from githubkit import GitHub as Client

    client = Client(JOB, base_url=stage.site.api_url)
    made = client.rest.pulls.create("ann", "demo", title="one", head=HEAD, base=BASE, body="- sing").parsed_data
    assert (made.state, made.merged, made.head.sha) == ("open", False, "2" * 40)
    asked: Any = {"merge_method": way}
    merged = client.rest.pulls.merge("ann", "demo", made.number, data=asked).parsed_data
    assert (merged.merged, merged.sha) == (True, "2" * 40)
    (found,) = client.rest.pulls.list("ann", "demo", state="all").parsed_data
    assert (found.state, found.merged_at is not None) == ("closed", True)
    assert stage.branches.merges == [
        (way, "one (#1)" if way == "squash" else f"Merge pull request #1 from {HEAD}\n\none")
    ]
    with pytest.raises(ValueError, match="not mergeable"):
        stage.pulls.merge(1)
