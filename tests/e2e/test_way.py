"""The whole way with real git, real commitizen, real build, real twine and real pip, on loopback."""

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.support.repos import Repo
from tests.support.said import Speaker
from tests.support.world import Loopback, credentials, files, loopback

pytestmark = pytest.mark.slow


def test_a_candidate_is_published_proven_and_then_already_there(way: Loopback, ship: Speaker) -> None:
    way.repo.git("switch", "--quiet", "-c", "topic")
    sha = way.repo.commit("fix: b")
    version = f"0.1.0rc{2 * 10**9 + int(sha[:7], 16)}"
    said = ship(way.repo.root, "candidate", "--json")
    assert said.code == 0, said.err
    assert (said.json["version"], said.json["released"]) == (version, True)
    assert {each["name"]: each["sha256"] for each in said.json["files"]} == files(way.test)
    assert files(way.prod) == {}
    assert f"it reports {version}" in said.json["steps"][-1]["text"]
    assert (way.repo.root / "version.txt").read_text() == "0.0.0\n"
    before = way.public()
    again = ship(way.repo.root, "candidate")
    assert again.code == 0
    assert "already there" in again.out
    assert way.public() == before


def test_a_release_makes_the_world_match_and_a_re_run_changes_nothing(way: Loopback, ship: Speaker) -> None:
    way.repo.commit("fix(core): b")
    way.repo.git("push", "--quiet")
    said = ship(way.repo.root, "release", "--json")
    assert said.code == 0, said.err
    assert (said.json["version"], said.json["released"]) == ("0.1.0", True)
    assert files(way.test) == files(way.prod) == {each["name"]: each["sha256"] for each in said.json["files"]}
    tag = way.remote.git("rev-parse", "v0.1.0^{commit}")
    assert way.remote.git("rev-parse", "main") == tag
    assert way.remote.git("show", "v0.1.0:version.txt") == "0.1.0"
    notes = way.remote.git("show", "v0.1.0:CHANGELOG.md")
    assert notes.startswith("## v0.1.0 (2026-01-01)\n\n### Feat\n\n- first steps")
    for name, sha256 in files(way.prod).items():
        assert f"Artifact: {name} sha256={sha256}" in way.remote.git("tag", "-l", "--format=%(contents)", "v0.1.0")
    wheel = way.prod.warehouse.files["demo_ship-0.1.0-py3-none-any.whl"].content
    assert "demo_ship-0.1.0.dist-info/METADATA" in zipfile.ZipFile(BytesIO(wheel)).namelist()
    assert way.repo.head == tag, "a clean checkout of the release branch follows"
    before = way.public()
    again = ship(way.repo.root, "release", "--json")
    assert (again.code, again.json["version"], again.json["released"]) == (0, None, False)
    assert way.public() == before
    status = ship(way.repo.root, "status", "--json").json
    assert (status["version"], status["tag"], status["state"]) == ("0.1.0", "v0.1.0", "complete")


def test_the_second_release_follows_the_first(way: Loopback, ship: Speaker) -> None:
    assert ship(way.repo.root, "release").code == 0
    way.repo.moment += 86_400
    way.repo.commit("feat!: new", {"src/demo_ship/words.py": 'GREETING = "hey"\n'})
    way.repo.git("push", "--quiet")
    said = ship(way.repo.root, "release", "--json")
    assert said.json["version"] == "1.0.0"
    headings = re.findall("^## .*$", way.remote.git("show", "main:CHANGELOG.md"), re.MULTILINE)
    assert headings == ["## v1.0.0 (2026-01-02)", "## v0.1.0 (2026-01-01)"]
    assert len(files(way.prod)) == 4


def test_a_release_in_stages_each_in_a_clone_of_its_own(way: Loopback, ship: Speaker, tmp_path: Path) -> None:
    early = ship(way.remote.clone(tmp_path / "early").root, "release", "--stage", "prod")
    assert early.code == 1
    assert "stage prod of 0.1.0 waits for: push main and v0.1.0, upload its files to test" in early.err
    assert "cz-ship release --stage tag" in early.err
    dist = tmp_path / "dist"
    for stage, refs in (("prepare", 1), ("tag", 3), ("test", 3), ("prod", 3), ("announce", 3)):
        clone = way.remote.clone(tmp_path / stage)
        said = ship(clone.root, "release", "--stage", stage, "--dist", str(dist), "--json")
        assert said.code == 0, said.err
        assert len(way.remote.git("show-ref", "-d").splitlines()) == refs
    assert files(way.test) == files(way.prod)
    lines = (dist / "SHA256SUMS").read_text().splitlines()
    main = way.remote.git("rev-parse", "main")
    tip = way.remote.git("rev-parse", "main^")
    assert [line for line in lines if line.startswith("# ")][:2] == [f"# commit {main}", f"# tip {tip}"]
    assert dict(line.split("  ")[::-1] for line in lines if not line.startswith("# ")) == files(way.prod)


