"""Workflows read: which of their jobs run cz-ship, and what those do, publish and need."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise

from cz_ship.checkup import Act, Job, Workflow

# An action that uploads to an index, PyPI unless told another.
PYPA_ACTION = "pypa/gh-action-pypi-publish"
CHECKOUT = "actions/checkout"
_STAGES = ("prepare", "tag", "test", "prod", "announce")
_PINNED = re.compile(r"\.{1,2}/|docker://.*@sha256:|[^@]+@[0-9a-f]{40}$")


def commands(job: Job) -> Iterator[list[str]]:
    """The arguments of each call of cz-ship in a job."""
    for step in job.steps:
        if action(step).rpartition("/")[2] == "cz-ship":  # this project's own action
            yield _words(step.given.get("command", ""))
        for line in step.run.replace("\\\n", " ").splitlines():
            words = _words(line)
            if words[:3] == ["python", "-m", "cz_ship"]:
                words = ["cz-ship", *words[3:]]
            if words[:1] == ["cz-ship"]:
                yield words[1:]


def stages(job: Job) -> frozenset[str]:
    """The stages of a release that a job carries out."""
    found: set[str] = set()
    for words in commands(job):
        if words[:1] == ["release"]:
            named = {each for before, each in pairwise(words) if before == "--stage"}
            named |= {each.removeprefix("--stage=") for each in words if each.startswith("--stage=")}
            found |= named or set(_STAGES)
    return frozenset(found)


def uploads(job: Job) -> frozenset[str]:
    """The indexes that a job uploads to: `test`, `prod`, or the address of another."""
    found = {stage for stage in stages(job) if stage in ("test", "prod")}
    found |= {"test" for words in commands(job) if words[:1] == ["candidate"]}
    for step in job.steps:
        if action(step) == PYPA_ACTION:
            given = step.given
            found.add(given.get("repository-url") or given.get("repository_url") or "prod")
    return frozenset(found)


def is_release(workflow: Workflow) -> bool:
    """Whether a workflow releases with cz-ship."""
    return any(stages(job) for job in workflow.jobs)


def action(step: Act) -> str:
    """The action that a step uses, without its version."""
    return step.uses.partition("@")[0]


def unpinned(workflow: Workflow) -> tuple[str, ...]:
    """What a workflow uses by a name that may mean something else tomorrow."""
    used = [step.uses for job in workflow.jobs for step in job.steps] + [job.uses for job in workflow.jobs]
    return tuple(dict.fromkeys(each for each in used if each and not _PINNED.match(each)))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # a shell's own grammar, which no call of ours needs
        return []
