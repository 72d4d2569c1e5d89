"""Repositories of every kind, opened as a user's own: what is read is what git itself holds."""

import os
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.flows.notes import all_sections
from cz_ship.flows.survey import survey
from cz_ship.rules.tags import release_tags
from cz_ship.settings import Settings
from cz_ship.world.commitizen import Commitizen
from cz_ship.world.git import Opened, open_repository
from cz_ship.world.process import run
from tests.support.made import CONVENTIONAL, first_releases
from tests.support.repos import CZ_TOML, Repo, remote_of


def released(root: Path) -> Repo:
    """A repository with three commits and two releases, v1.0.0 on the first and v1.1.0 on the second."""
    repo = Repo(root)
    repo.commit("feat: a", {"version.txt": "1.0.0\n", ".cz.toml": CZ_TOML})
    repo.tag("v1.0.0")
    repo.commit("feat: b", {"version.txt": "1.1.0\n"})
    repo.tag("v1.1.0", message="the second")
    repo.commit("fix: c")
    return repo


def labels(git: Opened) -> dict[str, str | None]:
    """Each subject of HEAD's history, newest first, and the release that first contains it."""
    commits = git.walk(git.head().sha or "").commits
    found = first_releases(commits, release_tags(git.tags(), CONVENTIONAL))
    return {each.subject: found[each.sha] for each in commits}


WHOLE = {"fix: c": None, "feat: b": "v1.1.0", "feat: a": "v1.0.0"}


def test_a_linked_worktree_has_its_own_head_and_the_tags_of_all(tmp_path: Path) -> None:
    repo = released(tmp_path / "p")
    repo.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"), "v1.0.0")
    linked = open_repository(tmp_path / "linked")
    assert (linked.root, linked.head()) == (tmp_path / "linked", (repo.git("rev-parse", "v1.0.0"), "topic"))
    assert labels(linked) == {"feat: a": "v1.0.0"}
    assert linked.tags() == open_repository(repo.root).tags()
    assert Path(linked.git_directory).resolve() == repo.root / ".git"
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "detached"), "v1.1.0")
    detached = open_repository(tmp_path / "detached")
    assert detached.head() == (repo.git("rev-parse", "v1.1.0^{}"), None)
    assert open_repository(repo.root).head() == (repo.head, "main")


def test_a_submodule_and_its_superproject_do_not_mix(tmp_path: Path) -> None:
    library = released(tmp_path / "library")
    over = Repo(tmp_path / "over")
    over.commit("feat: over", {"version.txt": "7.0.0\n"})
    over.git("submodule", "--quiet", "add", str(library.root), "parts/library")
    over.commit("feat: with a library")
    over.tag("v7.0.0")
    for folder in (over.root / "parts" / "library", over.root / "parts"):
        git = open_repository(folder)
        inside = folder.name == "library"
        assert git.root == (folder if inside else over.root)
        assert labels(git) == (WHOLE if inside else {"feat: with a library": "v7.0.0", "feat: over": "v7.0.0"})
    inner = open_repository(over.root / "parts" / "library")
    plan = survey(inner, Commitizen(inner.root), "library", Settings())
    assert (str(plan.current), str(plan.next)) == ("1.1.0", "1.1.1")
    (inner.root / "new.txt").write_text("", encoding="utf-8")
    assert inner.changed_files() == ("new.txt",)
    assert open_repository(over.root).changed_files() == ("parts/library",)


def test_hashes_may_be_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    repo = released(tmp_path / "p")
    assert repo.git("rev-parse", "--show-object-format") == "sha256"
    git = open_repository(repo.root)
    assert len(git.head().sha or "") == 64
    assert labels(git) == WHOLE
    assert git.resolve("v1.1.0") == dict(git.tags())["v1.1.0"]
    plan = survey(git, Commitizen(repo.root), "demo", Settings())
    assert str(plan.candidate) == f"1.1.1rc{10**9 + int(repo.head[:7], 16)}"


def test_refs_may_be_a_reftable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DEFAULT_REF_FORMAT", "reftable")
    repo = released(tmp_path / "p")
    if not (repo.root / ".git" / "reftable").is_dir():
        pytest.skip(f"{repo.git('version')} has no reftable; git 2.45 was wanted")
    git = open_repository(repo.root)
    assert git.head() == (repo.head, "main")
    assert labels(git) == WHOLE


