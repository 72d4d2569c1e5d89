"""Check-up of requirements: whether cz-ship can be installed beside what the project itself needs."""

from collections.abc import Iterator
from contextlib import suppress

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from cz_ship.checkup import Requirements
from cz_ship.model import Finding
from cz_ship.rules.findings import finding

ALONE = "run cz-ship in an environment of its own: `uvx cz-ship doctor`, or install it once"


def requirement_findings(requirements: Requirements) -> Iterator[Finding]:
    """Requirements of the project that no version can meet together with those that cz-ship brings along."""
    project = canonicalize_name(requirements.project)
    told = ((whose, _requirement(text)) for whose, text in requirements.brought if canonicalize_name(whose) != project)
    brought = [(whose, each) for whose, each in told if each]
    for own in filter(None, map(_requirement, requirements.own)):
        if not _counts(own):
            continue
        others = [f"{whose} wants {each}" for whose, each in brought if _is_apart(own, each)]
        if others:
            more = f" (and {len(others) - 1} more)" if len(others) > 1 else ""
            text = f"the project wants {own}, {others[0]}{more}: no version of {own.name} is both"
            yield finding("dependency-conflict", text, ALONE, "pipx install cz-ship")


def _is_apart(one: Requirement, other: Requirement) -> bool:
    same = canonicalize_name(one.name) == canonicalize_name(other.name)
    return same and not can_meet(one.specifier & other.specifier)


def can_meet(wanted: SpecifierSet) -> bool:
    """Whether any version meets all of it: if one does, so does one at a bound, or close above or below it."""
    bounds = {each.version.removesuffix(".*") for each in wanted}
    tried = {"0"}
    for bound in bounds:
        with suppress(InvalidVersion):
            version = Version(bound)
            release = ".".join(map(str, version.release))
            tried |= {str(version), f"{release}.1", f"{release}.0.0.1", *_below(version)}
    return any(wanted.contains(each, prereleases=True) for each in tried)


def _below(version: Version) -> set[str]:
    """Versions just below one."""
    numbers = list(version.release)
    found = set()
    for at, number in enumerate(numbers):
        if number:
            found.add(".".join(map(str, [*numbers[:at], number - 1, 999999])))
    return found


def _requirement(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None  # the backend says what is wrong with it


def _counts(requirement: Requirement) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})
