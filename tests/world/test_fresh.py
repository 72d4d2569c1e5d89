"""Commits that were just made are read as git would tell them; in any doubt, git is asked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.world.fresh import fresh_commits
from tests.support.repos import Repo


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "p")
    made.commit("feat: a", {"a": "a"})
    return made


def fresh(repo: Repo, before: str, since: int = 0) -> list[tuple[str, str]] | None:
    return fresh_commits(str(repo.root / ".git"), repo.head, before, since)


@pytest.mark.parametrize("message", ["fix: é", "fix: b\n\nbody\n\n\nRefs #7", "docs: c\n\n   fix: indented", "x"])
def test_a_fresh_commit_is_read_as_git_tells_it(repo: Repo, message: str) -> None:
    before = repo.head
    repo.commit(message)
    shown = repo.git("show", "--no-patch", "--date=raw", "--format=%an%n%ae%n@%ad%x00%s%n%n%b")
    author, _, text = shown.partition("\0")
    subject, _, body = text.partition("\n\n")
    told = f"{subject}\n\n{body.strip()}".strip()  # as in `Commit.message`
    assert fresh(repo, before) == [(author, told)]
    repo.commit("docs: d")
    assert [each for _, each in fresh(repo, before) or ()] == ["docs: d", told]
    assert fresh(repo, repo.head) == []


def made(repo: Repo, *arguments: str) -> None:
    repo.git("reset", "--quiet", "--soft", repo.git("commit-tree", *arguments, "HEAD^{tree}"))


@pytest.mark.parametrize(
    "change",
    [
        lambda repo: made(repo, "-p", "HEAD", "-p", repo.git("commit-tree", "-m", "x", "HEAD^{tree}"), "-m", "fix: b"),
        lambda repo: made(repo, "-m", "fix: another root"),
        lambda repo: made(repo, "-p", "HEAD", "-m", "fix: b\nits subject goes on"),
        lambda repo: made(repo, "-p", "HEAD", "-m", "\nfix: b"),
        lambda repo: made(repo, "-p", "HEAD", "-m", "fix: b\n\nc\r"),
        lambda repo: repo.git("-c", "i18n.commitEncoding=latin-1", "commit", "--allow-empty", "-m", "fix: b"),
        lambda repo: (repo.commit("fix: b"), repo.git("repack", "-adq")),
        lambda repo: [repo.commit(f"fix: {each}") for each in range(21)],
        lambda repo: repo.git("commit", "--amend", "--allow-empty", "-m", "fix: instead"),
    ],
    ids=["merge", "root", "long subject", "blank first", "CR", "encoding", "packed", "many", "amended"],
)
def test_what_is_not_plain_is_asked_of_git(repo: Repo, change: Callable[[Repo], object]) -> None:
    before = repo.head
    change(repo)
    assert fresh(repo, before) is None


def test_a_commit_that_is_older_than_the_tags_may_have_one(repo: Repo) -> None:
    before = repo.head
    repo.commit("fix: b")
    written = (repo.root / ".git" / "objects" / repo.head[:2] / repo.head[2:]).stat().st_mtime_ns
    assert fresh(repo, before, written - 1) is not None
    assert fresh(repo, before, written) is None
