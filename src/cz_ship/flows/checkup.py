"""The looks of a check-up: each asks for its facts, and hands them to the rules that judge them."""

from collections.abc import Iterator

from cz_ship.checkup import Patient, Standing
from cz_ship.errors import Failure
from cz_ship.model import Finding
from cz_ship.rules.checkup_versions import standing_findings
from cz_ship.rules.findings import finding
from cz_ship.rules.tags import unusable
from cz_ship.settings import Settings


def repository(patient: Patient) -> Iterator[Finding]:
    """Whether there is a repository that can be released from."""
    try:
        found = patient.repository()
    except Failure as failure:
        fix = "git init" if "git init" in failure.hint else ""
        yield finding("no-repository", failure.text, failure.hint, fix)
        return
    remote = _settings(patient).remote
    has_remote = found.remote_url(remote) is not None
    yield from standing_findings(Standing(found.head().sha or "", remote, has_remote, found.is_shallow()))


def settings(patient: Patient) -> Iterator[Finding]:
    """What is wrong in `[tool.cz-ship]`."""
    try:
        patient.settings()
    except Failure as failure:
        yield finding("settings", failure.text, failure.hint or "README.md has every setting")


def commitizen(patient: Patient) -> Iterator[Finding]:
    """What is wrong in `[tool.commitizen]`."""
    try:
        rule_set = patient.rules().rule_set
    except Failure as failure:
        yield finding("commitizen", failure.text, failure.hint)
        return
    if why := unusable(rule_set):
        yield finding("tag-format", why, 'tag_format = "v$version" in [tool.commitizen] is the usual one')


def _settings(patient: Patient) -> Settings:
    """The settings; the defaults where they cannot be read, which is told elsewhere."""
    try:
        return patient.settings()
    except Failure:
        return Settings()
