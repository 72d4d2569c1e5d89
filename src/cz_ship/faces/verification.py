"""A verification as a table for people, as JSON, as Markdown for a job's page, and as annotations."""

from __future__ import annotations

import re
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from cz_ship.faces.annotating import attribute, message
from cz_ship.faces.answers import cell, files, plain
from cz_ship.faces.report import MARKS
from cz_ship.faces.way import diagram
from cz_ship.rules.gates import red, verdict
from cz_ship.rules.way import judged

if TYPE_CHECKING:
    from cz_ship.gates import GateResult, Verification

SHOWN = 200  # lines of a gate in a page: a job's page takes a mebibyte and no more
# A step's errors beyond these are shown nowhere.
# https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs (_maxCountPerIssueType)
ANNOTATIONS = 10


def table(found: Verification, columns: int | None = None) -> str:
    """A line for each gate, no longer than a terminal has columns, and where their logs are."""
    wide = max(len(each.name) for each in found.results)
    lines = [_headline(found)]
    lines += [
        f"  {MARKS[each.state][1]} {each.name:<{wide}} {each.seconds:>7.1f} s  {each.state:<8} {_short(each)}"
        for each in found.results
    ]
    if columns:
        lines[1:] = [line if len(line) <= columns else f"{line[: columns - 1]}…" for line in lines[1:]]
    return "\n".join([*lines, f"logs and reports: {found.folder}"])


def document(found: Verification) -> dict[str, object]:
    """The JSON document, but for what is not the verification's own."""
    subject = found.subject
    return {
        "project": subject.project,
        "version": str(subject.version),
        "commit": subject.commit,
        "ok": not red(found.results),
        "folder": str(found.folder),
        "files": files(subject.artifacts),
        "gates": [_gate(each) for each in found.results],
    }


def markdown(found: Verification) -> str:
    """A page: the table, what was found, and what gates have to show."""
    way = diagram(judged(passed=not red(found.results)))
    lines = [f"### {_headline(found)}", "", way, "", "| | gate | | time |", "|---|---|---|---:|"]
    lines += [
        f"| {MARKS[each.state][1]} | {each.name} | {each.state}: {cell(_short(each))} | {each.seconds:.1f} s |"
        for each in found.results
    ]
    for each in found.results:
        if each.details and each.state in ("failed", "unable"):
            more = [f"and {len(each.details) - SHOWN} more: {each.log}"] if len(each.details) > SHOWN else []
            said = plain("\n".join([*map(str, each.details[:SHOWN]), *more]))
            fence = _fence(said)
            lines += ["", f"<details><summary>{each.name}</summary>", "", fence, said, fence, "", "</details>"]
        if each.page:
            lines += ["", f"<details><summary>{each.name}: report</summary>", "", each.page, "", "</details>"]
    return "\n".join(lines)


def workflow_commands(found: Verification) -> list[str]:
    """What GitHub Actions shows beside the lines of a change, for what lets nothing pass: as many as it shows.

    Each gate's first come before any gate's second.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    """
    ranks = zip_longest(*map(_annotations, red(found.results)))
    return [line for line in chain.from_iterable(ranks) if line is not None][:ANNOTATIONS]


def _annotations(result: GateResult) -> list[str]:
    places = [each for each in result.details if each.file]
    lines = []
    for each in places:
        line = f",line={each.line}" if each.line else ""
        lines.append(f"::error file={attribute(each.file)}{line},title=gate {result.name}::{message(each.text)}")
    return lines or [f"::error title=gate {result.name}::{message(result.reason)}"]


def _headline(found: Verification) -> str:
    return f"{found.subject.project} {found.subject.version}: {verdict(found.results)}"


def _short(result: GateResult) -> str:
    return plain(result.reason.partition("\n")[0])


def _gate(result: GateResult) -> dict[str, object]:
    return {
        "name": result.name,
        "state": result.state,
        "reason": result.reason,
        "seconds": round(result.seconds, 3),
        "log": result.log,
        "details": [each._asdict() for each in result.details],
    }


def _fence(text: str) -> str:
    """What a text can stand between in Markdown, whatever is in it: more backticks than it has in a row."""
    return "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 0)
