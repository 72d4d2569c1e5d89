"""What a CI's event makes of a run: kind, commit, and what may be published."""

import pytest

from cz_ship.model import AUTHOR, CiRun
from cz_ship.rules.event import aside, conclude
from cz_ship.rules.plan import STAGES
from tests.support.readme import blocks

HEAD, MERGE = "a" * 40, "b" * 40
MAIN = "refs/heads/main"
HERE = "ann/project"
PULL = CiRun("pull_request", "refs/pull/7/merge", MERGE, HERE, head=HEAD, source=HERE, target="main")
PUSH = CiRun("push", MAIN, HEAD, HERE, branch="main", author="Ann")
CANDIDATE, NOTHING = ("candidate",), ()

TABLE = [
    (PULL, "pull request from the same repository", HEAD, CANDIDATE),
    (PULL._replace(source="bob/project"), "pull request from a fork", HEAD, NOTHING),
    (PULL._replace(source=""), "pull request from a fork", HEAD, NOTHING),
    (PULL._replace(repository="", source=""), "pull request from a fork", HEAD, NOTHING),
    (PULL._replace(action="closed"), "closed pull request", HEAD, NOTHING),
    (PULL._replace(event="pull_request_target"), "pull request, with the rights of its target", HEAD, NOTHING),
    (PULL._replace(event="merge_group", head=""), "merge queue", MERGE, NOTHING),
    (PUSH, "push to the release branch", HEAD, STAGES),
    (PUSH._replace(author=AUTHOR), "the bump commit's own push", HEAD, STAGES),
    (PUSH._replace(ref="refs/heads/topic", author=AUTHOR), "push to another branch", HEAD, CANDIDATE),
    (PUSH._replace(ref="refs/heads/x/main"), "push to another branch", HEAD, CANDIDATE),
    (PUSH._replace(ref="refs/tags/main"), "tag pushed by hand", HEAD, NOTHING),
    (PUSH._replace(ref="refs/tags/v1.2.3", deleted=True), "deletion", "", NOTHING),
    (PUSH._replace(event="workflow_dispatch"), "manual dispatch", HEAD, STAGES),
    (PUSH._replace(event="workflow_dispatch", ref="refs/heads/topic"), "manual dispatch", HEAD, CANDIDATE),
    (PUSH._replace(event="schedule"), "schedule", HEAD, STAGES),
    (PUSH._replace(event="issues"), "other", HEAD, NOTHING),
]


@pytest.mark.parametrize(
    ("run", "kind", "commit", "allowed"), TABLE, ids=[f"{kind}-{n}" for n, (_, kind, *_) in enumerate(TABLE)]
)
def test_a_run_is_of_a_kind_about_a_commit_and_may_publish_so_much(
    run: CiRun, kind: str, commit: str, allowed: tuple[str, ...]
) -> None:
    told = conclude(run, "main")
    assert (told.kind, told.commit, told.allowed, told.again) == (kind, commit, allowed, False)
    assert told.why
    again = conclude(run._replace(attempt=2), "main")
    assert again == told._replace(again=True)


def test_in_mode_pull_request_a_push_proposes_and_the_proposal_is_checked_by_a_dispatch() -> None:
    told = conclude(PUSH._replace(author=AUTHOR), "main", mode="pull-request")
    assert (told.kind, told.allowed) == ("push to the release branch", STAGES)
    assert "else one is proposed" in told.why
    dispatch = PUSH._replace(event="workflow_dispatch", ref="refs/heads/cz-ship/release-main")
    told = conclude(dispatch, "main", mode="pull-request")
    assert (told.kind, told.commit, told.allowed) == ("checks of the release pull request", HEAD, CANDIDATE)
    assert conclude(dispatch, "main").kind == "manual dispatch"


def test_the_release_branch_is_the_projects_and_not_always_main() -> None:
    assert conclude(PUSH._replace(ref="refs/heads/2.x"), "2.x").allowed == STAGES
    assert conclude(PUSH, "2.x").allowed == CANDIDATE


def test_outside_of_ci_a_person_may_do_anything_with_what_is_checked_out() -> None:
    told = conclude(None, "main", HEAD)
    assert (told.kind, told.commit, told.allowed) == ("outside", HEAD, ("candidate", *STAGES))


def test_a_fork_is_named_where_it_is_refused() -> None:
    assert conclude(PULL._replace(source="bob/project"), "main").why.startswith("bob/project is not ann/project")


@pytest.mark.parametrize("run", [PULL, PUSH, PUSH._replace(event="workflow_dispatch", ref="refs/heads/topic")])
def test_a_fork_publishes_nothing_unless_it_says_that_it_releases(run: CiRun) -> None:
    forked = run._replace(fork=True)
    told, here = conclude(forked, "main"), conclude(run, "main")
    assert told == here._replace(allowed=NOTHING, why=aside(forked))
    assert told.why.startswith(
        'ann/project is a fork (one with releases of its own says so: repository = "ann/project"'
    )
    assert conclude(forked, "main", home="Ann/Project") == here
    assert conclude(forked, "main", home="upstream/project").allowed == NOTHING
    assert conclude(run, "main", home="elsewhere/project") == here, "what is no fork may be called otherwise today"


def test_the_page_shows_the_words() -> None:
    told = f"nothing is published from here: {aside(PUSH._replace(fork=True, repository='ann/demo'))}"
    assert blocks("text", "docs/pipeline.md")[0] == f"{told}\n"


def test_what_releases_nothing_anyway_is_told_as_what_it_is() -> None:
    assert conclude(PULL._replace(fork=True, source="bob/project"), "main").why.startswith("bob/project is not")
    assert aside(None) == aside(PUSH) == ""
