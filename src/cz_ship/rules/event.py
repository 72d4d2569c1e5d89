"""Event: what kind of run a CI's event makes, which commit it is about, and what it may publish."""

from collections.abc import Callable
from typing import NamedTuple

from cz_ship.model import AUTHOR, CiRun
from cz_ship.rules.plan import STAGES
from cz_ship.rules.proposal import proposal_branch

CANDIDATE = ("candidate",)
_CHECKED = ("pull_request", "pull_request_review", "merge_group")
_BY_HAND = ("workflow_dispatch", "schedule", "repository_dispatch")


class Conclusion(NamedTuple):
    """The kind of a run, the commit that it is about ("": none), and what it may publish, and why that.

    `allowed` are stages of a release, or `candidate`; `again` is whether this run was run before.
    """

    kind: str
    commit: str
    allowed: tuple[str, ...]
    why: str
    again: bool = False


def conclude(run: CiRun | None, branch: str, head: str = "", mode: str = "push", home: str = "") -> Conclusion:
    """What follows from a run of a CI (None: there is none) for a project whose release branch is `branch`.

    `head` is the commit that is checked out, which counts where no CI says otherwise; `mode` and `home`, as in the
    settings, say how releases come about, and which fork makes releases of its own.
    """
    if run is None:
        return Conclusion("outside", head, (*CANDIDATE, *STAGES), "no CI runs this: a person may do anything")
    told = next((each for rule in _RULES if (each := rule(run, branch, mode))), _other(run))
    if told.allowed and (why := aside(run, home)):
        told = told._replace(allowed=(), why=why)
    return told._replace(again=run.attempt > 1)


def aside(run: CiRun | None, home: str = "") -> str:
    """Why nothing is published from the repository of a run; empty where it may be.

    A fork has the workflow of the project that it is a copy of, and releases are that project's: pushed to the fork,
    bump and tag would part its branch from there. A fork that is a project of its own is called `home` in the settings.
    """
    if run is None or not run.fork or run.repository.lower() == home.lower():
        return ""
    name = run.repository or "this repository"
    return f'{name} is a fork (one with releases of its own says so: repository = "{name}" in [tool.cz-ship.forge])'


def _pull_request(run: CiRun, branch: str, mode: str) -> Conclusion | None:
    if run.event == "pull_request_target":
        why = "its rights are the target's and its content is not: indexes refuse such runs, and so should you"
        return Conclusion("pull request, with the rights of its target", run.head, (), why)
    if run.event not in _CHECKED:
        return None
    commit = run.head or run.sha
    if run.event == "merge_group":
        return Conclusion("merge queue", commit, (), "the queue asks for checks; the push that follows releases")
    if run.action == "closed":
        return Conclusion("closed pull request", commit, (), "a merge is released by the push that it makes")
    if not run.source or run.source != run.repository:
        why = (
            f"{run.source or 'a repository that is gone'} is not {run.repository or 'this repository'}: runs of a "
            "fork get no identity and no secrets; what is built is kept with the run"
        )
        return Conclusion("pull request from a fork", commit, (), why)
    why = f"its branch is in this repository; what merging it into {run.target or branch} releases is tried before"
    return Conclusion("pull request from the same repository", commit, CANDIDATE, why)


def _push(run: CiRun, branch: str, mode: str) -> Conclusion | None:
    if run.event != "push":
        return None
    kind, _, name = run.ref.removeprefix("refs/").partition("/")
    if run.deleted:
        return Conclusion("deletion", "", (), f"{name} was deleted: there is no commit")
    if kind == "tags":
        why = f"a tag by hand starts no release: a release tags what is on {branch}, by itself"
        return Conclusion("tag pushed by hand", run.sha, (), why)
    if name != branch:
        return Conclusion("push to another branch", run.sha, CANDIDATE, f"a release is made from {branch} alone")
    if run.author == AUTHOR and mode != "pull-request":
        why = "the run that made this commit carries its release on; here only what that run left undone is done"
        return Conclusion("the bump commit's own push", run.sha, STAGES, why)
    return Conclusion("push to the release branch", run.sha, STAGES, _owed(branch, mode))


def _by_hand(run: CiRun, branch: str, mode: str) -> Conclusion | None:
    if run.event not in _BY_HAND:
        return None
    kind = "schedule" if run.event == "schedule" else "manual dispatch"
    if run.ref == f"refs/heads/{branch}":
        return Conclusion(kind, run.sha, STAGES, _owed(branch, mode))
    if mode == "pull-request" and run.ref == f"refs/heads/{proposal_branch(branch)}":
        why = "a job's own token opened the release pull request, which starts no checks: this run is them"
        return Conclusion("checks of the release pull request", run.sha, CANDIDATE, why)
    return Conclusion(kind, run.sha, CANDIDATE, f"{run.ref or 'its ref'} is not {branch}: it has candidates only")


def _owed(branch: str, mode: str) -> str:
    if mode == "pull-request":
        return f"{branch} is the release branch: a merged release pull request is released, else one is proposed"
    return f"{branch} is the release branch: what its tip owes is released"


def _other(run: CiRun) -> Conclusion:
    return Conclusion("other", run.sha, (), f"nothing is published by an event {run.event!r}")


_RULES: tuple[Callable[[CiRun, str, str], Conclusion | None], ...] = (_pull_request, _push, _by_hand)