def test_before_the_first_commit_there_is_a_branch_and_no_commit(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    git = open_repository(repo.root)
    assert (git.head().sha, git.tags(), git.is_shallow()) == (None, (), False)
    with pytest.raises(Failure, match="there are no commits yet"):
        survey(git, Commitizen(repo.root), "demo", Settings())


def test_a_shallow_clone_is_deepened_before_it_is_read(tmp_path: Path) -> None:
    repo = released(tmp_path / "p")
    remote = remote_of(repo, tmp_path / "remote.git")
    git = open_repository(shallow(remote, tmp_path / "c"))
    assert git.is_shallow()
    assert labels(git) == {"fix: c": None}
    plan = survey(git, Commitizen(git.root), "demo", Settings())
    assert (plan.last_tag and plan.last_tag.name, str(plan.next)) == ("v1.1.0", "1.1.1")
    assert [each.code for each in plan.warnings] == ["shallow"]
    assert not git.is_shallow()
    assert labels(git) == WHOLE


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("remote", "remove", "origin"), "its history is cut off"),
        (("remote", "set-url", "origin", "nowhere.git"), "its history could not be fetched"),
    ],
)
def test_a_shallow_clone_that_cannot_be_deepened_is_refused(change: tuple[str, ...], said: str, tmp_path: Path) -> None:
    remote = remote_of(released(tmp_path / "p"), tmp_path / "remote.git")
    git = open_repository(shallow(remote, tmp_path / "c"))
    git.ask(*change)
    with pytest.raises(Failure, match=said):
        survey(git, Commitizen(git.root), "demo", Settings())


def test_a_remote_that_is_shallow_itself_is_no_whole_history(tmp_path: Path) -> None:
    remote = remote_of(released(tmp_path / "p"), tmp_path / "remote.git")
    middle = Repo.__new__(Repo)
    middle.root = shallow(remote, tmp_path / "middle", depth=2)
    git = open_repository(shallow(middle, tmp_path / "c"))
    with pytest.raises(Failure, match="the history of origin itself is cut off"):
        survey(git, Commitizen(git.root), "demo", Settings())
    assert git.is_shallow()


@pytest.mark.parametrize("left_out", ["blob:none", "tree:0"])
def test_a_partial_clone_is_read_without_fetching_what_it_lacks(left_out: str, tmp_path: Path) -> None:
    repo = released(tmp_path / "p")
    remote = remote_of(repo, tmp_path / "remote.git")
    remote.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "c"
    repo.git("clone", "--quiet", "--no-checkout", f"--filter={left_out}", f"file://{remote.root}", str(clone))
    git = open_repository(clone)
    lacking = missing(git)
    assert lacking
    assert not git.is_shallow()
    assert labels(git) == WHOLE
    assert missing(git) == lacking
    # Only a file that is asked for is fetched.
    assert git.read("v1.0.0", "version.txt") == b"1.0.0\n"
    assert missing(git) != lacking


