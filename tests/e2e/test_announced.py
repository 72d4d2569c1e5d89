"""A release announced by the real command on a forge on loopback; docs/forge.md shows what it says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cz_ship.world.rehearsal.forge import ForgeSite, PlayedForge, serve_forge
from cz_ship.world.rehearsal.refs import RemoteRefs
from tests.support.readme import blocks, settled
from tests.support.said import Speaker
from tests.support.world import Loopback, credentials, loopback

TOKEN = "ghs_a-token-of-the-tests"
PAGE = "docs/forge.md"


@pytest.fixture
def announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Loopback, ForgeSite]]:
    """A project between two indexes, and a forge that holds its remote."""
    for name, value in {**credentials(), "GITHUB_REPOSITORY": "ann/demo-ship"}.items():
        monkeypatch.setenv(name, value)
    forge = PlayedForge("ann/demo-ship", RemoteRefs(tmp_path / "remote.git"), {TOKEN: True})
    with serve_forge(forge) as site:
        settings = f'[tool.cz-ship.forge]\nkind = "github"\napi_url = "{site.api_url}"\n'
        with loopback(tmp_path, settings=settings) as made:
            yield made, site


@pytest.mark.slow
def test_a_release_is_announced_and_its_token_stands_nowhere(
    announced: tuple[Loopback, ForgeSite], ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, site = announced
    before = way.public()
    refused = ship(way.repo.root, "release")
    assert (refused.code, way.public()) == (1, before)
    missing, told = blocks("text", PAGE)
    assert settled(missing) == settled(refused.err)[-3:]
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    released = ship(way.repo.root, "release")
    assert released.code == 0, released.err
    status = ship(way.repo.root, "status")
    lines = [line for line in status.out.splitlines() if " forge " in line]
    shown = re.sub(r"sha256 [0-9a-f]{64}", "sha256 …", "\n".join(lines))
    assert settled(shown) == settled(told)
    (release,) = site.forge.state.releases.values()
    assert "- first steps" in release.body
    held = {asset.name: asset.sha256 for asset in release.assets if asset.name != "SHA256SUMS"}
    assert held == {name: stored.sha256 for name, stored in way.prod.warehouse.files.items()}
    assert TOKEN not in "".join((refused.err, released.out, released.err, status.out, status.err))
    assert not any(TOKEN in path.read_text("utf-8", "replace") for path in way.repo.root.rglob("*") if path.is_file())
