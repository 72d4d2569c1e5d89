"""Versions as modules, setup.py and requirements state them: read as text, nothing is run."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from cz_ship.rules.blueprint_draft import Draft

_DUNDER = re.compile(r"^(__version__|VERSION)(?:\s*:\s*\w+)?\s*=\s*[\"']([^\"'\n]+)[\"']", re.MULTILINE)


class Stated(NamedTuple):
    """A version, None where none was found, and the places that go on stating it, as `version_files` names them."""

    version: str | None = None
    places: tuple[str, ...] = ()


def by_attribute(draft: Draft, dotted: str) -> Stated:
    """What `package.module.name` leads to."""
    module, _, name = dotted.rpartition(".")
    for path in _files_of(module):
        if (text := draft.text(path)) is not None:
            version = _assigned(text, name)
            return Stated(version, (f"{path}:{name}",) if version else ())
    return Stated()


def by_module(draft: Draft, path: str) -> Stated:
    """The `__version__` or `VERSION` of a file."""
    match = _DUNDER.search(draft.text(path) or "")
    return Stated(match[2], (f"{path}:{match[1]}",)) if match else Stated()


def by_package(draft: Draft) -> Stated:
    """The same of the project's own package or module; of any other where that states none, the nearest to the top."""
    own = _own_names(draft)
    paths = sorted(_modules(draft), key=lambda path: (_is_foreign(path, own), path.count("/"), path))
    found = (by_module(draft, path) for path in paths)
    return next((each for each in found if each.version), Stated())


def with_package(draft: Draft, version: str) -> Stated:
    """A version that stood elsewhere, and the places in the project's own package that say the same.

    Where no module is named like the project, it is the nearest to the top. A `__version__` of another worth is found.
    """
    own = _own_names(draft)
    found = [by_module(draft, path) for path in sorted(_modules(draft)) if not _is_foreign(path, own)]
    for each in found:
        for place in each.places:
            if each.version != version and place.endswith(":__version__"):
                told = f"{place.partition(':')[0]} says {each.version}, the project {version}"
                hint = f'make them the same, and add "{place}" to version_files in [tool.commitizen]'
                draft.find("astray", "warning", f"{told}: nothing keeps them in step", hint)
    found = found or [by_package(draft)]
    return Stated(version, tuple(place for each in found if each.version == version for place in each.places))


def _modules(draft: Draft) -> Iterator[str]:
    return (path for path in draft.view.texts if path.endswith(".py") and path != "setup.py")


def _own_names(draft: Draft) -> frozenset[str]:
    named = (draft.value("tool", "flit", "module", "name"), draft.value("project", "name"), draft.view.folder)
    return frozenset(re.sub(r"[-.]", "_", str(name)).lower() for name in named if name)


def _is_foreign(path: str, own: frozenset[str]) -> bool:
    return own.isdisjoint(path.lower().removesuffix(".py").split("/"))


def by_setup_py(draft: Draft) -> Stated:
    """What setup.py states in so many words: in its call of `setup`, or by a name of the module."""
    version, word = of_setup(draft, "version")
    return Stated(version, (f"setup.py:{word}",)) if version and version[0].isdigit() else Stated()


def of_setup(draft: Draft, argument: str) -> tuple[str | None, str]:
    """The text that setup.py's call of `setup` has for an argument, and the word before it; None where it is no text.

    Other calls have a `name` too: an `Extension`, or a class that is no package's.
    """
    text = draft.text("setup.py") or ""
    tree = _tree(text)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call)) if tree else ()
    for call in calls:
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = next((each.value for each in call.keywords if each.arg == argument), None)
        if called == "setup" and isinstance(given, ast.Constant) and isinstance(given.value, str):
            return given.value, argument
        if called == "setup" and isinstance(given, ast.Name):
            return _assigned(text, given.id), given.id
    return None, argument


def by_file(draft: Draft, path: str) -> Stated:
    """The whole of a file."""
    text = draft.text(path)
    return Stated(text.strip() if text else None)


def requirement_name(written: object) -> str:
    """The name in a requirement, with dashes; empty where it is none."""
    try:
        return Requirement(str(written)).name.lower().replace("_", "-")
    except InvalidRequirement:
        return ""


def usable(found: str | None) -> Version | None:
    """The version of a text; None where there is none, or one that no index takes."""
    try:
        version = Version(found or "")
    except InvalidVersion:
        return None
    return None if version.local else version


def _files_of(dotted: str) -> Iterator[str]:
    inner = dotted.replace(".", "/")
    for root in ("src/", "", "lib/", "python/"):
        yield from (f"{root}{inner}.py", f"{root}{inner}/__init__.py")


def _assigned(text: str, name: str) -> str | None:
    """The text that a module gives to a name, where it is a plain one."""
    tree = _tree(text)
    for node in tree.body if tree else ():
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                return str(node.value.value)
    return None


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None
