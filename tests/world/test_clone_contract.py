"""What a private clone promises, kept by the real one and by the one of the fake world alike."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from cz_ship.errors import Failure
from cz_ship.model import AMENDMENTS, AUTHOR, Amendments
from cz_ship.ports import Clone, Repository
from cz_ship.world.clone import clone_remote
from cz_ship.world.git import Git
from tests.support.fake_git import FakeClone, FakeRemote, FakeRepository, FakeTag
from tests.support.gate import Gate
from tests.support.repos import START, Repo, remote_of

WISH = {"version.txt": "1.0.0\n"}


class Stage(Protocol):
    """A remote with one commit on main, and its clones."""

    def clone(self) -> Clone: ...
    def checkout(self) -> Repository: ...
    def commit(self, files: Mapping[str, str]) -> str: ...
    def tag(self, name: str) -> None: ...
    def amend(self, commit: str, message: str) -> str: ...


class RealStage:
    """git itself."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._repo = Repo(place / "developer")
        self._repo.commit("feat: first steps", {**WISH})
        self._remote = remote_of(self._repo, place / "remote.git")
        self._clones = 0

    def clone(self) -> Clone:
        self._clones += 1
        return clone_remote(Git(self._repo.root), "origin", self._place / f"clone-{self._clones}")

    def checkout(self) -> Repository:
        return Git(self._remote.clone(self._place / "checkout").root)

    def commit(self, files: Mapping[str, str]) -> str:
        self._repo.git("pull", "--quiet", "--rebase", "origin", "main")
        sha = self._repo.commit("fix: hum", {**files})
        self._repo.git("push", "--quiet", "origin", "main")
        return sha

    def tag(self, name: str) -> None:
        self._repo.tag(name)
        self._repo.git("push", "--quiet", "origin", name)

    def amend(self, commit: str, message: str) -> str:
        Git(self._repo.root).amend(commit, message)
        self._repo.git("push", "--quiet", "origin", AMENDMENTS)
        return self._repo.git("rev-parse", AMENDMENTS)