def test_names_are_told_as_recorded_whatever_a_mailmap_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commitizen prints %an and %ae, which no mailmap changes, log.mailmap or not: hooks see the same here."""
    repo = released(tmp_path / "p")
    mailmap = "Ada Lovelace <ada@example.org> A Tester <tester@example.org>\n"
    repo.commit("feat: names", {".mailmap": mailmap})
    repo.git("config", "log.mailmap", "true")
    commits = open_repository(repo.root).walk(repo.head).commits
    assert {(each.author, each.email) for each in commits} == {("A Tester", "tester@example.org")}
    from commitizen.git import get_commits

    monkeypatch.chdir(repo.root)
    assert [(each.rev, each.author, each.author_email) for each in get_commits()] == [
        (each.sha, each.author, each.email) for each in commits
    ]


def test_a_replaced_commit_is_read_as_its_replacement_under_its_own_hash(tmp_path: Path) -> None:
    repo = released(tmp_path / "p")
    first, second = repo.git("rev-parse", "v1.0.0"), repo.git("rev-parse", "v1.1.0^{}")
    better = repo.git("commit-tree", "-p", first, "-m", "feat: better words", f"{second}^{{tree}}")
    repo.git("replace", second, better)
    git = open_repository(repo.root)
    assert labels(git) == {"fix: c": None, "feat: better words": "v1.1.0", "feat: a": "v1.0.0"}
    assert [each.sha for each in git.walk(repo.head).commits] == [repo.head, second, first]
    repo.git("replace", "--graft", repo.head)
    assert labels(open_repository(repo.root)) == {"fix: c": None}


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "Shift_JIS", "UTF-8"])
def test_a_message_in_another_encoding_is_told_as_text(encoding: str, tmp_path: Path) -> None:
    text = "feat: テスト\n\nBREAKING CHANGE: 終" if encoding == "Shift_JIS" else "feat: café\n\nBREAKING CHANGE: âge"
    repo = Repo(tmp_path / "p")
    repo.git("config", "i18n.commitEncoding", encoding)
    repo.git("config", "i18n.logOutputEncoding", "ISO-8859-1")
    repo.commit(text.encode(encoding))
    assert ("encoding " in repo.git("cat-file", "commit", "HEAD")) is (encoding != "UTF-8")
    (commit,) = open_repository(repo.root).walk("HEAD").commits
    assert commit.message == text


def test_a_message_that_is_not_what_it_says_is_kept_with_replacement_characters(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    first = made_by_hand(repo, "", "Ada <ada@example.org> 0 +0000", "feat: caf\xe9\n".encode("latin-1"))
    repo.git("update-ref", "HEAD", first)
    repo.commit("fix: b")
    assert [each.subject for each in open_repository(repo.root).walk("HEAD").commits] == ["fix: b", "feat: caf\ufffd"]


def test_no_habit_of_a_user_changes_what_is_read(tmp_path: Path) -> None:
    repo = released(tmp_path / "p")
    before = open_repository(repo.root).walk(repo.head)
    repo.git("notes", "add", "-m", "feat: a note", "HEAD")
    for setting in (
        "log.showSignature=true", "log.mailmap=true", "log.decorate=full", "log.date=relative", "log.follow=true",
        "log.abbrevCommit=true", "format.pretty=oneline", "format.notes=true", "notes.displayRef=*", "color.ui=always",
        "log.diffMerges=first-parent", "i18n.logOutputEncoding=latin1", "core.commentChar=f", "core.abbrev=4",
        "diff.external=false", "core.pager=false", "core.quotePath=true", "log.showRoot=false", "column.ui=always",
    ):  # fmt: skip
        repo.git("config", *setting.split("=", 1))
    git = open_repository(repo.root)
    assert git.walk(repo.head) == before
    assert git.time("HEAD") == before.commits[0].time
    assert labels(git) == WHOLE


def test_commits_with_broken_people_and_times_are_read(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    made, times = "", (0, 999999999999999, 99999999999999999999, 0)
    people = ("nobody", f"A <a@x> {times[1]} +0000", f"A <a@x> {times[2]} +0000", "<> -1 +0000")
    for number, person in enumerate(people):
        made = made_by_hand(repo, made, person, b"feat: a\n")
        repo.git("update-ref", f"refs/tags/v1.{number}.0", made)
    git = open_repository(repo.root)
    assert [each.time for each in git.walk(made).commits] == [*reversed(times)]
    assert [git.time(f"v1.{number}.0") for number in range(4)] == [*times]
    repo.write({".cz.toml": CZ_TOML})
    days = {each.title: each.date for each in all_sections(git, Commitizen(repo.root), made)}
    assert days == dict.fromkeys(("v1.3.0", "v1.2.0", "v1.1.0", "v1.0.0"), "1970-01-01")


def test_a_repository_that_was_brought_forward_is_looked_at_anew(tmp_path: Path) -> None:
    repo = released(tmp_path / "p")
    remote = remote_of(repo, tmp_path / "remote.git")
    git = open_repository(remote.clone(tmp_path / "c").root)
    assert git.head().sha == repo.head
    repo.commit("feat: d")
    repo.tag("v1.2.0")
    repo.git("push", "--quiet", "--tags", "origin", "main")
    assert git.fast_forward("main", "origin") is True
    assert git.head() == (repo.head, "main")
    assert dict(git.tags())["v1.2.0"] == repo.head


def shallow(remote: Repo, into: Path, depth: int = 1) -> Path:
    """A shallow clone, as a CI job has it: without tags."""
    options = ("--quiet", f"--depth={depth}", "--no-tags", "--no-single-branch")
    done = run(["git", "clone", *options, f"file://{remote.root}", into], env=dict(os.environ))
    assert done.code == 0, done.words
    return into


def made_by_hand(repo: Repo, parent: str, person: str, message: bytes) -> str:
    """A commit that git itself would not have made."""
    head = [f"tree {repo.git('mktree', input=b'')}", *([f"parent {parent}"] if parent else [])]
    text = "\n".join([*head, f"author {person}", f"committer {person}", "", ""]).encode() + message
    return repo.git("hash-object", "-t", "commit", "--literally", "-w", "--stdin", input=text)


def missing(git: Opened) -> set[str]:
    """The objects that a partial clone lacks."""
    told = git.ask("rev-list", "--objects", "--all", "--missing=print").splitlines()
    return {line for line in told if line.startswith("?")}
