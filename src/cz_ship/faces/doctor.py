"""The command `doctor`: what is wrong, topic by topic, each with what to do; exit 1 where there is an error."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cz_ship.errors import Exit, Failure
from cz_ship.faces import answers
from cz_ship.faces.fitted import fitted
from cz_ship.world.patient import LivePatient

if TYPE_CHECKING:
    from cz_ship.faces.report import Talker
    from cz_ship.flows.doctor import Checked
    from cz_ship.model import Finding

_MARKS = {"error": "✗", "warning": "!"}


def run_doctor(options: argparse.Namespace, folder: str) -> Exit:
    """Look, and tell; `Exit.REFUSED` where there is an error."""
    from cz_ship.flows.doctor import examine, mendable

    online = not options.offline

    def look() -> tuple[Checked, ...]:
        patient = LivePatient(folder, options.talker, os.environ)
        try:
            return tuple(examine(patient, online=online, begin=options.talker.begin))
        finally:
            options.talker.close()

    checked = look()
    if options.fix and (wanted := mendable(checked, online=online)):
        _mend(wanted, LivePatient(folder, options.talker, os.environ), options.talker)
        checked = look()
    found = [each for one in checked for each in one.findings]
    if answers.has_page():
        answers.page(page(found))
    ok = not any(each.level == "error" for each in found)
    if options.json:
        answers.document({"findings": [each._asdict() for each in found], "ok": ok})
    else:
        print(text(checked))
    return Exit.DONE if ok else Exit.REFUSED


def _mend(wanted: Iterable[Finding], patient: LivePatient, talker: Talker) -> None:
    """Carry out each fix, told before; one that fails is told, and hinders no other."""
    for finding in wanted:
        talker.note(f"mending {finding.code}: {finding.fix}")
        try:
            patient.mend(finding)
        except Failure as failure:
            talker.note(failure.text)


def text(checked: Sequence[Checked]) -> str:
    """All findings for people, under their topics; the last line counts them."""
    lines: list[str] = []
    for topic in dict.fromkeys(each.topic for each in checked):
        found = [finding for each in checked if each.topic == topic for finding in each.findings]
        lines += [topic, *(line for each in found for line in _told(each)), ""] if found else []
    return "\n".join([*lines, count(finding for each in checked for finding in each.findings)])


def page(found: Sequence[Finding]) -> str:
    """All findings as a page of Markdown, for a job in CI."""
    lines = [f"### doctor: {count(found)}"]
    if found:
        lines += ["", "| | | what is | what to do |", "|---|---|---|---|"]
    for each in found:
        ways = [answers.cell(each.hint), f"`{answers.plain(each.fix)}`" if each.fix else ""]
        way = "; ".join(filter(None, ways))
        lines.append(f"| {_MARKS[each.level]} | {each.code} | {answers.cell(each.text)} | {way} |")
    return "\n".join(lines)


def count(found: Iterable[Finding]) -> str:
    """How many findings there are of each level."""
    levels = [each.level for each in found]
    told = ((levels.count(level), level) for level in _MARKS)
    return ", ".join(f"{number} {level}{'' if number == 1 else 's'}" for number, level in told)


def _told(finding: Finding) -> list[str]:
    said = answers.plain(finding.text).split("\n")
    lines = [fitted(f"  {_MARKS[finding.level]} {finding.code}: {said[0]}", 4)]
    lines += [fitted(f"    {line}", 4) for line in said[1:]]
    lines += [fitted(f"    hint: {answers.plain(finding.hint)}", 10)] if finding.hint else []
    # A command is copied, and so not broken.
    return [*lines, *([f"    fix:  {answers.plain(finding.fix)}"] if finding.fix else [])]
