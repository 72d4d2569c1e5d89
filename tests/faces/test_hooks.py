"""The hooks that pre-commit runs, as it runs them: in the root, with what git and pre-commit lend."""

from pathlib import Path

import pytest

from cz_ship.faces.hooks import main
from tests.support.repos import CZ_TOML, Repo, project, remote_of


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = project(tmp_path / "p", "1.3.2")
    made.tag("v1.3.2")
    monkeypatch.chdir(made.root)
    return made


def test_all_that_should_not_be_committed_is_told_at_once(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["files"]) == 0
    repo.commit("docs: changelog", {"CHANGELOG.md": "## v1.3.2\n"})
    repo.write({"version.txt": "1.4.0\n", "CHANGELOG.md": "## v1.4.0\n", "sub/.env": "A=b\n"})
    assert main(["files"]) == 0, "nothing of it is staged"
    repo.git("add", "--all")
    assert main(["files"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: this should not be committed\n  sub/.env would be committed: it is for secrets\n")
    assert "  version.txt is changed by hand: the release writes it\n    git restore --staged version.txt   (" in said
    assert 'in mode "push" CI bumps; to bump in the branch, by cz bump: mode = "branch"; where it is meant' in said
    assert "  CHANGELOG.md is changed by hand: the release writes it\n" in said
    repo.git("restore", "--staged", ".")
    assert main(["files"]) == 0


def test_the_index_that_git_lends_is_the_one_that_is_looked_at(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write({"version.txt": "1.4.0\n"})
    (repo.root / ".git" / "lent").write_bytes((repo.root / ".git" / "index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/lent")
    repo.git("add", "version.txt")
    assert main(["files"]) == 1
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert main(["files"]) == 0


def test_before_the_first_commit_there_is_nothing_to_protect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(tmp_path / "p")
    monkeypatch.chdir(repo.root)
    repo.write({".cz.toml": CZ_TOML, "version.txt": "0.0.0\n", "CHANGELOG.md": ""})
    repo.git("add", "--all")
    assert main(["files"]) == 0


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ("[tool", 2, ".cz.toml is not TOML"),
        (CZ_TOML + '[tool.cz-ship]\nmode = "sideways"\n', 2, "mode: 'sideways' is not one of"),
        (CZ_TOML.replace("v$version", "release"), 1, "tag_format 'release' gives 'release' for 1.2.3"),
    ],
)
def test_settings_that_cannot_be_read_are_told(
    repo: Repo, capsys: pytest.CaptureFixture[str], settings: str, code: int, words: str
) -> None:
    repo.write({".cz.toml": settings})
    assert main(["files"]) == code
    assert words in capsys.readouterr().err


def test_what_the_remote_would_get_is_checked(
    repo: Repo, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wip = repo.commit("wip")
    assert main(["branch"]) == 1, "there is no remote: all of HEAD would be new to one"
    remote_of(repo, tmp_path / "remote.git")
    assert main(["branch"]) == 0, "the remote has it all"
    good = repo.commit("fix: a")
    assert main(["branch"]) == 0
    for ends, code in (((f"{wip}^", good), 1), ((wip, good), 0), ((good, good), 0)):
        for name, sha in zip(("FROM", "TO"), ends, strict=True):
            monkeypatch.setenv(f"PRE_COMMIT_{name}_REF", sha)
        capsys.readouterr()
        assert main(["branch"]) == code
        assert (f"{wip[:7]}  wip" in capsys.readouterr().err) is bool(code)


def test_the_first_push_of_a_branch_is_checked_as_a_whole(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    remote_of(repo, tmp_path / "remote.git")
    repo.git("switch", "--quiet", "--orphan", "pages")
    repo.commit("wip", {".cz.toml": CZ_TOML})
    monkeypatch.setenv("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/pages")
    assert main(["branch"]) == 1


def test_a_first_push_to_an_empty_remote_is_checked_since_the_last_release(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("wip")
    repo.commit("bump: version 9.0.0", {"version.txt": "9.0.0\n"})
    repo.tag("v9.0.0")
    repo.commit("fix: a")
    monkeypatch.setenv("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main")
    assert main(["branch"]) == 0
    repo.commit("wip")
    assert main(["branch"]) == 1
