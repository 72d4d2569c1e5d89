"""Doctor: every check of a project's set-up, in the order in which it is told."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cz_ship.checkup import Patient
from cz_ship.errors import Failure
from cz_ship.flows import checkup, checkup_public
from cz_ship.model import Finding
from cz_ship.rules.findings import FETCHES, SAFE, unknown


class Check(NamedTuple):
    """A look at one thing. `needs` are the checks without which there is nothing to look at; `online` asks others.

    `look` is told whether it may ask others.
    """

    name: str
    topic: str
    look: Callable[[Patient, bool], Iterable[Finding]]
    needs: tuple[str, ...] = ()
    online: bool = False


class Checked(NamedTuple):
    """What came of a check."""

    topic: str
    findings: tuple[Finding, ...]


CHECKS = (
    Check("tools", "tools", checkup.tools),
    Check("the repository", "repository", checkup.repository),
    Check("the settings", "settings", checkup.settings),
    Check("the requirements", "tools", checkup.requirements, needs=("the settings",)),
    Check("commitizen", "settings", checkup.commitizen, needs=("the settings",)),
    Check("version.txt and the tags", "versions", checkup.versions, needs=("the repository", "commitizen")),
    Check("the changelog", "versions", checkup.changelog, needs=("the repository", "commitizen")),
    Check("the build backend", "build", checkup.backend, needs=("the repository", "commitizen")),
    Check("the workflows", "workflows", checkup.workflows),
    Check("the hooks", "hooks", checkup.hooks, needs=("the repository",)),
    Check(".env", "secrets", checkup.dotenv),
    Check("the remote", "remote", checkup_public.remote, needs=("the repository", "commitizen"), online=True),
    Check("the indexes", "indexes", checkup_public.indexes, needs=("the repository", "commitizen"), online=True),
    Check("the releases on the indexes", "indexes", checkup_public.halves, needs=("the indexes",), online=True),
    Check("the forge", "forge", checkup_public.forge, needs=("the repository", "the settings"), online=True),
)


def examine(patient: Patient, *, online: bool, begin: Callable[[str], None]) -> Iterator[Checked]:
    """Make every check that can be made. What cannot be looked at is a finding; no check hinders another.

    A check whose needs have an error is left out: that error is what is to be mended first. `begin` is told of each
    that is made, for whoever waits.
    """
    sound: set[str] = set()
    for check in CHECKS:
        if not sound.issuperset(check.needs) or (check.online and not online):
            continue
        begin(f"look at {check.name}")
        findings: list[Finding] = []
        try:
            findings.extend(check.look(patient, online))  # what was found before a fault is kept
        except Failure as failure:
            findings.append(unknown(check.name, failure.text, failure.hint))
        except Exception as fault:
            # A check-up that breaks off here would not tell of all that it had still to look at.
            text = f"{type(fault).__name__}: {fault}"
            findings.append(unknown(check.name, text, "a fault in cz-ship: please report it"))
        if not any(each.level == "error" or each.code == "unknown" for each in findings):
            sound.add(check.name)
        yield Checked(check.topic, tuple(findings))


def mendable(checked: Iterable[Checked], *, online: bool) -> tuple[Finding, ...]:
    """The findings that can be mended here and now, and lose nobody anything."""
    codes = [code for code in SAFE if online or code not in FETCHES]
    return tuple(each for one in checked for each in one.findings if each.code in codes and each.fix)
