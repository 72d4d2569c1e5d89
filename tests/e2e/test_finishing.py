"""A release that is finished by what others hold, and one that others do not show yet."""

import pytest

from cz_ship.errors import Exit, Failure
from tests.support.hasty import HastyWorld, outcome
from tests.support.said import Speaker
from tests.support.world import Loopback, files

BREAKABLE = "import os\nfrom setuptools import setup\nassert 'BROKEN' not in os.environ\nsetup()\n"


@pytest.mark.slow
def test_a_tagged_commit_that_no_longer_builds_is_finished_with_the_files_of_the_other_index(
    setuptools_way: Loopback, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = setuptools_way
    way.repo.commit("feat: break when told", {"setup.py": BREAKABLE})
    way.repo.git("push", "--quiet")
    assert ship(way.repo.root, "release", "--stage", "tag", "--stage", "test").code == 0
    monkeypatch.setenv("BROKEN", "1")
    said = ship(way.repo.root, "release")
    assert said.code == 0, said.err
    for name in files(way.test):
        assert f"note: {name} was fetched from test: its bytes are those of v0.1.0" in said.err
    assert files(way.prod) == files(way.test)


@pytest.mark.slow
def test_a_simple_page_that_lags_is_neither_success_nor_failure(way: Loopback, ship: Speaker) -> None:
    way.prod.warehouse.simple_lag = True
    failure = outcome(HastyWorld(way.repo.root))
    assert isinstance(failure, Failure)
    assert failure.code is Exit.UNFINISHED
    for name in files(way.prod):
        assert f"the prod index has {name}, its simple page does not yet" in failure.text
    facts = ship(way.repo.root, "status", "--json").json["facts"]
    assert [fact["fact"] for fact in facts if fact["state"] != "there"] == ["prod simple page"]
    way.prod.warehouse.simple_lag = False
    stored = way.prod.stored
    assert ship(way.repo.root, "release").code == 0
    assert way.prod.stored == stored == 2