class FakeStage:
    """The git of the fake world."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._remote = FakeRemote()
        self._remote.commit("feat: first steps", WISH)
        self._clones = 0

    def clone(self) -> Clone:
        self._clones += 1
        clone = FakeClone(self._place / f"clone-{self._clones}", self._remote, Gate(), Gate())
        clone.fetch()
        return clone

    def checkout(self) -> Repository:
        made = FakeRepository(self._place / "checkout", self._remote, Gate(), Gate())
        made.take(self._remote)
        made.on, made.heads["main"] = "main", self._remote.heads["main"]
        made.lay(self._remote.heads["main"])
        return made

    def commit(self, files: Mapping[str, str]) -> str:
        return self._remote.commit("fix: hum", files)

    def tag(self, name: str) -> None:
        self._remote.tags[name] = FakeTag(self._remote.heads["main"])

    def amend(self, commit: str, message: str) -> str:
        self._remote.amend(commit, message)
        return str(self._remote.notes)


@pytest.fixture(params=[RealStage, FakeStage], ids=["real", "fake"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    made: Stage = request.param(tmp_path)
    return made


def prepared(clone: Clone, message: str = "the promise\n") -> tuple[str, str]:
    """A bump commit and its tag in a clone: the tip it stands on, and the commit."""
    tip = clone.resolve("refs/remotes/origin/main") or ""
    clone.checkout(tip)
    (clone.root / "version.txt").write_text("1.1.0\n", encoding="utf-8")
    sha = clone.commit_all("bump: version 1.0.0 → 1.1.0", START + 60)
    clone.create_tag("v1.1.0", sha, message, START + 60)
    return tip, sha


def test_a_push_brings_branch_and_tag(stage: Stage) -> None:
    clone = stage.clone()
    tip, sha = prepared(clone)
    assert clone.push("main", sha, tip, "v1.1.0") is True
    fresh = stage.clone()
    refs = fresh.remote_refs("origin")
    assert (refs["HEAD"], refs["refs/heads/main"], refs["refs/tags/v1.1.0"]) == ("refs/heads/main", sha, sha)
    assert fresh.tags() == (("v1.1.0", sha),)
    assert fresh.tag_message("v1.1.0").strip() == "the promise"
    assert [commit.subject for commit in fresh.walk(sha, tip).commits] == ["bump: version 1.0.0 → 1.1.0"]
    assert fresh.read(sha, "version.txt") == b"1.1.0\n"
    assert fresh.time(sha) == START + 60
    assert (fresh.single(sha).author, fresh.single(sha).subject) == (AUTHOR, "bump: version 1.0.0 → 1.1.0")
    assert [commit.author for commit in fresh.history(sha)] == ["", ""]


def test_the_same_release_in_two_clones_is_the_same_and_may_be_pushed_twice(stage: Stage) -> None:
    one, other = stage.clone(), stage.clone()
    (tip, sha), (_, again) = prepared(one), prepared(other)
    assert again == sha
    assert one.push("main", sha, tip, "v1.1.0") is True
    assert other.push("main", sha, tip, "v1.1.0") is True


def test_a_branch_that_moved_takes_neither_branch_nor_tag(stage: Stage) -> None:
    clone = stage.clone()
    tip, sha = prepared(clone)
    moved = stage.commit({"hum.py": ""})
    assert clone.push("main", sha, tip, "v1.1.0") is False
    refs = clone.remote_refs("origin")
    assert refs["refs/heads/main"] == moved
    assert "refs/tags/v1.1.0" not in refs


def test_a_tag_that_came_first_keeps_the_branch_where_it_is(stage: Stage) -> None:
    clone = stage.clone()
    tip, sha = prepared(clone)
    stage.tag("v1.1.0")
    assert clone.push("main", sha, tip, "v1.1.0") is False
    refs = clone.remote_refs("origin")
    assert refs["refs/heads/main"] == refs["refs/tags/v1.1.0"] == tip


def test_another_promise_under_the_same_name_is_not_taken(stage: Stage) -> None:
    one, other = stage.clone(), stage.clone()
    (tip, sha), _ = prepared(one), prepared(other, "another promise\n")
    assert one.push("main", sha, tip, "v1.1.0") is True
    assert other.push("main", sha, tip, "v1.1.0") is False


def test_a_fetch_takes_away_the_tags_that_the_remote_lacks(stage: Stage) -> None:
    clone = stage.clone()
    tip, sha = prepared(clone)
    clone.fetch()
    assert clone.tags() == ()
    with pytest.raises(Failure, match="does not match any"):
        clone.push("main", sha, tip, "v1.1.0")


def test_a_checkout_takes_away_what_was_changed_and_left(stage: Stage) -> None:
    clone = stage.clone()
    tip, _ = prepared(clone)
    (clone.root / "left.txt").write_text("", encoding="utf-8")
    clone.checkout(tip)
    assert (clone.root / "version.txt").read_text(encoding="utf-8") == "1.0.0\n"
    assert not (clone.root / "left.txt").exists()
    with pytest.raises(Failure, match="nothing to commit"):
        clone.commit_all("bump: nothing", START)


def test_what_a_clone_does_not_know_it_does_not_resolve(stage: Stage) -> None:
    clone = stage.clone()
    tip = clone.resolve("refs/remotes/origin/main")
    assert tip
    unknown = stage.commit({"hum.py": ""})
    assert clone.resolve(unknown) is None
    with pytest.raises(Failure, match="Not a valid commit name"):
        clone.contains(unknown, tip)
    clone.fetch()
    assert clone.resolve(unknown) == unknown
    assert (clone.contains(unknown, tip), clone.contains(tip, unknown)) == (True, False)
    assert clone.walk(tip, unknown).aside == 1


def test_a_clean_checkout_follows_and_a_dirty_one_stays(stage: Stage) -> None:
    checkout = stage.checkout()
    before = checkout.head()
    moved = stage.commit({"hum.py": ""})
    (checkout.root / "version.txt").write_text("2.0.0\n", encoding="utf-8")
    assert checkout.changed_files() == ("version.txt",)
    assert checkout.fast_forward("main", "origin") is False
    assert checkout.head() == before
    (checkout.root / "version.txt").write_text("1.0.0\n", encoding="utf-8")
    assert checkout.fast_forward("main", "origin") is True
    assert checkout.head() == (moved, "main")
    assert (checkout.root / "hum.py").is_file()


def test_a_clone_brings_the_amendments_of_the_remote(stage: Stage) -> None:
    clone = stage.clone()
    tip = clone.resolve("refs/remotes/origin/main") or ""
    assert clone.amendments() is None
    assert clone.walk(tip).commits[0].amended_from is None
    made = stage.amend(tip, "fix: one step\n\nBREAKING CHANGE: the other foot first")
    clone.fetch()
    assert clone.amendments() == made == clone.remote_refs("origin")[AMENDMENTS]
    for commit in (*clone.walk(tip).commits, *clone.history(tip)):
        assert (commit.sha, commit.subject, commit.amended_from) == (tip, "fix: one step", "feat: first steps")
        assert commit.body == "BREAKING CHANGE: the other foot first"


def test_amendments_of_another_repository_count_when_they_are_placed(stage: Stage) -> None:
    checkout, clone = stage.checkout(), stage.clone()
    tip = clone.resolve("refs/remotes/origin/main") or ""
    checkout.amend(tip, "fix: one step")
    checkout.amend(tip, "fix: two steps")
    clone.fetch_amendments(checkout)
    assert clone.amendments() is None
    clone.place_amendments(checkout.amendments() or "")
    assert clone.walk(tip).commits[0].subject == "fix: two steps"
    clone.fetch()  # which takes away what the remote lacks
    assert clone.amendments() is None


def test_a_push_brings_the_amendments_with_branch_and_tag(stage: Stage) -> None:
    checkout, clone = stage.checkout(), stage.clone()
    checkout.amend(clone.resolve("refs/remotes/origin/main") or "", "fix: one step")
    ours = checkout.amendments() or ""
    clone.fetch_amendments(checkout)
    tip, sha = prepared(clone)
    assert clone.push("main", sha, tip, "v1.1.0", Amendments(ours, None)) is True
    assert clone.push("main", sha, tip, "v1.1.0", Amendments(ours, None)) is True
    refs = stage.clone().remote_refs("origin")
    assert (refs["refs/heads/main"], refs["refs/tags/v1.1.0"], refs[AMENDMENTS]) == (sha, sha, ours)


def test_amendments_that_moved_keep_branch_and_tag_where_they_are(stage: Stage) -> None:
    checkout, clone = stage.checkout(), stage.clone()
    tip, sha = prepared(clone)
    checkout.amend(tip, "fix: one step")
    clone.fetch_amendments(checkout)
    theirs = stage.amend(tip, "fix: another step")
    assert clone.push("main", sha, tip, "v1.1.0", Amendments(checkout.amendments() or "", None)) is False
    refs = clone.remote_refs("origin")
    assert (refs["refs/heads/main"], refs[AMENDMENTS]) == (tip, theirs)
    assert "refs/tags/v1.1.0" not in refs


def test_a_branch_comes_moves_and_goes_by_compare_and_swap(stage: Stage) -> None:
    clone, other = stage.clone(), stage.clone()
    tip, sha = prepared(clone)
    assert clone.move("cz-ship/release-main", sha, None) is True
    assert clone.move("cz-ship/release-main", sha, None) is True, "it is there already"
    refs = other.remote_refs("origin")
    assert (refs["refs/heads/cz-ship/release-main"], refs["refs/heads/main"]) == (sha, tip)
    assert other.move("cz-ship/release-main", tip, None) is False, "it has come meanwhile"
    assert other.move("cz-ship/release-main", tip, sha) is True, "also backwards"
    assert clone.move("cz-ship/release-main", None, sha) is False
    assert "refs/heads/cz-ship/release-main" in clone.remote_refs("origin")
    assert clone.move("cz-ship/release-main", None, tip) is True
    assert clone.move("cz-ship/release-main", None, tip) is False, "it is gone already"
    assert "refs/heads/cz-ship/release-main" not in clone.remote_refs("origin")


def test_what_a_branch_brought_is_told_from_what_came_meanwhile(stage: Stage) -> None:
    clone = stage.clone()
    tip, sha = prepared(clone)
    later = stage.commit({"hum.py": "", "sub/deep é.py": ""})
    clone.fetch()
    assert clone.brought(later, sha) == ("version.txt",)
    assert set(clone.brought(sha, later)) == {"hum.py", "sub/deep é.py"}
    assert clone.brought(later, tip) == ()


def test_the_newest_change_of_a_file_is_found(stage: Stage) -> None:
    first = stage.clone().resolve("refs/remotes/origin/main") or ""
    hummed = stage.commit({"hum.py": ""})
    clone = stage.clone()
    assert clone.newest_change(hummed, "version.txt") == first
    assert clone.newest_change(hummed, "hum.py") == hummed
    assert clone.newest_change(first, "hum.py") is None
