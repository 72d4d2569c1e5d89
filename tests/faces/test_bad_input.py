"""Bad input: a clear message, the right exit code, nothing changed. No world is needed for these."""

from pathlib import Path

import pytest

from tests.support.projects import setuptools_project, stranger_project
from tests.support.repos import CZ_TOML, SHIP_TOML, Repo, project, remote_of
from tests.support.said import Speaker


def test_a_folder_that_is_no_repository(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "plan")
    assert said.code == 2
    assert "is not in a git repository" in said.err
    assert "hint: run `git init`" in said.err


def test_a_folder_that_is_not_there(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path / "nowhere", "plan")
    assert (said.code, "is not a folder" in said.err) == (2, True)


def test_a_bare_repository(tmp_path: Path, ship: Speaker) -> None:
    said = ship(Repo(tmp_path / "bare.git", bare=True).root, "plan")
    assert (said.code, "is a bare repository" in said.err) == (2, True)


def test_no_commits(tmp_path: Path, ship: Speaker) -> None:
    repo = Repo(tmp_path / "p")
    repo.write({".cz.toml": CZ_TOML, "version.txt": "1.0\n"})
    said = ship(repo.root, "plan")
    assert (said.code, "there are no commits yet" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no version.txt"),
        (b"", "version.txt is empty"),
        (b"1.0\n1.1\n", "version.txt has 2 lines"),
        (b"\xff\xfe1.0", "version.txt is not UTF-8"),
        (b"one", "'one', which is not a PEP 440 version"),
    ],
)
def test_a_version_txt_that_is_no_version(tmp_path: Path, ship: Speaker, content: bytes | None, words: str) -> None:
    repo = project(tmp_path / "p")
    (repo.root / "version.txt").unlink()
    repo.commit("chore: break it", {"version.txt": content} if content is not None else {})
    for command in (("plan",), ("version",), ("build",)):
        said = ship(repo.root, *command)
        assert said.code == 1
        assert words in said.err
    assert not (repo.root / "dist").exists()


