"""What doctor finds in a repository's settings on GitHub, played on loopback."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from cz_ship.world.rehearsal.forge_pages import API
from cz_ship.world.rehearsal.serve import listen
from cz_ship.world.workflows import TEMPLATE
from tests.support.played_house import OWN, REPOSITORY, TOKEN, PlayedHouse, environment
from tests.support.repos import CZ_TOML, Repo, remote_of
from tests.support.said import Said, Speaker

PIPELINE = {".github/workflows/pipeline.yml": TEMPLATE.read_bytes()}
NO_INDEXES = "[tool.cz-ship.indexes]\ntest.enabled = false\nprod.enabled = false\n"


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    monkeypatch.setenv("CI", "")


def examined(
    told: Mapping[str, object], tmp_path: Path, ship: Speaker, *, mode: str = "push", scopes: str = ""
) -> Said:
    with listen(PlayedHouse(told, scopes)) as forge:
        address = f'[tool.cz-ship.forge]\nkind = "github"\napi_url = "{forge.url}{API}"\n'
        repo = Repo(tmp_path / "p")
        repo.commit("feat: first", {".cz.toml": CZ_TOML + address + NO_INDEXES, "version.txt": "0.0.0\n", **PIPELINE})
        remote_of(repo, tmp_path / "remote.git")
        return ship(repo.root, "doctor", "--json")


def codes(said: Said) -> set[str]:
    """But for what the small project of these tests lacks."""
    return {each["code"] for each in said.json["findings"]} - {"hooks-missing", "nothing-to-build"}


@pytest.mark.slow
def test_a_repository_that_is_set_up_has_no_finding(tmp_path: Path, ship: Speaker) -> None:
    there = [environment("testpypi", 0), environment("pypi", 1)]
    told = {"": OWN, "/environments": {"total_count": 2, "environments": there}, "/rules/branches/main": []}
    assert codes(examined(told, tmp_path, ship)) == set()


@pytest.mark.slow
def test_all_that_is_not_set_up_is_told_at_once(tmp_path: Path, ship: Speaker) -> None:
    told = {
        "": {**OWN, "squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "permissions": {"push": False}},
        "/environments": {"total_count": 1, "environments": [environment("pypi", 0)]},
        "/rules/branches/main": [{"type": "deletion"}, {"type": "pull_request"}],
        "/actions/secrets": {
            "total_count": 1,
            "secrets": [{"name": "PYPI_PASSWORD", "created_at": "2026-01-01", "updated_at": "2026-01-01"}],
        },
    }
    found = codes(examined(told, tmp_path, ship, scopes="repo, delete_repo"))
    assert found == {
        *("squash-title", "rules-block", "environment-missing", "environment-open"),
        *("token-weak", "token-wide", "stored-token"),
    }


@pytest.mark.slow
def test_what_the_token_may_not_see_is_left_out(tmp_path: Path, ship: Speaker) -> None:
    assert codes(examined({"": {"permissions": {"push": True}}}, tmp_path, ship)) == set()


def test_a_repository_that_is_not_told_of_is_unknown(tmp_path: Path, ship: Speaker) -> None:
    said = examined({}, tmp_path, ship)
    assert codes(said) == {"unknown"}
    assert REPOSITORY in said.json["findings"][-1]["text"]
    assert TOKEN not in said.out + said.err


@pytest.mark.slow
def test_without_a_token_it_is_said_that_nobody_was_asked(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GH_TOKEN")
    said = examined({"": OWN}, tmp_path, ship)
    assert "need a token in GH_TOKEN or GITHUB_TOKEN" in said.err
    assert codes(said) == set()


def test_a_jobs_own_token_need_not_write(tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert codes(examined({"": {**OWN, "permissions": {"push": False}}}, tmp_path, ship)) == set()
