"""Trusted publishing on loopback: a CI's identity becomes a token, once, for 15 minutes, for the right project."""

import base64
import json
import sys
from collections.abc import Mapping

import pytest

from cz_ship.world.process import run
from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, TrustedPublisher, provide
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.asking import PASSWORD, ROOT, Clock, read, upload
from tests.support.tiny import wheel

JOB = Job("ann", "demo", "release.yml", "pypi")
PUBLISHER = TrustedPublisher("demo", "ann", "demo", "release.yml", "pypi")


class Stage:
    """A CI job, and an index that trusts some publishers; both go by one clock."""

    def __init__(self, job: Job = JOB, *publishers: TrustedPublisher) -> None:
        self.clock = Clock()
        self.provider = Provider(job, clock=self.clock)
        self.mint = Mint(publishers or (PUBLISHER,), self.provider, clock=self.clock)
        self.warehouse = Warehouse([PASSWORD], clock=self.clock, mint=self.mint)

    def exchange(self, identity: str | None = None) -> Answer:
        token = self.provider.issue("pypi") if identity is None else identity
        return self.ask(json.dumps({"token": token}).encode())

    def ask(self, body: bytes) -> Answer:
        return self.warehouse.answer(Request("POST", "/_/oidc/mint-token", "", {}, body, ROOT))

    def token(self) -> str:
        answer = self.exchange()
        assert answer.status == 200, answer
        return str(json.loads(answer.body)["token"])


def fault(answer: Answer) -> tuple[str, str]:
    """Code and description of the one fault that the index tells."""
    assert (answer.status, answer.content_type) == (422, "application/json")
    told = json.loads(answer.body)
    assert told["message"] == "Token request failed"
    assert set(told) == {"message", "errors"}
    (only,) = told["errors"]
    return only["code"], only["description"]


def unknown(why: str = "Publisher with matching claims was not found") -> tuple[str, str]:
    return "invalid-publisher", f"valid token, but no corresponding publisher ({why})"


def test_the_audience_is_told() -> None:
    assert json.loads(read(Stage().warehouse, "/_/oidc/audience").body) == {"audience": "pypi"}


def test_an_identity_becomes_a_token_that_uploads() -> None:
    stage = Stage()
    told = json.loads(stage.exchange().body)
    assert (told["success"], told["expires"]) == (True, int(stage.clock.now) + 900)
    assert told["token"].startswith("pypi-")
    assert upload(stage.warehouse, wheel(), auth=("__token__", told["token"])).status == 200
    assert stage.warehouse.stored == 1


def test_an_identity_can_be_used_once() -> None:
    stage = Stage()
    identity = stage.provider.issue("pypi")
    assert stage.exchange(identity).status == 200
    assert fault(stage.exchange(identity)) == ("invalid-reuse-token", "invalid token: already used")


def test_an_identity_that_was_refused_is_not_used_up() -> None:
    stage, clock = Stage(), Clock()
    identity = stage.provider.issue("pypi")
    stranger = Mint([TrustedPublisher("demo", "bob", "demo", "release.yml")], stage.provider, clock=clock)
    refused, _ = stranger.mint(json.dumps({"token": identity}).encode())
    assert refused.status == 422
    assert stage.exchange(identity).status == 200


def test_a_token_lives_for_15_minutes() -> None:
    stage = Stage()
    auth = ("__token__", stage.token())
    minted = int(stage.clock.now)
    stage.clock.now = minted + 899.9
    assert upload(stage.warehouse, wheel(), auth=auth).status == 200
    stage.clock.now = minted + 900
    answer = upload(stage.warehouse, wheel(version="1.1"), auth=auth)
    assert (answer.status, answer.reason) == (403, "Invalid API Token: token is expired")


def test_a_token_opens_no_other_project() -> None:
    stage = Stage()
    upload(stage.warehouse, wheel("other"))
    answer = upload(stage.warehouse, wheel("other", "1.1"), auth=("__token__", stage.token()))
    text = "OIDC scoped token is not valid for project 'other', project-scoped token is not valid for project: 'other'"
    assert (answer.status, answer.reason) == (403, f"Invalid API Token: {text}")


def test_a_pending_publisher_brings_its_project_into_being_and_no_other() -> None:
    stage = Stage(JOB, PUBLISHER._replace(project="Demo.Ship"))
    assert read(stage.warehouse, "/simple/demo-ship/").status == 404
    auth = ("__token__", stage.token())
    assert read(stage.warehouse, "/simple/demo-ship/").status == 200
    assert read(stage.warehouse, "/pypi/demo-ship/json").status == 404
    answer = upload(stage.warehouse, wheel("new"), auth=auth)
    assert answer.status == 400
    assert answer.reason.startswith("Non-user identities cannot create new projects.")
    assert upload(stage.warehouse, wheel("demo-ship"), auth=auth).status == 200


@pytest.mark.parametrize(
    "job",
    [
        JOB._replace(owner="bob"),
        JOB._replace(repository="fork"),
        JOB._replace(workflow="ci.yml"),
        JOB._replace(environment="test"),
        JOB._replace(environment=""),
        JOB._replace(called="ann/tools/.github/workflows/release.yml"),
        JOB._replace(owner="bob", called="ann/demo/.github/workflows/release.yml"),
    ],
)
def test_a_job_that_is_not_the_publishers_gets_no_token(job: Job) -> None:
    assert fault(Stage(job).exchange()) == unknown()


