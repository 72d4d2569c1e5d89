"""The gate on installing: every Python that is found, wheel and sdist, newest and lowest dependencies."""

from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.flows.gates.inspection import Inspection, judge, kind, last_line
from cz_ship.gates import Judgement
from cz_ship.model import Artifact
from cz_ship.rules.layout import import_names
from cz_ship.rules.metadata import Stated, stated
from cz_ship.rules.pythons import none_supported, supported


class Try(NamedTuple):
    """One install: an artifact on a Python, with the newest dependencies or the lowest."""

    version: str
    python: str
    artifact: Artifact
    lowest: bool = False

    def __str__(self) -> str:
        return f"{kind(self.artifact)} on Python {self.version}{' with lowest dependencies' if self.lowest else ''}"


def installs(inspection: Inspection) -> Judgement:
    """Whether wheel and sdist install on every supported Python that is found here, and can then be imported."""
    workshop, subject = inspection.world.workshop, inspection.subject
    wheel = workshop.fitting(subject.wheels)
    if wheel is None:
        return Judgement("unable", "this Python takes none of the wheels")
    told, broken = stated(workshop.metadata(wheel))
    if told is None:
        return Judgement("unable", "; ".join(broken))
    names = import_names([each.path for each in workshop.members(wheel)])
    tries, notes = _tries(inspection, told, wheel)
    if not tries:
        return Judgement("skipped", "; ".join(notes))
    faults, tried = [], []
    for each in tries:
        try:
            fault = _fault(inspection, each, names)
        except Failure as failure:
            # A Python of this machine that makes no environments says nothing of the artifact.
            notes.append(f"{each} was not tried: {failure.text}")
            continue
        tried.append(str(each))
        faults += [f"{each}: {fault}"] if fault else []
    if not tried:
        return Judgement("unable", "; ".join(notes))
    return judge(faults, ", ".join(tried), notes)


def _tries(inspection: Inspection, told: Stated, wheel: Artifact) -> tuple[list[Try], list[str]]:
    """What can be tried here, and what cannot and why."""
    workshop = inspection.world.workshop
    wanted = supported(told.requires_python, told.classifiers)
    here = workshop.pythons(wanted)
    if not wanted:
        return [], [none_supported(told.requires_python, told.classifiers)]
    absent = [version for version in wanted if version not in here]
    notes = [f"not found here: Python {', '.join(absent)}"] if absent else []
    built = [each for each in (wheel, *inspection.subject.sdists) if each.name.endswith((".whl", ".tar.gz"))]
    tries = [Try(version, program, each) for version, program in here.items() for each in built]
    if not inspection.world.settings.isolation:
        notes.append("lowest dependencies were not tried: without isolation nothing is fetched")
    elif not workshop.find("uv"):
        notes.append("lowest dependencies were not tried: uv is neither beside cz-ship nor on the path")
    elif here:
        lowest = next(iter(here))
        tries.append(Try(lowest, here[lowest], wheel, lowest=True))
    return tries, notes


def _fault(inspection: Inspection, one: Try, names: tuple[str, ...]) -> str:
    """What is wrong with one install; empty where it installs and imports. Raises `Failure` where it cannot begin."""
    workshop = inspection.world.workshop
    room = inspection.room / str(one).replace(" ", "-")
    if not inspection.watch.limit:
        return f"was not tried within {inspection.gate.limit:g} seconds"
    environment = workshop.environment(room, *inspection.watch, one.python)
    installed = workshop.install(environment, [one.artifact.path], *inspection.watch, lowest=one.lowest)
    if installed.code != 0:
        return f"does not install: {last_line(installed.words)}"
    asked = inspection.run([environment.python, "-I", "-c", f"import {', '.join(names)}"], inspection.room)
    return f"does not import: {last_line(asked.words)}" if names and asked.code != 0 else ""
