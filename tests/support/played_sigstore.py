"""Sigstore on loopback: a certificate authority and a transparency log whose proofs the real client accepts."""

import base64
import hashlib
import json
import struct
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.mint import ISSUER, Provider
from cz_ship.world.rehearsal.pages import json_answer

GITHUB = "https://github.com"
LIVES_FOR = timedelta(minutes=10)
# What a certificate tells of a job, by the claim it comes from. Source: docs/oid-info.md of Fulcio.
CLAIMS = {"job_workflow_ref": 9, "repository": 12, "sha": 13, "ref": 14, "workflow_ref": 18}
TOLD_AS_ADDRESS = ("job_workflow_ref", "repository", "workflow_ref")
SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
ECDSA = ec.ECDSA(hashes.SHA256())


class Key:
    """A key pair of one of the services: its public half, and the hash by which it is named."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.id = hashlib.sha256(self.public).digest()

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message, ECDSA)


class PlayedSigstore:
    """Fulcio and Rekor (v1) in one. Certificates are for jobs of one provider; `log` holds the entries, in order."""

    def __init__(self, provider: Provider) -> None:
        self.log: list[bytes] = []
        self._provider = provider
        self._authority, self._certificates, self._logs = Key(), Key(), Key()
        self._root = _root(self._authority)

    def answer(self, request: Request) -> Answer:
        told = json.loads(request.body or b"{}")
        match request.method, request.path:
            case "POST", "/api/v2/signingCert":
                return self._certificate(request.headers.get("authorization", ""), told)
            case "POST", "/api/v1/log/entries":
                return self._entry(told)
        return json_answer(404, {"code": 404, "message": "Not Found"})

    def trust(self, url: str) -> str:
        """Where these services are, and by what they are known: a client's trust configuration, in JSON.

        It names a newer log besides, as the public one may at any time; nobody answers there.
        """
        always = {"start": "2020-01-01T00:00:00Z"}
        service = [{"url": url, "majorApiVersion": 1, "validFor": always, "operator": "rehearsal"}]
        signing = {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": service,
            "oidcUrls": [],
            "rekorTlogUrls": [*service, {**service[0], "majorApiVersion": 2}],
            "tsaUrls": [],
            "rekorTlogConfig": {"selector": "ANY"},
            "tsaConfig": {"selector": "ANY"},
        }
        kind = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"
        return json.dumps({"mediaType": kind, "trustedRoot": self.trusted_root(url), "signingConfig": signing})

    def trusted_root(self, url: str) -> Mapping[str, object]:
        """The keys of these services, as a trusted root."""
        always = {"start": "2020-01-01T00:00:00Z"}
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [_instance(url, self._logs)],
            "certificateAuthorities": [
                {
                    "subject": {"organization": "rehearsal", "commonName": "rehearsal"},
                    "uri": url,
                    "certChain": {"certificates": [{"rawBytes": _text(self._root.public_bytes(Encoding.DER))}]},
                    "validFor": always,
                }
            ],
            "ctlogs": [_instance(url, self._certificates)],
            "timestampAuthorities": [],
        }

    def _certificate(self, authorization: str, told: Mapping[str, str]) -> Answer:
        """A certificate for the job whose identity is shown, and for the key that its request is signed with."""
        claims = self._provider.claims(authorization.removeprefix("Bearer "))
        if claims is None or claims["aud"] != "sigstore" or int(str(claims["exp"])) < time.time():
            return json_answer(400, {"code": 3, "message": "There was an error processing the identity token"})
        request = x509.load_pem_x509_csr(base64.b64decode(told["certificateSigningRequest"]))
        key = request.public_key()
        if not request.is_signature_valid or not isinstance(key, ec.EllipticCurvePublicKey):
            return json_answer(400, {"code": 3, "message": "The signature supplied in the request is invalid"})
        leaf = _leaf(claims, key, self._root, self._authority)
        promised = leaf.add_extension(x509.UnrecognizedExtension(SCT_LIST, self._timestamp(leaf)), critical=False)
        chain = [promised.sign(self._authority.private, hashes.SHA256()), self._root]
        pem = [each.public_bytes(Encoding.PEM).decode() for each in chain]
        return json_answer(200, {"signedCertificateEmbeddedSct": {"chain": {"certificates": pem}}})

    def _timestamp(self, leaf: x509.CertificateBuilder) -> bytes:
        """The list of one signed certificate timestamp, as an extension holds it. Source: RFC 6962, 3.2 and 3.3."""
        now = int(time.time() * 1000)
        body = leaf.sign(self._authority.private, hashes.SHA256()).tbs_certificate_bytes
        entry = struct.pack("!BBQH", 0, 0, now, 1) + self._authority.id + len(body).to_bytes(3, "big") + body
        signature = self._certificates.sign(entry + bytes(2))
        timestamp = struct.pack("!B32sQH", 0, self._certificates.id, now, 0) + bytes([4, 3]) + _sized(signature)
        content = _sized(_sized(timestamp))
        return bytes([4, len(content)]) + content if len(content) < 128 else bytes([4, 0x81, len(content)]) + content

    def _entry(self, told: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Answer:
        """Log a signed statement, and prove that it is logged."""
        proposed = told["spec"]["proposedContent"]
        envelope = json.loads(str(proposed["envelope"]))
        (verifier,) = _texts(proposed["verifiers"])
        payload, (signature,) = base64.b64decode(envelope["payload"]), (each["sig"] for each in envelope["signatures"])
        key = x509.load_pem_x509_certificate(base64.b64decode(verifier)).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        kind = envelope["payloadType"]
        signed = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
        try:
            key.verify(base64.b64decode(signature), signed, ECDSA)
        except InvalidSignature:
            return json_answer(400, {"code": 400, "message": "error processing entry: invalid signature"})
        spec = {
            "envelopeHash": _hash(str(proposed["envelope"]).encode()),
            "payloadHash": _hash(payload),
            "signatures": [{"signature": signature, "verifier": verifier}],
        }
        self.log.append(_canonical({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec}))
        return json_answer(201, {_leaf_hash(self.log[-1]).hex(): self._proven(len(self.log) - 1)})

    def _proven(self, index: int) -> Mapping[str, object]:
        """An entry with the log's promise to keep it, and the proof that it is kept."""
        promised = {
            "body": _text(self.log[index]),
            "integratedTime": int(time.time()),
            "logID": self._logs.id.hex(),
            "logIndex": index,
        }
        root = _tree(self.log)
        note = f"rehearsal\n{len(self.log)}\n{_text(root)}\n"
        signed = _text(self._logs.id[:4] + self._logs.sign(note.encode()))
        proof = {
            "checkpoint": f"{note}\n— rehearsal {signed}\n",
            "hashes": [each.hex() for each in _path(index, self.log)],
            "logIndex": index,
            "rootHash": root.hex(),
            "treeSize": len(self.log),
        }
        promise = _text(self._logs.sign(_canonical(promised)))
        return {**promised, "verification": {"inclusionProof": proof, "signedEntryTimestamp": promise}}