def test_a_version_txt_behind_the_newest_tag(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("fix: a")
    repo.tag("v1.0.1")
    said = ship(repo.root, "plan")
    assert said.code == 1
    assert "version.txt says 1.0.0, but the later release v1.0.1 is in this history already" in said.err
    assert "hint: write 1.0.1 into version.txt" in said.err


def test_a_version_behind_the_newest_tag_is_told_of_the_place_where_it_lives(tmp_path: Path, ship: Speaker) -> None:
    made = Repo(tmp_path / "p")
    settings = '[tool.commitizen]\nversion_provider = "pep621"\ntag_format = "v$version"\n'
    made.commit("feat: a", {"pyproject.toml": f'[project]\nname = "a"\nversion = "1.0.0"\n{settings}'})
    made.tag("v1.0.1")
    said = ship(made.root, "plan")
    assert (said.code, "pyproject.toml says 1.0.0" in said.err) == (1, True), said.err
    assert "hint: write 1.0.1 into pyproject.toml" in said.err


@pytest.mark.parametrize("remote", ["origin", "upstream"])
def test_a_version_txt_whose_tag_is_gone_tells_how_to_restore_it(tmp_path: Path, ship: Speaker, remote: str) -> None:
    repo = project(tmp_path / "p", "1.0.0", settings=f'[tool.cz-ship]\nremote = "{remote}"\n')
    repo.tag("v1.0.0")
    bump = repo.commit("bump: version 1.0.0 → 1.0.1", {"version.txt": "1.0.1\n"})
    repo.commit("fix: b")
    said = ship(repo.root, "plan")
    assert said.code == 5
    assert f"commit {bump[:12]} bumped to it, but its tag v1.0.1 is gone" in said.err
    assert "git fetch --tags" in said.err
    assert f"git tag v1.0.1 {bump} && git push {remote} v1.0.1" in said.err


def test_a_version_txt_ahead_of_the_tags_in_mode_push(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("feat: a", {"version.txt": "3.0.0\n"})
    said = ship(repo.root, "plan")
    assert said.code == 1
    assert "version.txt says 3.0.0, but the newest release in this history is v1.0.0" in said.err
    assert 'mode = "branch"' in said.err


def test_a_tag_that_is_not_in_the_history(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.git("switch", "--quiet", "-c", "aside")
    repo.commit("fix: aside")
    repo.tag("v1.0.0")
    repo.git("switch", "--quiet", "main")
    repo.commit("fix: b")
    said = ship(repo.root, "plan")
    assert said.code == 5
    assert "tag v1.0.0" in said.err
    assert "is not in this history: it has 1 commits" in said.err


def test_no_tag_at_all_is_the_first_release_and_is_said(tmp_path: Path, ship: Speaker) -> None:
    plan = ship(project(tmp_path / "p").root, "plan", "--json")
    assert plan.code == 0
    assert (plan.json["last_tag"], plan.json["next"]) == (None, "0.1.0")
    assert [each["code"] for each in plan.json["warnings"]] == ["first-release"]


def test_a_shallow_clone_is_deepened_and_that_is_said(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.commit("feat: a")
    repo.commit("fix: b")
    remote = remote_of(repo, tmp_path / "remote.git")
    shallow = tmp_path / "shallow"
    remote.git("clone", "--quiet", "--depth=1", "--no-tags", f"file://{remote.root}", str(shallow))
    plan = ship(shallow, "plan", "--json").json
    assert (plan["next"], plan["last_tag"], len(plan["commits"])) == ("1.1.0", "v1.0.0", 2)
    assert [each["code"] for each in plan["warnings"]] == ["shallow"]


def test_a_shallow_clone_without_its_remote_is_refused(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.commit("feat: a")
    shallow = tmp_path / "shallow"
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.root}", str(shallow))
    (tmp_path / "p").rename(tmp_path / "gone")
    said = ship(shallow, "plan")
    assert (said.code, "its history could not be fetched" in said.err) == (1, True)
    Repo(shallow).git("remote", "remove", "origin")
    said = ship(shallow, "plan")
    assert (said.code, "has no remote 'origin'" in said.err) == (1, True)


def test_a_dirty_tree_is_warned_of(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.write({"loose.txt": "x"})
    warnings = {each["code"]: each["text"] for each in ship(repo.root, "plan", "--json").json["warnings"]}
    assert "loose.txt" in warnings["dirty"]


def test_all_faults_of_the_settings_are_told_at_once(tmp_path: Path, ship: Speaker) -> None:
    faults = """
[tool.cz-ship]
mode = "sideways"
colour = "blue"
branch = 3
[tool.cz-ship.indexes.test]
enabled = "yes"
upload_url = "ftp://x"
[tool.cz-ship.indexes.third]
[tool.cz-ship.forge]
api_url = "https://user:secret@example.org"
"""
    repo = project(tmp_path / "p", settings=faults)
    said = ship(repo.root, "plan")
    assert said.code == 2
    for words in (
        "mode: 'sideways' is not one of 'push', 'pull-request', 'branch'",
        "colour: unknown key",
        "branch: 3 is a number, a text was wanted",
        "indexes.test.enabled: 'yes' is a text, true or false was wanted",
        "indexes.test.upload_url: 'ftp://x' is not a full http or https address",
        "indexes.third: unknown key",
        "forge.api_url: the address carries a user or a password",
    ):
        assert words in said.err
    assert "secret" not in said.err


def test_settings_in_both_files(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    with (repo.root / "pyproject.toml").open("a") as file:
        file.write("\n[tool.cz-ship]\n")
    said = ship(repo.root, "plan")
    assert (said.code, "both .cz.toml and pyproject.toml" in said.err) == (2, True)


def test_settings_that_are_no_toml(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.write({".cz.toml": "[tool"})
    said = ship(repo.root, "plan")
    assert (said.code, ".cz.toml is not TOML" in said.err) == (2, True)


def test_a_commitizen_plugin_that_is_not_installed(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.write({".cz.toml": CZ_TOML.replace("cz_conventional_commits", "cz_nobody")})
    said = ship(repo.root, "plan")
    assert said.code == 2
    assert "pip install cz_nobody" in said.err


def test_strange_messages_are_kept_and_counted(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    repo.tag("v1.0.0")
    repo.git("config", "i18n.commitEncoding", "ISO-8859-1")
    repo.commit("fix: déjà vu".encode("latin-1"))
    repo.git("config", "--unset", "i18n.commitEncoding")
    repo.commit("fix: undeclared déjà".encode("latin-1"))
    repo.commit("")
    repo.commit("fix: \\0 and \x01 and %x00 and > and <\n\n\x1e record \x1f unit\n>deadbeef\n<deadbeef")
    repo.commit("fix: long\n\n" + "words " * 170_000)
    repo.commit("feat: 🎉 ‏עברית")
    plan = ship(repo.root, "plan", "--json").json
    assert [each["subject"] for each in plan["commits"]] == [
        "feat: 🎉 ‏עברית",
        "fix: long",
        "fix: \\0 and \x01 and %x00 and > and <",
        "",
        "fix: undeclared déjà",  # git itself takes undeclared bytes for Latin-1
        "fix: déjà vu",
    ]
    assert plan["next"] == "1.1.0"


@pytest.mark.slow
def test_a_path_with_spaces_and_letters_beyond_ascii(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "mein Projekt, ünï")
    assert ship(repo.root, "plan", "--json").json["next"] == "0.1.0"
    said = ship(repo.root, "build", "--json")
    assert said.code == 0
    assert sorted(path.name for path in (repo.root / "dist").iterdir()) == [
        "SHA256SUMS",
        "demo_ship-0.0.0-py3-none-any.whl",
        "demo_ship-0.0.0.tar.gz",
    ]


@pytest.mark.slow
def test_a_build_that_fails_says_so_and_leaves_nothing(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", lay=setuptools_project)
    repo.commit("feat: broken", {"setup.py": "raise SystemExit('no way')\n"})
    said = ship(repo.root, "build")
    assert said.code == 1
    assert "the build failed" in said.err
    assert "no way" in said.err
    assert not list((repo.root / "dist").glob("*.whl"))


@pytest.mark.slow
def test_a_built_version_that_differs_from_the_plan(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.0.0", lay=setuptools_project)
    text = (repo.root / "pyproject.toml").read_text()
    fixed = text.replace('dynamic = ["version"]', 'version = "9.9.9"').replace('version = {file = "version.txt"}', "")
    repo.commit("feat: static", {"pyproject.toml": fixed})
    said = ship(repo.root, "build")
    assert said.code == 1
    assert "says it is demo-ship 9.9.9; demo-ship 1.0.0 was planned" in said.err
    assert "tool.setuptools.dynamic" in said.err


@pytest.mark.slow
def test_a_built_name_that_differs_from_the_plan(tmp_path: Path, ship: Speaker) -> None:
    repo = Repo(tmp_path / "p")
    stranger_project(repo.root)
    repo.commit("feat: stranger", {".cz.toml": CZ_TOML + SHIP_TOML, "version.txt": "9.9.9\n"})
    said = ship(repo.root, "build")
    assert said.code == 1
    assert "says it is stranger 9.9.9; demo-ship 9.9.9 was planned" in said.err


def test_a_temporary_folder_that_cannot_be_used(tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    repo = project(tmp_path / "p")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not" / "there"))
    said = ship(repo.root, "build")
    assert said.code == 1
    assert "no temporary folder can be made" in said.err


def test_a_command_that_does_not_exist(tmp_path: Path, ship: Speaker) -> None:
    assert ship(tmp_path, "explode").code == 2


@pytest.mark.slow
def test_the_caller_s_tree_is_not_touched_by_facts(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.write({"README.md": "changed", "loose.txt": "x"})
    before = repo.git("status", "--porcelain"), repo.git("show-ref"), repo.head
    for command in ("plan", "version", "changelog", "build"):
        assert ship(repo.root, command).code == 0
    repo.git("clean", "--quiet", "-fd", "dist")
    assert (repo.git("status", "--porcelain"), repo.git("show-ref"), repo.head) == before
