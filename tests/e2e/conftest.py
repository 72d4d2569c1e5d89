"""A world on loopback, with credentials for both of its indexes; commitizen and cz-ship side by side."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.projects import setuptools_project
from tests.support.twins import Twins, twins
from tests.support.world import Loopback, credentials, loopback


@pytest.fixture
def way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A project, pushed to a bare remote, between two empty indexes."""
    for name, value in credentials().items():
        monkeypatch.setenv(name, value)
    with loopback(tmp_path) as made:
        yield made


@pytest.fixture
def setuptools_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """The same with setuptools, whose setup.py can do what a test wants in the middle of a build."""
    for name, value in credentials().items():
        monkeypatch.setenv(name, value)
    with loopback(tmp_path, lay=setuptools_project) as made:
        yield made


@pytest.fixture(scope="session")
def twin(strange_land: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    """Commitizen and cz-ship, to ask both about the same repository."""
    with twins(tmp_path_factory.mktemp("twins")) as made:
        yield made
