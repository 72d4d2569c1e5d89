"""A machine whose gates are all on, and what they say of its project."""

from pathlib import Path

from cz_ship.flows.verify import Order, verify
from cz_ship.gates import GateResult, GateSettings
from tests.support.fake_world import FakeWorld
from tests.support.story import machine, owing


def gated(place: Path, *programs: str) -> FakeWorld:
    """A machine with a feature to release, all gates on, and these programs."""
    public = owing()
    public.remote.commit("test: sing", {"test_demo.py": ""})
    found = machine(public, place)
    found.gates = GateSettings()
    found.workshop.programs = {name: f"/bin/{name}" for name in programs}
    return found


def judged(world: FakeWorld, dist: Path | None = None) -> dict[str, GateResult]:
    """Each gate's result; logs go beside the machine."""
    folder = world.repository.root / ".." / "logs"
    folder.mkdir(exist_ok=True)
    return {each.name: each for each in verify(world, Order(folder, dist)).results}
