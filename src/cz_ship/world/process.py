"""The one door to other programs: argument lists, a time limit, and no child left behind."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Failure


class Outcome(NamedTuple):
    """What a program answered."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        """Standard output as text; undecodable bytes are replaced."""
        return self.out.decode("utf-8", "replace")

    @property
    def words(self) -> str:
        """All it said, for people: standard error, then standard output."""
        both = (self.err, self.out)
        return "\n".join(part.decode("utf-8", "replace").strip() for part in both if part.strip())


def run(
    arguments: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    input: bytes | None = None,
    limit: float = 120,
    group: bool = False,
) -> Outcome:
    """Run a program to its end.

    `env` is added to this process's environment, of which the names that begin with one of `without`
    are left out; `limit` is in seconds; with `group` the program
    leads a process group of its own, which is ended with it (it then has no terminal to ask).
    Raises `Failure` where the program cannot be started or outlives its limit.
    """
    command = [str(argument) for argument in arguments]
    try:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env={**_environment(tuple(without)), **(env or {})},
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=group,
            umask=0o022 if os.name == "posix" else -1,
        )
    except OSError as error:
        raise Failure(f"cannot run {command[0]}: {error.strerror or error}") from error
    try:
        out, err = child.communicate(input, timeout=limit)
    except subprocess.TimeoutExpired as error:
        _end(child, group)
        raise Failure(f"`{_shown(command)}` did not end within {limit:g} seconds") from error
    except BaseException:
        _end(child, group)
        raise
    return Outcome(child.returncode, out, err)


def _environment(without: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(without)}


def _end(child: "subprocess.Popen[bytes]", group: bool) -> None:
    try:
        if group and os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    except ProcessLookupError:
        pass
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()


def _shown(command: Sequence[str]) -> str:
    return " ".join(command[:4]) + (" …" if len(command) > 4 else "")
