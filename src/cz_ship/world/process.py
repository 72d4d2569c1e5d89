"""The one door to other programs: argument lists, a time limit, and no child left behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from cz_ship.errors import Failure
from cz_ship.world import effects

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 64 << 20  # bytes of a program's log
_END = 1 << 14  # bytes of a log's end in which its last lines are looked for
_LOOK = 0.2  # seconds between two looks whether a silent program has ended
_PART = 1 << 16  # bytes, at most, in one part of a stream: what a pipe holds


# Build backends, tests and what packages bring to be installed are other people's code: they get no credentials, and
# none of the files by which a step of a CI job tells the next ones what to believe.
SECRET = (
    *("PYPI_", "TEST_PYPI_", "TWINE_", "ACTIONS_", "GITHUB_TOKEN", "GH_TOKEN", "GIT_DIR", "GIT_WORK", "GIT_INDEX"),
    *("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"),
    # What other tools publish with: uv, flit, hatch, PDM, poetry.
    *("UV_PUBLISH_", "FLIT_", "HATCH_INDEX_", "PDM_PUBLISH_", "POETRY_PYPI_"),
)


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
    cwd: str | Path | None = None,
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
    with effects.passing(effects.of_program(command)):
        child = _started(command, cwd, {**_environment(tuple(without)), **(env or {})}, input is not None, group)
        try:
            out, err = child.communicate(input, timeout=limit)
        except subprocess.TimeoutExpired as error:
            _end(child, group)
            raise _too_slow(command, limit) from error
        except BaseException:
            _end(child, group)
            raise
    return Outcome(child.returncode, out, err)


def stream(
    arguments: Sequence[str | Path],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    limit: float = 120,
) -> Generator[bytes, None, Outcome]:
    """Run a program and hand on, part by part, what it writes, so that never all of it is held.

    Returns the outcome, without its `out`. A program whose reader goes before its end is ended too.
    Otherwise as `run`; what the reader does between two parts counts for `limit`.
    """
    command = [str(argument) for argument in arguments]
    child = _started(command, cwd, {**_environment(tuple(without)), **(env or {})}, False, False)
    until = time.monotonic() + limit
    said = []
    try:
        with selectors.DefaultSelector() as unread:
            for pipe in (child.stdout, child.stderr):
                unread.register(pipe, selectors.EVENT_READ)  # type: ignore[arg-type]  # both are pipes
            while unread.get_map():
                ready = unread.select(until - time.monotonic())
                if not ready:
                    raise _too_slow(command, limit)
                for key, _ in ready:
                    part = os.read(key.fd, _PART)
                    if not part:
                        unread.unregister(key.fileobj)
                    elif key.fileobj is child.stdout:
                        yield part
                    else:
                        said.append(part)
        code = child.wait(timeout=max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise _too_slow(command, limit) from error
    finally:
        _end(child, False)
    return Outcome(code, b"", b"".join(said))


def converse(arguments: Sequence[str | Path]) -> int:
    """Run a program that talks with the person at the terminal; its exit code. Who thinks has no time limit.

    Raises `Failure` where it cannot be started.
    """
    command = [str(argument) for argument in arguments]
    try:
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        raise Failure(f"cannot run {command[0]}: {error.strerror or error}") from error


def log_run(
    arguments: Sequence[str | Path],
    log: Path,
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    limit: float = 120,
) -> int | None:
    """Run a program in a process group of its own, all that it says added to a file; its exit code.

    None where it outlived its limit. In any case its group is ended with it. Of what it says the first
    `_KEPT` bytes are kept. Raises `Failure` where it cannot be started.
    """
    command = [str(argument) for argument in arguments]
    with effects.passing(effects.of_program(command)), log.open("ab") as file:
        child = _started(command, cwd, {**_environment(tuple(without)), **(env or {})}, False, True, joined=True)
        try:
            for part in _parts(child, time.monotonic() + limit):
                file.write(part[: max(0, _KEPT - file.tell())])
                file.flush()  # somebody may be reading along, and is owed all of it should this process be killed
            return child.poll()
        finally:
            if child.returncode is None:
                end_tree(child.pid)  # what has a session of its own is in no group that could be ended
            _end(child, True)


def last_lines(log: Path, begun: int, count: int) -> list[str]:
    """The last lines of a log since it had `begun` bytes, empty ones left out."""
    with log.open("rb") as file:
        file.seek(max(begun, log.stat().st_size - _END))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return [line.rstrip() for line in lines if line.strip()][-count:]


def _parts(child: subprocess.Popen[bytes], until: float) -> Iterator[bytes]:
    """What a child says until it ends or its time is over; what it left running is not waited for."""
    assert child.stdout is not None
    with selectors.DefaultSelector() as unread:
        unread.register(child.stdout, selectors.EVENT_READ)
        while time.monotonic() < until:
            ended = child.poll() is not None
            if unread.select(0 if ended else min(_LOOK, until - time.monotonic())):
                if part := os.read(child.stdout.fileno(), _PART):
                    yield part
                    continue
                with suppress(subprocess.TimeoutExpired):  # it has closed its output, and may still work
                    child.wait(timeout=max(0.0, until - time.monotonic()))
                return
            if ended:
                return


def end_tree(root: int) -> None:
    """Kill a process and all that it started, in whatever group: as the end of its machine would."""
    doomed = [root]
    parents = _parents()
    for process in doomed:  # grows while it is gone through
        doomed += [child for child, parent in parents.items() if parent == process]
    for process in doomed:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _parents() -> dict[int, int]:
    """The parent of each process, by their ids. Source: proc(5), where there is one, else POSIX ps."""
    if not os.path.exists("/proc/self/stat"):
        rows = run(["ps", "-A", "-o", "pid=,ppid="], limit=30).text.split()
        return dict(zip(map(int, rows[::2]), map(int, rows[1::2]), strict=True))
    found = {}
    for name in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            found[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
    return found


def _started(
    command: list[str], cwd: str | Path | None, env: Mapping[str, str], fed: bool, group: bool, joined: bool = False
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if joined else subprocess.PIPE,
            start_new_session=group,
            umask=0o022 if os.name == "posix" else -1,
        )
    except OSError as error:
        raise Failure(f"cannot run {command[0]}: {error.strerror or error}") from error


def _environment(without: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(without)}


def _end(child: subprocess.Popen[bytes], group: bool) -> None:
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


def _too_slow(command: Sequence[str], limit: float) -> Failure:
    return Failure(f"`{_shown(command)}` did not end within {limit:g} seconds", pause=0)


def _shown(command: Sequence[str]) -> str:
    return " ".join(command[:4]) + (" …" if len(command) > 4 else "")
