"""The demo package: laid down from the templates as a repository with a few commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

from cz_ship.errors import Failure
from cz_ship.world.clone import PrivateClone
from cz_ship.world.git import LENT, QUIET
from cz_ship.world.git_words import refused
from cz_ship.world.process import run

TOPIC = "feature/greeting"

# Played time: the demo's hashes and versions are the same on every machine.
_START = 1_767_225_600  # 2026-01-01T00:00:00Z

_GREET = '''


def greet(name: str) -> str:
    """A greeting by name."""
    return f"hello, {name}"
'''

_NOBODY = '''


def greet(name: str) -> str:
    """A greeting by name; nobody in particular is the world."""
    return f"hello, {name or 'world'}"
'''

MODULE = "src/hello_parcel/__init__.py"


def scenes() -> tuple[tuple[str, dict[str, str]], ...]:
    """The topic branch's commits: a message, and the files it writes."""
    template = files("cz_ship").joinpath(f"templates/demo/{MODULE}")
    start = template.read_text(encoding="utf-8").rstrip("\n")
    return (
        ("feat: greet by name", {MODULE: start + _GREET}),
        ("fix(greet): nobody in particular is the world", {MODULE: start + _NOBODY}),
    )


@contextmanager
def demo_repository() -> Iterator[PrivateClone]:
    """A repository with the demo package, on branch main; gone at the end."""
    try:
        folder = TemporaryDirectory(prefix="cz-ship-demo-", ignore_cleanup_errors=True)
    except OSError as error:
        raise Failure(f"no temporary folder can be made: {error.strerror or error}", hint="set TMPDIR") from error
    with folder as name:
        root = Path(name) / "hello-parcel"
        with as_file(files("cz_ship").joinpath("templates/demo")) as template:
            copytree(template, root, ignore=ignore_patterns("__pycache__"))
        (root / "cz.toml").rename(root / ".cz.toml")
        outcome = run(["git", "init", "--quiet", "--initial-branch=main", root], env=QUIET, without=LENT)
        if outcome.code:
            raise refused(("init",), outcome)
        repository = PrivateClone(root)
        repository.commit_all("feat: say hello", _START)
        (root / ".gitignore").write_text("dist/\nbuild/\n*.egg-info/\n.env\n", encoding="utf-8")
        repository.commit_all("chore: leave what is built out of the history", _START + 60)
        yield repository
