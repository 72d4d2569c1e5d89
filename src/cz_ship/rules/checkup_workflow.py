"""Check-up of workflows: what would stop a release, open it to others, or let two of them collide."""

from collections.abc import Iterator, Mapping

from cz_ship.checkup import Act, Job, Workflow, Workflows
from cz_ship.model import Finding
from cz_ship.rules.drift import drift
from cz_ship.rules.findings import finding
from cz_ship.rules.workflows import (
    CHECKOUT,
    action,
    commands,
    is_release,
    stages,
    stored_tokens,
    takes_identity,
    unpinned,
    uploads,
)

PROPOSING = "pull-request"
# What a job takes, beside the right to push, that proposes a release and starts the checks of the proposal.
PROPOSAL = {"pull-requests": "write", "actions": "write"}
# What the job takes, beside the right to publish the release, that tells pull requests of it.
COMMENTS = {"pull-requests": "write"}
_QUEUE = "concurrency: with group, cancel-in-progress: false and queue: max"


def workflow_findings(workflows: Workflows) -> Iterator[Finding]:
    """All that is wrong in a project's workflows; of those that do not release, what endangers the others."""
    for fault in workflows.broken:
        yield finding("workflow-broken", fault)
    releasing = [each for each in workflows.found if is_release(each)]
    if workflows.hosted and not releasing and not workflows.broken:
        others = [each.file for each in workflows.found if any(map(uploads, each.jobs))]
        so = f"{' and '.join(others)} uploads without it" if others else "releases are made by hand"
        text = f"no workflow runs `cz-ship release`; {so}"
        yield finding("no-workflow", text, fix="cz-ship init")
    for workflow in workflows.found:
        yield from _dangers(workflow)
        yield from (each for job in workflow.jobs for each in _job_findings(workflow, job, workflows))
    for workflow in releasing:
        yield from _queue(workflow)
        yield from _checkouts(workflow)
        if workflows.mode == PROPOSING and (faults := _dispatch_faults(workflow)):
            text = f"{workflow.file} starts no checks for a proposal: {' and '.join(faults)}"
            yield finding("workflow-dispatch", text, "docs/pull-request.md has what that takes")
        if workflows.template and (differing := drift(workflow, _fitted(workflows.template, workflows))):
            text = f"{workflow.file} is not as the template has it: {'; '.join(differing)}"
            hint = (
                "where that is meant, leave it; `cz-ship init` shows the difference in what it laid down; this restores"
            )
            yield finding("workflow-drift", text, hint, f"git rm .github/workflows/{workflow.file} && cz-ship init")


def _dispatch_faults(workflow: Workflow) -> list[str]:
    """Why the checks of a proposal do not begin: what a job's own token pushes starts no workflow by itself."""
    event = [] if "workflow_dispatch" in workflow.events else ["`on` has no workflow_dispatch"]
    tagging = [job for job in workflow.jobs if "tag" in stages(job) and not _has_foreign_token(job)]
    lacking = [job.name for job in tagging if _lacking(_effective(workflow, job), {"actions": "write"})]
    return [*event, *(f"job {name} lacks actions: write" for name in lacking)]


def _fitted(template: Workflow, workflows: Workflows) -> Workflow:
    """The template with the permissions that the settings take besides."""
    jobs = template.jobs
    if workflows.mode == PROPOSING:
        jobs = tuple(_with(job, PROPOSAL) if "tag" in stages(job) else job for job in jobs)
    if workflows.comments:
        jobs = tuple(_with(job, COMMENTS) if "announce" in stages(job) else job for job in jobs)
    return template._replace(jobs=jobs)


def _with(job: Job, more: Mapping[str, str]) -> Job:
    return job._replace(permissions={**(job.permissions or {}), **more})


