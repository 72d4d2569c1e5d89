"""The door of init: what it sees, what is in its way, and files laid down all or none."""

import os
import sys
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.site import Edit
from cz_ship.world.git import open_repository
from cz_ship.world.process import run
from cz_ship.world.site import ProjectFolder
from tests.support.blueprints import CASES
from tests.support.repos import Repo

EDITS = (Edit("new/deep/a.txt", None, "a\n", ()), Edit("b.txt", "b\r\n", "c\r\n", ()))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "p")
    made.commit("feat: a", {"b.txt": "b\r\n", ".gitignore": "*.log\n"})
    return made


def site(repo: Repo) -> ProjectFolder:
    return ProjectFolder(open_repository(repo.root))


def test_it_sees_texts_as_they_are_tags_of_its_history_and_what_git_ignores(repo: Repo) -> None:
    repo.tag("v1.0.0")
    repo.git("switch", "--quiet", "-c", "other")
    repo.commit("feat: b")
    repo.tag("v2.0.0")
    repo.git("switch", "--quiet", "main")
    repo.git("remote", "add", "origin", "git@git.example.org:ann/demo.git")
    repo.write({"b.txt": "d\r\n", "ü.txt": "", "x.log": ""})
    view = site(repo).view(["b.txt", "no.txt"], ["x.log", "b.txt"])
    assert view.texts == {"b.txt": "d\r\n"}
    assert set(view.paths) == {".gitignore", "b.txt", "ü.txt"}
    assert view.ignored == {"x.log"}
    assert view.changed >= {"b.txt"}
    assert (view.tags, view.branch, view.remote) == (("v1.0.0",), "main", "git@git.example.org:ann/demo.git")


def test_a_repository_without_a_commit_is_seen(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "p")
    assert site(repo).view([], []).tags == ()


def test_all_is_written_with_the_line_ends_and_modes_that_files_have(repo: Repo) -> None:
    (repo.root / "b.txt").chmod(0o755)
    site(repo).lay(EDITS)
    assert (repo.root / "b.txt").read_bytes() == b"c\r\n"
    assert (repo.root / "b.txt").stat().st_mode & 0o777 == 0o755
    assert (repo.root / "new/deep/a.txt").read_text() == "a\n"
    assert not list(repo.root.rglob("*.cz-ship"))


def test_where_one_cannot_be_written_all_are_put_back(repo: Repo) -> None:
    (repo.root / "folder").mkdir()
    with pytest.raises(Failure, match="cannot be written: Is a directory; nothing is changed"):
        site(repo).lay((*EDITS, Edit("folder", None, "", ())))
    assert sorted(path.name for path in repo.root.iterdir()) == [".git", ".gitignore", "b.txt", "folder"]
    assert (repo.root / "b.txt").read_bytes() == b"b\r\n"


def test_a_file_that_was_changed_in_the_meantime_is_left(repo: Repo) -> None:
    with pytest.raises(Failure, match=r"b\.txt was changed while init looked at it"):
        site(repo).lay((EDITS[0], EDITS[1]._replace(before="b\n")))
    assert (repo.root / "b.txt").read_bytes() == b"b\r\n"
    assert not (repo.root / "new").exists()


def test_what_is_in_the_way_is_told_by_name(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (repo.root / "link").symlink_to(tmp_path / "elsewhere")
    (repo.root / "file-link").symlink_to("b.txt")
    (repo.root / "folder").mkdir()
    (repo.root / "fixed").write_text("")
    (repo.root / "fixed").chmod(0o444)
    Repo(repo.root / "sub")
    told = site(repo).obstacles(
        [Edit(path, None, "", ()) for path in ("link/a", "file-link", "folder", "fixed", "b.txt/a", "sub/a", "ok/a")]
    )
    assert [each.replace(str(tmp_path), "") for each in told] == [
        "link is a symlink to /elsewhere: what it leads to is not changed",
        "file-link is a symlink to b.txt: what it leads to is not changed",
        "folder is a folder, a file was wanted",
        "fixed is read-only",
        "b.txt is a file, a folder was wanted",
        "sub/a would stand in the submodule sub",
    ]


def test_what_is_not_utf_8_is_told_and_a_module_passed_over(repo: Repo) -> None:
    repo.write({"a.toml": b"\xff", "a.py": b"\xff"})
    assert site(repo).view(["a.py"], []).texts == {}
    with pytest.raises(Failure, match=r"a\.toml is not UTF-8 \(byte 0\)"):
        site(repo).view(["a.toml"], [])


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from cz_ship.flows.scaffold import lay_down, propose
from cz_ship.world import effects
from cz_ship.world.git import open_repository
from cz_ship.world.site import ProjectFolder
root = Path(sys.argv[1])

class Count:
    names = []
    def before(self, effect): self.names.append(effect)
    def after(self, effect): pass

class Kill:
    def __init__(self, number, moment): self.left, self.moment = number, moment
    def before(self, effect): self.at("before")
    def after(self, effect):
        self.at("after")
        self.left -= 1
    def at(self, moment):
        if self.left == 0 and moment == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)

def files(folder):
    own = (path for path in folder.rglob("*") if path.is_file() and ".git/" not in str(path))
    return {str(path.relative_to(folder)): path.read_bytes() for path in own}

def init(folder):
    site = ProjectFolder(open_repository(folder))
    lay_down(site, propose(site, "1.0.0"))

before = files(root)
straight = Path(shutil.copytree(root, root.with_name("straight")))
effects.watch(Count())
init(straight)
effects._gates.clear()
wanted, count = files(straight), len([name for name in Count.names if name.startswith("write ")])
for number in range(count):
    for moment in ("before", "after"):
        folder = Path(shutil.copytree(root, root.with_name(f"{number}-{moment}")))
        child = os.fork()
        if child == 0:
            effects.watch(Kill(number, moment))
            init(folder)
            os._exit(7)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, status
        left = {name: text for name, text in files(folder).items() if not name.endswith(".cz-ship")}
        assert all(text in (before.get(name), wanted.get(name)) for name, text in left.items()), left
        init(folder)
        assert files(folder) == wanted, (number, moment)
print(count)
"""


@pytest.mark.slow
def test_a_killed_run_leaves_whole_files_and_a_second_one_completes_it(repo: Repo) -> None:
    repo.commit("feat: b", {"pyproject.toml": (CASES / "hatch-vcs/in/pyproject.toml").read_bytes()})
    repo.tag("v1.2.0")
    done = run([sys.executable, "-c", KILLED, repo.root], env={"PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.code == 0, done.words
    assert int(done.text) >= 9
