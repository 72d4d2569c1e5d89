"""The hooks as others get them: installed by pre-commit from a repository, and run by git."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.examples import SWEEPING
from tests.support.readme import ROOT
from tests.support.repos import CZ_TOML, Repo, remote_of

OURS = ("src", "pyproject.toml", "version.txt", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
PRE_COMMIT = str(Path(sys.executable).with_name("pre-commit"))
pytestmark = pytest.mark.skipif(not (ROOT / "src").is_dir(), reason="a copy of the tree without the sources")
HOOKS = ("cz-ship-check", "cz-ship-branch", "cz-ship-files")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What cz-ship is built with and runs on is that of this environment: no registry is asked."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.environ["PYTHONPATH"], sysconfig.get_path("purelib")]))
    monkeypatch.setenv("PIP_NO_DEPS", "1")
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")  # pip's own spelling of: without isolation
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))


def run(repo: Repo, *command: str) -> tuple[int, str]:
    """Run a program in a repository; its exit code and all it says."""
    done = subprocess.run(
        command, cwd=repo.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def config(hooks: Repo) -> str:
    """A project's settings for pre-commit."""
    types = "default_install_hook_types: [pre-commit, commit-msg, pre-push]"
    ids = ", ".join(f"{{id: {name}}}" for name in HOOKS)
    return f"{types}\nrepos:\n  - repo: {hooks.root}\n    rev: {hooks.head}\n    hooks: [{ids}]\n"


@pytest.fixture
def hooks(tmp_path: Path) -> Repo:
    """This project as it stands in the working tree, committed: a repository of hooks."""
    made = Repo(tmp_path / "hooks")
    for name in OURS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, made.root / name)
    made.commit("feat: hooks")
    return made


@pytest.fixture
def repo(hooks: Repo, tmp_path: Path) -> Repo:
    """A project that uses the hooks, at version 1.3.2 and pushed."""
    made = Repo(tmp_path / "p")
    made.commit(
        "chore: begin", {".cz.toml": CZ_TOML, "version.txt": "1.3.2\n", ".pre-commit-config.yaml": config(hooks)}
    )
    made.tag("v1.3.2")
    remote_of(made, tmp_path / "remote.git")
    return made


@pytest.mark.skipif(not SWEEPING, reason="makes an environment of its own once more")
def test_the_hooks_can_be_tried(offline: None, hooks: Repo, repo: Repo) -> None:
    code, said = run(repo, PRE_COMMIT, "try-repo", str(hooks.root), "cz-ship-files", "--all-files")
    assert (code, "nothing is released by hand" in said) == (0, True), said


@pytest.mark.slow
def test_the_hooks_are_installed_and_stand_in_the_way_of_what_is_wrong(offline: None, repo: Repo) -> None:
    assert run(repo, PRE_COMMIT, "install")[0] == 0
    code, said = run(repo, "git", "commit", "--allow-empty", "-m", "feature: a")
    assert (code, 'hint: did you mean "feat: a"?' in said) == (1, True), said
    code, said = run(repo, "git", "commit", "--allow-empty", "-m", "feat: a")
    assert (code, "accepted: asks for a minor release; next release 1.3.2 → 1.4.0" in said) == (0, True), said

    repo.write({"version.txt": "9.9.9\n"})
    code, said = run(repo, "git", "commit", "--all", "-m", "fix: b")
    assert (code, "version.txt is changed by hand: the release writes it" in said) == (1, True), said
    repo.git("restore", "--staged", "--worktree", ".")

    assert run(repo, "git", "push")[0] == 0
    repo.git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", "wip")
    code, said = run(repo, "git", "push")
    assert (code, f"{repo.head[:7]}  wip" in said) == (1, True), said
