"""The guards of the tests: who leaves the loopback or enters the user's home fails by name, caught error or not."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from cz_ship.world.process import Outcome, run

TESTS = Path(__file__).resolve().parent

# Addresses that are set aside for documentation (RFC 5737, RFC 2606): nobody lives there, should a guard be broken.
TRESPASSES = """
import contextlib, os, socket, subprocess, sys
import pytest

def quiet(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True)

def test_connects_and_swallows_the_error():
    with contextlib.suppress(OSError), socket.socket() as line:
        line.settimeout(0.1)
        line.connect(("192.0.2.1", 80))

def test_asks_for_a_name():
    with contextlib.suppress(OSError):
        socket.getaddrinfo("index.example", 443)

def test_opens_a_door_to_all():
    with contextlib.suppress(OSError), socket.socket() as door:
        door.bind(("0.0.0.0", 0))

def test_has_a_child_that_connects():
    quiet("import socket; socket.create_connection(('192.0.2.1', 80), timeout=0.1)")

def test_reads_the_home():
    with contextlib.suppress(OSError):
        open(os.path.join(USER, ".netrc"))

def test_has_a_child_that_writes_to_the_home():
    quiet(f"import os; os.mkdir(os.path.join({USER!r}, '.cache'))")

@pytest.fixture
def wanderer():
    yield
    with contextlib.suppress(OSError):
        socket.getaddrinfo("index.example", 443)

def test_has_a_fixture_that_wanders(wanderer):
    pass
"""

LAWFUL = """
import os, socket, subprocess, sys
from pathlib import Path
import pytest

PRIVATE = ("PYPI_PASSWORD", "TEST_PYPI_USERNAME", "TWINE_PASSWORD", "GITHUB_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL")
PRIVATE += ("CI", "GIT_DIR", "SOURCE_DATE_EPOCH")

def test_ok_to_talk_to_oneself():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        socket.create_connection(("localhost", server.getsockname()[1])).close()

def test_ok_to_have_a_home():
    Path("~/.netrc").expanduser().write_text("")
    subprocess.run([sys.executable, "-c", "open(__import__('os').path.expanduser('~/.netrc'))"], check=True)
    assert not Path("~").expanduser().is_relative_to(USER)

def test_ok_to_use_git():
    said = lambda *words: subprocess.run(["git", *words], capture_output=True, text=True)
    assert said("config", "--get", "user.name").stdout == "A Tester\\n"
    assert "user" not in said("config", "--list", "--system").stdout
    assert said("rev-parse", "--git-dir").returncode == 128

def test_ok_without_settings():
    assert [name for name in PRIVATE if name in os.environ] == []
    assert os.environ["PIP_NO_INDEX"] == "1"
    assert "HTTPS_PROXY" not in os.environ

@pytest.mark.registry
def test_ok_to_reach_a_registry_through_pip():
    assert not os.environ["PIP_NO_INDEX"]
    assert os.environ["PIP_INDEX_URL"] == "http://127.0.0.1:9/"
    assert os.environ["HTTPS_PROXY"] == "http://127.0.0.1:9/"
"""


@pytest.mark.slow
def test_who_trespasses_fails_by_name(tmp_path: Path) -> None:
    told = nested(tmp_path, TRESPASSES)
    wanted = set(re.findall(r"^def (test_\w+)", TRESPASSES, re.MULTILINE))
    assert told.code == 1, told.words
    assert set(re.findall(r"::(test_\w+) trespassed$", told.text, re.MULTILINE)) == wanted
    assert "reached for '192.0.2.1' port 80, beyond loopback" in told.text
    assert f"touched {tmp_path / 'user' / '.netrc'} in the user's home" in told.text
    assert sorted(path.name for path in (tmp_path / "user").iterdir()) == [".netrc"]


@pytest.mark.slow
def test_who_keeps_to_the_grounds_passes(tmp_path: Path) -> None:
    told = nested(tmp_path, LAWFUL)
    assert told.code == 0, told.words
    assert "5 passed" in told.text


def test_the_tests_of_this_run_live_in_a_home_of_their_own(fresh_home: Path) -> None:
    assert Path.home() == fresh_home
    assert Path.cwd().parent == fresh_home.parent


def nested(folder: Path, tests: str) -> Outcome:
    """Run tests of their own in a project of their own, with our guards and a user's home that is not to be touched."""
    project, user, scratch = folder / "project", folder / "user", folder / "scratch"
    for place in (project, user, scratch):
        place.mkdir()
    shutil.copytree(TESTS / "fence", project / "tests" / "fence")
    (project / "tests" / "support").mkdir()
    shutil.copy(TESTS / "support" / "guards.py", project / "tests" / "support")
    (project / "tests" / "conftest.py").write_text('pytest_plugins = ["tests.support.guards"]\n')
    (project / "pytest.toml").write_text(
        '[pytest]\npythonpath = ["."]\nmarkers = ["registry: may use pip"]\nfilterwarnings = ["error"]\n'
    )
    (project / "tests" / "test_it.py").write_text(f"USER = {str(user)!r}\n{tests}")
    (user / ".netrc").write_text("machine example.org\n")
    environment = dict.fromkeys(("PYPI_PASSWORD", "TEST_PYPI_USERNAME", "TWINE_PASSWORD", "GITHUB_TOKEN", "CI"), "x")
    environment |= {"ACTIONS_ID_TOKEN_REQUEST_URL": "x", "GIT_DIR": "x", "SOURCE_DATE_EPOCH": "1", "PYTHONPATH": ""}
    environment |= {"HOME": str(user), "TMPDIR": str(scratch), "PIP_NO_INDEX": ""}
    environment |= {"HTTPS_PROXY": "http://127.0.0.1:9/", "PIP_INDEX_URL": "http://127.0.0.1:9/"}
    return run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:xdist", project], cwd=project, env=environment
    )
