"""Notes as git keeps them: read as if the commit had been made with that message."""

from pathlib import Path

import pytest

from cz_ship.model import AMENDMENTS
from cz_ship.settings import Settings
from cz_ship.world.clone import clone_local
from cz_ship.world.git import Git, open_repository
from cz_ship.world.rehearsal.theatre import open_theatre
from tests.support.fake_world import FakeTalk
from tests.support.repos import Repo, project

MESSAGES = (
    "fix: a",
    "fix: a\n\nbody",
    "fix: a\nover two lines\n\nbody\n\nRefs: #7\nBREAKING CHANGE: b",
    "fix: a  \n over two lines\n \t\nbody",
    "\n\nfix: a\n\n\n\nbody\n\n",
    "fix: a\r\n\r\nbody\r\n\r\nmore\r\n",
    "fix: é 🎉\n\n# no comment\n\n    code",
    "Release-As: 2.0.0",
)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "p")
    made.commit("feature: as it was\n\nwith a body")
    return made


@pytest.mark.parametrize("message", MESSAGES)
def test_a_note_reads_as_a_commit_of_the_same_message(repo: Repo, message: str) -> None:
    amended, said = repo.head, repo.commit(message)
    git = open_repository(repo.root)
    git.amend(amended, message)
    newest, oldest = git.walk(said).commits
    assert (oldest.subject, oldest.body) == (newest.subject, newest.body)
    assert (oldest.sha, oldest.amended_from, newest.amended_from) == (amended, "feature: as it was", None)


@pytest.mark.parametrize("content", [b"fix: a\0b\n\nc\0\0d", b"fix: \xff\xfe", b"fix: " + b"x" * 300_000])
def test_a_note_of_any_bytes_harms_no_other_commit(repo: Repo, content: bytes) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", input=content)
    repo.git("notes", "--ref=cz-ship", "add", "-C", blob, "HEAD")
    repo.commit("fix: b\n\nits body")
    newest, oldest = Git(repo.root).walk("HEAD").commits
    assert (newest.subject, newest.body, newest.amended_from) == ("fix: b", "its body", None)
    assert oldest.subject.startswith("fix: ")
    assert oldest.amended_from == "feature: as it was"


def test_notes_of_other_kinds_and_empty_ones_change_nothing(repo: Repo) -> None:
    repo.git("notes", "add", "-m", "a remark")
    repo.git("notes", "--ref=cz-ship", "add", "--allow-empty", "-m", "")
    repo.git("config", "notes.displayRef", "*")
    found = Git(repo.root).walk("HEAD").commits
    assert [(each.subject, each.body, each.amended_from) for each in found] == [
        ("feature: as it was", "with a body", None)
    ]


def test_an_opened_repository_sees_what_was_amended_through_it(repo: Repo) -> None:
    git = open_repository(repo.root)
    assert git.amendments() is None
    git.amend("HEAD", "fix: a")
    first = git.amendments()
    git.amend("HEAD", "fix: b")
    assert first != git.amendments() == repo.git("rev-parse", AMENDMENTS)
    assert git.walk("HEAD").commits[0].subject == "fix: b"


def test_a_clone_of_the_callers_own_repository_brings_its_amendments(repo: Repo, tmp_path: Path) -> None:
    git = Git(repo.root)
    git.amend("HEAD", "fix: a")
    clone = clone_local(git, tmp_path / "clone")
    assert clone.walk("HEAD").commits[0].subject == "fix: a"


def test_a_rehearsal_is_played_with_the_amendments(tmp_path: Path) -> None:
    repo = project(tmp_path / "p", "1.0.0")
    git = Git(repo.root)
    git.amend("HEAD", "fix: a")
    with open_theatre(git, Settings(), FakeTalk()) as theatre:
        clone = theatre.clone("main")
        assert clone.remote_refs("origin")[AMENDMENTS] == clone.amendments() == git.amendments()
