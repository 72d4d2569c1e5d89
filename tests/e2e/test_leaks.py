"""What must never get out, and what must never be touched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.projects import setuptools_project
from tests.support.repos import CZ_TOML, SHIP_TOML, Repo, remote_of
from tests.support.said import Speaker
from tests.support.world import Loopback, files


@pytest.mark.parametrize("command", ["candidate", "build", "release"])
def test_an_env_file_in_the_commit_is_never_shipped(way: Loopback, ship: Speaker, command: str) -> None:
    way.repo.commit("chore: oops", {".env": "PYPI_PASSWORD=secret\n"})
    way.repo.git("push", "--quiet")
    way.repo.git("rm", "--quiet", "--cached", ".env")
    before = way.public()
    said = ship(way.repo.root, command)
    assert said.code == 1
    assert ".env is tracked by git" in said.err
    assert way.public() == before


@pytest.mark.slow
@pytest.mark.parametrize("names", [("GIT_DIR",), ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE")])
def test_what_a_git_hook_lends_does_not_lead_to_the_callers_repository(
    way: Loopback, ship: Speaker, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    way.repo.tag("my-own-note")
    way.repo.write({"staged.txt": "x"})
    way.repo.git("add", "staged.txt")
    lent = {
        "GIT_DIR": way.repo.root / ".git",
        "GIT_INDEX_FILE": way.repo.root / ".git/index",
        "GIT_WORK_TREE": way.repo.root,
    }
    before = way.repo.git("status", "--porcelain=v2", "--branch"), way.repo.git("show-ref", "my-own-note")
    for name in names:
        monkeypatch.setenv(name, str(lent[name]))
    assert ship(way.repo.root, "build").code == 0
    assert ship(way.repo.root, "release", "--stage", "prepare").code == 0
    for name in names:
        monkeypatch.delenv(name)
    way.repo.git("clean", "--quiet", "-fd", "dist")
    assert (way.repo.git("status", "--porcelain=v2", "--branch"), way.repo.git("show-ref", "my-own-note")) == before


def test_the_password_in_a_remotes_address_is_told_nowhere(way: Loopback, ship: Speaker) -> None:
    way.repo.git("remote", "set-url", "origin", "https://ada:sekret@127.0.0.1:1/x.git")
    for command in ("release", "status"):
        said = ship(way.repo.root, command)
        assert "sekret" not in said.out + said.err


def test_a_branch_without_a_local_origin_head_is_not_released(way: Loopback, ship: Speaker, tmp_path: Path) -> None:
    way.repo.git("switch", "--quiet", "-c", "feat/x")
    way.repo.commit("feat: x")
    way.repo.git("push", "--quiet", "origin", "feat/x")
    checkout = Repo(tmp_path / "checkout", branch="nothing")
    checkout.git("remote", "add", "origin", str(way.remote.root))
    checkout.git("fetch", "--quiet", "origin", "+refs/heads/feat/x:refs/remotes/origin/feat/x")
    checkout.git("checkout", "--quiet", "-B", "feat/x", "refs/remotes/origin/feat/x")
    before = way.public()
    said = ship(checkout.root, "release", "--stage", "prepare", "--stage", "tag")
    assert said.code == 1
    assert "HEAD is on branch 'feat/x'; a release is made from 'main'" in said.err
    assert way.public() == before


@pytest.mark.slow
def test_a_stage_asks_for_its_own_credentials_alone(
    way: Loopback, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PYPI_USERNAME", "PYPI_PASSWORD"):
        monkeypatch.delenv(name)
    assert ship(way.repo.root, "release", "--stage", "tag", "--stage", "test").code == 0
    assert len(files(way.test)) == 2
    said = ship(way.repo.root, "release", "--stage", "prod")
    assert said.code == 4
    assert "v0.1.0 is public, and what of 0.1.0 is missing waits for the same command" in said.err
    assert "prod: " in said.err
    assert "test: " not in said.err


def test_the_last_stage_alone_refuses_what_was_never_begun(way: Loopback, ship: Speaker) -> None:
    said = ship(way.repo.root, "release", "--stage", "announce")
    assert said.code == 1
    assert "waits for: push main and v0.1.0" in said.err


@pytest.mark.parametrize("tag_format", ["foo", "-v$version", "v$version name", "v$version~1"])
def test_a_tag_format_that_cannot_work_is_refused_at_once(way: Loopback, ship: Speaker, tag_format: str) -> None:
    settings = (way.repo.root / ".cz.toml").read_text()
    way.repo.commit(
        "chore: tags", {".cz.toml": settings.replace('tag_format = "v$version"', f'tag_format = "{tag_format}"')}
    )
    way.repo.git("push", "--quiet")
    before = way.public()
    for command in ("plan", "candidate", "release"):
        said = ship(way.repo.root, command)
        assert said.code == 2, said.err
        assert "tag_format" in said.err
    assert way.public() == before


def test_a_local_version_is_refused_before_anything_is_public(tmp_path: Path, ship: Speaker) -> None:
    repo = Repo(tmp_path / "p")
    setuptools_project(repo.root, version="1.0.0+abc")
    repo.commit("feat: a", {".cz.toml": CZ_TOML + SHIP_TOML + '[tool.cz-ship]\nmode = "branch"\n'})
    remote = remote_of(repo, tmp_path / "remote.git")
    before = remote.git("show-ref")
    said = ship(repo.root, "release")
    assert (said.code, "no index takes a local version" in said.err) == (1, True)
    assert remote.git("show-ref") == before


@pytest.mark.slow
def test_a_message_with_terminal_codes_breaks_no_answer(way: Loopback) -> None:
    way.repo.commit("feat: \x1b]0;title\x07 \x1b[2J")
    for command in (["plan"], ["changelog", "--all"], ["plan", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "cz_ship", *command, "-C", str(way.repo.root)], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_terminal_that_lacks_a_letter_is_no_fault(way: Loopback) -> None:
    way.repo.commit("feat: ünïcode →")
    command = [sys.executable, "-m", "cz_ship", "plan", "-C", str(way.repo.root)]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    assert "\\u2192" in done.stdout


@pytest.mark.slow
def test_an_output_file_that_cannot_be_written_spoils_no_release(
    way: Loopback, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", "/nonexistent/output")
    said = ship(way.repo.root, "release", "--stage", "prepare")
    assert said.code == 0
    assert "GITHUB_OUTPUT cannot be written" in said.err


@pytest.mark.slow
def test_a_baseline_tag_by_other_hands_is_never_published(way: Loopback, ship: Speaker) -> None:
    way.repo.tag("v0.0.0")
    way.repo.git("push", "--quiet", "--tags")
    way.repo.commit("feat: next")
    way.repo.git("push", "--quiet")
    assert ship(way.repo.root, "release", "--json").json["version"] == "0.1.0"
    assert all("0.1.0" in name for name in (*files(way.test), *files(way.prod)))


def test_a_changelog_outside_of_the_project_is_not_written(way: Loopback, ship: Speaker, tmp_path: Path) -> None:
    settings = (way.repo.root / ".cz.toml").read_text()
    outside = tmp_path / "outside.md"
    line = f'tag_format = "v$version"\nchangelog_file = "{outside}"'
    way.repo.commit("chore: away", {".cz.toml": settings.replace('tag_format = "v$version"', line)})
    way.repo.git("push", "--quiet")
    said = ship(way.repo.root, "release", "--stage", "prepare")
    assert (said.code, "leads out of the project" in said.err) == (2, True)
    assert not outside.exists()
