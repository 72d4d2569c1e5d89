"""`python -m build` as a program: in calm surroundings, with a log, a limit, and its last words where it fails."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.gates import Watch
from cz_ship.world.process import SECRET, last_lines, log_run

LIMIT = 600.0
LAST_LINES = 20
# What a machine or a user may set and a build must not feel; an empty PYTHONPATH is none. What a backend holds back in
# a buffer would be lost where it is ended.
CALM = {
    "COLUMNS": "120",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONPATH": "",
    "PYTHONUNBUFFERED": "1",
    "TZ": "UTC",
}


def make(tree: Path, room: Path, epoch: int, options: Sequence[str], watch: Watch | None) -> list[Path]:
    """Let a tree's backend make files in a private folder; the files, sorted.

    `epoch` (seconds since 1970) is handed on as SOURCE_DATE_EPOCH. Raises `Failure` with the backend's last words.
    """
    made, spare = room / "made", room / "spare"
    spare.mkdir()
    log, limit = watch or Watch(room / "build.log", LIMIT)
    command: list[str | Path] = [sys.executable, "-m", "build", "--outdir", made, *options, tree]
    # The backend's temporary folders lie in ours, so a killed build leaves none behind. Working directory is
    # not the tree: `-m` looks there first, and a tree may hold a build.py.
    rooms = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(spare))
    env = {**CALM, **rooms, "SOURCE_DATE_EPOCH": str(epoch)}
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {shlex.join(map(str, command))}\n")
    begun = log.stat().st_size
    code = log_run(command, log, cwd=room, env=env, without=SECRET, limit=limit)
    if code == 0:
        return sorted(made.iterdir())
    # `TIP` speaks of options of `build` that nobody here can give.
    words = "\n".join(line for line in last_lines(log, begun, LAST_LINES) if not line.startswith("TIP "))
    if code is None:
        raise Failure(f"the build did not end within {limit:g} seconds\n{words}")
    raise Failure(f"the build failed\n{words}", hint="`python -m build` in a checkout of it says the rest")
