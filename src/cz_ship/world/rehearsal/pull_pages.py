"""A forge's pull requests and runs of its pipeline as GitHub's REST API tells them, field by field."""

# Source: GitHub's description of its REST API; the tests read every answer with the models of a client made from it.

from typing import NamedTuple

from cz_ship.world.rehearsal.forge_pages import API, Place, moment, node, user_json

_LINKS = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents"),
    *("contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags"),
    *("issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones"),
    *("notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags"),
    *("teams", "trees", "hooks"),
)
_COUNTS = ("forks", "forks_count", "stargazers_count", "watchers_count", "watchers", "size", "open_issues")


class StoredPull(NamedTuple):
    """A pull request from a branch of the repository to another; `closed` and `merged` are moments, None while not.

    `sha` is the tip of its branch, that of its last moment where it is closed.
    """

    number: int
    head: str
    base: str
    title: str
    body: str
    sha: str
    created: float
    closed: float | None = None
    merged: float | None = None


class StoredRun(NamedTuple):
    """A run of the workflow `file`, started by hand for a branch that was `sha` then."""

    number: int
    file: str
    branch: str
    sha: str
    created: float


def pull_json(pull: StoredPull, base_sha: str, place: Place, *, whole: bool) -> dict[str, object]:
    """A pull request as the API tells it, alone (`whole`) or in a list."""
    own, issue = f"{_root(place)}/pulls/{pull.number}", f"{_root(place)}/issues/{pull.number}"
    shown = f"{place.root}/{place.repository}/pull/{pull.number}"
    links = {
        "html": shown,
        "issue": issue,
        "comments": f"{issue}/comments",
        "commits": f"{own}/commits",
        "review_comments": f"{own}/comments",
        "review_comment": f"{_root(place)}/pulls/comments{{/number}}",
        "statuses": f"{_root(place)}/statuses/{pull.sha}",
    }
    known: dict[str, object] = {
        "url": own,
        "id": pull.number,
        "node_id": node("PullRequest", pull.number),
        "html_url": shown,
        "diff_url": f"{shown}.diff",
        "patch_url": f"{shown}.patch",
        **{f"{name}_url": address for name, address in links.items() if name != "html"},
        "_links": {name: {"href": address} for name, address in {**links, "self": own}.items()},
        "number": pull.number,
        "state": "open" if pull.closed is None else "closed",
        "locked": False,
        "title": pull.title,
        "user": user_json(place, "github-actions[bot]", is_bot=True),
        "body": pull.body or None,
        "labels": [],
        "milestone": None,
        "created_at": moment(pull.created),
        "updated_at": moment(pull.closed or pull.created),
        "closed_at": None if pull.closed is None else moment(pull.closed),
        "merged_at": None if pull.merged is None else moment(pull.merged),
        "head": _side(pull.head, pull.sha, place),
        "base": _side(pull.base, base_sha, place),
        "author_association": "NONE",
        "auto_merge": None,
    }
    return {**known, **(_more(pull) if whole else {})}


def runs_json(runs: list[StoredRun], place: Place) -> dict[str, object]:
    """The runs of a workflow as the API tells them."""
    return {"total_count": len(runs), "workflow_runs": [_run_json(each, place) for each in runs]}


def _run_json(run: StoredRun, place: Place) -> dict[str, object]:
    own = f"{_root(place)}/actions/runs/{run.number}"
    return {
        "id": run.number,
        "node_id": node("WorkflowRun", run.number),
        "head_branch": run.branch,
        "head_sha": run.sha,
        "path": f".github/workflows/{run.file}",
        "run_number": run.number,
        "event": "workflow_dispatch",
        "display_title": run.file,
        "status": "queued",
        "conclusion": None,
        "workflow_id": 1,
        "url": own,
        "html_url": f"{place.root}/{place.repository}/actions/runs/{run.number}",
        "pull_requests": [],
        "created_at": moment(run.created),
        "updated_at": moment(run.created),
        **{f"{name}_url": f"{own}/{name}" for name in ("jobs", "logs", "check_suite", "artifacts", "cancel", "rerun")},
        "workflow_url": f"{_root(place)}/actions/workflows/1",
        "head_commit": None,
        "repository": _repository_json(place),
        "head_repository": _repository_json(place),
    }


def _more(pull: StoredPull) -> dict[str, object]:
    is_open = pull.closed is None
    return {
        "merged": pull.merged is not None,
        "mergeable": True if is_open else None,
        "mergeable_state": "clean" if is_open else "unknown",
        "merged_by": None,
        "maintainer_can_modify": False,
        **dict.fromkeys(("comments", "review_comments", "additions", "deletions"), 0),
        **dict.fromkeys(("commits", "changed_files"), 1),
    }


def _side(branch: str, sha: str, place: Place) -> dict[str, object]:
    owner = place.repository.partition("/")[0]
    label = f"{owner}:{branch}"
    return {"label": label, "ref": branch, "sha": sha, "user": user_json(place), "repo": _repository_json(place)}


def _repository_json(place: Place) -> dict[str, object]:
    own, shown = _root(place), f"{place.root}/{place.repository}"
    return {
        "id": 1,
        "node_id": node("Repository", 1),
        "name": place.repository.partition("/")[2],
        "full_name": place.repository,
        "owner": user_json(place),
        "private": False,
        "fork": False,
        "url": own,
        "html_url": shown,
        **{f"{name}_url": f"{own}/{name}" for name in _LINKS},
        **{f"{name}_url": f"{shown}.git" for name in ("git", "ssh", "clone", "svn")},
        **dict.fromkeys(("mirror_url", "homepage", "language", "license", "description")),
        **dict.fromkeys((*_COUNTS, "open_issues_count"), 0),
        **dict.fromkeys(("has_pages", "disabled"), False),
        "default_branch": "main",
        **dict.fromkeys(("pushed_at", "created_at", "updated_at"), moment(0)),
    }


def _root(place: Place) -> str:
    return f"{place.root}{API}/repos/{place.repository}"
