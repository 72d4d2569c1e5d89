"""Where the version lives: in version.txt where the build backend can read it, else where it is."""

from collections.abc import Callable
from typing import NamedTuple

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules.blueprint_backends import by_flit, by_hatchling, by_maturin, by_meson, by_pdm, by_scikit_build
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_setuptools import by_setuptools
from cz_ship.rules.blueprint_stated import Stated
from cz_ship.rules.wish import FILE

BACKENDS = {
    "setuptools.build_meta": "setuptools",
    "setuptools.build_meta:__legacy__": "setuptools",
    "scikit_build_core.setuptools.build_meta": "setuptools",
    "hatchling.build": "hatchling",
    "hatchling.ouroboros": "hatchling",
    "flit_core.buildapi": "flit",
    "flit.buildapi": "flit",
    "poetry.core.masonry.api": "poetry",
    "poetry.masonry.api": "poetry",
    "pdm.backend": "pdm",
    "uv_build": "uv",
    "scikit_build_core.build": "scikit-build-core",
    "maturin": "maturin",
    "mesonpy": "meson-python",
}
# These read a file, by a line in pyproject.toml. The others want a version that is there to stay there.
_READERS: dict[str, Callable[[Draft, Stated], Stated]] = {
    "hatchling": by_hatchling,
    "pdm": by_pdm,
    "scikit-build-core": by_scikit_build,
}
_OTHERS: dict[str, Callable[[Draft], Stated]] = {"flit": by_flit, "meson-python": by_meson}


class Home(NamedTuple):
    """Where the version lives from now on: commitizen's `provider`, and what was found."""

    provider: str
    stated: Stated


def backend(draft: Draft) -> str:
    """The build backend's name; what pyproject.toml says where it is none that is known here."""
    said = str(draft.value("build-system", "build-backend") or "setuptools.build_meta:__legacy__")
    return said if draft.value("build-system", "backend-path") else BACKENDS.get(said, said)


def home(draft: Draft, derived: bool) -> Home:
    """Find the version, and let the backend read version.txt from now on where it can.

    `derived`: it came from the tags so far, and whoever derived it is gone.
    """
    name = backend(draft)
    static = draft.value("project", "version")
    if isinstance(static, str) and name != "setuptools" and name not in _READERS:
        return Home("uv" if name == "uv" and draft.text("uv.lock") else "pep621", Stated(static))
    if name == "poetry":
        return _by_poetry(draft)
    if name == "maturin":
        return Home("pep621", by_maturin(draft))
    if not (isinstance(static, str) or _is_dynamic(draft)):
        told = "pyproject.toml states no version, and does not name it in dynamic"
        draft.find("no-version", "error", told, 'write version = "0.0.0" into [project], and run init again')
        return Home("version_txt", Stated())
    stated = _out_of_project(draft, static) if isinstance(static, str) else Stated()
    if name == "setuptools":
        return Home("version_txt", by_setuptools(draft, stated, derived))
    if name in _READERS:
        return Home("version_txt", _READERS[name](draft, stated))
    if name in _OTHERS:
        return Home("version_txt", _OTHERS[name](draft))
    told = f"the build backend {name} is not known here, and works the version out by itself"
    draft.find(
        "backend", "error", told, f"let it read {FILE}, write .cz.toml as the README shows it, and run init again"
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
    return Stated(version)


def _by_poetry(draft: Draft) -> Home:
    stated = draft.value("tool", "poetry", "version")
    if not isinstance(stated, str):
        told = "poetry reads its version from pyproject.toml, and none stands there"
        draft.find("no-version", "error", told, 'write version = "0.0.0" into [project], and run init again')
        return Home("pep621", Stated())
    return Home("poetry", Stated(stated))
