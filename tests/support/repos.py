"""Repositories for tests: laid down with real git, each commit at a told moment."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from cz_ship.settings import GATES
from tests.support.projects import hatchling_project

START = 1_767_225_600  # 2026-01-01T00:00:00Z

CZ_TOML = """\
[tool.commitizen]
name = "cz_conventional_commits"
version_provider = "version_txt"
tag_format = "v$version"
"""

# Builds use what is installed beside the tests: no registry is asked.
SHIP_TOML = "[tool.cz-ship.build]\nisolation = false\n"

# Gates have tests of their own; before every candidate and release of the others they would take minutes.
UNGATED = f"[tool.cz-ship.gates]\noff = {json.dumps(GATES)}\n"


class Repo:
    """A repository in a folder; its commits are a minute apart."""

    def __init__(self, root: Path, *, bare: bool = False, branch: str = "main") -> None:
        self.root = root
        self.moment = START
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", f"--initial-branch={branch}", *(["--bare"] if bare else []))

    def git(self, *arguments: str, input: bytes | None = None, check: bool = True) -> str:
        """Run git here; its output without the last line break."""
        stamp = f"{self.moment} +0000"
        env = {**os.environ, "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=env, input=input, capture_output=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace").rstrip("\n")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files into the working tree."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, message: str | bytes, files: Mapping[str, str | bytes] | None = None) -> str:
        """Commit all of the working tree, or nothing at all; the new commit's hash."""
        self.write(files or {})
        self.moment += 60
        self.git("add", "--all")
        raw = message if isinstance(message, bytes) else message.encode()
        self.git(
            "commit", "--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-F", "-", input=raw
        )
        return self.head

    def tag(self, name: str, commit: str = "HEAD", message: str | None = None) -> None:
        """A tag; annotated where it has a message."""
        self.git("tag", *(["-a", "-m", message] if message is not None else []), name, commit)

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def clone(self, root: Path, *options: str) -> "Repo":
        """A clone of this repository, with this clock."""
        self.git("clone", "--quiet", *options, str(self.root), str(root))
        made = Repo.__new__(Repo)
        made.root, made.moment = root, self.moment
        return made


def project(
    root: Path,
    version: str = "0.0.0",
    settings: str = "",
    lay: Callable[[Path, str, str], Path] = hatchling_project,
    gates: str = UNGATED,
) -> Repo:
    """A project in a repository, with one commit `feat: first steps`; hatchling builds it four times as quickly."""
    repo = Repo(root)
    lay(root, "demo-ship", version)
    repo.commit(
        "feat: first steps", {".cz.toml": CZ_TOML + SHIP_TOML + gates + settings, "version.txt": f"{version}\n"}
    )
    return repo


def remote_of(repo: Repo, root: Path) -> Repo:
    """A bare remote named origin, with the repository's branch and tags pushed."""
    remote = Repo(root, bare=True, branch=repo.git("symbolic-ref", "--short", "HEAD"))
    repo.git("remote", "add", "origin", str(root))
    repo.git("push", "--quiet", "--set-upstream", "origin", "HEAD")
    repo.git("push", "--quiet", "--tags", "origin")
    return remote
