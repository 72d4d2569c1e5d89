"""The README's quick start, typed line by line by a new user: a fresh home, python3, git, and cz-ship's own wheel."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.guards import PROXIES
from tests.support.readme import ROOT, anonymous, astray, blocks, section, settled
from tests.support.repos import Repo
from tests.support.terminal import ENTER, terminal

PACKED = ("src", "pyproject.toml", "README.md", "LICENSE")
# What a shell and the hooks of pre-commit call, beside python3 and git.
TOOLS = ("bash", "sh", "env", "cat", "dirname", "git")
# What the wheel is called here, so that pip takes no other for it, and the README does not say.
VERSION = "9999"
PATIENCE = 600.0  # seconds for one command: pip fetches, and builds are isolated
PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "parcel-post"
version = "1.2.0"
readme = "README.md"
requires-python = ">=3.10"
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.registry,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not (ROOT / "src").is_dir(), reason="a copy of the tree without the sources"),
]


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with cz-ship's own wheel, as it stands in the working tree."""
    tree, made = tmp_path / "tree", tmp_path / "wheels"
    tree.mkdir()
    for name in PACKED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tree / name)
    (tree / "version.txt").write_text(f"{VERSION}\n")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(made), str(tree)]
    subprocess.run(command, check=True, capture_output=True)
    return made


@pytest.fixture
def new_user(tmp_path: Path, wheels: Path) -> list[str]:
    """The beginning of a command in the surroundings of a new user, who has a project and a name, and little else."""
    home, programs = tmp_path / "home", tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(str(shutil.which(tool)))
    (programs / "python3").symlink_to(Path(sys.base_prefix, "bin", "python3"))
    repo = Repo(home / "parcel-post")
    greeting = 'def greet() -> str:\n    """Say hello."""\n    return "hello"\n'
    repo.commit("first version", {"pyproject.toml": PYPROJECT, "src/parcel_post/__init__.py": greeting})
    repo.tag("v1.2.0")
    repo.commit("docs: say what it is", {"README.md": "# parcel-post\n\nSays hello.\n"})
    repo.commit("feat: greet by name", {"src/parcel_post/__init__.py": greeting.replace("()", '(name: str = "you")')})
    repo.git("remote", "add", "origin", "git@git.example.org:ann/parcel-post.git")
    (home / ".gitconfig").write_text("[user]\n\tname = Ann\n\temail = ann@example.org\n")
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.upper() in PROXIES}
    kept |= {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": str(programs),
        "PIP_FIND_LINKS": f"{kept.get('PIP_FIND_LINKS', '')} {wheels}".strip(),
        "PS1": "$ ",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "TERM": "xterm",
        "VIRTUAL_ENV_DISABLE_PROMPT": "1",
    }
    return ["env", "-i", *(f"{name}={value}" for name, value in kept.items()), "bash", "--norc", "--noediting"]


def test_the_quick_start_is_what_a_new_user_sees(tmp_path: Path, new_user: list[str]) -> None:
    shown = "".join(blocks("console", text=section("Quick start")))
    with terminal(new_user, tmp_path / "home") as user:
        for command in (line[2:] for line in shown.splitlines() if line.startswith("$ ")):
            user.type(command, PATIENCE)
            if command == "cz-ship init":
                user.answer("[y/N]", f"y{ENTER}")
            elif command == "cz commit":
                user.answer("type of change", ENTER)
                user.answer("scope of this change", ENTER)
                user.answer("imperative summary", f"greet nobody in particular{ENTER}")
                user.answer("additional contextual", ENTER)
                user.answer("BREAKING CHANGE", ENTER)
                user.answer("Footer", ENTER)
        user.type("exit", PATIENCE)
        assert user.end() == 0, user.text
    # pip may have something to say of how this machine reaches its registry.
    said = [line for line in settled(user.text.rpartition("$ exit")[0]) if not line.startswith("WARNING: ")]
    assert astray(anonymous(settled(shown)), anonymous(said)) == [], user.text
