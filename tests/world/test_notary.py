"""What the rehearsal's index says to attestations: Warehouse's answers, one after the other."""

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pypi_attestations import Attestation, AttestationType, Distribution
from sigstore.models import ClientTrustConfig
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext

from cz_ship.world.rehearsal import Answer
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, TrustedPublisher
from cz_ship.world.rehearsal.serve import listen
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.asking import PASSWORD, document, read, upload
from tests.support.notary import PlayedNotary, trust
from tests.support.played_sigstore import PlayedSigstore
from tests.support.tiny import Tiny, sdist, wheel

PUBLISHER = TrustedPublisher("demo", "ann", "demo", "release.yml")
JOB = Job("ann", "demo", "release.yml")
REFUSED = "Invalid attestations supplied during upload: "
UNVERIFIED = f"{REFUSED}Could not verify the uploaded artifact using the included attestation: Verification failed: "


class Desk(NamedTuple):
    """An index and the job that it trusts; `signed` are attestations of that job, by file name."""

    warehouse: Warehouse
    token: str
    signed: dict[str, Any]

    def hand_in(self, attestations: str, tiny: Tiny | None = None, password: str = "") -> Answer:
        fields = {"attestations": attestations}
        return upload(self.warehouse, tiny or wheel(), fields, auth=("__token__", password or self.token))


def signed(provider: Provider, *tinies: Tiny, folder: Path) -> dict[str, Any]:
    """Attestations of a provider's job, whose Sigstore is trusted from then on."""
    sigstore, made = PlayedSigstore(provider), {}
    with listen(sigstore) as listener:
        known = ClientTrustConfig.from_json(sigstore.trust(listener.url))
        known.force_tlog_version = 1
        trust(sigstore.trusted_root(listener.url))
        for tiny in tinies:
            with SigningContext.from_trust_config(known).signer(IdentityToken(provider.issue("sigstore"))) as signer:
                attestation = Attestation.sign(signer, Distribution.from_file(tiny.laid(folder)))
            made[tiny.filename] = json.loads(attestation.model_dump_json())
    return made


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    provider = Provider(JOB)
    mint = Mint([PUBLISHER], provider)
    warehouse = Warehouse([PASSWORD], mint=mint, notary=PlayedNotary())
    upload(warehouse, wheel(version="0.1"))
    answer, _ = mint.mint(json.dumps({"token": provider.issue("pypi")}).encode())
    return Desk(warehouse, str(json.loads(answer.body)["token"]), signed(provider, wheel(), sdist(), folder=tmp_path))


def test_a_verified_attestation_is_shown_with_its_publisher(desk: Desk) -> None:
    own = desk.signed[wheel().filename]
    assert desk.hand_in(json.dumps([own])).status == 200

    page = document(read(desk.warehouse, "/simple/demo/", "application/vnd.pypi.simple.v1+json"))
    assert isinstance(page["files"], list)
    shown = {file["filename"]: file["provenance"] for file in page["files"]}
    assert shown.pop(wheel(version="0.1").filename) is None
    (address,) = shown.values()
    told = document(read(desk.warehouse, address.removeprefix("http://127.0.0.1:1")))
    publisher = {"kind": "GitHub", "repository": "ann/demo", "workflow": "release.yml", "environment": None}
    assert told == {"version": 1, "attestation_bundles": [{"publisher": publisher, "attestations": [own]}]}

    (log,) = own["verification_material"]["transparency_entries"]
    assert log["kindVersion"] == {"kind": "dsse", "version": "0.0.1"}, "the kind that needs no timestamp"
    assert json.loads(base64.b64decode(own["envelope"]["statement"])) == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": wheel().filename, "digest": {"sha256": wheel().sha256}}],
        "predicateType": AttestationType.PYPI_PUBLISH_V1.value,
        "predicate": None,
    }


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("no json", f"{REFUSED}Malformed attestations: 1 validation error"),
        ("[]", f"{REFUSED}Malformed attestations: an empty attestation set is not permitted"),
        ("[{}]", f"{REFUSED}Malformed attestations: 3 validation errors"),
    ],
)
def test_what_is_no_attestation_is_refused(desk: Desk, sent: str, words: str) -> None:
    assert_refused(desk.hand_in(sent), words)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([wheel().filename] * 3, f"{REFUSED}A maximum of 2 attestations per file are supported"),
        (
            [wheel().filename] * 2,
            f"{REFUSED}Multiple attestations for the same file with the same predicate type "
            f"({AttestationType.PYPI_PUBLISH_V1.value}) are not supported",
        ),
        ([sdist().filename], f"{UNVERIFIED}subject does not match distribution name"),
    ],
    ids=["too many", "twice", "of another file"],
)
def test_attestations_that_do_not_fit_are_refused(desk: Desk, names: list[str], words: str) -> None:
    assert_refused(desk.hand_in(json.dumps([desk.signed[name] for name in names])), words)


