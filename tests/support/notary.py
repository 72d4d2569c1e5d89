"""The index's notary: attestations judged as Warehouse does, by the keys of a Sigstore on loopback."""

import json
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError
from pypi_attestations import (
    Attestation,
    AttestationBundle,
    AttestationType,
    Distribution,
    GitHubPublisher,
    Provenance,
    VerificationError,
)
from sigstore._internal.tuf import DEFAULT_TUF_URL, _get_dirs

from cz_ship.world.rehearsal.refusals import Refusal
from cz_ship.world.rehearsal.uploads import Grant


class PlayedNotary:
    """See `Notary`. Its words and their order are those of `warehouse/attestations/services.py`."""

    def provenance(self, attestations: str, filename: str, sha256: str, grant: Grant) -> bytes:
        publisher = GitHubPublisher(repository=grant.repository, workflow=grant.workflow)
        try:
            found = TypeAdapter(list[Attestation]).validate_json(attestations)
        except ValidationError as error:
            raise _invalid(f"Malformed attestations: {error}") from None
        if not found:
            raise _invalid("Malformed attestations: an empty attestation set is not permitted")
        if len(found) > len(AttestationType):
            raise _invalid(f"A maximum of {len(AttestationType)} attestations per file are supported")
        seen: set[str] = set()
        for each in found:
            kind = _verified(each, publisher, Distribution(name=filename, digest=sha256))
            if kind in seen:
                what = f"predicate type ({kind}) are not supported"
                raise _invalid(f"Multiple attestations for the same file with the same {what}")
            seen.add(kind)
        bundle = AttestationBundle(publisher=publisher, attestations=found)
        return Provenance(attestation_bundles=[bundle]).model_dump_json().encode()


def trust(trusted_root: Mapping[str, object]) -> None:
    """Let the client of this process take these keys for those of the public Sigstore, while it is offline."""
    _, targets = _get_dirs(DEFAULT_TUF_URL)
    targets.mkdir(parents=True, exist_ok=True)
    (targets / "trusted_root.json").write_text(json.dumps(trusted_root), encoding="utf-8")


def _verified(attestation: Attestation, publisher: GitHubPublisher, distribution: Distribution) -> str:
    """The type of an attestation that is of this file and by this publisher."""
    try:
        return attestation.verify(publisher, distribution, offline=True)[0]
    except VerificationError as error:
        raise _invalid(f"Could not verify the uploaded artifact using the included attestation: {error}") from None
    except Exception as error:
        raise _invalid(f"Unknown error while trying to verify included attestations: {error}") from None


def _invalid(why: str) -> Refusal:
    return Refusal(f"Invalid attestations supplied during upload: {why}")
