"""What was foreseen holds as long as nothing has changed that it was made of."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cz_ship.world.foreseen import keep, recall, state
from tests.support.repos import Repo

FOLLOWING = {"": None, "patch": "1.0.1", "minor": "1.1.0", "major": "2.0.0"}
FORESEEN = {
    "why": "",
    "current": "1.0.0",
    "following": FOLLOWING,
    "amended": {},
    "needed": dict.fromkeys(FOLLOWING),
    "author": "Ada\nada@example.org\n@0 +0000",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "p")
    made.commit("feat: a", {"version.txt": "1.0.0\n"})
    made.tag("v1.0.0")
    made.tag("nested/v0.9.0")
    (made.root / ".git" / "cz-ship").mkdir()
    (made.root / ".git" / "cz-ship" / "known.json").write_text("{}")
    return made


def now(repo: Repo, provider: str = "version_txt") -> list[str] | None:
    return state(str(repo.root), str(repo.root / ".git"), str(repo.root / ".git"), provider)


def test_what_was_kept_is_recalled_in_the_same_state(repo: Repo) -> None:
    before = now(repo)
    assert before is not None
    assert before[0] == repo.head
    assert recall(str(repo.root / ".git"), before) is None
    keep(str(repo.root / ".git"), before, FORESEEN)
    assert recall(str(repo.root / ".git"), now(repo) or []) == (repo.head, FORESEEN)
    keep(str(repo.root / ".git"), before, {"why": "no version"})
    assert recall(str(repo.root / ".git"), before) == (repo.head, {"why": "no version"})
    head = repo.head
    repo.commit("fix: b")
    assert recall(str(repo.root / ".git"), now(repo) or []) == (head, {"why": "no version"})


@pytest.mark.parametrize(
    "change",
    [
        lambda repo: repo.commit("fix: b"),
        lambda repo: repo.tag("v1.0.1"),
        lambda repo: repo.tag("nested/v1.0.1"),
        lambda repo: repo.git("tag", "--force", "v1.0.0", repo.git("commit-tree", "-m", "x", "HEAD^{tree}")),
        lambda repo: repo.git("tag", "--delete", "v1.0.0"),
        lambda repo: repo.git("pack-refs", "--all"),
        lambda repo: repo.git("notes", "--ref=cz-ship", "add", "-m", "feat: other"),
        lambda repo: repo.git("replace", "HEAD", repo.git("commit-tree", "-m", "x", "HEAD^{tree}")),
        lambda repo: repo.write({"version.txt": "2.0.0\n"}),
        lambda repo: repo.write({".git/shallow": repo.head + "\n"}),
        lambda repo: repo.write({".git/info/grafts": repo.head + "\n"}),
        lambda repo: repo.write({".git/cz-ship/known.json": "[]"}),
    ],
)
def test_any_change_of_what_counts_is_seen(repo: Repo, change: Callable[[Repo], object]) -> None:
    before = now(repo)
    change(repo)
    assert now(repo) != before


def test_the_head_is_found_packed_and_detached(repo: Repo) -> None:
    repo.git("branch", "other/main")
    repo.git("pack-refs", "--all")
    assert not (repo.root / ".git" / "refs" / "heads" / "main").exists()
    assert (now(repo) or [""])[0] == repo.head
    repo.git("switch", "--quiet", "--detach")
    assert (now(repo) or [""])[0] == repo.head


def test_where_it_cannot_be_told_nothing_is_kept(repo: Repo, tmp_path: Path) -> None:
    assert now(repo, "scm") is None
    assert now(Repo(tmp_path / "unborn")) is None
    (repo.root / ".git" / "reftable").mkdir()
    assert now(repo) is None


@pytest.mark.parametrize("damage", [b"", b"[]", b"\xff", b'{"form": 1}', b"[" * 100_000])
def test_a_damaged_record_is_no_record(repo: Repo, damage: bytes) -> None:
    before = now(repo)
    assert before is not None
    keep(str(repo.root / ".git"), before, FORESEEN)
    (repo.root / ".git" / "cz-ship" / "foreseen.json").write_bytes(damage)
    assert recall(str(repo.root / ".git"), before) is None


@pytest.mark.parametrize(
    "less", [{"following": {"": None}}, {"following": {}}, {"amended": {"": None}}, {"amended": 1}, {"needed": {}}]
)
def test_a_record_without_every_answer_is_no_record(repo: Repo, less: Mapping[str, object]) -> None:
    before = now(repo)
    assert before is not None
    keep(str(repo.root / ".git"), before, {**FORESEEN, **less})
    assert recall(str(repo.root / ".git"), before) is None
