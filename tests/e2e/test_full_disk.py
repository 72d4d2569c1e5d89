"""A disk that is full: said in the system's words, nothing public is half done, and the same command finishes."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from tests.support.said import Speaker
from tests.support.sweeps import sampled
from tests.support.world import Loopback, files

FULL = (
    "No space left on device",
    "Out of diskspace",
    "File too large",
    "File size limit exceeded",
    "no temporary folder",
    "failed to write",
)
# No file may grow beyond a size: what a quota does, and what needs no rights.
LIMITED = """
import resource, sys
from cz_ship.faces.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.exit(main(sys.argv[2:]))
"""
# A disk of a told size, in a mount namespace of its own; what a kernel lets users do, or does not.
ALONE = ("unshare", "--map-root-user", "--mount", "sh", "-c")
MOUNTED = 'mount -t tmpfs -o size=%sk tmpfs "$0" && export TMPDIR="$0" && exec "$@"'


Command = Callable[[Path, Path], list[str | Path]]


def small_disk(size: int, root: Path, place: Path) -> list[str | Path]:
    """A release whose temporary folder is a disk of so many KiB."""
    return [*ALONE, MOUNTED % size, place, sys.executable, "-m", "cz_ship", "release", "-C", root]


def small_files(size: int, root: Path, place: Path) -> list[str | Path]:
    """A release that can write no file of more than so many bytes."""
    return [sys.executable, "-c", LIMITED, str(size), "release", "-C", root]


CASES: dict[str, Command] = {
    **{f"a disk of {size} KiB": partial(small_disk, size) for size in range(20, 260, 20)},
    **{f"files of {size} bytes": partial(small_files, size) for size in range(0, 12_000, 500)},
}


@pytest.mark.slow
@pytest.mark.parametrize("command", sampled(CASES, "a disk of 120 KiB", "files of 5000 bytes"))
def test_a_full_disk_is_said_and_the_same_command_finishes_when_there_is_room(
    way: Loopback, ship: Speaker, tmp_path: Path, command: Command
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    if ALONE[0] in command(way.repo.root, place) and not mountable(place):
        pytest.skip("this machine lets no user mount a disk")
    before = way.public()
    done = ran(command(way.repo.root, place))
    assert "fault in cz-ship" not in done.stderr
    if done.returncode == 1:
        assert way.public() == before
        assert any(words in done.stderr for words in FULL), done.stderr
    else:
        assert done.returncode in (0, 4), done.stderr
    assert ship(way.repo.root, "release").code == 0
    assert files(way.test) == files(way.prod)
    assert len(files(way.prod)) == 2


def mountable(place: Path) -> bool:
    """Whether this machine lets a user mount a disk in a namespace of the user's own."""
    return shutil.which(ALONE[0]) is not None and not ran([*ALONE, MOUNTED % 8, place, "true"]).returncode


def ran(command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)
