"""Where the version lives: in version.txt where the build backend can read it, else where it is."""

from collections.abc import Callable
from typing import NamedTuple

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules.backends import (
    FLIT,
    HATCHLING,
    MATURIN,
    MESON,
    PDM,
    POETRY,
    SCIKIT_BUILD,
    SETUPTOOLS,
    UV,
    Backend,
    backend_of,
)
from cz_ship.rules.blueprint_backends import by_flit, by_hatchling, by_maturin, by_meson, by_pdm, by_scikit_build
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_setuptools import by_setuptools
from cz_ship.rules.blueprint_stated import Stated, with_package
from cz_ship.rules.wish import FILE

# These read a file, by a line in pyproject.toml. The others want a version that is there to stay there.
_READERS: dict[str, Callable[[Draft, Stated], Stated]] = {
    HATCHLING.name: by_hatchling,
    PDM.name: by_pdm,
    SCIKIT_BUILD.name: by_scikit_build,
}
_OTHERS: dict[str, Callable[[Draft], Stated]] = {FLIT.name: by_flit, MESON.name: by_meson}


class Home(NamedTuple):
    """Where the version lives from now on: commitizen's `provider`, and what was found."""

    provider: str
    stated: Stated


def backend(draft: Draft) -> Backend:
    """The build backend. One that lies in the project itself is none that is known here, whatever it is called."""
    said = str(draft.value("build-system", "build-backend") or "setuptools.build_meta:__legacy__")
    return Backend(said, (said,)) if draft.value("build-system", "backend-path") else backend_of(said)


def home(draft: Draft, derived: bool) -> Home:
    """Find the version, and let the backend read version.txt from now on where it can.

    `derived`: it came from the tags so far, and whoever derived it is gone.
    """
    known = backend(draft)
    static = draft.value("project", "version")
    if isinstance(static, str) and known != SETUPTOOLS and known.name not in _READERS:
        return Home("uv" if known == UV and draft.text("uv.lock") else "pep621", with_package(draft, static))
    if known == POETRY:
        return _by_poetry(draft)
    if known == MATURIN:
        return Home("pep621", by_maturin(draft))
    if not (isinstance(static, str) or _is_dynamic(draft)):
        told = "pyproject.toml states no version, and does not name it in dynamic"
        draft.find("no-version", "error", told, 'write version = "0.0.0" into [project], and run init again')
        return Home("version_txt", Stated())
    stated = _out_of_project(draft, static) if isinstance(static, str) else Stated()
    if known == SETUPTOOLS:
        return Home("version_txt", by_setuptools(draft, stated, derived))
    if known.name in _READERS:
        return Home("version_txt", _READERS[known.name](draft, stated))
    if known.name in _OTHERS:
        return Home("version_txt", _OTHERS[known.name](draft))
    told = f"the build backend {known.name} is not known here, and works the version out by itself"
    draft.find(
        "backend",
        "error",
        told,
        f'let it read {FILE}, write .cz.toml by hand with version_provider = "version_txt", and run init again',
    )
    return Home("version_txt", Stated())


def _is_dynamic(draft: Draft) -> bool:
    dynamic = draft.value("project", "dynamic")
    return "project" not in draft.toml() or (isinstance(dynamic, list) and "version" in dynamic)


def _out_of_project(draft: Draft, version: str) -> Stated:
    """Take `version` out of [project] and into `dynamic`."""

    def dynamic(text: str) -> str:
        if isinstance(draft.value("project", "dynamic"), list):
            return toml.with_item(toml.without(text, ("project", "version")), ("project",), "dynamic", "version")
        return toml.with_key_instead(text, ("project",), "version", "dynamic", ["version"])

    draft.change("pyproject.toml", f"the version moves to {FILE}", dynamic)
    return with_package(draft, version)


def _by_poetry(draft: Draft) -> Home:
    stated = draft.value("tool", "poetry", "version")
    if not isinstance(stated, str):
        told = "poetry reads its version from pyproject.toml, and none stands there"
        draft.find("no-version", "error", told, 'write version = "0.0.0" into [project], and run init again')
        return Home("pep621", Stated())
    return Home("poetry", with_package(draft, stated))
