"""What the gates say of a machine's project."""

from pathlib import Path

from cz_ship.flows.verify import Order, verify
from cz_ship.gates import GateResult
from tests.support.fake_world import FakeWorld


def judged(world: FakeWorld, dist: Path | None = None) -> dict[str, GateResult]:
    """Each gate's result; logs go beside the machine."""
    folder = world.repository.root / ".." / "logs"
    folder.mkdir(exist_ok=True)
    return {each.name: each for each in verify(world, Order(folder, dist)).results}
