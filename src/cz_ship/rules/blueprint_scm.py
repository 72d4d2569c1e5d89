"""Leaving what derives the version from tags: setuptools-scm, hatch-vcs, versioningit, and pdm's own way."""

from collections.abc import Mapping
from typing import NamedTuple

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules.backends import PDM, SCIKIT_BUILD
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_stated import requirement_name

_TOOLS = ("setuptools-scm", "hatch-vcs", "versioningit")
_TABLES = (("tool", "setuptools_scm"), ("tool", "setuptools-scm"), ("tool", "versioningit"))
_VCS = ("tool", "hatch", "build", "hooks", "vcs")
_HOOK = ("tool", "hatch", "build", "hooks", "version")


# What setuptools-scm's own template writes, of which hatch-vcs's is: 1.4.0rc1 is (1, 4, 0, "rc1") as a tuple.
_TUPLE = (
    "__version_tuple__ = version_tuple = tuple(\n"
    '    int(part) if part.isdigit() else part for part in _parts("[a-z]+[0-9]*|[0-9]+", version)\n'
    ")\n"
)
_WITH_TUPLE = 'from re import findall as _parts\n\n__version__ = version = "{version}"\n' + _TUPLE
_WITHOUT = '__version__ = version = "{version}"\n'


class Derived(NamedTuple):
    """The tool that derived the version, empty for none, and the modules that it wrote at each build."""

    tool: str = ""
    modules: tuple[str, ...] = ()

    def module(self, version: str) -> str:
        """What such a module says from now on: all names that it said so far."""
        return (_WITH_TUPLE if self.tool == "setuptools-scm" else _WITHOUT).format(version=version)


def leave_scm(draft: Draft) -> Derived:
    """Take such a tool out of pyproject.toml; what it has no match for is found."""
    requires = draft.value("build-system", "requires")
    found = [str(each) for each in requires if requirement_name(each) in _TOOLS] if isinstance(requires, list) else []
    if "use_scm_version" in (draft.text("setup.py") or ""):
        told = "setup.py asks setuptools-scm for the version (use_scm_version)"
        draft.find("no-home", "error", told, "take it out of setup.py, and run init again")
    if not found:
        return _own(draft)
    tool = requirement_name(found[0])
    why = f"the version comes from version.txt now, and no more from {tool}"
    modules = _modules(draft)
    for each in found:
        draft.change("pyproject.toml", why, _without_requirement(each))
    for table in _TABLES:
        _told(draft, table)
        draft.drop(table, why)
    written = draft.value(*_VCS, "version-file")
    draft.drop(_VCS, why)
    if isinstance(written, str):
        here = f"hatchling itself writes {written} at each build"
        draft.set(_HOOK, "path", written, here)
        draft.set(_HOOK, "template", _WITH_TUPLE, here)
    return Derived(tool, modules)


def _own(draft: Draft) -> Derived:
    """Backends that can derive it by themselves."""
    if draft.value(*PDM.table, "source") == "scm":
        for key in ("write_to", "write_template", "tag_filter", "tag_regex", "version_format", "fallback_version"):
            if draft.value(*PDM.table, key) is not None:
                draft.find("unmatched", "warning", f"pdm's scm: {key} has no match here, and is taken out")
                draft.drop((*PDM.table, key), "it belongs to the source scm")
        return Derived("pdm's scm")
    if "setuptools_scm" in str(draft.value(*SCIKIT_BUILD.table, "provider")):
        return Derived("setuptools-scm")
    return Derived()


def _without_requirement(written: str) -> toml.Change:
    return lambda text: toml.without_item(text, ("build-system",), "requires", written)


def _modules(draft: Draft) -> tuple[str, ...]:
    """The modules that setuptools-scm and versioningit write."""
    tables = [draft.value(*table) for table in _TABLES]
    tables.append(draft.value("tool", "versioningit", "write"))
    written = [
        table.get(key) for table in tables if isinstance(table, Mapping) for key in ("version_file", "write_to", "file")
    ]
    return tuple(str(each) for each in written if each)


def _told(draft: Draft, table: tuple[str, ...]) -> None:
    said = draft.value(*table)
    for key in said if isinstance(said, Mapping) else ():
        if key not in ("version_file", "write_to", "write"):
            draft.find("unmatched", "warning", f"{table[-1]}: {key} has no match here, and is taken out")
