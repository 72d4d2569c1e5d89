"""A release whose files are attested: Sigstore goes away in the middle of it, and the same command finishes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.release import release
from cz_ship.world.rehearsal import Answer
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, TrustedPublisher, provide
from cz_ship.world.rehearsal.serve import Listener, Site, listen, serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.hasty import HastyWorld
from tests.support.notary import PlayedNotary, trust
from tests.support.played_sigstore import PlayedSigstore
from tests.support.repos import Repo, project, remote_of
from tests.support.world import addresses

JOB = Job("ann", "demo-ship", "pipeline.yml")
PUBLISHER = TrustedPublisher("demo-ship", "ann", "demo-ship", "pipeline.yml")
TAKES = "attestations = true\n"


class Attested(NamedTuple):
    """A project, its two indexes, and Sigstore with its log."""

    repo: Repo
    test: Site
    prod: Site
    sigstore: PlayedSigstore
    listener: Listener

    def world(self) -> HastyWorld:
        """A job of the pipeline: each is a machine of its own."""
        return HastyWorld(self.repo.root, trust=self.repo.root.parent / "trust.json")


@pytest.fixture
def way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attested]:
    provider = Provider(JOB)
    sigstore = PlayedSigstore(provider)

    def warehouse() -> Warehouse:
        return Warehouse(mint=Mint([PUBLISHER], provider), notary=PlayedNotary())

    with provide(provider) as ci, serve(warehouse()) as test, serve(warehouse()) as prod, listen(sigstore) as listener:
        for name, value in ci.environment().items():
            monkeypatch.setenv(name, value)
        trust(sigstore.trusted_root(listener.url))
        (tmp_path / "trust.json").write_text(sigstore.trust(listener.url))
        prod_table = "[tool.cz-ship.indexes.prod]"
        settings = addresses(test.url, prod.url).replace(prod_table, TAKES + prod_table) + TAKES
        repo = project(tmp_path / "project", settings=settings)
        remote_of(repo, tmp_path / "remote.git")
        yield Attested(repo, test, prod, sigstore, listener)


def attested(site: Site) -> list[bool]:
    """Of each file of an index, whether it is shown with attestations."""
    return [bool(file.provenance) for file in site.warehouse.files.values()]


@pytest.mark.slow
@pytest.mark.parametrize("mended", ["Sigstore is back", "attestations are switched off"])
def test_a_half_release_is_finished_whatever_becomes_of_sigstore(way: Attested, tmp_path: Path, mended: str) -> None:
    dist = tmp_path / "dist"
    begun = release(way.world(), ["prepare", "tag", "test"], dist)
    assert sum(step.text.endswith(", with an attestation") for step in begun.steps) == 2
    assert (attested(way.test), len(way.sigstore.log)) == ([True, True], 2)

    way.listener.interpose(lambda asked: Answer(503))
    with pytest.raises(Failure) as caught:
        release(way.world(), ["prod"], dist)
    assert caught.value.code is Exit.UNFINISHED
    assert "is not attested: FulcioClientError: 503 Server Error" in caught.value.text
    assert "0.1.0 is in part public" in caught.value.text
    assert "with indexes.prod.attestations = false in [tool.cz-ship] it is uploaded without" in caught.value.hint
    assert way.prod.stored == 0

    if mended == "Sigstore is back":
        way.listener.interpose(None)
    else:
        settings = (way.repo.root / ".cz.toml").read_text().removesuffix(TAKES) + "attestations = false\n"
        way.repo.git("pull", "--quiet", "--ff-only")
        way.repo.commit("ci: without attestations", {".cz.toml": settings})
        way.repo.git("push", "--quiet")
    finished = release(way.world(), ["prod"], dist)
    assert finished.released, finished.text
    assert attested(way.prod) == [mended == "Sigstore is back"] * 2
    uploads = [path for method, path, _ in way.test.requests if method == "POST" and path == "/legacy/"]
    assert len(uploads) == 2, "what was there already is not uploaded again"
