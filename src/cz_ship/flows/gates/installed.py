"""The wheel in an environment, with what its tests need."""

from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.flows.gates.inspection import Inspection
from cz_ship.gates import Environment, Ran
from cz_ship.model import Artifact
from cz_ship.rules.metadata import stated
from cz_ship.rules.proof import Needed, needed


def needed_for(inspection: Inspection, wheel: Artifact, tree: Path) -> Needed:
    """The test dependencies that a wheel or the tree that it was made of names. Raises as `needed`."""
    workshop = inspection.world.workshop
    told, _ = stated(workshop.metadata(wheel))
    return needed(inspection.settings.test_dependencies, told.extras if told else (), workshop.tooling(tree).groups)


def install(inspection: Inspection, environment: Environment, wheel: Artifact, tree: Path) -> Ran:
    """Install a wheel, and the test dependencies that it or the tree that it was made of names."""
    workshop, wanted = inspection.world.workshop, needed_for(inspection, wheel, tree)
    extras = f"[{','.join(wanted.extras)}]" if wanted.extras else ""
    return workshop.install(environment, [f"{wheel.path}{extras}", *wanted.requirements], *inspection.watch)


def python_with_wheel(inspection: Inspection, room: Path, tree: Path) -> Path | None:
    """The interpreter of a new environment in `room` that has the wheel; None where the log says why there is none."""
    wheel = inspection.world.workshop.fitting(inspection.subject.wheels)
    if wheel is None:
        return None
    try:
        environment = inspection.world.workshop.environment(room, *inspection.watch)
        ran = install(inspection, environment, wheel, tree)
    except Failure:
        return None
    return environment.python if ran.code == 0 else None
