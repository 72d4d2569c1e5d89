"""What every test has: the guards around it, and a cz-ship to speak to."""

from collections.abc import Iterator

import pytest

from tests.support.said import Speaker
from tests.support.twins import Twins, twins

pytest_plugins = ["tests.support.guards"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow and the sweeps, but where the command line asks for them."""
    left = [item for item in items if _left_out(item, config.option.markexpr)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _left_out(item: pytest.Item, asked: str) -> bool:
    marks = {mark for mark in ("slow", "sweep") if item.get_closest_marker(mark)}
    return bool(marks) and not any(mark in asked for mark in marks)


@pytest.fixture
def ship(capsys: pytest.CaptureFixture[str]) -> Speaker:
    """Run a cz-ship command in this process: `ship(root, "plan", "--json")`."""
    return Speaker(capsys)


@pytest.fixture(scope="session")
def twin(strange_land: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Commitizen and cz-ship, to ask both about the same repository."""
    with twins(tmp_path_factory.mktemp("twins")) as made:
        yield made
