"""The hands of doctor: the fixes that lose nothing, carried out as they are shown."""

import os
import shlex
import sysconfig
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.world.access import as_variables, job_access
from cz_ship.world.files import replace
from cz_ship.world.git import LENT, NETWORK_LIMIT, QUIET
from cz_ship.world.process import run


def carry_out(command: str, folder: Path) -> None:
    """Run a command in a folder, with the programs beside cz-ship first. Raises `Failure` where it fails."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    env = {**as_variables(job_access(os.environ)), **QUIET, "PATH": path}
    outcome = run(shlex.split(command), cwd=folder, env=env, without=LENT, limit=NETWORK_LIMIT)
    if outcome.code:
        raise Failure(f"`{command}` ended with {outcome.code}: {outcome.words[-500:]}")


def ignore(name: str, folder: Path) -> None:
    """Let git ignore a file, by a line of its own at the end of .gitignore."""
    path = stay_inside(folder / ".gitignore", folder, f"write the line {name}")
    before = path.read_bytes() if path.is_file() else b""
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    gap = newline if before and not before.endswith(b"\n") else b""
    replace(path, before + gap + name.encode() + newline)


def stay_inside(path: Path, folder: Path, otherwise: str) -> Path:
    """Where a path leads to. Raises `Failure`, with what to do `otherwise`, where that is outside of a folder."""
    place = path.resolve()
    if folder.resolve() not in place.parents:
        raise Failure(f"{path.name} leads out of the project, to {place}", hint=f"{otherwise} yourself")
    return place
