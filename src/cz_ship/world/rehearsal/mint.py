"""Trusted publishing on loopback: a CI that issues identities, and the index's desk that mints tokens for them."""

import base64
import binascii
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qs

from packaging.utils import canonicalize_name

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.pages import json_answer
from cz_ship.world.rehearsal.serve import Listener, listen
from cz_ship.world.rehearsal.uploads import Grant

ISSUER = "https://token.actions.githubusercontent.com"
TOKEN_LIVES_FOR = 15 * 60
IDENTITY_LIVES_FOR = 5 * 60
# Warehouse forgives clocks this many seconds.
_LEEWAY = 30


class TrustedPublisher(NamedTuple):
    """Who may publish a project: a workflow file of a repository; an empty `environment` means any.

    Where the project does not exist yet, it is a pending publisher and its first token creates the project.
    """

    project: str
    owner: str
    repository: str
    workflow: str
    environment: str = ""


class Job(NamedTuple):
    """A job of a CI, as its identity will tell: `workflow` is the file's name, `event` what started it.

    `called`: the full path (owner/repository/.github/workflows/file) of the reusable workflow that the
    job stands in, where it is not the workflow itself.
    """

    owner: str
    repository: str
    workflow: str
    environment: str = ""
    ref: str = "refs/heads/main"
    sha: str = "0" * 40
    event: str = "push"
    called: str = ""


class Provider:
    """A CI's issuer of identities, in the shape of GitHub Actions; it remembers what it issued.

    Without `permitted` the job lacks `id-token: write`, as every job of a fork's pull request does.
    """

    def __init__(self, job: Job, *, clock: Callable[[], float] = time.time, permitted: bool = True) -> None:
        self.job = job
        self.permitted = permitted
        self.bearer = secrets.token_urlsafe(24)
        self._clock = clock
        self._issued: dict[str, Mapping[str, object]] = {}

    def issue(self, audience: str) -> str:
        """A JWT for the job. Its signature is noise: whoever must verify it asks `claims`."""
        claims = self._claims(audience)
        header = {"typ": "JWT", "alg": "RS256", "kid": "rehearsal"}
        token = f"{_encoded(header)}.{_encoded(claims)}.{secrets.token_urlsafe(32)}"
        self._issued[token] = claims
        return token

    def claims(self, token: str) -> Mapping[str, object] | None:
        """The claims of a JWT that was issued here; None for any other."""
        return self._issued.get(token)

    def answer(self, request: Request) -> Answer:
        """The identity for `?audience=…`, to who shows the job's bearer token."""
        if request.path != "/token":
            return json_answer(404, {"message": "Not Found"})
        if request.headers.get("authorization", "").lower() != f"bearer {self.bearer}".lower():
            return json_answer(401, {"message": "Unauthorized"})
        owner = f"https://github.com/{self.job.owner}"
        token = self.issue(parse_qs(request.query).get("audience", [owner])[0])
        return json_answer(200, {"count": len(token), "value": token})

    def _claims(self, audience: str) -> dict[str, object]:
        job, now = self.job, int(self._clock())
        repository = f"{job.owner}/{job.repository}"
        workflow = f"{repository}/.github/workflows/{job.workflow}"
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": audience,
            "sub": f"repo:{repository}:" + (f"environment:{job.environment}" if job.environment else f"ref:{job.ref}"),
            "jti": secrets.token_hex(16),
            "iat": now,
            "nbf": now,
            "exp": now + IDENTITY_LIVES_FOR,
            "repository": repository,
            "repository_owner": job.owner,
            "workflow_ref": f"{workflow}@{job.ref}",
            "job_workflow_ref": f"{job.called or workflow}@{job.ref}",
            "event_name": job.event,
            "ref": job.ref,
            "sha": job.sha,
        }
        return {**claims, "environment": job.environment} if job.environment else claims


class Runner:
    """A running CI job: `url` is where it gets its identity."""

    def __init__(self, provider: Provider, listener: Listener) -> None:
        self.provider = provider
        self.listener = listener
        self.url = f"{listener.url}/token?api-version=2.0"

    def environment(self) -> Mapping[str, str]:
        """The variables by which a program in the job finds its identity, as the library `id` reads them."""
        variables = {"GITHUB_ACTIONS": "true"}
        if self.provider.permitted:
            variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = self.provider.bearer
            variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = self.url
        return variables


