"""Doctor: every check of a project's set-up, in the order in which it is told."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cz_ship.checkup import Patient
from cz_ship.errors import Failure
from cz_ship.flows.checkup import commitizen, repository, settings
from cz_ship.model import Finding
from cz_ship.rules.checkup_tools import tool_findings
from cz_ship.rules.findings import unknown


class Check(NamedTuple):
    """A look at one thing. `needs` are the checks without which there is nothing to look at; `online` asks others."""

    name: str
    topic: str
    look: Callable[[Patient], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    online: bool = False


class Checked(NamedTuple):
    """What came of a check."""

    topic: str
    findings: tuple[Finding, ...]


CHECKS = (
    Check("tools", "tools", lambda patient: tool_findings(patient.tools())),
    Check("the repository", "repository", repository),
    Check("the settings", "settings", settings),
    Check("commitizen", "settings", commitizen, needs=("the settings",)),
)


def examine(patient: Patient, *, online: bool) -> Iterator[Checked]:
    """Make every check that can be made. What cannot be looked at is a finding; no check hinders another.

    A check whose needs have an error is left out: that error is what is to be mended first.
    """
    sound: set[str] = set()
    for check in CHECKS:
        if not sound.issuperset(check.needs) or (check.online and not online):
            continue
        try:
            findings = tuple(check.look(patient))
        except (Failure, OSError) as fault:
            text, hint = (fault.text, fault.hint) if isinstance(fault, Failure) else (str(fault), "")
            findings = (unknown(check.name, text, hint),)
        if not any(each.level == "error" or each.code == "unknown" for each in findings):
            sound.add(check.name)
        yield Checked(check.topic, findings)
