"""What doctor finds by asking others: a remote, two indexes and a forge on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cz_ship.model import Artifact
from cz_ship.rules.promise import promise
from tests.support.said import Said, Speaker
from tests.support.tiny import sdist, wheel
from tests.support.world import Loopback, loopback

pytestmark = pytest.mark.slow

QUIET = {"hooks-missing"}


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Loopback]:
    with loopback(tmp_path) as made:
        yield made


def codes(said: Said) -> set[str]:
    return {each["code"] for each in said.json["findings"]} - QUIET


def released(there: Loopback) -> None:
    """A release 0.1.0 that is tagged and pushed, of which the Test index has the wheel."""
    made = [each("demo-ship", "0.1.0") for each in (wheel, sdist)]
    files = [Artifact(each.filename, each.sha256, len(each.content)) for each in made]
    notes = "## v0.1.0 (2026-01-01)\n"
    there.repo.commit("bump: version 0.0.0 → 0.1.0", {"version.txt": "0.1.0\n", "CHANGELOG.md": notes})
    there.repo.tag("v0.1.0", message=promise("demo-ship", "0.1.0", files))
    there.repo.git("push", "--quiet", "origin", "HEAD", "v0.1.0")
    there.test.warehouse.shelve("demo-ship", "0.1.0", files[0].name, files[0].sha256)


def test_a_new_project_has_nothing_to_fear(there: Loopback, ship: Speaker) -> None:
    said = ship(there.repo.root, "doctor", "--json")
    assert codes(said) == set(), said.out
    assert said.code == 0


def test_without_a_remote_that_is_told_once(there: Loopback, ship: Speaker) -> None:
    there.repo.git("remote", "remove", "origin")
    assert codes(ship(there.repo.root, "doctor", "--json")) == {"no-remote"}


def test_a_name_that_others_use_is_told(there: Loopback, ship: Speaker) -> None:
    there.prod.warehouse.shelve("demo-ship", "7.0", "demo_ship-7.0.tar.gz", "0" * 64)
    said = ship(there.repo.root, "doctor", "--json")
    assert codes(said) == {"name-taken"}
    assert "7.0" in said.json["findings"][-1]["text"]


def test_a_name_is_ours_by_a_candidate_of_a_commit_that_is_here(there: Loopback, ship: Speaker) -> None:
    version = ship(there.repo.root, "version", "--candidate").out.strip()
    there.test.warehouse.shelve("demo-ship", version, f"demo_ship-{version}.tar.gz", "0" * 64)
    assert codes(ship(there.repo.root, "doctor", "--json")) == set()


def test_a_half_release_is_told_with_the_days_that_are_left(there: Loopback, ship: Speaker) -> None:
    released(there)
    said = ship(there.repo.root, "doctor", "--json")
    assert codes(said) == {"half-released"}
    told = {each["text"].split()[0]: each["text"] for each in said.json["findings"] if each["code"] == "half-released"}
    assert "lacks demo_ship-0.1.0.tar.gz of 0.1.0; it takes files of it for 14 more days" in told["test"]
    assert "demo_ship-0.1.0-py3-none-any.whl, demo_ship-0.1.0.tar.gz of 0.1.0" in told["prod"]


def test_what_only_the_remote_has_is_told_and_fetched(there: Loopback, ship: Speaker) -> None:
    there.repo.tag("v0.0.0")
    there.repo.git("push", "--quiet", "origin", "v0.0.0")
    there.repo.git("tag", "--delete", "v0.0.0")
    assert "tags-missing" in codes(ship(there.repo.root, "doctor", "--json"))
    assert "tags-missing" not in codes(ship(there.repo.root, "doctor", "--offline", "--json"))
    assert codes(ship(there.repo.root, "doctor", "--fix", "--json")) == {"changelog-lacks"}
    assert there.repo.git("tag") == "v0.0.0"


def test_who_does_not_answer_is_unknown_and_hinders_no_other(there: Loopback, ship: Speaker) -> None:
    there.test.interpose(lambda _: (_ for _ in ()).throw(RuntimeError("out of order")))
    there.prod.warehouse.shelve("demo-ship", "7.0", "demo_ship-7.0.tar.gz", "0" * 64)
    said = ship(there.repo.root, "doctor", "--json")
    assert codes(said) == {"unknown", "name-taken"}
    there.remote.root.rename(there.remote.root.with_name("gone"))
    assert "the remote" in ship(there.repo.root, "doctor").out


def test_offline_nobody_is_asked(there: Loopback, ship: Speaker) -> None:
    before = len(there.test.requests), len(there.prod.requests)
    ship(there.repo.root, "doctor", "--offline")
    assert (len(there.test.requests), len(there.prod.requests)) == before
