"""The guards: a test that reaches beyond loopback, or into the user's home, fails by name."""

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent.parent
FENCE = ROOT / "tests" / "fence"

# Prefixes of what a user, a CI job or a git hook may have set and a test must not see.
STRIPPED = (
    *("PYPI_", "TEST_PYPI_", "TWINE_", "GITHUB_", "ACTIONS_", "RUNNER_", "GIT_", "XDG_", "CZ_SHIP_"),
    *("CI", "SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "LANG", "LC_"),
)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "NO_PROXY")

# An example that is slow on a busy machine is not a fault; nothing is kept between runs.
settings.register_profile("cz-ship", deadline=None, database=None)
settings.load_profile("cz-ship")


class Guard:
    """The fence around this process, and the log that its trespasses and its children's go to."""

    def __init__(self, log: Path) -> None:
        specification = importlib.util.spec_from_file_location("fence", FENCE / "sitecustomize.py")
        assert specification is not None
        assert specification.loader is not None
        fence = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(fence)
        home = os.path.expanduser("~")
        self.log = log
        self.pip_settings = _pip_settings(Path(home))
        self.pip_cache = os.environ.get("PIP_CACHE_DIR") or str(ROOT / ".pytest_cache" / "pip")
        grounds = [str(ROOT), tempfile.gettempdir(), self.pip_cache, self.pip_settings]
        self.grounds = tuple(ground for ground in (*grounds, *sys.path) if os.path.isabs(ground))
        # Where the home is the root (a user without one), all the machine would be out of bounds.
        self.home = "" if home == "/" else home
        self.variables = (fence.LOG, fence.HOME, fence.GROUNDS, fence.INSTALLERS)
        fence.put_up("the test", str(log), self.home, self.grounds)

    def trespasses(self) -> str:
        """What was written down since the last question."""
        if not self.log.exists():
            return ""
        said = self.log.read_text(encoding="utf-8")
        self.log.unlink()
        return said


def _pip_settings(home: Path) -> str:
    """pip's own settings of this user: how this machine reaches its package registry."""
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    candidates = (folder / "pip" / "pip.conf", home / ".pip" / "pip.conf")
    return os.environ.get("PIP_CONFIG_FILE") or next((str(file) for file in candidates if file.is_file()), "")


GUARD = pytest.StashKey[Guard]()


def pytest_configure(config: pytest.Config) -> None:
    """Put the fence up before any test is read."""
    folder = Path(tempfile.mkdtemp(prefix="cz-ship-fence-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    config.stash[GUARD] = Guard(folder / "trespasses")


def _fail_trespassers(item: pytest.Item) -> Generator[None, object, object]:
    try:
        return (yield)
    finally:
        if said := item.config.stash[GUARD].trespasses():
            pytest.fail(f"{item.nodeid} trespassed\n{said}", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose fixtures trespass."""
    return (yield from _fail_trespassers(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that trespasses, even where it swallows the error."""
    return (yield from _fail_trespassers(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that trespasses while it cleans up."""
    return (yield from _fail_trespassers(item))


@pytest.fixture(scope="session", autouse=True)
def strange_land(pytestconfig: pytest.Config) -> Iterator[None]:
    """None of the user's settings, for fixtures that outlive a test, as the servers of a session do."""
    with (
        tempfile.TemporaryDirectory(prefix="cz-ship-session-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        _strip(monkeypatch, STRIPPED)
        _settle(monkeypatch.setenv, Path(folder))
        _fence(monkeypatch.setenv, pytestconfig.stash[GUARD], registry=True)
        yield


@pytest.fixture(autouse=True)
def fresh_home(request: pytest.FixtureRequest, strange_land: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home and a working directory of the test's own, outside of any repository; gives the home.

    A test marked `registry` keeps what pip needs to reach a package registry; for all others pip has no index.
    """
    registry = request.node.get_closest_marker("registry") is not None
    with tempfile.TemporaryDirectory(prefix="cz-ship-test-", ignore_cleanup_errors=True) as folder:
        home, here = Path(folder, "home"), Path(folder, "here")
        home.mkdir()
        here.mkdir()
        _settle(monkeypatch.setenv, home)
        _fence(monkeypatch.setenv, request.config.stash[GUARD], registry=registry)
        if not registry:
            _strip(monkeypatch, PROXIES)
        monkeypatch.chdir(here)
        yield home
        # Leave before the folder goes.
        monkeypatch.undo()


def _strip(monkeypatch: pytest.MonkeyPatch, prefixes: tuple[str, ...]) -> None:
    for name in list(os.environ):
        if name.upper().startswith(prefixes):
            monkeypatch.delenv(name)


def _settle(setenv: Callable[[str, str], None], home: Path) -> None:
    """A home, and a git that knows a name but nobody's habits."""
    git = home / ".gitconfig"
    git.write_text("[init]\n\tdefaultBranch = main\n[user]\n\tname = A Tester\n\temail = tester@example.org\n")
    for name, folder in (
        ("CONFIG", ".config"),
        ("CACHE", ".cache"),
        ("DATA", ".local/share"),
        ("STATE", ".local/state"),
    ):
        setenv(f"XDG_{name}_HOME", str(home / folder))
    for role in ("AUTHOR", "COMMITTER"):
        setenv(f"GIT_{role}_NAME", "A Tester")
        setenv(f"GIT_{role}_EMAIL", "tester@example.org")
    setenv("HOME", str(home))
    setenv("GIT_CONFIG_GLOBAL", str(git))
    setenv("GIT_CONFIG_NOSYSTEM", "1")
    setenv("GIT_CEILING_DIRECTORIES", str(home.parent.parent))
    setenv("GIT_TERMINAL_PROMPT", "0")
    # git is no Python and knows no fence: it may use folders, nothing else.
    setenv("GIT_ALLOW_PROTOCOL", "file")
    setenv("LC_ALL", "C.UTF-8")


def _fence(setenv: Callable[[str, str], None], guard: Guard, *, registry: bool) -> None:
    """Have the test's children fenced as well, but for pip where the test needs a registry."""
    log, home, grounds, installers = guard.variables
    setenv(log, str(guard.log))
    setenv(home, guard.home)
    setenv(grounds, os.pathsep.join(guard.grounds))
    setenv(installers, "1" if registry else "")
    paths = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry not in ("", str(FENCE))]
    setenv("PYTHONPATH", os.pathsep.join([str(FENCE), *paths]))
    if not registry:
        setenv("PIP_NO_INDEX", "1")
    else:
        # The home is new each time, pip's settings and what it has fetched are not.
        setenv("PIP_CACHE_DIR", guard.pip_cache)
        if guard.pip_settings:
            setenv("PIP_CONFIG_FILE", guard.pip_settings)
