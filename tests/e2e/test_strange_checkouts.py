"""Checkouts as people and CI have them: what is cut off is fetched, what is uncommitted or stale is never shipped."""

import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.support.said import Speaker
from tests.support.world import Loopback, files

pytestmark = pytest.mark.slow


def members(way: Loopback) -> set[str]:
    """The last parts of the paths in both artifacts."""
    found: set[str] = set()
    for name, stored in way.prod.warehouse.files.items():
        if name.endswith(".whl"):
            found |= set(zipfile.ZipFile(BytesIO(stored.content)).namelist())
        else:
            with tarfile.open(fileobj=BytesIO(stored.content)) as sdist:
                found |= set(sdist.getnames())
    return {name.rpartition("/")[2] for name in found}


def test_a_checkout_as_ci_makes_it_releases(way: Loopback, ship: Speaker, tmp_path: Path) -> None:
    way.repo.tag("v0.0.0")
    way.repo.commit("fix: hum")
    way.repo.commit("fix: whistle")
    way.repo.git("push", "--quiet", "--tags", "origin", "main")
    checkout = way.remote.clone(tmp_path / "ci", "--depth=1", "--no-tags", "--no-local")
    checkout.git("checkout", "--quiet", "--detach")
    assert checkout.git("rev-list", "--count", "HEAD") == "1"
    assert ship(checkout.root, "release").code == 0
    assert sorted(way.remote.git("tag").split()) == ["v0.0.0", "v0.0.1"]
    notes = way.remote.git("show", "v0.0.1:CHANGELOG.md")
    assert (notes.count("hum"), notes.count("whistle"), notes.count("first steps")) == (1, 1, 0)
    assert files(way.test) == files(way.prod)


def test_what_is_modified_staged_untracked_or_stale_is_never_shipped_and_stays(way: Loopback, ship: Speaker) -> None:
    way.repo.write({"src/demo_ship/words.py": "broken = (", "src/demo_ship/untracked.py": "", "staged.py": ""})
    way.repo.write({"dist/demo_ship-0.1.0.tar.gz": "stale", "dist/SHA256SUMS": "", "build/lib/stale.py": ""})
    way.repo.git("add", "staged.py")
    status = way.repo.git("status", "--porcelain")
    said = ship(way.repo.root, "release")
    assert said.code == 0
    assert "not committed, so not counted and not shipped: " in said.err
    assert not {"untracked.py", "staged.py", "stale.py"} & members(way)
    assert "words.py" in members(way)
    assert way.repo.git("status", "--porcelain") == status
    assert (way.repo.root / "dist" / "demo_ship-0.1.0.tar.gz").read_text() == "stale"
    assert len(files(way.prod)) == 2


@pytest.mark.sweep
def test_a_stale_dist_that_is_handed_over_is_built_anew(way: Loopback, ship: Speaker) -> None:
    assert ship(way.repo.root, "release", "--stage", "prepare", "--dist", str(way.repo.root / "dist")).code == 0
    way.repo.git("restore", ".")
    (way.repo.root / "src" / "demo_ship" / "late.py").write_text("")
    way.repo.git("add", "src")
    way.repo.git("commit", "--quiet", "--message=fix: late")
    way.repo.git("push", "--quiet")
    assert ship(way.repo.root, "release", "--dist", str(way.repo.root / "dist")).code == 0
    assert "late.py" in members(way)


@pytest.mark.parametrize("here", [pytest.param(True, marks=pytest.mark.sweep), False], ids=["still here", "gone"])
def test_a_deleted_tag_needs_a_person_whose_command_restores_it(
    way: Loopback, ship: Speaker, tmp_path: Path, here: bool
) -> None:
    assert ship(way.repo.root, "release").code == 0
    way.repo.commit("fix: hum")
    way.repo.git("push", "--quiet")
    way.remote.git("tag", "--delete", "v0.1.0")
    checkout = way.repo if here else way.remote.clone(tmp_path / "fresh")
    before = way.public()
    said = ship(checkout.root, "release")
    assert said.code == 5
    assert way.public() == before
    hint = next(line for line in said.err.splitlines() if line.startswith("hint: "))
    for command in hint.rpartition("restore it: ")[2].split(" && "):
        checkout.git(*command.split()[1:])
    assert ship(checkout.root, "release").code == 0
    assert sorted(way.remote.git("tag").split()) == ["v0.1.0", "v0.1.1"]
    assert len(files(way.prod)) == 4
