"""The tools that are compared: cz-ship and its peers, each in an environment of its own, and how they are called."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.histories import History

_ROOT = Path(__file__).resolve().parent.parent
_OURS = ("src", "pyproject.toml", "version.txt", "README.md", "LICENSE")
_PYTHON_PEERS = ("commitizen", "git-cliff", "python-semantic-release", "conventional-pre-commit")
_NODE_PEERS = ("conventional-changelog", "conventional-changelog-angular", "@commitlint/cli")
_NODE_RULES = "@commitlint/config-conventional"

MESSAGE = "feat(parser): read what stands between two brackets"

_CZ = '[tool.commitizen]\nname = "cz_conventional_commits"\nversion = "{version}"\ntag_format = "v$version"\n'
_PSR = '[tool.semantic_release]\ntag_format = "v{version}"\n[tool.semantic_release.branches.main]\nmatch = "main"\n'
_COMMITLINT = f'export default {{extends: ["{_NODE_RULES}"]}};\n'


class Tools:
    """What is installed below `home`, and each tool's command line for a piece of work."""

    def __init__(self, home: Path, with_node: bool) -> None:
        self._home = home
        self._node = with_node and shutil.which("npm") is not None
        self.versions: dict[str, str] = {}

    def install(self) -> None:
        """Make every environment that is not there yet; cz-ship is installed anew each time."""
        self._home.mkdir(parents=True, exist_ok=True)
        source = self._home / "source"
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir()
        for name in _OURS:
            there = _ROOT / name
            if there.is_dir():
                shutil.copytree(there, source / name, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", ".*"))
            else:
                shutil.copyfile(there, source / name)
        self._environment("cz-ship", str(source), anew=True)
        for name in _PYTHON_PEERS:
            self._environment(name, name)
        if self._node:
            self._packages()
        (self._home / "psr.toml").write_text(_PSR, encoding="utf-8")
        (self._home / "message").write_text(f"{MESSAGE}\n", encoding="utf-8")

    @property
    def bare(self) -> Mapping[str, list[str]]:
        """The interpreter of cz-ship's environment with nothing to do."""
        return {"bare python": [self._tool("cz-ship", "python"), "-c", "pass"]}

    @property
    def loaded(self) -> Mapping[str, list[str]]:
        """The same with the modules loaded that every command needs."""
        return {"start-up": [self._tool("cz-ship", "python"), "-c", "import cz_ship.faces.cli, cz_ship.faces.commands"]}

    def check(self, history: History) -> dict[str, list[str]]:
        """Is a good message good?"""
        found = {
            "cz-ship": [self._ours, "check", "--message", MESSAGE],
            "commitizen": [*self._cz(history), "check", "--message", MESSAGE],
            "conventional-pre-commit": [
                self._tool("conventional-pre-commit", "conventional-pre-commit"),
                str(self._home / "message"),
            ],
        }
        if self._node:
            rules = str(self._home / "node" / "commitlint.config.mjs")
            found["commitlint"] = [self._script("commitlint"), "--config", rules, "--edit", str(self._home / "message")]
        return found

    def plan(self, history: History) -> dict[str, list[str]]:
        """What is the next version?"""
        psr = self._tool("python-semantic-release", "semantic-release")
        return {
            "cz-ship": [self._ours, "plan", "--json"],
            "commitizen": [*self._cz(history), "bump", "--get-next", "--yes"],
            "git-cliff": [self._cliff, "--unreleased", "--bumped-version"],
            "python-semantic-release": [psr, "-c", str(self._home / "psr.toml"), "--noop", "version", "--print"],
        }

    def changelog(self, history: History) -> dict[str, list[str]]:
        """The whole changelog."""
        found = {
            "cz-ship": [self._ours, "changelog", "--all"],
            "commitizen": [*self._cz(history), "changelog", "--dry-run"],
            "git-cliff": [self._cliff],
        }
        if self._node:
            found["conventional-changelog"] = [
                *(self._script("conventional-changelog"), "-p", "angular", "-r", "0", "--stdout")
            ]
        return found

    @property
    def _ours(self) -> str:
        return self._tool("cz-ship", "cz-ship")

    @property
    def _cliff(self) -> str:
        return self._tool("git-cliff", "git-cliff")

    def _cz(self, history: History) -> list[str]:
        """Commitizen, told the version in the way that costs it least."""
        path = self._home / f"cz-{history.version}.toml"
        path.write_text(_CZ.format(version=history.version), encoding="utf-8")
        return [self._tool("commitizen", "cz"), "--config", str(path)]

    def _tool(self, environment: str, name: str) -> str:
        return str(self._home / environment / "bin" / name)

    def _script(self, name: str) -> str:
        return str(self._home / "node" / "node_modules" / ".bin" / name)

    def _environment(self, name: str, wanted: str, *, anew: bool = False) -> None:
        """A virtual environment with one distribution and what it needs."""
        folder = self._home / name
        if not (folder / "done").is_file():
            print(f"  environment: {name}", flush=True)
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        if anew or not (folder / "done").is_file():
            _quiet([self._tool(name, "python"), "-m", "pip", "--disable-pip-version-check", "install", wanted])
            (folder / "done").touch()
        asked = f"from importlib.metadata import version; print(version({name!r}))"
        shown = subprocess.run([self._tool(name, "python"), "-c", asked], check=True, capture_output=True, text=True)
        self.versions[name] = shown.stdout.strip()

    def _packages(self) -> None:
        folder = self._home / "node"
        if not (folder / "done").is_file():
            print("  environment: node", flush=True)
            folder.mkdir(exist_ok=True)
            (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
            (folder / "commitlint.config.mjs").write_text(_COMMITLINT, encoding="utf-8")
            _quiet(["npm", "install", "--no-audit", "--no-fund", *_NODE_PEERS, _NODE_RULES], folder)
            (folder / "done").touch()
        listed = subprocess.run(
            ["npm", "ls", "--depth=0", "--parseable", "--long"], cwd=folder, check=True, capture_output=True, text=True
        )
        for line in listed.stdout.splitlines():
            package, _, version = line.partition(":")[2].partition(":")[0].rpartition("@")
            if package in ("conventional-changelog", "@commitlint/cli"):
                self.versions[package] = version


def _quiet(command: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:5])}\n{done.stdout}{done.stderr}")
