"""The door to workflows of GitHub Actions: YAML parsed once, into what a check-up asks of it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from cz_ship.checkup import Act, Job, Workflow
from cz_ship.errors import Failure

FOLDER = ".github/workflows"
TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "github" / "pipeline.yml"
# What orders a job among the others; what it runs on, and for how long, is the project's own affair.
_FLOW = ("needs", "if", "concurrency", "outputs")
_ALL = {"write-all": {"*": "write"}, "read-all": {"*": "read"}}


def read_workflows(root: Path) -> tuple[tuple[Workflow, ...], tuple[str, ...]]:
    """The workflows of a project; and what is wrong in each file that GitHub takes for one and that is none."""
    paths = sorted(path for path in (root / FOLDER).glob("*") if path.suffix in (".yml", ".yaml"))
    found = [_workflow_or_fault(path) for path in paths]
    return (
        tuple(each for each in found if isinstance(each, Workflow)),
        tuple(each for each in found if isinstance(each, str)),
    )


def _workflow_or_fault(path: Path) -> Workflow | str:
    try:
        return read_workflow(path)
    except Failure as failure:
        return failure.text


def read_workflow(path: Path) -> Workflow:
    """A workflow. Raises `Failure` where the file is none.

    Source: "Workflow syntax for GitHub Actions" in GitHub's documentation.
    """
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Failure(f"{path.name} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("jobs"), Mapping):
        raise Failure(f"{path.name} is no workflow: a table with `jobs` was wanted")
    return Workflow(
        file=path.name,
        # To YAML 1.1, which PyYAML reads, `on` is a way to write true.
        events=_events(document.get("on", document.get(True))),
        permissions=_permissions(document.get("permissions")),
        concurrency=_concurrency(document.get("concurrency")),
        jobs=tuple(_job(str(name), job) for name, job in document["jobs"].items() if isinstance(job, Mapping)),
        env=_texts(document.get("env")),
    )


def _job(name: str, raw: Mapping[object, object]) -> Job:
    steps = raw.get("steps")
    environment = raw.get("environment", "")
    return Job(
        name=name,
        steps=tuple(_act(step) for step in steps if isinstance(step, Mapping)) if isinstance(steps, list) else (),
        permissions=_permissions(raw.get("permissions")),
        environment=str(environment.get("name", "") if isinstance(environment, Mapping) else environment or ""),
        uses=str(raw.get("uses", "")),
        env=_texts(raw.get("env")),
        flow=json.dumps({key: raw[key] for key in _FLOW if key in raw}, sort_keys=True, default=str),
    )


def _act(raw: Mapping[object, object]) -> Act:
    return Act(str(raw.get("uses", "")), str(raw.get("run", "")), _texts(raw.get("with")), _texts(raw.get("env")))


def _events(raw: object) -> tuple[str, ...]:
    return tuple(map(str, raw)) if isinstance(raw, Iterable) and not isinstance(raw, str) else (str(raw),)


def _permissions(raw: object) -> Mapping[str, str] | None:
    return _ALL.get(str(raw)) if isinstance(raw, str) else None if raw is None else _texts(raw)


def _concurrency(raw: object) -> Mapping[str, str] | None:
    return {"group": raw} if isinstance(raw, str) else None if raw is None else _texts(raw)


def _texts(raw: object) -> Mapping[str, str]:
    """A table of texts; a boolean as YAML writes it."""
    if not isinstance(raw, Mapping):
        return {}
    return {str(key): str(value).lower() if isinstance(value, bool) else str(value) for key, value in raw.items()}
