"""The door to Sigstore: a publish attestation (PEP 740) for a file, signed in the name of a CI run."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.model import Artifact
from cz_ship.world.process import run

AUDIENCE = "sigstore"
ENDING = ".publish.attestation"  # by which twine knows whose attestation a file is


class Attester:
    """Makes attestations, each once: its entry in a public log stays for ever.

    `identify` gives this run's identity token for an audience. `trust` is a file that tells where the services
    are and by which keys they are known; None stands for Sigstore's public ones. The client sets no time limit
    of its own, so `seconds` bounds all of one attestation.
    """

    def __init__(self, identify: Callable[[str], str], *, trust: Path | None = None, seconds: float = 60) -> None:
        self._identify = identify
        self._trust = trust
        self._seconds = seconds
        self._made: dict[Artifact, str] = {}

    @property
    def is_installed(self) -> bool:
        """Whether the extra `attestations` is here."""
        return find_spec("pypi_attestations") is not None

    def attest(self, artifact: Artifact) -> str:
        """The attestation of a file, as JSON. Raises `Failure`; its `pause` tells whether another try may do."""
        if artifact not in self._made:
            self._made[artifact] = self._signed(artifact)
        return self._made[artifact]

    def _signed(self, artifact: Artifact) -> str:
        identity = self._identify(AUDIENCE)
        arguments = [Path(artifact.path).absolute(), *([self._trust] if self._trust else [])]
        # In an empty folder: `-m` would prefer a cz_ship that lies in the working directory.
        with tempfile.TemporaryDirectory() as empty:
            outcome = run(
                [sys.executable, "-m", "cz_ship.world.attestations", *arguments],
                cwd=Path(empty),
                input=identity.encode(),
                limit=self._seconds,
                group=True,
            )
        try:
            told = json.loads(outcome.out)
        except ValueError:
            told = {"fault": (outcome.words.splitlines() or ["nothing was said"])[-1], "passes": False}
        if "fault" in told:
            words = told["fault"].replace(identity, "****")
            raise Failure(f"{artifact.name} is not attested: {words}", pause=0 if told["passes"] else None)
        return str(told["attestation"])


def main() -> None:
    """Sign the file that the command line names, with the identity on standard input; the answer is JSON."""
    try:
        answer: dict[str, object] = {"attestation": _attestation(sys.stdin.read(), *map(Path, sys.argv[1:]))}
    except Exception as error:  # of three libraries and what they stand on
        said = dict.fromkeys(text for each in _chain(error) if (text := str(each)))
        answer = {"fault": f"{type(error).__name__}: {': '.join(list(said)[:2])}", "passes": _passes(error)}
    sys.stdout.write(json.dumps(answer))


def _attestation(identity: str, file: Path, trust: Path | None = None) -> str:
    from pypi_attestations import Attestation, Distribution
    from sigstore.models import ClientTrustConfig
    from sigstore.oidc import IdentityToken
    from sigstore.sign import SigningContext

    known = ClientTrustConfig.from_json(trust.read_text(encoding="utf-8")) if trust else ClientTrustConfig.production()
    # An entry of the newer log proves its time by a timestamp, and an attestation has no room for one (PEP 740).
    known.force_tlog_version = 1
    with SigningContext.from_trust_config(known).signer(IdentityToken(identity)) as signer:
        return Attestation.sign(signer, Distribution.from_file(file)).model_dump_json()


def _passes(error: BaseException) -> bool:
    """Whether the same may go well later: a service is away or busy. What one refuses, it refuses again."""
    for each in _chain(error):
        if status := getattr(getattr(each, "response", None), "status_code", 0):
            return status >= 500 or status in (408, 429)
    return any(isinstance(each, OSError) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


if __name__ == "__main__":
    main()
