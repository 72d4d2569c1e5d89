"""An amendment's whole way: from a laptop, with the release, to a machine that never saw it."""

import pytest

from cz_ship.model import AMENDMENTS
from tests.support.said import Speaker
from tests.support.world import Loopback


@pytest.mark.slow
def test_an_amendment_travels_with_the_release(way: Loopback, ship: Speaker) -> None:
    first = way.repo.head
    assert ship(way.repo.root, "amend", first, "-m", "fix: first steps").code == 0
    said = ship(way.repo.root, "release", "--stage", "prepare", "--stage", "tag", "--yes", "--json")
    assert said.code == 0, said.err
    assert said.json["version"] == "0.0.1"
    assert f" and {AMENDMENTS}, in one transaction" in said.out
    assert way.remote.git("rev-parse", AMENDMENTS) == way.repo.git("rev-parse", AMENDMENTS)
    # The next amendment is pushed by hand, and read by a machine whose checkout has none.
    way.repo.git("fetch", "--quiet", "origin")
    way.repo.git("reset", "--quiet", "--hard", "origin/main")
    docs = way.repo.commit("docs: b")
    way.repo.git("push", "--quiet", "origin", "main")
    assert ship(way.repo.root, "amend", docs, "-m", "feat: b").code == 0
    way.repo.git("push", "--quiet", "origin", AMENDMENTS)
    elsewhere = way.remote.clone(way.repo.root.parent / "ci")
    said = ship(elsewhere.root, "release", "--yes", "--json")
    assert said.code == 0, said.err
    assert said.json["version"] == "0.1.0"
    assert "0.1.0" in "".join(way.public()[2])
