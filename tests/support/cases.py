"""Case folders: `ill` provokes a finding, `well` does not; each holds facts for a rule, or a project."""

import json
import shlex
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from packaging.version import Version

from cz_ship import checkup
from cz_ship.model import Finding
from cz_ship.rules.backends import backend_findings
from cz_ship.rules.checkup_folder import dotenv_findings, hook_findings
from cz_ship.rules.checkup_forge import house_findings
from cz_ship.rules.checkup_public import clock_findings, half_findings, remote_findings, shelf_findings
from cz_ship.rules.checkup_requirements import requirement_findings
from cz_ship.rules.checkup_tools import tool_findings
from cz_ship.rules.checkup_versions import changelog_findings, release_findings, standing_findings
from cz_ship.rules.checkup_workflow import workflow_findings
from cz_ship.world.workflows import TEMPLATE, read_workflow
from tests.support.repos import Repo

CASES = Path(__file__).resolve().parent.parent / "cases" / "doctor"
JUDGES: Mapping[str, Callable[[Any], Iterable[Finding]]] = {
    "Tools": tool_findings,
    "Requirements": requirement_findings,
    "Standing": standing_findings,
    "Releases": release_findings,
    "Told": changelog_findings,
    "Built": backend_findings,
    "Workflows": workflow_findings,
    "Hooks": hook_findings,
    "Dotenv": dotenv_findings,
    "RemoteRefs": remote_findings,
    "Shelf": shelf_findings,
    "Half": half_findings,
    "Clock": clock_findings,
    "House": house_findings,
}


def judged(facts: Path) -> list[Finding]:
    """What the rules find in facts: `{"Tools": {...}}`."""
    told = json.loads(facts.read_text(encoding="utf-8"))
    return [found for name, raw in told.items() for found in JUDGES[name](noun(getattr(checkup, name), raw))]


def judged_workflow(workflow: Path, mode: str = "push") -> list[Finding]:
    """What the rules find in a workflow, beside the template."""
    template = read_workflow(TEMPLATE)
    return [*workflow_findings(checkup.Workflows(mode, True, (read_workflow(workflow),), (), template))]


def noun(kind: Any, raw: Any) -> Any:
    """A value of a type out of JSON; a noun is an object, by the names of its fields."""
    if get_origin(kind) is UnionType:
        return None if raw is None else noun(next(each for each in get_args(kind) if each is not NoneType), raw)
    if kind is Version:
        return Version(raw)
    if hasattr(kind, "_fields"):
        hints = get_type_hints(kind)
        return kind(**{name: noun(hints[name], each) for name, each in raw.items()})
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        kinds = (inner[0],) * len(raw) if inner[-1] is Ellipsis else inner
        return tuple(noun(each, value) for each, value in zip(kinds, raw, strict=True))
    if isinstance(raw, dict):
        return {key: noun(get_args(kind)[1], each) for key, each in raw.items()}
    return raw


def laid(case: Path, root: Path) -> Path:
    """A case's project: its files, and a repository by the commands in its `git.txt`, if it has one."""
    shutil.copytree(case, root, ignore=shutil.ignore_patterns("git.txt"))
    script = case / "git.txt"
    if script.exists():
        repo = Repo(root)
        for line in script.read_text(encoding="utf-8").splitlines():
            repo.git(*shlex.split(line)[1:])
    return root
