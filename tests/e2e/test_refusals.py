"""What a release and a candidate refuse: nothing public is changed, and the message says what to do."""

from pathlib import Path

import pytest

from tests.support.faulty_index import Answering, garbage, page, serve, status
from tests.support.repos import project, remote_of
from tests.support.said import Speaker
from tests.support.world import Loopback, addresses, credentials


def _refused(way: Loopback, ship: Speaker, *command: str) -> str:
    before = way.public()
    said = ship(way.repo.root, *command)
    assert said.code == 1, said.err
    assert way.public() == before
    return said.err


def test_no_remote(way: Loopback, ship: Speaker) -> None:
    way.repo.git("remote", "remove", "origin")
    assert "there is no remote 'origin'" in _refused(way, ship, "release")


def test_a_remote_that_cannot_be_reached(way: Loopback, ship: Speaker, tmp_path: Path) -> None:
    way.repo.git("remote", "set-url", "origin", str(tmp_path / "nowhere.git"))
    assert "nowhere.git" in _refused(way, ship, "release")


def test_another_branch(way: Loopback, ship: Speaker) -> None:
    way.repo.git("switch", "--quiet", "-c", "topic")
    said = _refused(way, ship, "release")
    assert "HEAD is on branch 'topic'; a release is made from 'main'" in said
    assert "hint: merge into main" in said


def test_a_detached_head_outside_of_the_release_branch(way: Loopback, ship: Speaker) -> None:
    way.repo.git("switch", "--quiet", "--detach")
    way.repo.commit("fix: nowhere")
    assert "HEAD is detached" in _refused(way, ship, "release")


@pytest.mark.slow
def test_a_detached_head_on_the_release_branch_releases(way: Loopback, ship: Speaker) -> None:
    way.repo.git("switch", "--quiet", "--detach")
    assert ship(way.repo.root, "release").code == 0


def test_missing_credentials_are_told_for_every_index(
    way: Loopback, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in credentials():
        monkeypatch.delenv(name)
    said = _refused(way, ship, "release")
    assert "credentials are missing" in said
    assert "test: " in said
    assert "TEST_PYPI_PASSWORD" in said
    assert "prod: " in said


@pytest.mark.slow
def test_wrong_credentials_leave_a_tag_that_the_next_run_finishes(
    way: Loopback, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYPI_PASSWORD", "pypi-wrong")
    said = ship(way.repo.root, "release")
    assert said.code == 5
    assert "403" in said.err
    assert "the identity from the environment may not upload there: it takes the role of a maintainer" in said.err
    assert "pypi-wrong" not in said.err + said.out
    assert "0.1.0 is in part public (tag v0.1.0" in said.err
    assert "; the same command continues" in said.err
    monkeypatch.setenv("PYPI_PASSWORD", credentials()["PYPI_PASSWORD"])
    assert ship(way.repo.root, "release").code == 0
    assert len(way.prod.warehouse.files) == 2


def test_a_tracked_env_file(way: Loopback, ship: Speaker) -> None:
    way.repo.commit("chore: oops", {".env": "PYPI_PASSWORD=secret\n"})
    for command in ("release", "candidate"):
        said = _refused(way, ship, command)
        assert ".env is tracked by git" in said
        assert "git rm --cached .env" in said


@pytest.mark.slow
@pytest.mark.parametrize("answer", [status(500), status(403), page("<<<garbage"), garbage])
def test_an_index_in_doubt_is_never_free(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch, answer: Answering
) -> None:
    for name, value in credentials().items():
        monkeypatch.setenv(name, value)
    with serve() as index:
        index.on("/simple/demo-ship/", answer)
        index.on("/pypi/demo-ship/0.1.0/json", answer)
        repo = project(tmp_path / "p", settings=addresses(index.url, index.url))
        remote = remote_of(repo, tmp_path / "remote.git")
        before = remote.git("show-ref")
        said = ship(repo.root, "release")
        assert said.code == 1, said.err
        assert "the test index" in said.err
        assert remote.git("show-ref") == before
        assert all(request.method == "GET" for request in index.requests)


@pytest.mark.slow
def test_a_failing_build_leaves_nothing_public(setuptools_way: Loopback, ship: Speaker) -> None:
    setuptools_way.repo.commit("feat: broken", {"setup.py": "raise SystemExit('no setuptools_way')\n"})
    setuptools_way.repo.git("push", "--quiet")
    for command in ("release", "candidate"):
        said = _refused(setuptools_way, ship, command)
        assert "the build failed" in said
        assert "no setuptools_way" in said