def _dangers(workflow: Workflow) -> Iterator[Finding]:
    uses = [action(step) for job in workflow.jobs for step in job.steps]
    if "pull_request_target" in workflow.events and CHECKOUT in uses:
        text = f"{workflow.file} checks out code on pull_request_target: a stranger's code with your rights"
        yield finding("workflow-target", text, "use pull_request; indexes refuse the identity of such runs anyway")
    if loose := unpinned(workflow):
        text = f"{workflow.file} uses what may change under its name: {', '.join(loose)}"
        yield finding("workflow-unpinned", text, "name the full hash: uses: owner/action@<40 digits>  # v1.2.3")
    open_jobs = [job.name for job in workflow.jobs if _effective(workflow, job) is None]
    if open_jobs:
        text = f"{workflow.file} leaves the permissions of {', '.join(open_jobs)} to the repository's default"
        yield finding("workflow-permissions", text, "write permissions: {} at the top, and what each job needs into it")
    wide = [job.name for job in workflow.jobs if (_effective(workflow, job) or {}).get("*") == "write"]
    if wide:
        yield finding("workflow-permissions", f"{workflow.file} gives {', '.join(wide)} every permission (write-all)")


def _queue(workflow: Workflow) -> Iterator[Finding]:
    told = workflow.concurrency
    if told is None:
        text = f"{workflow.file} lets two releases run at once: it has no `concurrency`"
        yield finding("workflow-queue", text, _QUEUE)
    elif told.get("cancel-in-progress", "false") == "true":
        text = f"{workflow.file} ends a release half-way when the next push comes (cancel-in-progress: true)"
        yield finding("workflow-cancels", text, _QUEUE)
    elif told.get("queue") != "max":
        yield finding("workflow-queue", f"{workflow.file} drops a run that waits behind two others", _QUEUE)


def _checkouts(workflow: Workflow) -> Iterator[Finding]:
    cut_off = [job.name for job in workflow.jobs if _counts(job) and any(map(_is_shallow, job.steps))]
    if cut_off:
        jobs = f"job{'s' if len(cut_off) > 1 else ''} {', '.join(cut_off)}"
        text = (
            f"{workflow.file}: {jobs}: cz-ship runs on a shallow checkout, and versions are counted on all of history"
        )
        yield finding("workflow-fetch-depth", text, "with: fetch-depth: 0 for actions/checkout")


def _counts(job: Job) -> bool:
    """Whether a job calls cz-ship for more than to show the event."""
    return any(words[:1] != ["event"] for words in commands(job))


def _is_shallow(step: Act) -> bool:
    return action(step) == CHECKOUT and step.given.get("fetch-depth") != "0"


def _job_findings(workflow: Workflow, job: Job, among: Workflows) -> Iterator[Finding]:
    place = f"{workflow.file}: job {job.name}"
    targets, tokens = uploads(job), stored_tokens(workflow, job)
    if len(targets) > 1:
        text = f"{place} uploads to {' and '.join(sorted(targets))}: one job holds the identity for both"
        yield finding("workflow-two-indexes", text, "a job for each, in an environment of its own")
    if targets and tokens:
        text = f"{place} uploads with a long-lived token ({', '.join(tokens)})"
        yield finding("workflow-token", text, "a trusted publisher on the index, and id-token: write here, need none")
    wanted = _wanted(job, among, trusted=takes_identity(job) and not tokens)
    if lacking := _lacking(_effective(workflow, job), wanted):
        text = f"{place} lacks {' and '.join(lacking)}; it cannot do its work without"
        yield finding("workflow-lacks-permission", text)


def _wanted(job: Job, among: Workflows, *, trusted: bool) -> dict[str, str]:
    """What a job must be allowed."""
    wanted = {"id-token": "write"} if trusted else {}
    if _has_foreign_token(job):
        return wanted
    if stages(job) & {"tag", "announce"}:
        wanted["contents"] = "write"
    if ("tag" in stages(job) and among.mode == PROPOSING) or ("announce" in stages(job) and among.comments):
        wanted["pull-requests"] = "write"
    return wanted


def _has_foreign_token(job: Job) -> bool:
    """Whether a job hands over a token of another's, such as an App's, which has rights of its own."""
    tokens = [step.env["GITHUB_TOKEN"] for step in job.steps if "GITHUB_TOKEN" in step.env]
    return any("github.token" not in each and "secrets.GITHUB_TOKEN" not in each for each in tokens)


def _lacking(given: Mapping[str, str] | None, wanted: Mapping[str, str]) -> list[str]:
    """What is not given; where the repository's default counts, nothing can be told."""
    if given is None:
        return []
    return [f"{name}: {level}" for name, level in wanted.items() if given.get(name, given.get("*")) != level]


def _effective(workflow: Workflow, job: Job) -> Mapping[str, str] | None:
    return workflow.permissions if job.permissions is None else job.permissions
