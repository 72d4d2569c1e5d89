"""What tests of the command line share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.repos import Repo, project
from tests.support.verified import NO_INDEX, ONLY


@pytest.fixture
def quick(tmp_path: Path) -> Callable[..., Repo]:
    """A project whose gates of tests and coverage alone are on."""

    def made(files: dict[str, str], gates: str = "") -> Repo:
        repo = project(tmp_path / "project", settings=NO_INDEX, gates=f"[tool.cz-ship.gates]\n{ONLY}{gates}")
        repo.commit("test: greet", files)
        return repo

    return made
