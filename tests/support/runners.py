"""Processes that wait with all loaded, so that two of them can begin to release in the same instant."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROGRAM = """
import sys
from cz_ship.faces.cli import main
for line in sys.stdin:
    code = main(["release", "-C", line.rstrip("\\n")])
    print(f"exit {code}", flush=True)
"""


class Runner:
    """A process that releases from the folders that it is told."""

    def __init__(self, child: "subprocess.Popen[str]") -> None:
        self._child = child

    def begin(self, root: Path) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(f"{root}\n")
        self._child.stdin.flush()

    def ended(self) -> int:
        """The exit code of what was begun, awaited."""
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if line.startswith("exit "):
                return int(line.split()[1])
        raise AssertionError("the runner has ended")


@contextmanager
def runners(count: int, log: Path, environ: Mapping[str, str]) -> Iterator[Sequence[Runner]]:
    """So many runners; what they tell goes to a file."""
    command = [sys.executable, "-c", PROGRAM]
    with log.open("w") as told:
        children = [
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
                env={**os.environ, **environ},
                cwd=log.parent,
            )
            for _ in range(count)
        ]
        try:
            yield [Runner(child) for child in children]
        finally:
            for child in children:
                child.communicate(timeout=60)
