"""Clean environments: the proof that a wheel installs and is what it says."""

import os
import sys
import tempfile
from pathlib import Path

from packaging.utils import canonicalize_name

from cz_ship.errors import Failure
from cz_ship.world.process import SECRET, Outcome, run

LAST_LINES = 12
ENVIRONMENT_SECONDS = 180
QUESTION_SECONDS = 60
# The first that installs into an environment without pip of its own: `pip --python`.
PIP_OF_ALL = (22, 3)
# An empty PYTHONPATH is none: pip must not find the project's own source tree there and call it installed.
# `--user` is for an environment one works in, and refused in one like ours.
ALONE = {
    "PYTHONPATH": "",
    "PIP_USER": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PYTHONIOENCODING": "utf-8",
}
_ASK = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


class LiveInstaller:
    """Installs with pip as the user has set it up: that decides where dependencies come from, no index of ours.

    `install_seconds` bounds the installation with all its dependencies. With `own_pip` each environment
    gets a pip of its own, which takes some seconds more; without, only where the one beside us is of no use.
    """

    def __init__(self, *, install_seconds: float = 600, own_pip: bool = False) -> None:
        self._install_seconds = install_seconds
        self._own_pip = own_pip

    def installed_version(self, wheel: Path, project: str) -> str:
        """Install a wheel into a fresh environment; the version that environment then reports.

        Raises `Failure` with pip's last words where it does not install, and where the environment
        knows no such project afterwards.
        """
        wheel = wheel.absolute()
        with tempfile.TemporaryDirectory(prefix="cz-ship-install-", ignore_cleanup_errors=True) as folder:
            here = Path(folder).resolve()
            environment = here / "environment"
            pip = self._environment_and_pip(environment, here)
            outcome = self._run([*pip, "install", "--no-compile", wheel], here, self._install_seconds)
            if outcome.code:
                raise Failure(f"{wheel.name} does not install into a clean environment\n{_last(outcome)}")
            question: list[str | Path] = [python_of(environment), "-I", "-c", _ASK, canonicalize_name(project)]
            answer = self._run(question, here, QUESTION_SECONDS)
            if answer.code:
                raise Failure(
                    f"{wheel.name} installs, but the environment then knows no {project}; its version was wanted\n"
                    f"{_last(answer)}"
                )
            return answer.text.strip()

    def _environment_and_pip(self, environment: Path, here: Path) -> list[str | Path]:
        """Make the environment; the command that is pip for it: this interpreter's, or else one of its own."""
        shared = not self._own_pip and pip_version() >= PIP_OF_ALL
        options = ["--without-pip"] if shared else []
        outcome = self._run([sys.executable, "-m", "venv", *options, environment], here, ENVIRONMENT_SECONDS)
        if outcome.code:
            raise Failure(
                f"no clean environment can be made\n{_last(outcome)}",
                hint="install pip 22.3 or newer beside cz-ship, or what your system calls python3-venv",
            )
        if shared:
            return [sys.executable, "-m", "pip", "--python", python_of(environment)]
        return [python_of(environment), "-m", "pip"]

    def _run(self, command: list[str | Path], here: Path, limit: float) -> Outcome:
        # In a group of its own, so that what pip started ends with it.
        return run(command, cwd=here, env=ALONE, without=SECRET, limit=limit, group=True)


def python_of(environment: Path, system: str = os.name) -> Path:
    """The interpreter of an environment, by the system's custom (`nt` is Windows)."""
    return environment / "Scripts" / "python.exe" if system == "nt" else environment / "bin" / "python"


def pip_version() -> tuple[int, ...]:
    """Of the pip beside this interpreter; (0,) where there is none, as in environments that uv makes."""
    from importlib.metadata import PackageNotFoundError, version

    from packaging.version import Version

    try:
        return Version(version("pip")).release
    except PackageNotFoundError:
        return (0,)


def _last(outcome: Outcome) -> str:
    """The last lines of the standard error, where programs say what is wrong, or else of the output."""
    said = (outcome.err.strip() or outcome.out).decode("utf-8", "replace")
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
