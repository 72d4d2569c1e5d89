"""Build backends: how each is told to take the version from version.txt, and whether it does."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from cz_ship.checkup import Built
from cz_ship.model import Finding
from cz_ship.rules.blueprint_toml import literal
from cz_ship.rules.findings import finding
from cz_ship.rules.wish import FILE


class Backend(NamedTuple):
    """A build backend, by all that a `build-backend` may say to mean it.

    `keys` in a `table` of pyproject.toml let it read version.txt. Where there are none it reads no file: then
    `provider` of commitizen writes the version where the backend looks.
    """

    name: str
    modules: tuple[str, ...]
    table: tuple[str, ...] = ()
    keys: Mapping[str, object] = MappingProxyType({})
    provider: str = "version_txt"

    @property
    def lines(self) -> str:
        """The table as it stands in pyproject.toml; empty where there is none."""
        lines = [f"[{'.'.join(self.table)}]", *(f"{key} = {literal(value)}" for key, value in self.keys.items())]
        return "\n".join(lines) if self.table else ""


# Sources: the documentation of each backend on dynamic versions, as linked.
SETUPTOOLS = Backend(  # https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata
    "setuptools",
    ("setuptools.build_meta", "setuptools.build_meta:__legacy__", "scikit_build_core.setuptools.build_meta"),
    ("tool", "setuptools", "dynamic"),
    {"version": {"file": FILE}},
)
HATCHLING = Backend(  # its `regex` source: https://hatch.pypa.io/latest/version/
    "hatchling",
    ("hatchling.build", "hatchling.ouroboros"),
    ("tool", "hatch", "version"),
    {"path": FILE, "pattern": "(?P<version>.+)"},
)
SCIKIT_BUILD = Backend(  # https://scikit-build-core.readthedocs.io/en/latest/configuration/dynamic.html
    "scikit-build-core",
    ("scikit_build_core.build",),
    ("tool", "scikit-build", "metadata", "version"),
    {"provider": "scikit_build_core.metadata.regex", "input": FILE, "regex": "(?P<value>.+)"},
)
PDM = Backend(  # https://backend.pdm-project.org/metadata/; 2.4.9 knows `pattern`, 2.4.0 did not
    "pdm-backend",
    ("pdm.backend",),
    ("tool", "pdm", "version"),
    {"source": "file", "path": FILE, "pattern": "(.+)"},
)
FLIT = Backend("flit", ("flit_core.buildapi", "flit.buildapi"), provider="pep621")
POETRY = Backend("poetry-core", ("poetry.core.masonry.api", "poetry.masonry.api"), provider="pep621")
UV = Backend("uv_build", ("uv_build",), provider="pep621")
MATURIN = Backend("maturin", ("maturin",), provider="pep621")
MESON = Backend("meson-python", ("mesonpy",), provider="pep621")
BACKENDS = (SETUPTOOLS, HATCHLING, SCIKIT_BUILD, PDM, FLIT, POETRY, UV, MATURIN, MESON)


def backend_of(module: str) -> Backend:
    """The backend that a `build-backend` names; one that is not known is taken to read no file."""
    found = (each for each in BACKENDS if module in each.modules)
    return next(found, Backend(module, (module,), provider="pep621"))


def backend_findings(built: Built) -> Iterator[Finding]:
    """Whether the backend gives a wheel the version that the tree says."""
    if built.fault:
        text = f"{built.module} cannot tell the metadata of a wheel\n{built.fault}"
        yield finding("backend-fails", text, "the build will fail in the same way", "python -m build --wheel")
    elif built.said != built.wanted:
        known = backend_of(built.module)
        text = (
            f"{built.module} builds {built.said} also where {built.wanted} is written in the version's place, for a try"
        )
        # On lines of their own, to be copied as they are.
        way = f'\n{known.lines}\nin pyproject.toml, and dynamic = ["version"] in [project] there' if known.lines else ""
        other = f'{known.name} reads no file: set version_provider = "{known.provider}" in [tool.commitizen]'
        yield finding("backend-version", text + way, "" if way else other, "cz-ship init")
