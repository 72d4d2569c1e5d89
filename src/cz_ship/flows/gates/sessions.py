"""Sessions of tests: each command run with what reports on its tests, and what all of them came to."""

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cz_ship.flows.gates.inspection import Inspection, judge_run
from cz_ship.gates import Judgement, Ran
from cz_ship.rules.proof import WITHOUT_COV, Case, cases_of, faults, is_pytest, on_network, slowest, with_options

# https://docs.pytest.org/en/stable/reference/exit-codes.html
NO_TESTS = 5
# pytest's last line where a test, or a plugin, calls `pytest.exit`; the report then has the tests before it alone.
EXITED = re.compile(r"^!+ _pytest\.outcomes\.Exit\b", re.MULTILINE)


class Session(NamedTuple):
    """What a test command came to, and what its report tells of each test; None where there is no report."""

    command: Sequence[str]
    ran: Ran
    cases: tuple[Case, ...] | None


def run_session(
    inspection: Inspection, command: Sequence[str], env: Mapping[str, str], report: Path, *, has_cov: bool
) -> Session:
    """Run a test command in the tests' copy of the tree; `report` is where pytest is to write what became of each.

    `has_cov`: pytest-cov is there, and would measure what is measured already.
    """
    options = [*(WITHOUT_COV if has_cov else ()), "--junitxml", str(report), "-o", "junit_family=xunit1"]
    # Only what is known to be pytest is told directly, after its own words; the variable comes before them, and is
    # handed on to each pytest that a test starts in its turn.
    knows = is_pytest(command)
    words = with_options(command, options) if knows else command
    told = {**env, "PYTEST_ADDOPTS": "" if knows else shlex.join(options)}
    ran = inspection.run(words, inspection.room / "project", told)
    text = report.read_text(encoding="utf-8", errors="replace") if report.is_file() else ""
    return Session(command, ran, cases_of(text))


def judge_sessions(inspection: Inspection, sessions: Sequence[Session]) -> Judgement:
    """What all sessions came to together."""
    cases = tuple(case for each in sessions for case in each.cases or ())
    # Files that are called as tests are may hold none, which is a fault only where no others do.
    telling = [each.ran for each in sessions if each.ran.code != NO_TESTS] or [sessions[0].ran]
    ran = next((each for each in telling if each.code != 0), telling[0])
    failed = faults(cases)
    counted = f"{len(cases)} test{'s' * (len(cases) > 1)}"
    skipped = sum(each.skipped for each in cases)
    aside = f", {skipped} skipped" if skipped else ""
    told = (
        f"{counted} of the installed wheel{aside}"
        if cases
        else "the test command ended well; how many tests ran is not known"
    )
    judged = judge_run(ran, inspection.gate, told)
    page = slowest(cases) if cases else ""
    if failed and ran.code is not None:
        reason = f"{len(failed)} of {counted} failed: {failed[0].text}"
        return Judgement("failed", reason, (*failed, *on_network(cases)), page)
    if judged.state == "passed" and (why := _broken_off(sessions)):
        return Judgement("unable", why, page=page)
    if cases and skipped == len(cases) and judged.state == "passed":
        return Judgement("unable", f"nothing was tested: {counted}{aside}", page=page)
    return judged._replace(page=page)


def _broken_off(sessions: Sequence[Session]) -> str:
    """Why an exit code of 0 says nothing: pytest was ended before it was through; empty where it was not.

    `os._exit(0)` in a test, or in what it calls, leaves no report; `pytest.exit(…, returncode=0)` leaves a part of one.
    """
    for each in sessions:
        name = shlex.join(each.command)
        if is_pytest(each.command) and each.ran.code == 0:
            if each.cases is None:
                return f"{name} ended with 0 and left no report: it was ended from within, as by os._exit in a test"
            if EXITED.search(each.ran.words):
                return f"{name} was ended by pytest.exit, with 0, before its tests were through"
    return ""
