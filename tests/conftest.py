"""What every test has: the guards around it, and a cz-ship to speak to."""

import pytest

from tests.support.said import Speaker

pytest_plugins = ["tests.support.guards"]


@pytest.fixture
def ship(capsys: pytest.CaptureFixture[str]) -> Speaker:
    """Run a cz-ship command in this process: `ship(root, "plan", "--json")`."""
    return Speaker(capsys)
