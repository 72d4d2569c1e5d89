"""Every effect passes the gate at its door, and a process ends with all that it started."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cz_ship.world import effects
from cz_ship.world.process import end_tree, run
from tests.support import faulty_index


@pytest.mark.parametrize(
    ("command", "effect"),
    [
        (["git", "push", "origin"], "git push"),
        (["git", "-c", "core.autocrlf=false", "-c", "a=b", "commit", "--quiet"], "git commit"),
        (["git", "clone", "--", "from", "to"], "git clone"),
        (["git", "-c", "log.showSignature=false", "log", "-z"], None),
        (["git", "ls-remote", "--symref", "origin"], None),
        (["/usr/bin/python3", "-m", "twine", "--no-color", "upload", "--non-interactive"], "twine upload"),
        (["/usr/bin/python3", "-m", "build", "--outdir", "made"], "build"),
        (["/opt/pip", "install", "x"], "pip"),
    ],
)
def test_an_effect_is_named_after_its_program(command: list[str], effect: str | None) -> None:
    assert effects.of_program(command) == effect


class Witness:
    """Remembers what passed, and in which moment."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def before(self, effect: str) -> None:
        self.seen.append(f"before {effect}")

    def after(self, effect: str) -> None:
        self.seen.append(f"after {effect}")


DEEDS = """
import sys
from pathlib import Path
from cz_ship.world import effects
from cz_ship.world.clone import PrivateClone
from cz_ship.world.files import replace
from cz_ship.world.http import Http
from cz_ship.world.process import run
from tests.world.test_effects import Witness
root, url = Path(sys.argv[1]), sys.argv[2]
witness = Witness()
effects.watch(witness)
run(["git", "init", "--quiet", root])
clone = PrivateClone(root)
clone.head()
clone.write("CHANGELOG.md", b"## 1.0.0")
clone.commit_all("feat: a", 1_767_225_600)
replace(root / "version.txt", b"1.0.0")
Http().get(f"{url}/simple/demo/?token=secret")
print("\\n".join(witness.seen))
"""


def test_programs_files_and_requests_pass_the_gate_and_looks_do_not(tmp_path: Path) -> None:
    with faulty_index.serve() as index:
        done = run(
            [sys.executable, "-c", DEEDS, tmp_path / "p", index.url], env={"PYTHONPATH": os.pathsep.join(sys.path)}
        )
    assert done.code == 0, done.words
    wanted = ("git init", "write CHANGELOG.md", "git add", "git commit", "write version.txt", "GET /simple/demo/")
    assert done.text.splitlines() == [f"{moment} {each}" for each in wanted for moment in ("before", "after")]


def test_an_effect_that_failed_has_no_after(tmp_path: Path) -> None:
    code = (
        "from cz_ship.world import effects\n"
        "from cz_ship.world.process import run\n"
        "from tests.world.test_effects import Witness\n"
        "witness = Witness()\n"
        "effects.watch(witness)\n"
        "try:\n    run(['no-such-program'])\nexcept Exception: pass\n"
        "print(witness.seen)\n"
    )
    done = run([sys.executable, "-c", code], env={"PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.text.strip() == "['before no-such-program']"


FAMILY = """
import subprocess, sys
child = [sys.executable, "-c", "import sys; print('up', flush=True); sys.stdin.read()"]
one = subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
two = subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
for each in (one, two):
    each.stdout.readline()
print(one.pid, two.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux, to see a process end that is not our own")
def test_a_process_ends_with_all_that_it_started_in_whatever_group() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FAMILY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        assert len(children) == 2
        ends = [os.pidfd_open(child) for child in children]
        end_tree(parent.pid)
        assert parent.wait(timeout=30) == -signal.SIGKILL
    for end in ends:
        assert select.select([end], [], [], 30)[0] == [end]
        os.close(end)
