"""The lines that a commit's files have since its merge base with another."""

from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.diff import changed_lines
from tests.support.repos import Repo


def test_the_changed_lines_are_those_since_the_merge_base(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit("feat: a", {"a.py": "1\n2\n3\n", "old.py": "1\n"})
    repo.git("switch", "--quiet", "--create", "topic")
    tip = repo.commit("feat: b", {"a.py": "1\nnew\n3\nfour\n", "ä b.py": "x\ny\n"})
    repo.git("rm", "--quiet", "old.py")
    repo.git("switch", "--quiet", "main")
    repo.commit("feat: elsewhere", {"a.py": "0\n1\n2\n3\n"})
    assert changed_lines(repo.root, "main", tip) == {"a.py": (2, 4), "ä b.py": (1, 2)}
    with pytest.raises(Failure, match="cannot compare"):
        changed_lines(repo.root, "nothing", tip)


def test_lines_are_those_of_the_files_and_of_no_program_that_shows_them(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.commit("feat: a", {".gitattributes": "*.py diff=shown\n", "a.py": "1\n"})
    repo.git("switch", "--quiet", "--create", "topic")
    tip = repo.commit("feat: b", {"a.py": "1\n2\n"})
    repo.git("config", "diff.shown.textconv", "sed p")
    assert changed_lines(repo.root, "main", tip) == {"a.py": (2,)}