def test_an_attestation_of_other_bytes_is_refused(desk: Desk) -> None:
    own = json.dumps([desk.signed[wheel().filename]])
    words = f"{UNVERIFIED}subject does not match distribution digest"
    assert_refused(desk.hand_in(own, wheel(said="rebuilt")), words)


@pytest.mark.parametrize("part", ["certificate", "statement", "signature", "log"])
def test_an_attestation_that_was_tampered_with_is_refused(desk: Desk, part: str) -> None:
    own, other = desk.signed[wheel().filename], desk.signed[sdist().filename]
    if part == "certificate":
        own["verification_material"]["certificate"] = other["verification_material"]["certificate"]
    elif part == "log":
        own["verification_material"]["transparency_entries"] = other["verification_material"]["transparency_entries"]
    else:
        own["envelope"][part] = other["envelope"][part]
    assert_refused(desk.hand_in(json.dumps([own])), UNVERIFIED)


def test_an_attestation_by_another_job_is_refused(desk: Desk, tmp_path: Path) -> None:
    for job, words in (
        (JOB._replace(repository="other"), "OIDCSourceRepositoryURI"),
        (JOB._replace(workflow="other.yml"), "does not match expected Trusted Publisher (release.yml @ ann/demo)"),
    ):
        foreign = signed(Provider(job), wheel(), folder=tmp_path)
        answer = desk.hand_in(json.dumps([foreign[wheel().filename]]))
        assert_refused(answer, UNVERIFIED)
        assert words in answer.reason


def test_an_attestation_by_keys_that_nobody_trusts_is_refused(desk: Desk, tmp_path: Path) -> None:
    signed(Provider(JOB), wheel(), folder=tmp_path)
    words = f"{UNVERIFIED}failed to build timestamp certificate chain"
    assert_refused(desk.hand_in(json.dumps([desk.signed[wheel().filename]])), words)


def test_attestations_take_trusted_publishing(desk: Desk) -> None:
    own = json.dumps([desk.signed[wheel().filename]])
    words = f"{REFUSED}Attestations are only supported when using Trusted Publishing"
    assert_refused(desk.hand_in(own, password=PASSWORD), words)


def test_a_file_that_stands_here_gets_no_attestation_afterwards(desk: Desk) -> None:
    assert upload(desk.warehouse, wheel()).status == 200
    assert desk.hand_in(json.dumps([desk.signed[wheel().filename]])).status == 200
    path = f"/integrity/demo/1.0/{wheel().filename}/provenance"
    assert read(desk.warehouse, path).status == 404
    assert desk.warehouse.stored == 2


def test_where_nobody_verifies_attestations_are_ignored(desk: Desk) -> None:
    plain = Warehouse([PASSWORD])
    assert upload(plain, wheel(), {"attestations": "no json"}).status == 200
    assert plain.files[wheel().filename].provenance == b""


def assert_refused(answer: Answer, words: str) -> None:
    assert (answer.status, answer.reason[: len(words)]) == (400, words)