def _root(key: Key) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rehearsal")])
    now = datetime.now(timezone.utc)
    return (
        x509.CertificateBuilder(name, name, key.private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.private.public_key()), critical=False)
        .sign(key.private, hashes.SHA256())
    )


def _leaf(
    claims: Mapping[str, object], key: ec.EllipticCurvePublicKey, root: x509.Certificate, authority: Key
) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    name = x509.UniformResourceIdentifier(f"{GITHUB}/{claims['job_workflow_ref']}")
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.private.public_key())
    builder = (
        x509.CertificateBuilder(root.subject, x509.Name([]), key, x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + LIVES_FOR)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        .add_extension(issued_by, critical=False)
        .add_extension(x509.SubjectAlternativeName([name]), critical=True)
    )
    told = {8: ISSUER} | {
        number: f"{GITHUB}/{claims[claim]}" if claim in TOLD_AS_ADDRESS else str(claims[claim])
        for claim, number in CLAIMS.items()
    }
    for number, text in told.items():
        value = bytes([0x0C, len(text)]) + text.encode()
        identifier = ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
        builder = builder.add_extension(x509.UnrecognizedExtension(identifier, value), critical=False)
    return builder


def _usage(*, certificates: bool) -> x509.KeyUsage:
    off = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
        **off,
    )


def _instance(url: str, key: Key) -> Mapping[str, object]:
    public = {
        "rawBytes": _text(key.public),
        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
        "validFor": {"start": "2020-01-01T00:00:00Z"},
    }
    return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": public, "logId": {"keyId": _text(key.id)}}


def _hash(content: bytes) -> Mapping[str, str]:
    return {"algorithm": "sha256", "value": hashlib.sha256(content).hexdigest()}


def _tree(entries: Sequence[bytes]) -> bytes:
    """The root of a Merkle tree. Source: RFC 6962, 2.1."""
    if len(entries) == 1:
        return _leaf_hash(entries[0])
    half = _half(entries)
    return hashlib.sha256(b"\1" + _tree(entries[:half]) + _tree(entries[half:])).digest()


def _path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """The proof that an entry is in a Merkle tree. Source: RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    half = _half(entries)
    if index < half:
        return [*_path(index, entries[:half]), _tree(entries[half:])]
    return [*_path(index - half, entries[half:]), _tree(entries[:half])]


def _half(entries: Sequence[bytes]) -> int:
    """The greatest power of two below the number of entries."""
    return 1 << (len(entries) - 1).bit_length() - 1


def _leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def _sized(content: bytes) -> bytes:
    return struct.pack("!H", len(content)) + content


def _canonical(value: object) -> bytes:
    """JSON as RFC 8785 writes it, where there is nothing but objects, lists, plain texts and whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(each) for each in value]
