"""The door to what a project's own files say of its tools: dependency groups, tables of tools, hooks, coverage."""

import configparser
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.gates import Hook, Tooling
from cz_ship.world.pytest_settings import pytest_settings
from cz_ship.world.tool_groups import older_pythons, tool_groups

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HOOKS = ".pre-commit-config.yaml"
# Languages of hooks whose entry is a program that pre-commit does not bring, by their old names and the new ones, and
# what stands before that of a script, which lies in the tree. https://pre-commit.com/#supported-languages
PROGRAMS = {"system": "", "unsupported": "", "script": "./", "unsupported_script": "./"}
# Where coverage looks for its settings, in its order, and what its sections are called there.
# https://coverage.readthedocs.io/en/latest/config.html
COVERAGE = ((".coveragerc", ""), (".coveragerc.toml", ""), ("setup.cfg", "coverage:"), ("tox.ini", "coverage:"))


def tooling_of(tree: Path) -> Tooling:
    """What the files of a tree say. Raises `Failure` for one that cannot be read as what it is."""
    document = _toml(tree / "pyproject.toml")
    tool = _table(document, "tool")
    file, fail_under = _coverage(tree, tool)
    project = _table(document, "project")
    classifiers = project.get("classifiers", [])
    return Tooling(
        requires_python=str(project.get("requires-python", "")) or older_pythons(tree, tool),
        classifiers=tuple(map(str, classifiers)) if isinstance(classifiers, list) else (),
        groups={**tool_groups(tool), **_groups(_table(document, "dependency-groups"))},
        tables=(*tool, *(f"{name}.{key}" for name in tool for key in _table(tool, name))),
        coverage=file,
        fail_under=fail_under,
        pytest=pytest_settings(tree),
    )


def _toml(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (OSError, ValueError) as error:
        raise Failure(f"{path.name} cannot be read: {error}") from error


def _table(tables: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = tables.get(name, {})
    return found if isinstance(found, Mapping) else {}


def _groups(groups: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Dependency groups, with what they include. Source: PEP 735."""
    from packaging.dependency_groups import resolve_dependency_groups

    try:
        return {name: tuple(resolve_dependency_groups(groups, name)) for name in groups}  # type: ignore[arg-type]
    except Exception as error:  # whatever is wrong in them, packaging has a word for it
        raise Failure(f"pyproject.toml: the dependency groups cannot be read: {error}") from error


def hooks_of(path: Path) -> Iterator[Hook]:
    """The hooks of a pre-commit configuration; none where there is no file. Raises `Failure` where it is none."""
    if not path.is_file():
        return
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for repository in document["repos"]:
            for hook in repository["hooks"]:
                local = repository["repo"] == "local"
                prefix = PROGRAMS.get(str(hook.get("language"))) if local else None
                yield Hook(str(hook["id"]), None if prefix is None else f"{prefix}{hook.get('entry', '')}", local)
    # Where a list or a table stands in place of another, Python has several words for it.
    except (OSError, ValueError, yaml.YAMLError, LookupError, TypeError, AttributeError) as error:
        raise Failure(f"{path.name} cannot be read: {type(error).__name__}: {error}") from error


def write_local_hooks(tree: Path, into: Path) -> None:
    """Write the configuration of a tree's hooks without other repositories, which pre-commit fetches for any hook."""
    import yaml

    document = yaml.safe_load((tree / HOOKS).read_text(encoding="utf-8"))
    own = [repository for repository in document["repos"] if repository["repo"] == "local"]
    into.write_text(yaml.safe_dump({**document, "repos": own}), encoding="utf-8")


def _coverage(tree: Path, tool: Mapping[str, object]) -> tuple[str, float | None]:
    for name, prefix in COVERAGE:
        told = _toml(tree / name) if name.endswith(".toml") else _sections(tree / name)
        # A file of coverage's own in TOML may have its tables where pyproject.toml has them, too.
        tables = {**told, **_table(_table(told, "tool"), "coverage")} if name.endswith(".toml") else told
        if any(table.startswith(prefix) for table in tables):
            return name, _percent(name, _table(tables, f"{prefix}report").get("fail_under"))
    found = _table(tool, "coverage")
    return "pyproject.toml" if found else "", _percent("pyproject.toml", _table(found, "report").get("fail_under"))


def _sections(path: Path) -> Mapping[str, object]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise Failure(f"{path.name} cannot be read: {error}") from error
    return {name: parser[name] for name in parser.sections()}


def _percent(file: str, value: object) -> float | None:
    try:
        return None if value is None else float(str(value))
    except ValueError:
        raise Failure(f"{file}: fail_under is {value!r}, a number from 0 to 100 was wanted") from None
