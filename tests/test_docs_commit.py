"""docs/commit.md, followed line by line in one project."""

import shlex
import sys
from pathlib import Path

import pytest

from tests.support.readme import blocks
from tests.support.repos import Repo
from tests.support.said import Speaker
from tests.support.terminal import DOWN, ENTER, terminal

PAGE = "docs/commit.md"
CZ = Path(sys.executable).with_name("cz")
PYPROJECT = '[project]\nname = "parcel"\ndynamic = ["version"]\n'
# What the commits before the page's first command say, oldest first.
BEFORE = ("docs: how to greet", "Feat(greet): greet by name", "chore: tidy up\n\nThis breaks the API of greet.")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """The project of the page, with a change that is staged."""
    made = Repo(tmp_path / "parcel")
    (settings,) = blocks("toml", PAGE)
    made.commit("chore: begin", {".cz.toml": settings, "version.txt": "1.3.2\n", "pyproject.toml": PYPROJECT})
    made.commit("feat: greet", {"src/greet/__init__.py": "", "src/wave/__init__.py": ""})
    made.tag("v1.3.2")
    for message in BEFORE:
        made.commit(message)
    made.write({"src/wave/__init__.py": "HAND = 1\n"})
    made.git("add", "--all")
    made.moment += 60
    return made


def answered(repo: Repo) -> str:
    """The screen of the page's `cz commit`, to its end."""
    moment = f"{repo.moment} +0000"
    with terminal([CZ, "commit"], repo.root, {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}) as cz:
        cz.answer("What kind of change", DOWN + ENTER)
        cz.answer("What part", DOWN + ENTER)
        cz.answer("in a few words", "wave with one hand" + ENTER)
        cz.answer("more to say", ENTER)
        cz.answer("break what worked", "n")
        cz.answer("References", "Refs #7" + ENTER)
        cz.answer("Commit it?", "y")
        assert cz.end() == 0, cz.text
        return cz.text


def done(repo: Repo, ship: Speaker, block: str) -> str:
    """A console block as it comes out: each of its commands, run, with what it prints."""
    told = []
    for line in block.splitlines():
        if line.startswith("$ "):
            program, *arguments = shlex.split(line[2:])
            told.append(line)
            if program == "git":
                repo.moment += 60
                repo.git(*arguments)
            else:
                told += ship(repo.root, *arguments).out.splitlines()
    return "\n".join([*told, ""])


@pytest.mark.slow
def test_the_page_is_what_happens(repo: Repo, ship: Speaker) -> None:
    (screen,) = blocks("text", PAGE)
    assert f"$ cz commit\n{answered(repo)}\n" == screen
    for block in blocks("console", PAGE):
        assert done(repo, ship, block) == block
