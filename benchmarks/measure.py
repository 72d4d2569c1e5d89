"""What a command costs: CPU time of its whole process tree, and the peak memory of the largest process in it."""

import os
import resource
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

# Longer than this, and a command is run once: its ratio will not turn on the last per cent.
_PATIENCE = 4.0

_CALM = {"NO_COLOR": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class Task(NamedTuple):
    """A command line in a folder; `read`: its output goes through a pipe to a reader, not to the null device.

    `forget`: files that are deleted before each run, so that nothing is left of the one before.
    """

    command: Sequence[str]
    folder: Path
    read: bool = False
    forget: Sequence[Path] = ()


class Cost(NamedTuple):
    """CPU seconds (user and system), peak memory in MiB, and whether the time limit cut it short."""

    cpu: float
    peak: float
    late: bool = False

    def __str__(self) -> str:
        return f"> {self.cpu:.0f}" if self.late else f"{self.cpu:.3f}"


class Broken(Exception):
    """A command that failed: it measures nothing."""


def once(task: Task, limit: int) -> Cost:
    """Run a task to its end, or until one of its processes has used `limit` seconds of CPU. Raises `Broken`.

    Linux counts in a process what the parent had in memory when it was started, so a peak below that of
    this process (some 20 MiB) cannot be seen.
    """
    for path in task.forget:
        path.unlink(missing_ok=True)
    child = subprocess.Popen(
        task.command,
        cwd=task.folder,
        env={**os.environ, **_CALM},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if task.read else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    resource.prlimit(child.pid, resource.RLIMIT_CPU, (limit, limit))
    if child.stdout:
        with child.stdout:
            while os.read(child.stdout.fileno(), 1 << 16):
                pass
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    late = child.returncode in (-signal.SIGKILL, -signal.SIGXCPU)
    if child.returncode and not late:
        raise Broken(f"exit code {child.returncode}")
    return Cost(limit if late else used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, late)


def in_turn(tasks: Mapping[str, Task], times: int, limit: int) -> dict[str, Cost]:
    """The median cost of each task, run in turn (A, B, A, B, …) so that all meet the same machine.

    Each is run once before, so that caches are warm; what fails has no cost.
    """
    costs: dict[str, list[Cost]] = {}
    for name, task in tasks.items():
        try:
            first = once(task, limit)
        except Broken as broken:
            print(f"    {name}: left out: {broken}", flush=True)
            continue
        costs[name] = [first] if first.cpu > _PATIENCE else []
    for _ in range(times):
        for name, found in costs.items():
            if not (found and found[0].cpu > _PATIENCE):
                found.append(once(tasks[name], limit))
    return {name: _median(found) for name, found in costs.items()}


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        median(cost.cpu for cost in costs), median(cost.peak for cost in costs), any(cost.late for cost in costs)
    )
