"""Trusted publishing: a CI run's identity becomes a token, once, and a refusal is told in the index's words."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.credentials import Credentials, CredentialStore
from cz_ship.world.http import Answer, Backoff, Http
from cz_ship.world.publisher import remedy
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, Runner, TrustedPublisher, provide
from cz_ship.world.rehearsal.serve import Site, serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support import faulty_index as faults

HTTP = Http(Backoff(attempts=2, first=0.001, longest=0.001))
JOB = Job("ada", "engine", "release.yml")
PUBLISHER = TrustedPublisher("demo", JOB.owner, JOB.repository, JOB.workflow)


class Repeating(Provider):
    """A CI that issues the same identity again and again."""

    def issue(self, audience: str) -> str:
        return next(iter(self._issued), "") or super().issue(audience)


def store(root: Path, environ: Mapping[str, str], minted_seconds: float = 600) -> CredentialStore:
    return CredentialStore(root, environ, HTTP, pypirc=None, minted_seconds=minted_seconds)


@pytest.fixture
def runner() -> Iterator[Runner]:
    with provide(Provider(JOB)) as runner:
        yield runner


@pytest.fixture
def site(runner: Runner) -> Iterator[Site]:
    with serve(Warehouse(mint=Mint([PUBLISHER], runner.provider))) as site:
        yield site


def minted(site: Site) -> int:
    return [path for _, path, _ in site.requests].count("/_/oidc/mint-token")


def test_trusted_publishing_comes_first_and_mints_once(tmp_path: Path, site: Site, runner: Runner) -> None:
    environ = {**runner.environment(), "PYPI_USERNAME": "ada", "PYPI_PASSWORD": "stored"}
    finder = store(tmp_path, environ)

    first, second = finder.find("prod", site.upload_url), finder.find("prod", site.upload_url)

    assert first is not None
    assert (first.username, first.source) == ("__token__", "trusted publishing")
    assert first.password.startswith("pypi-")
    assert second == first
    assert minted(site) == 1


def test_programs_of_the_working_directory_are_not_run(
    tmp_path: Path, site: Site, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "id.py").write_text("print('a.forged.identity')\n")
    monkeypatch.chdir(tmp_path)

    assert store(tmp_path, runner.environment()).find("prod", site.upload_url) is not None


def test_a_token_that_grew_old_is_minted_anew(tmp_path: Path, site: Site, runner: Runner) -> None:
    finder = store(tmp_path, runner.environment(), minted_seconds=0)

    first, second = finder.find("prod", site.upload_url), finder.find("prod", site.upload_url)

    assert first != second
    assert minted(site) == 2


def test_each_index_mints_its_own_token(tmp_path: Path, site: Site, runner: Runner) -> None:
    with serve(Warehouse(mint=Mint([PUBLISHER], runner.provider, audience="other"))) as other:
        finder = store(tmp_path, runner.environment())
        tokens = {finder.find("prod", site.upload_url), finder.find("test", other.upload_url)}

    assert len(tokens) == 2
    assert minted(site) == 1


def test_a_refused_identity_is_told_in_the_words_of_the_index(tmp_path: Path, runner: Runner) -> None:
    stranger = PUBLISHER._replace(workflow="other.yml")
    with serve(Warehouse(mint=Mint([stranger], runner.provider))) as site:
        with pytest.raises(Failure, match="invalid-publisher: valid token, but no corresponding publisher") as caught:
            store(tmp_path, runner.environment()).find("prod", site.upload_url)

        environ = {**runner.environment(), "PYPI_PASSWORD": "pypi-stored"}
        fallback = store(tmp_path, environ).find("prod", site.upload_url)

    assert "publisher" in caught.value.hint
    assert fallback == Credentials("__token__", "pypi-stored", "the environment")


@pytest.mark.parametrize(
    ("job", "publisher", "told"),
    [
        (JOB, None, ["owner ada", "repository name engine", "workflow name release.yml", "name none, leave it empty"]),
        (JOB._replace(environment="pypi"), PUBLISHER._replace(environment="live"), ["environment name pypi"]),
        (JOB._replace(workflow="ship.yml"), PUBLISHER, ["workflow name ship.yml"]),
        (
            JOB._replace(called="eve/tools/.github/workflows/go.yml"),
            PUBLISHER,
            ["a workflow of eve/tools", "ada/engine"],
        ),
        (JOB._replace(event="pull_request_target"), PUBLISHER, ["pull_request_target"]),
    ],
    ids=["no publisher", "wrong environment", "wrong workflow", "another's workflow", "pull_request_target"],
)
def test_a_refusal_tells_the_very_values_to_enter(
    tmp_path: Path, job: Job, publisher: TrustedPublisher | None, told: list[str]
) -> None:
    with (
        provide(Provider(job)) as runner,
        serve(Warehouse(mint=Mint([publisher] if publisher else [], runner.provider))) as site,
        pytest.raises(Failure, match="invalid-publisher") as caught,
    ):
        store(tmp_path, runner.environment()).find("prod", site.upload_url)
    assert all(each in caught.value.hint for each in told)
    assert ".eyJ" not in caught.value.text + caught.value.hint, "no identity in an error"


def test_an_identity_that_was_taken_already_is_told_as_such(tmp_path: Path) -> None:
    with (
        provide(Repeating(JOB)) as runner,
        serve(Warehouse(mint=Mint([PUBLISHER], runner.provider))) as site,
    ):
        finder = store(tmp_path, runner.environment(), minted_seconds=0)
        finder.find("prod", site.upload_url)
        with pytest.raises(Failure, match="invalid-reuse-token: invalid token: already used") as caught:
            finder.find("prod", site.upload_url)
    assert caught.value.hint == "an identity is taken once: run the same command again, it asks for a new one"


def test_an_identity_that_nobody_can_read_gets_the_plain_hint() -> None:
    for identity in ("", "a.b.c", "e30.e30.e30", "a.W10.c"):
        assert remedy(identity, Answer(422, {}, b"{}"), "index.example").startswith("set up a publisher for this")


def test_a_minted_token_is_concealed_before_it_is_used(tmp_path: Path, site: Site, runner: Runner) -> None:
    told: list[str] = []
    found = CredentialStore(tmp_path, runner.environment(), HTTP, pypirc=None, conceal=told.append).find(
        "prod", site.upload_url
    )
    assert found is not None
    assert told == [found.password]


def test_a_job_without_permission_has_no_trusted_publishing(tmp_path: Path) -> None:
    with (
        provide(Provider(JOB, permitted=False)) as runner,
        serve(Warehouse(mint=Mint([PUBLISHER], runner.provider))) as site,
    ):
        assert store(tmp_path, runner.environment()).find("prod", site.upload_url) is None
    assert site.requests == ()


def test_an_index_without_trusted_publishing_leaves_it_to_the_other_sources(tmp_path: Path, runner: Runner) -> None:
    environ = {**runner.environment(), "PYPI_USERNAME": "ada", "PYPI_PASSWORD": "stored"}
    with serve(Warehouse()) as without, faults.serve() as index:
        finder = store(tmp_path, environ)
        for upload_url in (without.upload_url, f"{index.url}/root/rel/"):
            found = finder.find("prod", upload_url)
            assert found is not None
            assert found.source == "the environment"


def test_an_index_in_trouble_is_a_failure_and_not_the_next_source(tmp_path: Path, runner: Runner) -> None:
    environ = {**runner.environment(), "PYPI_USERNAME": "ada", "PYPI_PASSWORD": "stored"}
    with faults.serve() as index:
        index.on("/_/oidc/audience", faults.status(503))
        with pytest.raises(Failure, match="audience: 503"):
            store(tmp_path, environ).find("prod", f"{index.url}/legacy/")


def test_a_ci_that_gives_no_identity_is_told_without_the_request_token(tmp_path: Path, site: Site) -> None:
    with faults.serve() as ci:
        environ = {
            "GITHUB_ACTIONS": "true",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "hunter2",
            "ACTIONS_ID_TOKEN_REQUEST_URL": ci.on("/token", faults.status(403)),
        }
        with pytest.raises(
            Failure, match=r"trusted publishing: GitHub: OIDC token request failed \(code=403"
        ) as caught:
            store(tmp_path, environ).find("prod", site.upload_url)
    assert "id-token: write" in caught.value.hint
    assert "hunter2" not in caught.value.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (faults.json_page({"message": "Bad day"}, 422), "Bad day"),
        (faults.json_page({"errors": []}, 422), "422"),
        (faults.page("<html>", code=418, reason="Teapot"), "418 Teapot"),
        (faults.json_page({"success": True}), "200 OK"),
        (faults.json_page([]), "200 OK"),
    ],
)
def test_an_answer_without_a_token_is_no_token(
    tmp_path: Path, runner: Runner, answer: faults.Answering, words: str
) -> None:
    with faults.serve() as index:
        index.on("/_/oidc/audience", faults.json_page({"audience": "pypi"}))
        index.on("/_/oidc/mint-token", answer)
        with pytest.raises(Failure, match=f"refused this CI run a token for trusted publishing: {words}"):
            store(tmp_path, runner.environment()).find("prod", f"{index.url}/legacy/")
        assert "token" in json.loads(index.requests[-1].body)
