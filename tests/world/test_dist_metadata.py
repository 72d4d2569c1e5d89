"""Build backends, asked for the version of a wheel."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.dist_metadata import asked
from tests.support.projects import failing_project, flit_project, hatchling_project


@pytest.mark.parametrize(("lay", "said"), [(hatchling_project, "97.53.1"), (flit_project, "1.2.3")])
def test_a_backend_says_what_it_would_build(lay: Callable[[Path], Path], said: str, tmp_path: Path) -> None:
    tree = lay(tmp_path / "tree")
    (tree / "version.txt").write_text("97.53.1\n")
    built = asked(tree, "a.backend", "97.53.1", isolated=False)
    assert (built.said, built.wanted, built.fault) == (said, "97.53.1", "")


def test_a_backend_that_fails_is_quoted(tmp_path: Path) -> None:
    built = asked(failing_project(tmp_path / "tree"), "a.backend", "97.53.1", isolated=False)
    assert "the backend gave up" in built.fault
    assert len(built.fault.splitlines()) < 20


def test_a_backend_that_is_not_here_is_in_doubt(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "pyproject.toml").write_text('[build-system]\nrequires = []\nbuild-backend = "nobody.has"\n')
    with pytest.raises(Failure, match="not available") as told:
        asked(tmp_path / "tree", "nobody.has", "97.53.1", isolated=False)
    assert "--offline" in told.value.hint


def test_a_backend_that_is_here_in_another_version_is_in_doubt(tmp_path: Path) -> None:
    tree = failing_project(tmp_path / "tree")
    wanted = '[build-system]\nrequires = ["setuptools>=9999"]\nbuild-backend = "setuptools.build_meta"\n'
    (tree / "pyproject.toml").write_text(wanted)
    with pytest.raises(Failure, match="it wants setuptools>=9999, which is not installed here"):
        asked(tree, "setuptools.build_meta", "97.53.1", isolated=False)


def test_what_a_backend_asks_for_and_is_not_here_is_in_doubt(tmp_path: Path) -> None:
    tree = failing_project(tmp_path / "tree")
    (tree / "setup.py").write_text('from setuptools import setup\nsetup(setup_requires=["nobody-has-this"])\n')
    with pytest.raises(Failure, match="it wants nobody-has-this, which is not installed here"):
        asked(tree, "setuptools.build_meta", "97.53.1", isolated=False)


@pytest.mark.slow
def test_a_backend_that_cannot_be_fetched_is_in_doubt(tmp_path: Path) -> None:
    # No test may reach a registry: pip finds nothing.
    with pytest.raises(Failure, match=r"ERROR: .*hatchling") as told:
        asked(hatchling_project(tmp_path / "tree"), "hatchling.build", "97.53.1", isolated=True)
    assert "fetched" in told.value.hint
