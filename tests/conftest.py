"""What every test has: the guards around it, and a cz-ship to speak to."""

import pytest

from tests.support.said import Speaker

pytest_plugins = ["tests.support.guards"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the sweeps out, but where the command line asks for them."""
    if "sweep" not in config.option.markexpr:
        swept = [item for item in items if item.get_closest_marker("sweep")]
        config.hook.pytest_deselected(items=swept)
        items[:] = [item for item in items if item not in swept]


@pytest.fixture
def ship(capsys: pytest.CaptureFixture[str]) -> Speaker:
    """Run a cz-ship command in this process: `ship(root, "plan", "--json")`."""
    return Speaker(capsys)
