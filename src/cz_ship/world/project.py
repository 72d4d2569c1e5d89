"""The door to the project's own settings files."""

import sys
from pathlib import Path

from cz_ship.errors import usage
from cz_ship.gates import GateSettings
from cz_ship.settings import HOMES, Settings, parse, parse_gates

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LEGACY = "setuptools.build_meta:__legacy__"


def load_settings(root: Path) -> Settings:
    """`[tool.cz-ship]` of .cz.toml or pyproject.toml. Raises `Failure` (usage) for what is wrong in them."""
    return parse(_tables(root))


def load_gates(root: Path) -> GateSettings:
    """What the same tables say of gates. Raises as `load_settings` does."""
    return parse_gates(_tables(root))


def stated_requirements(root: Path) -> tuple[str, ...]:
    """What pyproject.toml requires: dependencies, extras and dependency groups. Source: PEP 621 and 735."""
    document = _document(root / "pyproject.toml")
    project = document.get("project", {})
    project = project if isinstance(project, dict) else {}
    tables = (project.get("optional-dependencies"), document.get("dependency-groups"))
    lists = [project.get("dependencies"), *(each for one in tables if isinstance(one, dict) for each in one.values())]
    return tuple(each for one in lists if isinstance(one, list) for each in one if isinstance(each, str))


def backend_named(root: Path) -> str:
    """The `build-backend` of pyproject.toml, or what stands in for it. Source: PEP 517 and 518."""
    system = _document(root / "pyproject.toml").get("build-system", {})
    return str(system.get("build-backend", LEGACY)) if isinstance(system, dict) else LEGACY


def _document(path: Path) -> dict[str, object]:
    """A TOML file; empty where there is none."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise usage(f"{path.name} is not TOML: {error}") from error


def _tables(root: Path) -> dict[str, object]:
    tables: dict[str, object] = {}
    for home in HOMES:
        tool = _document(root / home).get("tool", {})
        if isinstance(tool, dict) and "cz-ship" in tool:
            tables[home] = tool["cz-ship"]
    return tables


def packages(root: Path) -> tuple[str, ...]:
    """The names of the packages in `src/`, in alphabetical order; none where there is no such folder."""
    folders = sorted(path for path in (root / "src").glob("*") if path.name.isidentifier() and path.is_dir())
    return tuple(folder.name for folder in folders if any(folder.glob("**/*.py")))
