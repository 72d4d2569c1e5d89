"""`cz-ship amend`: what a merged commit should have said."""

import io
from pathlib import Path

import pytest

from tests.support.repos import Repo, project
from tests.support.said import Speaker


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = project(tmp_path / "p", "1.3.2")
    made.tag("v1.3.2")
    made.commit("docs: b")
    return made


def test_a_note_counts_in_plan_and_notes(repo: Repo, ship: Speaker) -> None:
    history = repo.git("log", "--format=%H %s")
    said = ship(repo.root, "amend", "HEAD", "-m", "feat(api): b\n\nBREAKING CHANGE: c")
    assert (said.code, said.out) == (0, f"{repo.head[:7]} now asks for a major release: feat(api): b\n")
    assert "git push origin refs/notes/cz-ship" in said.err
    plan = ship(repo.root, "plan", "--json").json
    assert (plan["next"], plan["commits"][0]["subject"], plan["commits"][0]["scope"]) == (
        "2.0.0",
        "feat(api): b",
        "api",
    )
    assert [each["code"] for each in plan["warnings"]] == ["amended"]
    assert "- **api**: b\n" in ship(repo.root, "changelog").out
    assert "- **api**: b\n" in ship(repo.root, "changelog", "--all").out
    assert repo.git("log", "--format=%H %s") == history


def test_the_message_comes_from_a_file_or_from_standard_input(
    repo: Repo, ship: Speaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "message").write_bytes(b"fix: c\r\n\r\nbody\r\n")
    assert ship(repo.root, "amend", "HEAD", "-F", str(tmp_path / "message")).code == 0
    assert repo.git("notes", "--ref=cz-ship", "show") == "fix: c\n\nbody"
    monkeypatch.setattr("sys.stdin", io.StringIO("docs: d\n"))
    assert ship(repo.root, "amend", "HEAD", "-F", "-").out.endswith("asks for no release: docs: d\n")
    assert "cannot be read" in ship(repo.root, "amend", "HEAD", "-F", str(tmp_path / "none")).err


def test_without_a_message_and_a_terminal_the_way_is_told(
    repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = ship(repo.root, "amend", "HEAD")
    assert (said.code, "-m TEXT or -F FILE" in said.err) == (2, True)


def test_a_wrong_message_and_a_released_commit_are_refused_and_nothing_is_written(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "amend", "HEAD", "-m", "feature: c")
    assert (said.code, said.out) == (1, "")
    assert "column 1: 'feature' is not a type" in said.err
    assert 'hint: did you mean "feat: c"?' in said.err
    assert "the message is empty" in ship(repo.root, "amend", "HEAD", "-m", " ").err
    assert "is released already" in ship(repo.root, "amend", "v1.3.2", "-m", "fix: c").err
    assert repo.git("for-each-ref", "refs/notes") == ""


def test_a_release_as_that_cannot_follow_is_mended_by_an_amendment(repo: Repo, ship: Speaker) -> None:
    repo.commit("fix: c\n\nRelease-As: 1.0.0")
    said = ship(repo.root, "plan")
    assert (said.code, f"hint: cz-ship amend {repo.head[:12]}" in said.err) == (1, True)
    low = ship(repo.root, "amend", "HEAD", "-m", "fix: c\n\nRelease-As: 1.3.2")
    assert (low.code, "a version higher than 1.3.2 was wanted" in low.err) == (1, True)
    said = ship(repo.root, "amend", "HEAD", "-m", "fix: c\n\nRelease-As: 1.10.0")
    assert said.out == f"{repo.head[:7]} now asks for release 1.10.0: fix: c\n"
    assert ship(repo.root, "version", "--next").out == "1.10.0\n"


def test_a_remembered_changelog_follows_the_notes(repo: Repo, ship: Speaker) -> None:
    repo.commit("fix: c")
    repo.tag("v1.3.3")
    plain = [ship(repo.root, "changelog", "--all").out for _ in range(2)]
    assert plain[0] == plain[1]
    repo.git("notes", "--ref=cz-ship", "add", "-m", "fix: c, and how")  # by hand, after the release
    amended = ship(repo.root, "changelog", "--all").out
    assert amended == plain[0].replace("- c\n", "- c, and how\n") != plain[0]
    repo.git("notes", "--ref=cz-ship", "remove")
    assert ship(repo.root, "changelog", "--all").out == plain[0]
