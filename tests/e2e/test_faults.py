"""The kill sweep on the real thing: a release killed where it hurts converges; one that cannot is found out."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cz_ship.faces.report import Talker
from cz_ship.flows.faults import fate
from cz_ship.flows.rehearsal import merge
from cz_ship.model import Point
from cz_ship.rules.sweep import WAYS
from cz_ship.world.git import open_repository
from cz_ship.world.project import load_settings
from cz_ship.world.rehearsal.arena import LoopbackArena
from cz_ship.world.rehearsal.theatre import open_theatre
from tests.support.projects import setuptools_project
from tests.support.repos import Repo, project
from tests.support.said import Speaker

# A backend that cannot give the same bytes twice.
FICKLE = """
import os, setuptools
with open("setup.cfg", "w") as made:
    made.write(f"[fickle]\\nwhen = {os.urandom(8).hex()}")
setuptools.setup()
"""


@contextmanager
def arena(repo: Repo) -> Iterator[LoopbackArena]:
    """An arena in which a release of this repository's HEAD is owed."""
    source = open_repository(repo.root)
    talk = Talker(io.StringIO())
    with open_theatre(source, load_settings(source.root), talk) as theatre:
        merge(theatre, ())
        yield LoopbackArena(theatre, [sys.executable, "-m", "cz_ship.faces.victim"])


def point(points: tuple[Point, ...], effect: str, moment: str) -> Point:
    """The first point of an effect."""
    return next(each for each in points if (each.effect, each.moment) == (effect, moment))


@pytest.mark.slow
def test_a_release_killed_where_an_uploads_answer_is_lost_converges(tmp_path: Path) -> None:
    with arena(project(tmp_path / "p", settings='[tool.cz-ship.forge]\nkind = "github"\n')) as made:
        points = made.straight()
        assert {each.effect for each in points if each.place == "host"} == {
            *(f"{kind} arrives at {host}" for kind in ("sdist", "wheel") for host in ("test", "prod", "the forge")),
            *(f"{kind} arrives at the forge" for kind in ("draft", "SHA256SUMS", "publishing")),
        }
        lost = fate(made, point(points, "wheel arrives at the forge", "lost"), {})
        assert lost.offences == dict.fromkeys(WAYS, ())


@pytest.mark.slow
def test_a_build_that_differs_each_time_is_found_out(tmp_path: Path) -> None:
    repo = project(tmp_path / "p", lay=setuptools_project)
    repo.commit("feat: fickle", {"setup.py": FICKLE, ".gitignore": "setup.cfg\n"})
    with arena(repo) as made:
        pushed = fate(made, point(made.straight(), "git push", "after"), {})
    assert not pushed.converged
    assert all("promises" in wrong[0] for wrong in pushed.offences.values()), pushed.offences


@pytest.mark.slow
def test_the_sweep_is_an_act_with_its_points_counted(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    said = ship(repo.root, "rehearse", "--json", "--faults", "1")
    assert said.code == 0, said.err
    act = said.json["acts"][-1]
    assert (act["act"], act["ok"], act["points"], act["converged"]) == ("faults", True, 1, 1)
    assert said.json["ok"] is True


@pytest.mark.slow
def test_where_nothing_is_owed_nothing_is_killed(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.tag("v0.0.0")
    said = ship(repo.root, "rehearse", "--json", "--faults", "1")
    assert (said.code, said.json["acts"][-1]["points"]) == (0, 0), said.err


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_a_number_of_points_is_one_or_more(tmp_path: Path, ship: Speaker, number: str) -> None:
    said = ship(tmp_path, "rehearse", "--faults", number)
    assert (said.code, "a number from 1 was wanted" in said.err) == (2, True)
