"""Workflows read: which of their jobs run cz-ship, and what those do, publish and need."""

import re
from collections.abc import Iterator
from itertools import pairwise

from cz_ship.checkup import Act, Job, Workflow
from cz_ship.rules.run_block import calls

# An action that uploads to an index, PyPI unless told another.
PYPA_ACTION = "pypa/gh-action-pypi-publish"
CHECKOUT = "actions/checkout"
_STAGES = ("prepare", "tag", "test", "prod", "announce")
# What twine calls the two indexes. Source: its page on .pypirc.
_TWINE = {"pypi": "prod", "testpypi": "test"}
_PASSWORDS = ("PYPI_PASSWORD", "TEST_PYPI_PASSWORD", "TWINE_PASSWORD")
_SECRET = re.compile(r"\bsecrets\.(\w+)")
_PINNED = re.compile(r"\.{1,2}/|docker://.*@sha256:|[^@]+@[0-9a-f]{40}$")


def commands(job: Job) -> Iterator[list[str]]:
    """The arguments of each call of cz-ship in a job, from the command on."""
    for step in job.steps:
        if action(step).rpartition("/")[2] == "cz-ship":  # this project's own action
            yield _from_command(step.given.get("command", "").split())
        yield from (_from_command(words[1:]) for words in calls(step.run) if words[0] == "cz-ship")


def _from_command(words: list[str]) -> list[str]:
    """Arguments without those that stand before a command: -C with its folder, --quiet."""
    while words and words[0].startswith("-"):
        words = words[2 if words[0] == "-C" else 1 :]
    return words


def stages(job: Job) -> frozenset[str]:
    """The stages of a release that a job carries out."""
    found: set[str] = set()
    for words in commands(job):
        if words[:1] == ["release"]:
            found |= {*_values(words, "--stage")} or set(_STAGES)
    return frozenset(found)


def uploads(job: Job) -> frozenset[str]:
    """The indexes that a job uploads to, by whatever hands: `test`, `prod`, or the name or address of another."""
    return frozenset(_by_ship(job) | _by_action(job) | {index for index, _ in _by_twine(job)})


def takes_identity(job: Job) -> bool:
    """Whether an upload of a job's goes by a trusted publisher, where no stored token is given to it.

    Twine's does on PyPI and the Test index alone, and where it is told of no password, not even of one made on the way.
    """
    by_twine = any(index in _TWINE.values() and not has_password for index, has_password in _by_twine(job))
    return bool(_by_ship(job) | _by_action(job)) or by_twine


def stored_tokens(workflow: Workflow, job: Job) -> tuple[str, ...]:
    """Where a job is given a token for an index out of the secrets: names of variables and inputs, or of the secret."""
    found = []
    for env in (workflow.env, job.env, *(step.env for step in job.steps)):
        found += [name for name in _PASSWORDS if "secrets." in env.get(name, "")]
    for step in job.steps:
        if action(step) == PYPA_ACTION and "secrets." in step.given.get("password", ""):
            found.append("password")
        if ".pypirc" in step.run or any(words[0] == "twine" for words in calls(step.run)):
            found += [name for name in _SECRET.findall(step.run) if name != "GITHUB_TOKEN"]
    return tuple(dict.fromkeys(found))


def _by_ship(job: Job) -> set[str]:
    found = {stage for stage in stages(job) if stage in ("test", "prod")}
    return found | {"test" for words in commands(job) if words[:1] == ["candidate"]}


def _by_action(job: Job) -> set[str]:
    given = [step.given for step in job.steps if action(step) == PYPA_ACTION]
    return {each.get("repository-url") or each.get("repository_url") or "prod" for each in given}


def _by_twine(job: Job) -> Iterator[tuple[str, bool]]:
    """Each index that `twine upload` is called for, and whether it is told a password there."""
    for step in job.steps:
        env = {**job.env, **step.env}
        for words in calls(step.run):
            if words[:2] == ["twine", "upload"]:
                addresses = [*_values(words, "--repository-url"), env.get("TWINE_REPOSITORY_URL", "")]
                names = [*_values(words, "-r", "--repository"), env.get("TWINE_REPOSITORY", ""), "pypi"]
                index = next(filter(None, (*addresses, *names)))
                told = "TWINE_PASSWORD" in env or bool(_values(words, "-p", "--password", "--config-file"))
                yield _TWINE.get(index, index), told


def _values(words: list[str], *options: str) -> list[str]:
    """What is given to an option, in either way to write it."""
    parted = (each.partition("=") for each in words)
    behind = [value for option, equals, value in parted if equals and option in options]
    return behind + [each for before, each in pairwise(words) if before in options]


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
