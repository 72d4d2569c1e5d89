"""Mode `pull-request` with real commands and git, and a forge on loopback; docs/pull-request.md shows what is said."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cz_ship.settings import parse
from cz_ship.world.rehearsal.forge import PlayedForge, serve_forge
from cz_ship.world.rehearsal.forge_pulls import EVERY_RIGHT, PlayedPulls
from cz_ship.world.rehearsal.refs import RemoteRefs
from tests.support.readme import blocks, settled
from tests.support.said import Speaker
from tests.support.world import Loopback, credentials, loopback

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TOKEN = "ghs_a-token-of-the-tests"
PAGE = "docs/pull-request.md"
PROPOSAL = "cz-ship/release-main"


@pytest.fixture
def proposing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Loopback, PlayedPulls]]:
    """A project in mode `pull-request` between two indexes, and a forge that holds its remote."""
    for name, value in {**credentials(), "GITHUB_REPOSITORY": "ann/demo-ship", "GITHUB_TOKEN": TOKEN}.items():
        monkeypatch.setenv(name, value)
    refs = RemoteRefs(tmp_path / "remote.git")
    pulls = PlayedPulls("ann/demo-ship", refs, {TOKEN: EVERY_RIGHT})
    with serve_forge(PlayedForge("ann/demo-ship", refs, {TOKEN: True}, pulls=pulls)) as site:
        settings = f'[tool.cz-ship]\nmode = "pull-request"\n[tool.cz-ship.forge]\napi_url = "{site.api_url}"\n'
        with loopback(tmp_path, settings=settings) as made:
            yield made, pulls


def shown(text: str) -> list[str]:
    """Lines without what differs from run to run."""
    return settled(re.sub(r"\b[0-9a-f]{7,12}\b", "0" * 7, text))


def test_the_settings_of_the_page_are_read_without_a_fault() -> None:
    settings = tomllib.loads(blocks("toml", PAGE)[0])["tool"]["cz-ship"]
    assert parse({PAGE: settings}).mode == "pull-request"


@pytest.mark.slow
def test_a_release_is_proposed_edited_kept_up_to_date_merged_and_released(
    proposing: tuple[Loopback, PlayedPulls], ship: Speaker
) -> None:
    way, pulls = proposing
    plan, first, second = blocks("text", PAGE)
    assert shown(plan) == shown("\n".join(ship(way.repo.root, "plan").out.splitlines()[:2]))
    said = ship(way.repo.root, "release")
    assert said.code == 0, said.err
    assert shown(first) == shown(said.err + said.out)
    (pull,) = pulls.open_pulls()
    assert shown(blocks("markdown", PAGE)[0]) == shown(pull.body)
    assert [(run.branch, run.sha) for run in pulls.state.runs] == [(PROPOSAL, pull.sha)]
    assert (way.test.warehouse.files, way.prod.warehouse.files) == ({}, {})
    # A person edits the notes, and a fix is merged meanwhile.
    way.repo.git("fetch", "--quiet")
    way.repo.git("switch", "--quiet", PROPOSAL)
    news = (way.repo.root / "CHANGELOG.md").read_text()
    way.repo.commit("docs: say it better", {"CHANGELOG.md": news.replace("- first steps", "- the *very* first steps")})
    way.repo.git("push", "--quiet")
    way.repo.git("switch", "--quiet", "main")
    way.repo.commit("fix(core): mend", {"mended.txt": "1\n"})
    way.repo.git("push", "--quiet")
    said = ship(way.repo.root, "release", "--json")
    assert said.code == 0, said.err
    assert (said.json["version"], said.json["released"]) == (None, False)
    assert f"push {PROPOSAL}" in [step["step"] for step in said.json["steps"]]
    assert way.remote.git("rev-parse", f"{PROPOSAL}^") == way.remote.git("rev-parse", "main")
    (pull,) = pulls.open_pulls()
    for line in ("- the *very* first steps", "- **core**: mend"):
        assert line in pull.body
    assert "Co-authored-by: " in way.remote.git("show", "--no-patch", "--format=%B", PROPOSAL)
    before = way.public(), pulls.state
    assert ship(way.repo.root, "release", "--json").json["steps"] == []
    assert (way.public(), pulls.state) == before
    # Another feature comes before the merge is released.
    merged = pulls.merge(pull.number, "squash")
    way.repo.git("pull", "--quiet")
    way.repo.commit("feat: more", {"more.txt": "1\n"})
    way.repo.git("push", "--quiet")
    said = ship(way.repo.root, "release")
    assert said.code == 0, said.err
    assert shown(second) == shown(said.out)
    assert way.remote.git("rev-parse", "v0.1.0^{commit}") == merged
    assert "very* first steps" in way.remote.git("show", "v0.1.0:CHANGELOG.md")
    status = ship(way.repo.root, "status", "--json").json
    assert (status["version"], status["state"]) == ("0.1.0", "complete")
    told = {fact["fact"]: fact["text"] for fact in status["facts"]}
    assert told["proposal"].startswith("bump: version 0.1.0 → 0.2.0: http")
    assert pulls.open_pulls()[0].number == 2


@pytest.mark.slow
def test_changes_that_would_be_lost_are_for_a_person(proposing: tuple[Loopback, PlayedPulls], ship: Speaker) -> None:
    way, _ = proposing
    assert ship(way.repo.root, "release").code == 0
    way.repo.git("fetch", "--quiet")
    way.repo.git("switch", "--quiet", PROPOSAL)
    theirs = way.repo.commit("docs: a word", {"notes.txt": "a word\n"})
    way.repo.git("push", "--quiet")
    way.repo.git("switch", "--quiet", "main")
    way.repo.commit("fix: b", {"b.txt": "b\n"})
    way.repo.git("push", "--quiet")
    said = ship(way.repo.root, "release")
    assert said.code == 5
    assert way.remote.git("rev-parse", PROPOSAL) == theirs
    assert shown(blocks("console", PAGE)[0]) == shown("\n".join(said.err.splitlines()[-3:]))
