"""What a workflow says of its jobs: their order, the legs of their matrix, their permissions."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import yaml

from tests.support.expressions import as_text, evaluate, is_true, value_of

_STATUS = re.compile(r"\b(always|cancelled|failure|success)\(\s*\)", re.IGNORECASE)


def in_order(jobs: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Jobs, each after those that it needs."""
    told: list[str] = []
    while len(told) < len(jobs):
        ready = [name for name, job in jobs.items() if name not in told and set(job.get("needs", ())) <= set(told)]
        assert ready, "jobs that need each other"
        told += ready
    return [(name, jobs[name]) for name in told]


def ancestors(jobs: Mapping[str, Any], name: str) -> set[str]:
    """The jobs that a job needs, and those that they need, and so on."""
    needs = set(jobs[name].get("needs", ()))
    return needs.union(*(ancestors(jobs, each) for each in needs))


def goes_ahead(condition: object, contexts: Mapping[str, Any], states: Set[str], *, is_cancelled: bool) -> bool:
    """Whether a job is run, by its condition and by the `states` of all of its ancestors, not only of those it needs.

    Where the condition does not ask for the state of the run, all of them must have succeeded: one that was skipped
    has not (https://github.com/actions/runner/issues/2205). One that took too long is `cancelled`; its run is not.
    """
    told = {
        "always": True,
        "cancelled": is_cancelled,
        "failure": "failure" in states,
        "success": not is_cancelled and states <= {"success"},
    }
    asked = bare(condition)
    if not _STATUS.search(asked):
        asked = f"success() && ({asked})"
    return is_true(evaluate(_STATUS.sub(lambda found: str(told[found[1].lower()]).lower(), asked), contexts))


def legs(job: Mapping[str, Any], contexts: Mapping[str, Any]) -> list[dict[str, object]]:
    legs: list[dict[str, object]] = [{}]
    for key, raw in job.get("strategy", {}).get("matrix", {}).items():
        values = value_of(raw, contexts)
        assert isinstance(values, list), f"{key}: {values!r} is no list"
        legs = [{**leg, key: value} for leg in legs for value in values]
    return legs


def composite(
    action: Path, wanted: Mapping[str, object], contexts: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, str]]]:
    """The commands of a composite action, each with its variables, for what a step hands it."""
    told = yaml.safe_load(action.read_text(encoding="utf-8"))
    unknown = sorted(set(wanted) - set(told["inputs"]))
    assert not unknown, f"the action has no inputs {unknown}"
    inputs = {}
    for name, each in told["inputs"].items():
        assert name in wanted or not each.get("required"), f"the action wants an input {name}"
        inputs[name] = as_text(wanted.get(name, value_of(each.get("default", ""), contexts)))
    for step in told["runs"]["steps"]:
        if "run" in step:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "an expression in a command"
            variables = {name: as_text(value_of(raw, {"inputs": inputs})) for name, raw in step.get("env", {}).items()}
            yield step["run"], variables


def handed_on(action: Path, said: Mapping[str, str]) -> dict[str, str]:
    """The outputs of a composite action, of those of its step `command`."""
    told = yaml.safe_load(action.read_text(encoding="utf-8"))["outputs"]
    steps = {"steps": {"command": {"outputs": said}}}
    return {name: as_text(value_of(each["value"], steps)) for name, each in told.items()}


def permission(workflow: Mapping[Any, Any], job: Mapping[str, Any], what: str, *, is_fork: bool) -> str:
    """A job's permission; a fork's run reads at most, and has no identity."""
    told = job.get("permissions", workflow["permissions"]).get(what, "none")
    if is_fork and told == "write":
        return "none" if what == "id-token" else "read"
    return str(told)


def bare(condition: object) -> str:
    text = as_text(condition).strip()
    return text[3:-2] if text.startswith("${{") else text


def outputs(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)
