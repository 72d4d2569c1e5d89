"""The rehearsal: the whole way on loopback, of the demo package and of the caller's own project."""

from pathlib import Path

import pytest

from tests.support import faulty_index
from tests.support.projects import setuptools_project
from tests.support.readme import astray, blocks, settled
from tests.support.repos import Repo, project, remote_of
from tests.support.said import Speaker
from tests.support.world import addresses


@pytest.mark.slow
@pytest.mark.registry
def test_the_demo_travels_the_whole_way(tmp_path: Path, ship: Speaker) -> None:
    kept = tmp_path / "kept"
    said = ship(tmp_path, "rehearse", "--demo", "--json", "--keep", str(kept))
    assert said.code == 0, said.err
    assert said.json["ok"] is True
    summary = "".join(f"  ✓ {act['act']}: {act['text']}\n" for act in said.json["acts"])
    seen = settled(f"{said.err}\nproven, on loopback alone:\n{summary}in 1 seconds\n")
    assert astray(settled(blocks("text")[0]), seen) == [], "the README shows another rehearsal"
    assert [(act["act"], act["ok"]) for act in said.json["acts"]] == [
        ("candidate", True),
        ("release", True),
        ("rerun", True),
    ]
    first, second = said.json["acts"][0]["versions"]
    assert first.startswith("0.1.0rc3")
    assert second.startswith("0.1.0rc4")
    assert said.json["acts"][1]["version"] == "0.1.0"
    published = {each["name"]: each["sha256"] for each in said.json["acts"][1]["files"]}
    for index in ("index-test", "index-prod"):
        assert set(published) <= {path.name for path in (kept / index).iterdir()}
    git = Repo.__new__(Repo)
    git.root, git.moment = kept / "remote.git", 0
    assert git.git("show", "v0.1.0:version.txt") == "0.1.0"
    assert git.git("tag", "--list") == "v0.1.0"


@pytest.mark.slow
def test_the_callers_own_project_is_played_and_its_own_world_never_asked(tmp_path: Path, ship: Speaker) -> None:
    with faulty_index.serve() as real:
        repo = project(tmp_path / "p", "1.2.0", addresses(real.url, real.url))
        repo.tag("v1.2.0")
        remote = remote_of(repo, tmp_path / "remote.git")
        hook = remote.root / "hooks" / "pre-receive"
        hook.write_text("#!/bin/sh\necho 'never to be asked' >&2\nexit 1\n")
        hook.chmod(0o755)
        repo.git("switch", "--quiet", "-c", "topic")
        sha = repo.commit("feat: mine")
        repo.write({"loose.txt": "not committed"})
        moved = tmp_path / "moved.git"
        remote.root.rename(moved)  # a question to the remote would fail
        before = repo.git("show-ref"), repo.git("status", "--porcelain"), repo.head
        said = ship(repo.root, "rehearse", "--json")
        assert said.code == 0, said.err
        assert real.requests == []
        assert (repo.git("show-ref"), repo.git("status", "--porcelain"), repo.head) == before
        acts = {act["act"]: act for act in said.json["acts"]}
        assert acts["candidate"]["versions"] == [f"1.3.0rc{10**9 + int(sha[:7], 16)}"]
        assert (acts["release"]["version"], acts["rerun"]["version"]) == ("1.3.0", None)


@pytest.mark.slow
def test_a_project_with_nothing_to_release_is_played_as_such(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.2.0")
    repo.tag("v1.2.0")
    repo.commit("docs: words")
    said = ship(repo.root, "rehearse", "--json")
    assert said.code == 0, said.err
    acts = {act["act"]: act for act in said.json["acts"]}
    assert acts["candidate"]["versions"][0].startswith("1.2.1rc1")
    assert (acts["release"]["version"], acts["release"]["text"]) == (
        None,
        "nothing to release from here: no commit asks for a release",
    )


@pytest.mark.slow
def test_an_act_that_does_not_go_well_is_told_and_is_the_last(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", lay=setuptools_project)
    repo.commit("feat: broken", {"setup.py": "raise SystemExit('no way')\n"})
    said = ship(repo.root, "rehearse", "--json")
    assert said.code == 1
    assert said.json["ok"] is False
    assert [act["act"] for act in said.json["acts"]] == ["candidate"]
    assert "no way" in said.json["acts"][0]["text"]
    assert "this rehearsal did not go well" in ship(repo.root, "rehearse").out


def test_a_folder_to_keep_it_in_must_be_empty(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    said = ship(repo.root, "rehearse", "--keep", str(repo.root))
    assert said.code == 1
    assert "is not empty" in said.err


@pytest.mark.slow
def test_nothing_is_left_behind(tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile
    import threading

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setenv("TMPDIR", str(scratch))
    threads = set(threading.enumerate())
    assert ship(project(tmp_path / "p").root, "rehearse").code == 0
    assert list(scratch.iterdir()) == []
    assert set(threading.enumerate()) == threads


@pytest.mark.sweep
def test_in_mode_pull_request_the_release_is_proposed_and_a_person_merges_it(tmp_path: Path, ship: Speaker) -> None:
    settings = '[tool.cz-ship]\nmode = "pull-request"\n[tool.cz-ship.forge]\nkind = "github"\n'
    repo = project(tmp_path / "p", "1.2.0", settings)
    repo.tag("v1.2.0")
    repo.git("switch", "--quiet", "-c", "topic")
    repo.commit("feat: mine")
    said = ship(repo.root, "rehearse", "--json")
    assert said.code == 0, said.err
    played = {act["act"]: act for act in said.json["acts"]}
    assert played["release"]["proposal"].startswith("demo-ship 1.3.0 is proposed: http")
    assert (played["release"]["version"], played["release"]["released"]) == ("1.3.0", True)
    assert played["rerun"]["ok"] is True
    for step in ("open the pull request of", "start the checks of", "delete"):
        assert f"✓ {step} cz-ship/release-main" in said.err
