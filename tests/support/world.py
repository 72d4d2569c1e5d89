"""A whole world on loopback for tests: a project, its bare remote, and two Warehouse-like indexes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cz_ship.world.rehearsal.serve import Site, serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.projects import hatchling_project
from tests.support.repos import UNGATED, Repo, project, remote_of

TOKEN = "pypi-a-token-of-the-tests"


class Loopback(NamedTuple):
    """The project's repository, its remote, and the two indexes."""

    repo: Repo
    remote: Repo
    test: Site
    prod: Site

    def public(self) -> tuple[str, dict[str, str], dict[str, str]]:
        """All that others can see: the remote's refs, and the files of both indexes."""
        return self.remote.git("show-ref", check=False), files(self.test), files(self.prod)


def files(site: Site) -> dict[str, str]:
    """An index's files: name to sha256."""
    return {name: stored.sha256 for name, stored in sorted(site.warehouse.files.items())}


def addresses(test: str, prod: str) -> str:
    """The settings that name two indexes by their roots."""
    return "".join(
        f'[tool.cz-ship.indexes.{name}]\nupload_url = "{url}/legacy/"\nsimple_url = "{url}/simple/"\n'
        for name, url in (("test", test), ("prod", prod))
    )


@contextmanager
def loopback(
    root: Path,
    version: str = "0.0.0",
    settings: str = "",
    lay: Callable[[Path, str, str], Path] = hatchling_project,
    gates: str = UNGATED,
) -> Iterator[Loopback]:
    """A project with one `feat` commit, pushed; both indexes take `TOKEN`."""
    with serve(Warehouse([TOKEN])) as test, serve(Warehouse([TOKEN])) as prod:
        repo = project(root / "project", version, settings + addresses(test.url, prod.url), lay, gates)
        yield Loopback(repo, remote_of(repo, root / "remote.git"), test, prod)


def credentials(password: str = TOKEN) -> dict[str, str]:
    """The variables that carry credentials for both indexes."""
    return {
        f"{prefix}_{name}": value
        for prefix in ("PYPI", "TEST_PYPI")
        for name, value in (("USERNAME", "__token__"), ("PASSWORD", password))
    }