@pytest.mark.parametrize("environment", ["pypi", "PyPI", ""])
def test_a_publisher_is_bound_to_its_environment_or_to_none(environment: str) -> None:
    job = JOB._replace(owner="Ann", environment="pypi")
    assert Stage(job, PUBLISHER._replace(environment=environment)).exchange().status == 200


def test_a_publisher_bound_to_the_environment_goes_before_one_that_takes_any() -> None:
    stage = Stage(JOB, PUBLISHER._replace(project="any", environment=""), PUBLISHER)
    assert upload(stage.warehouse, wheel(), auth=("__token__", stage.token())).status == 200
    assert read(stage.warehouse, "/simple/any/").status == 404


def test_one_workflow_can_publish_several_projects() -> None:
    stage = Stage(JOB, PUBLISHER, PUBLISHER._replace(project="other"))
    auth = ("__token__", stage.token())
    assert [upload(stage.warehouse, wheel(name), auth=auth).status for name in ("demo", "other")] == [200, 200]


def test_pull_request_target_is_refused() -> None:
    code, description = fault(Stage(JOB._replace(event="pull_request_target")).exchange())
    assert code == "invalid-publisher"
    assert "pull_request_target" in description


def test_an_identity_for_another_audience_is_refused() -> None:
    stage = Stage()
    assert fault(stage.exchange(stage.provider.issue("testpypi"))) == ("invalid-token", "malformed or invalid token")


@pytest.mark.parametrize(("age", "status"), [(329, 200), (330, 422)])
def test_an_identity_lives_for_five_minutes_and_a_little(age: float, status: int) -> None:
    stage = Stage()
    identity = stage.provider.issue("pypi")
    stage.clock.now = int(stage.clock.now) + age
    assert stage.exchange(identity).status == status


def test_an_identity_of_another_issuer_is_refused() -> None:
    forged = Provider(JOB, clock=Clock()).issue("pypi")
    assert fault(Stage().exchange(forged)) == ("invalid-token", "malformed or invalid token")
    claims = base64.urlsafe_b64encode(b'{"iss": "https://here.example"}').decode()
    assert fault(Stage().exchange(f"e30.{claims}.x")) == ("invalid-payload", "unknown trusted publishing issuer")


@pytest.mark.parametrize("identity", ["", "a.b", "a.b.c", "e30.e30.e30", "e30.W10.e30", "é.é.é"])
def test_what_is_no_identity_is_malformed(identity: str) -> None:
    assert fault(Stage().exchange(identity)) == ("invalid-payload", "malformed JWT")


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b"{}", b'{"token": 1}', b"\xff"])
def test_a_request_without_an_identity_is_refused(body: bytes) -> None:
    assert fault(Stage().ask(body))[0] == "invalid-payload"


def test_an_index_without_trusted_publishing_says_so() -> None:
    warehouse = Warehouse([PASSWORD])
    audience = read(warehouse, "/_/oidc/audience")
    assert (audience.status, json.loads(audience.body)["message"]) == (
        403,
        "Trusted publishing functionality not enabled",
    )
    refused = warehouse.answer(Request("POST", "/_/oidc/mint-token", "", {}, b"{}", ROOT))
    assert fault(refused)[0] == "not-enabled"


def identity(environment: Mapping[str, str], audience: str = "pypi") -> tuple[int, str]:
    """What `python -m id` says in a job: its exit code and its words."""
    told = run([sys.executable, "-m", "id", audience], env=environment)
    return told.code, told.text.strip() if told.code == 0 else told.words


def test_the_library_id_finds_the_identity_of_a_job() -> None:
    stage = Stage()
    with provide(stage.provider) as runner:
        code, token = identity(runner.environment())
        assert code == 0, token
        assert runner.listener.requests == (("GET", "/token", 200),)
    claims = stage.provider.claims(token)
    assert claims is not None
    assert (claims["sub"], claims["aud"]) == ("repo:ann/demo:environment:pypi", "pypi")
    assert stage.exchange(token).status == 200


def test_a_job_of_a_fork_has_no_identity() -> None:
    with provide(Provider(JOB, permitted=False)) as runner:
        code, words = identity(runner.environment())
        assert runner.listener.requests == ()
    assert code != 0
    assert "ACTIONS_ID_TOKEN_REQUEST_TOKEN environment variable was unset" in words


def test_who_does_not_show_the_jobs_bearer_token_gets_no_identity() -> None:
    with provide(Provider(JOB)) as runner:
        code, words = identity({**runner.environment(), "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "other"})
    assert code != 0
    assert "code=401" in words


def test_two_indexes_take_two_identities_of_one_job() -> None:
    stage = Stage()
    other = Mint([PUBLISHER], stage.provider, audience="testpypi", clock=stage.clock)
    answer, projects = other.mint(json.dumps({"token": stage.provider.issue("testpypi")}).encode())
    assert (answer.status, projects) == (200, ("demo",))
    minted = str(json.loads(answer.body)["token"])
    assert stage.mint.grant(minted) is None
    assert upload(stage.warehouse, wheel(), auth=("__token__", minted)).status == 403