def test_mode_branch_tags_what_the_developer_bumped(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in credentials().items():
        monkeypatch.setenv(name, value)
    with loopback(tmp_path, "1.0.0", '[tool.cz-ship]\nmode = "branch"\n') as way:
        said = ship(way.repo.root, "release", "--json")
        assert (said.code, said.json["version"]) == (0, "1.0.0"), said.err
        assert way.remote.git("rev-parse", "v1.0.0^{commit}") == way.repo.head
        assert ship(way.repo.root, "release", "--json").json["version"] is None


def test_a_half_release_is_finished_by_a_plain_re_run(way: Loopback, ship: Speaker, tmp_path: Path) -> None:
    assert ship(way.repo.root, "release", "--stage", "tag", "--stage", "test").code == 0
    assert (len(files(way.test)), files(way.prod)) == (2, {})
    assert ship(way.repo.root, "status", "--json").json["state"] == "unfinished"
    way.repo.git("fetch", "--quiet")
    clone = way.remote.clone(tmp_path / "fresh")
    clone.commit("feat: later")
    clone.git("push", "--quiet")
    said = ship(clone.root, "release", "--json")
    assert (said.code, said.json["version"]) == (0, "0.2.0"), said.err
    assert files(way.prod) == files(way.test)
    assert len(files(way.prod)) == 4


def test_other_bytes_under_our_name_stop_the_release_before_anything_is_public(
    way: Loopback, ship: Speaker, tmp_path: Path
) -> None:
    other = Repo(tmp_path / "other")
    way.repo.git("push", "--quiet", str(other.root), "main:theirs")
    other.moment += 3600
    clone = other.clone(tmp_path / "clone", "--branch=theirs")
    settings = (clone.root / ".cz.toml").read_text()
    assert 'mode = "push"' not in settings
    clone.commit("feat: theirs", {"version.txt": "0.1.0\n"})
    built = ship(clone.root, "build", "--json")
    assert built.code == 0, built.err
    _upload(way, [clone.root / "dist" / each["name"] for each in built.json["files"]])
    before = way.public()
    said = ship(way.repo.root, "release")
    assert said.code == 5, said.err + str(before)
    assert "prod (" in said.err
    assert "holds demo_ship-0.1.0-py3-none-any.whl with sha256" in said.err
    assert "nothing public was changed" in said.err or "in part public" in said.err
    assert way.public() == before


def _upload(way: Loopback, paths: list[Path]) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar"]
    login = ["--repository-url", way.prod.upload_url, "-u", "__token__", "-p", credentials()["PYPI_PASSWORD"]]
    subprocess.run([*command, *login, *map(str, paths)], check=True, capture_output=True)


def test_github_actions_get_outputs_and_a_page(
    way: Loopback, ship: Speaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    assert ship(way.repo.root, "plan").code == 0
    assert ship(way.repo.root, "release").code == 0
    lines = (tmp_path / "output").read_text().splitlines()
    assert "next=0.1.0" in lines
    assert lines[-4:] == ["version=0.1.0", "tag=v0.1.0", "released=true", "mode=push"]
    page = (tmp_path / "summary").read_text()
    assert "demo-ship 0.1.0 is released" in page
    assert "| ✓ | push main and v0.1.0 |" in page


def test_cz_and_cz_ship_read_and_write_the_same_version_txt(way: Loopback, ship: Speaker) -> None:
    import subprocess
    import sys

    way.repo.tag("v0.0.0")
    way.repo.commit("feat: b")

    def cz(*arguments: str) -> str:
        command = [sys.executable, "-m", "commitizen", *arguments]
        return subprocess.run(command, cwd=way.repo.root, check=True, capture_output=True, text=True).stdout.strip()

    assert cz("version", "--project") == "0.0.0" == ship(way.repo.root, "version").out.strip()
    assert cz("bump", "--get-next") == "0.1.0" == ship(way.repo.root, "version", "--next").out.strip()
    cz("bump", "--yes")
    assert (way.repo.root / "version.txt").read_text() == "0.1.0\n"
    assert ship(way.repo.root, "plan", "--json").json["current"] == "0.1.0"


def test_the_document_of_a_release_is_one_json_value(way: Loopback, ship: Speaker) -> None:
    said = ship(way.repo.root, "release", "--json")
    assert set(json.loads(said.out)) == {"version", "released", "steps", "files"}
    assert [step["step"] for step in said.json["steps"]][:4] == [
        "bump commit",
        "build and check",
        "tag v0.1.0",
        "push main and v0.1.0",
    ]


def test_on_a_pull_request_the_candidate_is_the_head_of_the_branch(
    way: Loopback, ship: Speaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    way.repo.git("switch", "--quiet", "-c", "topic")
    head = way.repo.commit("feat: mine")
    way.repo.git("switch", "--quiet", "main")
    way.repo.commit("fix: meanwhile")
    way.repo.git("switch", "--quiet", "--detach")
    way.repo.git("merge", "--quiet", "--no-ff", "-m", "Merge topic into main", "topic")
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": {"sha": head}}}))
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    version = ship(way.repo.root, "version", "--candidate").out.strip()
    assert ship(way.repo.root, "decode", version, "--json").json["commit"] == head
    assert ship(way.repo.root, "candidate", "--json").json["version"] == version
    event.write_text("{}")
    assert "names no head commit" in ship(way.repo.root, "candidate").err
