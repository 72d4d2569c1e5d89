"""Build backends but setuptools: each reads version.txt by lines of its own, or keeps the version where it is."""

import re

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules.backends import HATCHLING, PDM, SCIKIT_BUILD, Backend
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_stated import Stated, by_module, by_package
from cz_ship.rules.wish import FILE

_MESON = re.compile(r"(\bproject\s*\([^)]*?\bversion\s*:\s*)'([^']+)'", re.DOTALL)
# Of [tool.hatch.version], what belongs to other sources than a file.
_OF_CODE = ("expression", "search-paths")
_SOURCES = ("source", *_OF_CODE, "raw-options", "tag-pattern", "fallback-version")


def by_hatchling(draft: Draft, stated: Stated) -> Stated:
    """hatchling, as its `regex` source reads a file."""
    stated = _moved(draft, stated, draft.value(*HATCHLING.table, "path"))
    for key in _SOURCES:
        if draft.value(*HATCHLING.table, key) is not None:
            if key in _OF_CODE:
                told = f"hatchling's source code: {key} has no match here, and is taken out: {FILE} is the version"
                draft.find("unmatched", "warning", told)
            draft.drop((*HATCHLING.table, key), f"hatchling reads {FILE}")
    _let_read(draft, HATCHLING)
    return stated


def by_pdm(draft: Draft, stated: Stated) -> Stated:
    """pdm-backend."""
    stated = _moved(draft, stated, draft.value(*PDM.table, "path"))
    _let_read(draft, PDM)
    return stated


def by_scikit_build(draft: Draft, stated: Stated) -> Stated:
    """scikit-build-core."""
    stated = _moved(draft, stated, draft.value(*SCIKIT_BUILD.table, "input"))
    _let_read(draft, SCIKIT_BUILD)
    return stated


def by_flit(draft: Draft) -> Stated:
    """flit reads `__version__` of the module and nothing else: commitizen keeps it in step with version.txt."""
    stated = by_package(draft)
    if stated.version:
        place = stated.places[0].partition(":")[0]
        draft.find("kept", "warning", f"flit reads {place}: version_files keeps that in step with {FILE}")
    else:
        told = "flit reads __version__ of the module, and none was found"
        draft.find("no-home", "error", told, 'write __version__ = "0.0.0" there, and run init again')
    return stated


def by_maturin(draft: Draft) -> Stated:
    """A candidate's version is none that Cargo takes: it stands in pyproject.toml, which maturin asks first."""
    cargo = draft.toml("Cargo.toml")
    found = toml.value_at(cargo, "package", "version")
    if not isinstance(found, str):
        told = "the version is dynamic, and [package] of Cargo.toml beside pyproject.toml states none"
        draft.find("no-home", "error", told, 'write version = "0.0.0" into [project] instead, and run init again')
        return Stated()
    version = str(found)

    def static(text: str) -> str:
        if draft.value("project", "dynamic") == ["version"]:
            return toml.with_key_instead(text, ("project",), "dynamic", "version", version)
        return toml.with_key(
            toml.without_item(text, ("project",), "dynamic", "version"), ("project",), "version", version
        )

    draft.change("pyproject.toml", "maturin asks for the version here first, and Cargo takes no 1.4.0rc1", static)
    draft.find("cargo", "warning", "the version in Cargo.toml stays as it is: the package's is in pyproject.toml now")
    return Stated(version)


def by_meson(draft: Draft) -> Stated:
    """meson takes a file for its version, as of 0.57: https://mesonbuild.com/Reference-manual_functions.html#project"""
    text = draft.text("meson.build") or ""
    if f"files('{FILE}')" in text:
        return Stated()
    match = _MESON.search(text)
    if match is None:
        told = "meson.build states no version that init can read"
        draft.find("no-home", "error", told, f"write version: files('{FILE}') into its project(…), and run init again")
        return Stated()
    made = f"{text[: match.start()]}{match[1]}files('{FILE}'){text[match.end() :]}"
    draft.put("meson.build", made, f"meson reads {FILE}")
    return Stated(match[2])


def _moved(draft: Draft, stated: Stated, path: object) -> Stated:
    """What the file stated that was read so far; in the same words from now on."""
    return stated if stated.version or path in (None, FILE) else by_module(draft, str(path))


def _let_read(draft: Draft, backend: Backend) -> None:
    if FILE in (draft.value(*backend.table, "path"), draft.value(*backend.table, "input")):
        return  # in the words of whoever wrote it
    for key, value in backend.keys.items():
        draft.set(backend.table, key, value, f"{backend.name} reads {FILE}")
