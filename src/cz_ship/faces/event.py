"""`event`: what started this run, in what surroundings, and what follows from that; secrets masked."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from collections.abc import Mapping
from typing import NamedTuple

from cz_ship.errors import Exit, Failure
from cz_ship.faces import answers
from cz_ship.faces.opened import Opened
from cz_ship.model import CiRun
from cz_ship.rules.event import conclude
from cz_ship.rules.masking import masked, secrets_in
from cz_ship.world.ci import ci_run, read_event
from cz_ship.world.tools import tool_versions

# The variables that decide what a run is and may do.
_RELEVANT = (
    *("CI", "GITHUB_", "RUNNER_", "ACTIONS_", "PYPI_", "TEST_PYPI_", "TWINE_", "GH_TOKEN"),
    *("CZ_SHIP_", "SOURCE_DATE_EPOCH"),
)


def run_event(options: argparse.Namespace) -> Exit:
    """Tell all that there is; an event or a project that cannot be read is told as well, and is no failure."""
    event, fault = _event()
    run = ci_run(os.environ, event)
    project = _project(options, run)
    told = conclude(run, *project)
    hide = secrets_in(os.environ)
    relevant = {name: os.environ[name] for name in sorted(os.environ) if name.startswith(_RELEVANT)}
    document: dict[str, object] = {
        "ci": run is not None,
        "kind": told.kind,
        "again": told.again,
        "commit": told.commit or None,
        "allowed": list(told.allowed),
        "why": told.why,
        "release_branch": project.branch,
        "name": run.event if run else None,
        "action": (run.action or None) if run else None,
        "attempt": run.attempt if run else None,
        "actor": os.environ.get("GITHUB_ACTOR"),
        "ref": run.ref if run else None,
        "sha": run.sha if run else None,
        "variables": relevant,
        "versions": tool_versions(),
        "event": event,
        "fault": fault,
    }
    shown = masked(document, hide)
    assert isinstance(shown, dict)
    answers.document(shown) if options.json else print(_text(shown))
    head, *rows = _concluded(shown)
    table = ["| | |", "|---|---|", *(f"| {name} | {answers.cell(text)} |" for name, text in rows)]
    answers.page("\n".join([f"### {answers.cell(head[1])}", "", *table]))
    return Exit.DONE


def _event() -> tuple[Mapping[str, object], str | None]:
    try:
        return read_event(os.environ), None
    except Failure as failure:
        return {}, failure.text


class _Project(NamedTuple):
    """The release branch, the commit that is checked out, the mode, and the fork that releases."""

    branch: str
    head: str = ""
    mode: str = "push"
    home: str = ""


def _project(options: argparse.Namespace, run: CiRun | None) -> _Project:
    """What of the project counts here, as far as it can be had."""
    default = run.branch if run else ""
    try:
        project = Opened(str(getattr(options, "folder", ".")), options.talker)
        repository, settings = project.world.repository, project.world.settings
        branch = settings.branch or default or repository.branch(settings)
        return _Project(branch, repository.head().sha or "", settings.mode, settings.forge_repository)
    except Failure as failure:
        options.talker.note(failure.text)
        return _Project(default or "main")


def _text(shown: Mapping[str, object]) -> str:
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in _facts(shown)]
    for name in ("variables", "versions", "event"):
        lines += [f"{name}:", *json.dumps(shown[name], indent=2, ensure_ascii=False).splitlines()]
    dump = "\n".join(lines)
    if os.environ.get("GITHUB_ACTIONS"):
        # What an event says is other people's: until the word comes again, no line of it is a command to the runner.
        word = secrets.token_hex(16)
        dump = f"::group::cz-ship event\n::stop-commands::{word}\n{dump}\n::{word}::\n::endgroup::"
    return answers.plain("\n".join([dump, *(f"{name}: {text}" for name, text in _concluded(shown))]))


def _facts(shown: Mapping[str, object]) -> list[tuple[str, object]]:
    names = ("name", "action", "attempt", "actor", "ref", "sha", "release_branch", "fault")
    return [(name, shown[name]) for name in names if shown[name] is not None]


def _concluded(shown: Mapping[str, object]) -> list[tuple[str, str]]:
    """What cz-ship makes of all that, and why: the names of its conclusions, and what they are."""
    kind = str(shown["kind"]) if shown["ci"] else "outside of CI: there is no event"
    allowed = shown["allowed"]
    assert isinstance(allowed, list)
    return [
        ("kind of run", f"{kind}{', run again' if shown['again'] else ''}"),
        ("commit", str(shown["commit"] or "none")),
        ("may publish", ", ".join(allowed) or "nothing"),
        ("because", str(shown["why"])),
    ]
