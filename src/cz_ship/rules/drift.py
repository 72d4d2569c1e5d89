"""Drift: where a project's pipeline is not as the template has it, in what matters to a release."""

import re
import shlex
from collections.abc import Iterable, Iterator

from cz_ship.checkup import Act, Job, Workflow
from cz_ship.rules.run_block import calls
from cz_ship.rules.workflows import action

_BRANCH = re.compile(r"'refs/heads/(?:[^']|'')+'")


def drift(workflow: Workflow, template: Workflow) -> tuple[str, ...]:
    """Where a workflow differs.

    Left to the project: more jobs and steps, versions of actions, runners, branches, whose token is handed over, and
    how Python and cz-ship come onto the machine.
    """
    return tuple(_differences(workflow, template))


def _differences(workflow: Workflow, template: Workflow) -> Iterator[str]:
    if missing := [each for each in template.events if each not in workflow.events]:
        yield f"it does not run on {', '.join(missing)}"
    if workflow.permissions != template.permissions:
        yield "its permissions differ"
    if workflow.concurrency != template.concurrency:
        yield "its concurrency differs"
    there = {job.name: job for job in workflow.jobs}
    for job in template.jobs:
        if job.name not in there:
            yield f"job {job.name} is missing"
        elif differing := list(_job_differences(there[job.name], job)):
            yield f"job {job.name} differs in {', '.join(differing)}"


def _job_differences(job: Job, template: Job) -> Iterator[str]:
    if job.permissions != template.permissions:
        yield "permissions"
    if job.environment != template.environment:
        yield "environment"
    if _BRANCH.sub("", job.flow) != _BRANCH.sub("", template.flow):
        yield "order (needs, if, concurrency, outputs)"
    steps = iter(_essential(job.steps))
    # All of the template's, in its order; others may stand between.
    if not all(each in steps for each in _essential(template.steps)):
        yield "steps"


def _essential(steps: Iterable[Act]) -> list[Act]:
    kept = (each._replace(uses=action(each), run=_called(each.run), env={}) for each in steps)
    return [each for each in kept if each.uses != "actions/setup-python" and "pip install" not in each.run]


def _called(run: str) -> str:
    """A block by what it calls, by whatever that is started; the block itself where nothing of it is understood."""
    return "\n".join(shlex.join(words) for words in calls(run)) or run