@contextmanager
def provide(provider: Provider) -> Iterator[Runner]:
    """Serve a provider on 127.0.0.1 until the end of the `with`."""
    with listen(provider) as listener:
        yield Runner(provider, listener)


class Mint:
    """The index's side: knows the publishers, trusts one provider, mints tokens for 15 minutes.

    Warehouse's answers, from its view of `/_/oidc/mint-token`: 200 with the token, 422 with the faults.
    """

    def __init__(
        self,
        publishers: Iterable[TrustedPublisher],
        provider: Provider,
        *,
        audience: str = "pypi",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.audience = audience
        self._publishers = tuple(publishers)
        self._provider = provider
        self._clock = clock
        self._used: set[str] = set()
        self._grants: dict[str, Grant] = {}

    def grant(self, token: str) -> Grant | None:
        """What a token allows, be it expired or not; None where it was not minted here."""
        return self._grants.get(token)

    def mint(self, body: bytes) -> tuple[Answer, tuple[str, ...]]:
        """The answer to a request for a token, and the names of the projects that the token opens."""
        try:
            token = _token_in(body)
            publishers = self._matching(self._verified(token))
            if token in self._used:
                raise _Fault("invalid-reuse-token", "invalid token: already used")
        except _Fault as fault:
            errors = [{"code": fault.code, "description": fault.description}]
            return json_answer(422, {"message": "Token request failed", "errors": errors}), ()
        self._used.add(token)
        projects = tuple(publisher.project for publisher in publishers)
        repository, workflow = f"{publishers[0].owner}/{publishers[0].repository}", publishers[0].workflow
        expires = int(self._clock()) + TOKEN_LIVES_FOR
        minted = f"pypi-{secrets.token_urlsafe(48)}"
        self._grants[minted] = Grant(frozenset(map(canonicalize_name, projects)), expires, repository, workflow)
        return json_answer(200, {"success": True, "token": minted, "expires": expires}), projects

    def _verified(self, token: str) -> Mapping[str, object]:
        """The claims of a token that the provider issued for this audience and that still lives."""
        if _decoded(token).get("iss") != ISSUER:
            raise _Fault("invalid-payload", "unknown trusted publishing issuer")
        claims = self._provider.claims(token)
        if claims is None or claims["aud"] != self.audience or self._clock() >= int(str(claims["exp"])) + _LEEWAY:
            raise _Fault("invalid-token", "malformed or invalid token")
        return claims

    def _matching(self, claims: Mapping[str, object]) -> list[TrustedPublisher]:
        """The publishers that the claims prove; one bound to the environment goes before one that takes any."""
        environment = str(claims.get("environment", "")).lower()
        proven = [publisher for publisher in self._publishers if _is_by(publisher, claims)]
        for wanted in dict.fromkeys((environment, "")):
            found = [publisher for publisher in proven if publisher.environment.lower() == wanted]
            if found and claims["event_name"] == "pull_request_target":
                raise _no_publisher("Publishing from a pull_request_target event is not supported")
            if found:
                return found
        raise _no_publisher("Publisher with matching claims was not found")


class _Fault(Exception):
    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def _no_publisher(why: str) -> _Fault:
    return _Fault("invalid-publisher", f"valid token, but no corresponding publisher ({why})")


def _is_by(publisher: TrustedPublisher, claims: Mapping[str, object]) -> bool:
    repository = f"{publisher.owner}/{publisher.repository}"
    workflow = f"{repository}/.github/workflows/{publisher.workflow}"
    same_repository = str(claims["repository"]).lower() == repository.lower()
    # Warehouse reads the workflow that the job stands in, not the one that called it.
    same_workflow = str(claims["job_workflow_ref"]).lower() == f"{workflow}@{claims['ref']}".lower()
    return same_repository and same_workflow


def _token_in(body: bytes) -> str:
    try:
        payload = json.loads(body)
    except ValueError as error:
        raise _Fault("invalid-payload", f"Invalid JSON: {error}") from None
    token = payload.get("token") if isinstance(payload, dict) else None
    if not isinstance(token, str):
        raise _Fault("invalid-payload", "token: Input should be a valid string")
    return token


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _decoded(token: str) -> Mapping[str, object]:
    """The claims that a JWT states, unverified."""
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        raise _Fault("invalid-payload", "malformed JWT") from None
    if not isinstance(claims, dict) or "iss" not in claims:
        raise _Fault("invalid-payload", "malformed JWT")
    return claims
