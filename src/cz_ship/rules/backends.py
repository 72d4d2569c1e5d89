"""Build backends: how each is told to take the version from version.txt, and whether it does."""

from collections.abc import Iterator
from typing import NamedTuple

from cz_ship.checkup import Built
from cz_ship.model import Finding
from cz_ship.rules.findings import finding
from cz_ship.rules.wish import FILE


class Backend(NamedTuple):
    """A backend, by the beginning of its `build-backend`; `lines` of pyproject.toml let it read version.txt.

    Where there are none, it cannot: then `provider` of commitizen writes the version where the backend looks.
    """

    name: str
    module: str
    lines: str = ""
    provider: str = "version_txt"


# Sources: the documentation of each backend on dynamic versions.
BACKENDS = (
    Backend("setuptools", "setuptools.", f'[tool.setuptools.dynamic]\nversion = {{file = "{FILE}"}}'),
    Backend("hatchling", "hatchling.", f'[tool.hatch.version]\npath = "{FILE}"\npattern = "^(?P<version>.+)$"'),
    Backend(
        "scikit-build-core",
        "scikit_build_core.",
        '[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.regex"\n'
        f'input = "{FILE}"\nregex = "(?P<value>.+)"',
    ),
    # Its `pattern` came with 2.5.
    Backend("pdm-backend", "pdm.", f'[tool.pdm.version]\nsource = "file"\npath = "{FILE}"\npattern = "(.+)"'),
    Backend("flit", "flit_core.", provider="pep621"),
    Backend("poetry-core", "poetry.core.", provider="pep621"),
    Backend("uv_build", "uv_build", provider="pep621"),
    Backend("maturin", "maturin", provider="pep621"),
    Backend("meson-python", "mesonpy", provider="pep621"),
)


def backend_of(module: str) -> Backend:
    """The backend that a `build-backend` names; one that is not known is taken to read no file."""
    found = (each for each in BACKENDS if f"{module}.".startswith(each.module))
    return next(found, Backend(module, module, provider="pep621"))


def backend_findings(built: Built) -> Iterator[Finding]:
    """Whether the backend gives a wheel the version that the tree says."""
    if built.fault:
        text = f"{built.module} cannot tell the metadata of a wheel\n{built.fault}"
        yield finding("backend-fails", text, "the build will fail in the same way", "python -m build --wheel")
    elif built.said != built.wanted:
        known = backend_of(built.module)
        text = f"{built.module} builds {built.said} where the version is {built.wanted}: it does not read {FILE}"
        # On lines of their own, to be copied as they are.
        way = f'\n{known.lines}\nin pyproject.toml, and dynamic = ["version"] in [project] there' if known.lines else ""
        other = f'{known.name} reads no file: set version_provider = "{known.provider}" in [tool.commitizen]'
        yield finding("backend-version", text + way, "" if way else other, "cz-ship init")
