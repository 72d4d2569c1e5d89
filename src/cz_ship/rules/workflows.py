"""Workflows read: which of their jobs run cz-ship, and what those do, publish and need."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise

from cz_ship.checkup import Act, Job, Workflow

# An action that uploads to an index, PyPI unless told another.
PYPA_ACTION = "pypa/gh-action-pypi-publish"
CHECKOUT = "actions/checkout"
# Programs that run another in an environment that they know or make, and their options that name a package.
_RUNNERS = (
    *(("uvx",), ("uv", "run"), ("uv", "tool", "run"), ("pipx", "run"), ("poetry", "run"), ("pdm", "run")),
    *(("hatch", "run"), ("pipenv", "run"), ("sudo",), ("env",), ("exec",)),
)
_PACKAGES = ("--from", "--with", "--spec", "-w")
_OURS = re.compile(r"(?:.*/)?cz-ship(?:[=@~<>!].*)?")
_PYTHON = re.compile(r"(?:.*/)?(?:python[\d.]*|py)")
_TWINE = re.compile(r"(?:\S*python[\d.]* -m |(?:uvx|(?:uv|pipx|poetry|pdm|hatch) run) )?twine upload\b")
_SHELL = ("if", "then", "else", "elif", "while", "do", "!", "time", "{")
_ASSIGNED = re.compile(r"\w+=")
_STAGES = ("prepare", "tag", "test", "prod", "announce")
_PINNED = re.compile(r"\.{1,2}/|docker://.*@sha256:|[^@]+@[0-9a-f]{40}$")


def commands(job: Job) -> Iterator[list[str]]:
    """The arguments of each call of cz-ship in a job, the options before its command left out."""
    for step in job.steps:
        if action(step).rpartition("/")[2] == "cz-ship":  # this project's own action
            yield _words(step.given.get("command", ""))
        yield from (call for words in _lines(step) if (call := _call(words)) is not None)


def _lines(step: Act) -> Iterator[list[str]]:
    """The commands that a step runs."""
    for line in step.run.replace("\\\n", " ").splitlines():
        yield from _simple(_words(line))


def _simple(words: list[str]) -> Iterator[list[str]]:
    """The commands of a line, without the words of the shell and the variables before each."""
    each: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= set("&|;()"):
            yield each
            each = []
        elif each or not (word in _SHELL or _ASSIGNED.match(word)):
            each.append(word)


def _call(words: list[str]) -> list[str] | None:
    """What comes behind the name of cz-ship, called by itself or by a runner; None for another command."""
    runner = next((each for each in _RUNNERS if words[: len(each)] == list(each)), ())
    rest = words[len(runner) :]
    for at, word in enumerate(rest):
        if _OURS.fullmatch(word) and (not at or rest[at - 1] not in _PACKAGES):
            return _command(rest[at + 1 :])
        if rest[at : at + 2] == ["-m", "cz_ship"] and any(map(_PYTHON.fullmatch, rest[:at])):
            return _command(rest[at + 2 :])
        if not runner and not _PYTHON.fullmatch(rest[0]):
            return None
    return None


def _command(arguments: list[str]) -> list[str]:
    """From the command on: `-C` takes a folder, and all others nothing."""
    while arguments and arguments[0].startswith("-"):
        arguments = arguments[2 if arguments[0] == "-C" else 1 :]
    return arguments


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
        found |= {_repository(words, step) for words in _lines(step) if _TWINE.match(" ".join(words))}
    return frozenset(found)


def _repository(words: list[str], step: Act) -> str:
    """Where twine uploads to, as its options or its environment say."""
    named = [each for before, each in pairwise(words) if before in ("-r", "--repository", "--repository-url")]
    named += [each.partition("=")[2] for each in words if each.startswith("--repository") and "=" in each]
    named += [step.env[name] for name in ("TWINE_REPOSITORY_URL", "TWINE_REPOSITORY") if name in step.env]
    index = named[0] if named else "pypi"
    return {"pypi": "prod", "testpypi": "test"}.get(index, index)


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
    reader = shlex.shlex(line, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    try:
        return list(reader)
    except ValueError:  # a shell's own grammar, which no call of ours needs
        return []
