"""The door to what a project's files tell pytest: its options, and what files of tests are called."""

import configparser
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.gates import PytestSettings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def pytest_settings(tree: Path) -> PytestSettings:
    """What the first file with settings of pytest's says. Raises `Failure` for one that cannot be read.

    https://docs.pytest.org/en/stable/reference/customize.html#finding-the-rootdir
    """
    for name, *sections in (
        *(("pytest.toml", "pytest"), (".pytest.toml", "pytest")),
        *(("pytest.ini", "pytest"), (".pytest.ini", "pytest")),
        ("pyproject.toml", "tool", "pytest"),
        *(("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")),
    ):
        path = tree / name
        if path.is_file() and (found := _section(path, sections)) is not None:
            return PytestSettings(_words(found.get("addopts")), _words(found.get("python_files")))
    return PytestSettings()


def _section(path: Path, sections: list[str]) -> Mapping[str, object] | None:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            found: object = tomllib.loads(text)
            for section in sections:
                found = found.get(section) if isinstance(found, Mapping) else None
            table = found if isinstance(found, Mapping) else None
            return table.get("ini_options", table) if table else table
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
        # A pytest.ini is pytest's though it says nothing.
        return dict(parser[sections[0]]) if sections[0] in parser else {} if "pytest.ini" in path.name else None
    except (OSError, ValueError, configparser.Error) as error:
        raise Failure(f"{path.name} cannot be read: {error}") from error


def _words(value: object) -> tuple[str, ...]:
    """A setting's words: a list's, or those of a text, as a shell takes it."""
    if isinstance(value, list):
        return tuple(map(str, value))
    try:
        return tuple(shlex.split(str(value or "")))
    except ValueError:  # pytest itself will say so
        return ()
