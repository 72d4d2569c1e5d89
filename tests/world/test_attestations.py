"""Files go to an index with an attestation of the job that publishes them, and the index verifies it."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from cz_ship.errors import Exit, Failure
from cz_ship.model import Artifact
from cz_ship.settings import IndexSettings
from cz_ship.world.attestations import Attester
from cz_ship.world.credentials import TRUSTED, Credentials, CredentialStore
from cz_ship.world.http import Backoff, Http
from cz_ship.world.index import LiveIndex
from cz_ship.world.process import Outcome
from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, Runner, TrustedPublisher, provide
from cz_ship.world.rehearsal.serve import Listener, Site, listen, serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.notary import PlayedNotary, trust
from tests.support.played_sigstore import PlayedSigstore
from tests.support.readme import blocks
from tests.support.tiny import Tiny, sdist, wheel

HTTP = Http(Backoff(attempts=2, first=0.001, longest=0.001))
JOB = Job("ann", "demo", "release.yml", "pypi", sha="1" * 40)
PUBLISHER = TrustedPublisher("demo", "ann", "demo", "release.yml", "pypi")
SECRET = "pypi-stored"


class Absent(Attester):
    """Where the extra is not installed."""

    is_installed = False


class Broken(Attester):
    """Where nothing can be signed."""

    def attest(self, artifact: Artifact) -> str:
        raise Failure(f"{artifact.name} is not attested", pause=0)


class Trusted(CredentialStore):
    """Where any index mints a token."""

    def find(self, index: str, upload_url: str) -> Credentials | None:
        return Credentials("__token__", SECRET, TRUSTED)


class Stage(NamedTuple):
    """A job, an index that trusts it, and the Sigstore that both go by."""

    runner: Runner
    site: Site
    sigstore: PlayedSigstore
    listener: Listener
    folder: Path

    def door(
        self,
        environ: Mapping[str, str] | None = None,
        attestations: bool | None = True,
        attester: type[Attester] = Attester,
    ) -> LiveIndex:
        settings = IndexSettings("prod", True, self.site.upload_url, self.site.simple_url, attestations)
        store = CredentialStore(self.folder, environ or self.runner.environment(), HTTP, pypirc=None)
        return LiveIndex(settings, store, HTTP, self.attester(store.identity, kind=attester))

    def attester(
        self, identify: Callable[[str], str] | None = None, *, seconds: float = 60, kind: type[Attester] = Attester
    ) -> Attester:
        addresses = self.folder / "trust.json"
        addresses.write_text(self.sigstore.trust(self.listener.url))
        return kind(identify or self.runner.provider.issue, trust=addresses, seconds=seconds)

    def laid(self, tiny: Tiny) -> Artifact:
        return Artifact(tiny.filename, tiny.sha256, len(tiny.content), str(tiny.laid(self.folder)))

    def provenance(self, tiny: Tiny) -> tuple[int, dict[str, Any]]:
        path = f"{self.site.url}/integrity/demo/1.0/{tiny.filename}/provenance"
        answer = HTTP.get(path, accept="application/json", limit_seconds=10)
        return answer.status, json.loads(answer.body)


def played(job: Job, folder: Path) -> Iterator[Stage]:
    provider = Provider(job)
    sigstore = PlayedSigstore(provider)
    warehouse = Warehouse([SECRET], mint=Mint([PUBLISHER], provider), notary=PlayedNotary())
    with provide(provider) as runner, serve(warehouse) as site, listen(sigstore) as listener:
        trust(sigstore.trusted_root(listener.url))
        yield Stage(runner, site, sigstore, listener, folder)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    yield from played(JOB, tmp_path)


@pytest.mark.slow
def test_each_file_comes_with_an_attestation_that_the_index_verifies(stage: Stage) -> None:
    index = stage.door()
    for tiny in (wheel(), sdist()):
        assert index.upload(stage.laid(tiny)) == "with an attestation"

    assert len(stage.sigstore.log) == 2
    for tiny in (wheel(), sdist()):
        status, told = stage.provenance(tiny)
        (bundle,) = told["attestation_bundles"]
        publisher = {"kind": "GitHub", "repository": "ann/demo", "workflow": "release.yml", "environment": None}
        assert (status, bundle["publisher"]) == (200, publisher)
    assert [file.name for file in stage.folder.iterdir() if "attestation" in file.name] == [], "none is left beside"
    simple = HTTP.get(f"{stage.site.simple_url}demo/", accept="text/html", limit_seconds=10)
    assert simple.body.count(b" data-provenance=") == 2


def test_a_file_is_attested_once_however_often_it_is_uploaded(stage: Stage) -> None:
    index = stage.door()
    for _ in range(2):
        assert index.upload(stage.laid(wheel())) == "with an attestation"
    assert (len(stage.sigstore.log), stage.site.stored) == (1, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environ", "attestations", "attester", "remark"),
    [
        (None, False, Attester, ""),
        (None, None, Attester, ""),
        (None, True, Absent, "without an attestation: the extra cz-ship[attestations] is not installed"),
        (None, False, Absent, ""),
        ({"PYPI_PASSWORD": SECRET}, True, Attester, ""),
        (
            {"PYPI_PASSWORD": SECRET, "GITHUB_ACTIONS": "true"},
            True,
            Attester,
            next(each for each in blocks("text", "docs/pipeline.md") if "attestation" in each).strip(),
        ),
    ],
    ids=["switched off", "another index", "not installed", "neither", "no job", "a stored token"],
)
def test_without_an_attestation_a_file_goes_all_the_same(
    stage: Stage, environ: Mapping[str, str] | None, attestations: bool | None, attester: type[Attester], remark: str
) -> None:
    assert stage.door(environ, attestations, attester).upload(stage.laid(wheel())) == remark
    assert (stage.site.stored, stage.sigstore.log) == (1, [])
    assert stage.provenance(wheel()) == (404, {"message": f"No provenance available for {wheel().filename}"})


class Unsent(LiveIndex):
    """An index that takes whatever it is sent, without being asked."""

    def _twine(self, path: Path, credentials: Credentials, attestation: str) -> Outcome:
        assert (path.suffix, credentials.source, attestation) == (".whl", TRUSTED, "")
        return Outcome(0, b"", b"")


def test_an_extra_that_is_not_there_is_told_where_an_own_index_would_have_taken_an_attestation(tmp_path: Path) -> None:
    store = Trusted(tmp_path, {"GITHUB_ACTIONS": "true"}, HTTP)
    artifact = Artifact(wheel().filename, wheel().sha256, len(wheel().content), str(wheel().laid(tmp_path)))
    index = Unsent(IndexSettings("prod", True, None, None), store, HTTP, Absent(store.identity))
    assert index.upload(artifact) == "without an attestation: the extra cz-ship[attestations] is not installed"


@pytest.mark.parametrize("url", [DEFAULT_REPOSITORY, TEST_REPOSITORY])
@pytest.mark.parametrize(("attestations", "named"), [(None, None), (None, "itself"), (True, None)])
def test_the_own_indexes_are_known_to_take_attestations(
    tmp_path: Path, url: str, attestations: bool | None, named: str | None
) -> None:
    name = "prod" if url == DEFAULT_REPOSITORY else "test"
    settings = IndexSettings(name, True, url if named else None, None, attestations)
    store = Trusted(tmp_path, {"GITHUB_ACTIONS": "true"}, HTTP)
    path = wheel().laid(tmp_path)
    artifact = Artifact(wheel().filename, wheel().sha256, len(wheel().content), str(path))
    with pytest.raises(Failure, match="is not attested") as caught:
        LiveIndex(settings, store, HTTP, Broken(store.identity)).upload(artifact)
    off = f"indexes.{name}.attestations = false in [tool.cz-ship]"
    assert caught.value.hint == f"the same command signs it again; with {off} it is uploaded without"


def busy(path: str, status: int) -> Callable[[Stage], Callable[[Request], Answer]]:
    def interposed(stage: Stage) -> Callable[[Request], Answer]:
        return lambda asked: Answer(status) if asked.path == path else stage.sigstore.answer(asked)

    return interposed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "status", "words", "pause"),
    [
        ("/api/v2/signingCert", 503, "FulcioClientError: 503 Server Error", 0),
        ("/api/v2/signingCert", 400, "FulcioClientError: 400 Client Error", None),
        ("/api/v1/log/entries", 502, "RekorClientError: Rekor returned an unknown error with HTTP 502", 0),
        ("/api/v1/log/entries", 429, "RekorClientError: Rekor returned an unknown error with HTTP 429", 0),
        ("/api/v1/log/entries", 400, "RekorClientError: Rekor returned an unknown error with HTTP 400", None),
    ],
)
def test_what_is_busy_is_asked_again_and_what_refuses_is_not(
    stage: Stage, path: str, status: int, words: str, pause: float | None
) -> None:
    stage.listener.interpose(busy(path, status)(stage))
    with pytest.raises(Failure, match=f"{wheel().filename} is not attested: {words}") as caught:
        stage.attester().attest(stage.laid(wheel()))
    assert (caught.value.code, caught.value.pause) == (Exit.REFUSED, pause)


@pytest.mark.slow
def test_what_cannot_be_signed_now_is_not_uploaded_without_and_signed_later(stage: Stage) -> None:
    index = stage.door()
    stage.listener.interpose(busy("/api/v1/log/entries", 503)(stage))
    with pytest.raises(Failure, match="is not attested"):
        index.upload(stage.laid(wheel()))
    assert stage.site.stored == 0
    stage.listener.interpose(None)
    assert index.upload(stage.laid(wheel())) == "with an attestation"
    assert stage.provenance(wheel())[0] == 200


def test_a_sigstore_that_is_away_is_asked_again(stage: Stage) -> None:
    attester = stage.attester()
    (stage.folder / "trust.json").write_text(stage.sigstore.trust("http://127.0.0.1:1"))
    with pytest.raises(Failure, match=r"is not attested: ConnectionError: .*Connection refused") as caught:
        attester.attest(stage.laid(wheel()))
    assert caught.value.pause == 0


def test_one_that_never_answers_has_a_limit(stage: Stage) -> None:
    with pytest.raises(Failure, match=r"did not end within 0\.01 seconds") as caught:
        stage.attester(seconds=0.01).attest(stage.laid(wheel()))
    assert caught.value.pause == 0


@pytest.mark.slow
def test_an_identity_that_nobody_takes_is_in_no_error(stage: Stage) -> None:
    for identity in ("no-identity", Provider(JOB).issue("sigstore"), stage.runner.provider.issue("pypi")):
        with pytest.raises(Failure, match=r"is not attested: (IdentityError|FulcioClientError): ") as caught:
            stage.attester({"sigstore": identity}.__getitem__).attest(stage.laid(wheel()))
        assert caught.value.pause is None
        assert identity not in caught.value.text + caught.value.hint


def test_an_identity_that_is_echoed_is_masked(stage: Stage) -> None:
    stage.listener.interpose(lambda asked: Answer(400, reason=asked.headers["authorization"].removeprefix("Bearer ")))
    with pytest.raises(Failure, match=r"FulcioClientError: 400 Client Error: \*\*\*\* for url"):
        stage.attester().attest(stage.laid(wheel()))


@pytest.mark.slow
def test_a_called_workflow_gets_a_token_and_no_attestation_of_it_is_taken(tmp_path: Path) -> None:
    job = JOB._replace(workflow="begins.yml", called="ann/demo/.github/workflows/release.yml")
    for stage in played(job, tmp_path):
        with pytest.raises(
            Failure, match="400 Invalid attestations supplied during upload: Could not verify"
        ) as caught:
            stage.door().upload(stage.laid(wheel()))
        assert caught.value.code is Exit.PERSON
        assert "the workflow file that the run began with" in caught.value.hint
        assert "attestations = false" in caught.value.hint
        assert stage.site.stored == 0
