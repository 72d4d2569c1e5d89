"""The fixes that doctor carries out."""

from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.rules.blueprint_files import INSTALL
from cz_ship.world.mending import carry_out, ignore
from tests.support.repos import Repo


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b".env\n"),
        (b"", b".env\n"),
        (b"*.pyc\n", b"*.pyc\n.env\n"),
        (b"*.pyc", b"*.pyc\n.env\n"),
        (b"*.pyc\r\n", b"*.pyc\r\n.env\r\n"),
    ],
)
def test_what_was_ignored_before_stays_so(before: bytes | None, after: bytes, tmp_path: Path) -> None:
    path = tmp_path / ".gitignore"
    if before is not None:
        path.write_bytes(before)
    ignore(".env", tmp_path)
    assert path.read_bytes() == after


def test_a_command_that_fails_is_told_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"`git fetch nowhere` ended with 128: fatal: not a git repository"):
        carry_out("git fetch nowhere", tmp_path)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot run no-such-program"):
        carry_out("no-such-program now", tmp_path)


def test_hooks_are_installed_by_the_pre_commit_that_stands_beside(tmp_path: Path) -> None:
    repo = Repo(tmp_path)
    repo.write({".pre-commit-config.yaml": "repos: []\n"})
    carry_out(INSTALL, tmp_path)
    assert (tmp_path / ".git" / "hooks" / "pre-commit").exists()
    assert (tmp_path / ".git" / "hooks" / "commit-msg").exists()
