"""A world on loopback, with credentials for both of its indexes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.projects import setuptools_project
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
