"""Ctrl-C at any moment: exit 130, a sentence on what is true, and a plain re-run that finishes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.said import Speaker
from tests.support.world import Loopback, files

pytestmark = pytest.mark.slow

# Sends the signal to cz-ship itself, whose process id lies in a file: nothing waits, nothing is timed.
KILL = """\
import os, pathlib, signal
os.kill(int(pathlib.Path({pid!r}).read_text()), signal.{name})
"""
RUN = """\
import os, pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits a deaf ear
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
from cz_ship.faces.cli import main
sys.exit(main(sys.argv[2:]))
"""


def _run(way: Loopback, pid: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    arguments = [sys.executable, "-c", RUN, str(pid), *command, "-C", str(way.repo.root)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False, env=dict(os.environ))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_during_the_build_nothing_public_was_changed(
    setuptools_way: Loopback, ship: Speaker, tmp_path: Path, name: str
) -> None:
    pid = tmp_path / "pid"
    good = setuptools_way.repo.commit("feat: calm")
    setuptools_way.repo.commit(
        "feat: signal", {"setup.py": KILL.format(pid=str(pid), name=name) + "import time\ntime.sleep(60)\n"}
    )
    setuptools_way.repo.git("push", "--quiet")
    before = setuptools_way.public()
    done = _run(setuptools_way, pid, "release")
    assert done.returncode == 128 + signal.SIGINT
    assert "interrupted: nothing public was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert setuptools_way.public() == before
    setuptools_way.repo.git("revert", "--no-edit", "HEAD")
    setuptools_way.repo.git("push", "--quiet")
    assert good
    assert ship(setuptools_way.repo.root, "release").code == 0


def test_during_the_push_the_truth_is_told_and_the_next_run_finishes(
    way: Loopback, ship: Speaker, tmp_path: Path
) -> None:
    pid = tmp_path / "pid"
    hook = way.remote.root / "hooks" / "post-receive"
    hook.write_text(f"#!{sys.executable}\n" + KILL.format(pid=str(pid), name="SIGINT"))
    hook.chmod(0o755)
    done = _run(way, pid, "release")
    hook.unlink()
    assert done.returncode == 128 + signal.SIGINT
    assert "interrupted: " in done.stderr
    assert "the same command" in done.stderr
    assert "v0.1.0" in way.remote.git("tag", "--list")
    assert files(way.prod) == {}
    assert ship(way.repo.root, "release").code == 0
    assert files(way.prod) == files(way.test)
    assert len(files(way.prod)) == 2


def test_during_a_candidate_the_same_command_finishes(setuptools_way: Loopback, ship: Speaker, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    setuptools_way.repo.commit(
        "feat: signal", {"setup.py": KILL.format(pid=str(pid), name="SIGINT") + "import time\ntime.sleep(60)\n"}
    )
    done = _run(setuptools_way, pid, "candidate")
    assert done.returncode == 128 + signal.SIGINT
    assert "interrupted" in done.stderr
    assert files(setuptools_way.test) == {}
