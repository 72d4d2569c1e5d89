"""HTTP calls end in time, try again what passes by itself, and say when they are in doubt."""

import hashlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.http import Backoff, Http
from tests.support import faulty_index as faults
from tests.support.faulty_index import FaultyIndex

QUICK = Backoff(attempts=3, first=0.001, longest=0.002, longest_asked=0.01)


@pytest.fixture
def index() -> Iterator[FaultyIndex]:
    with faults.serve() as index:
        yield index


@pytest.fixture
def http() -> Http:
    return Http(QUICK)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_answer_carries_status_headers_and_body(index: FaultyIndex, http: Http) -> None:
    answer = http.get(index.on("/page", faults.page("hello", "text/plain")))

    assert (answer.status, answer.reason, answer.body) == (200, "OK", b"hello")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.url == f"{index.url}/page"


def test_a_request_says_who_asks_and_what_for(index: FaultyIndex, http: Http) -> None:
    http.get(index.on("/page", faults.page("")), accept="application/json")

    headers = index.requests[0].headers
    assert headers["user-agent"].startswith("cz-ship/")
    assert headers["accept"] == "application/json"
    assert "authorization" not in headers


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 501])
def test_a_lasting_status_comes_back_at_once(index: FaultyIndex, http: Http, code: int) -> None:
    assert http.get(index.on("/page", faults.status(code))).status == code
    assert len(index.requests) == 1


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_passing_status_is_asked_again(index: FaultyIndex, http: Http, code: int) -> None:
    url = index.on("/page", faults.status(code), faults.status(code), faults.page("there"))

    assert http.get(url).body == b"there"
    assert len(index.requests) == 3


@pytest.mark.parametrize("fault", [faults.reset, faults.garbage, faults.cut_short])
def test_a_broken_connection_is_asked_again(index: FaultyIndex, http: Http, fault: faults.Answering) -> None:
    assert http.get(index.on("/page", fault, faults.page("there"))).body == b"there"


@pytest.mark.parametrize("fault", [faults.reset, faults.garbage, faults.cut_short, faults.status(503)])
def test_a_fault_that_stays_is_a_failure_that_tells_its_bounds(
    index: FaultyIndex, http: Http, fault: faults.Answering
) -> None:
    with pytest.raises(Failure, match=r"GET .*/page: .*3 of 3 attempts, 20 seconds for all"):
        http.get(index.on("/page", fault), limit_seconds=20)
    assert len(index.requests) == 3


def test_a_failure_carries_the_words_of_the_server(index: FaultyIndex, http: Http) -> None:
    with pytest.raises(Failure, match="503 Down For Repairs"):
        http.get(index.on("/page", faults.status(503, "Down For Repairs")))


def test_a_closed_port_is_a_failure_in_plain_words(http: Http) -> None:
    with pytest.raises(Failure, match=r"connection refused \(3 of 3 attempts"):
        http.get(f"http://127.0.0.1:{closed_port()}/")


def test_a_pause_that_the_server_asks_for_is_granted(index: FaultyIndex) -> None:
    url = index.on("/page", faults.status(429, retry_after="0"), faults.page("there"))

    assert Http(QUICK).get(url).body == b"there"


def test_a_long_pause_that_the_server_asks_for_is_left_to_whoever_calls(index: FaultyIndex, http: Http) -> None:
    with pytest.raises(Failure, match="429") as caught:
        http.get(index.on("/page", faults.status(429, retry_after="3600"), faults.page("there")))
    assert (caught.value.pause, len(index.requests)) == (3600, 1)


def test_a_pause_longer_than_the_time_left_is_not_waited_for(index: FaultyIndex) -> None:
    http = Http(QUICK._replace(longest_asked=7200))

    with pytest.raises(Failure, match="429"):
        http.get(index.on("/page", faults.status(429, retry_after="3600"), faults.page("there")), limit_seconds=20)
    assert len(index.requests) == 1


def test_a_retry_after_in_no_number_is_passed_over(index: FaultyIndex, http: Http) -> None:
    url = index.on("/page", faults.status(503, retry_after="Fri, 20 Nov 2026 08:00:00 GMT"), faults.page("there"))

    assert http.get(url).body == b"there"


@pytest.mark.parametrize("fault", [faults.never, faults.drip, faults.drip_headers])
def test_a_call_ends_within_its_limit_whatever_the_server_does(
    index: FaultyIndex, http: Http, fault: faults.Answering
) -> None:
    with pytest.raises(Failure, match=r"did not end within 0\.3 seconds"):
        http.get(index.on("/page", fault), limit_seconds=0.3)


def test_a_call_that_ran_out_of_time_tells_the_last_fault(index: FaultyIndex, http: Http) -> None:
    url = index.on("/page", faults.status(502, "Bad Luck"), faults.never)

    with pytest.raises(Failure, match="502 Bad Luck"):
        http.get(url, limit_seconds=0.3)


def test_silence_is_a_failure_and_not_asked_again(index: FaultyIndex) -> None:
    http = Http(QUICK, silence_seconds=0.05)

    with pytest.raises(Failure, match=r"no word for 0\.05 seconds"):
        http.get(index.on("/page", faults.never))
    assert len(index.requests) == 1


def test_a_body_larger_than_the_limit_is_a_failure(index: FaultyIndex, http: Http) -> None:
    with pytest.raises(Failure, match="more than 5,000 bytes"):
        http.get(index.on("/page", faults.huge(1_000_000)), limit_bytes=5_000)
    assert http.get(index.on("/page", faults.huge(5_000)), limit_bytes=5_000).body == b"x" * 5_000


def test_redirects_of_a_get_are_followed_and_told(index: FaultyIndex, http: Http) -> None:
    index.on("/new", faults.page("moved"))

    answer = http.get(index.on("/old", faults.redirect("/new")))

    assert (answer.body, answer.url) == (b"moved", f"{index.url}/new")


def test_redirects_without_end_are_a_failure(index: FaultyIndex, http: Http) -> None:
    with pytest.raises(Failure, match="TooManyRedirects"):
        http.get(index.on("/loop", faults.redirect("/loop")))


def test_an_address_that_is_none_is_a_failure(http: Http) -> None:
    with pytest.raises(Failure, match="GET gopher://127"):
        http.get("gopher://127.0.0.1/")
    with pytest.raises(Failure, match=r"GET http://\["):
        http.get("http://[")


def test_failures_leave_out_where_secrets_travel(index: FaultyIndex, http: Http) -> None:
    index.on("/page", faults.status(503))
    url = index.url.replace("://", "://user:hunter2@") + "/page?token=hunter2#hunter2"

    with pytest.raises(Failure) as caught:
        http.get(url)
    assert "/page: 503" in caught.value.text
    assert "hunter2" not in caught.value.text


def test_json_is_posted_with_its_bearer(index: FaultyIndex, http: Http) -> None:
    answer = http.post_json(index.on("/mint", faults.json_page({"ok": True}, 201)), {"token": "x"}, bearer="secret")

    request = index.requests[0]
    assert (answer.status, json.loads(answer.body)) == (201, {"ok": True})
    assert (request.method, json.loads(request.body)) == ("POST", {"token": "x"})
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Bearer secret"


def test_a_netrc_does_not_replace_the_bearer(
    index: FaultyIndex, http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    http.get(index.on("/page", faults.page("")), bearer="secret")
    http.get(index.on("/page", faults.page("")))

    said = [request.headers["authorization"] for request in index.requests]
    assert said[0] == "Bearer secret"
    assert said[1].startswith("Basic ")


@pytest.mark.parametrize("code", [429, 503])
def test_a_post_that_the_server_put_off_is_sent_again(index: FaultyIndex, http: Http, code: int) -> None:
    url = index.on("/mint", faults.status(code), faults.json_page({}))

    assert http.post_json(url, {}).status == 200


@pytest.mark.parametrize("fault", [faults.reset, faults.cut_short, faults.status(500), faults.status(502)])
def test_a_post_in_doubt_is_not_sent_twice(index: FaultyIndex, http: Http, fault: faults.Answering) -> None:
    with pytest.raises(Failure, match="whether it was done is not known"):
        http.post_json(index.on("/mint", fault), {})
    assert len(index.requests) == 1


def test_a_post_that_never_left_is_tried_again(http: Http) -> None:
    with pytest.raises(Failure, match="3 of 3 attempts"):
        http.post_json(f"http://127.0.0.1:{closed_port()}/", {})


def test_a_post_is_not_redirected(index: FaultyIndex, http: Http) -> None:
    assert http.post_json(index.on("/mint", faults.redirect("/elsewhere")), {}).status == 302
    assert index.paths() == ["/mint"]


def test_no_cookie_is_kept(index: FaultyIndex, http: Http) -> None:
    url = index.on("/page", faults.status(204, set_cookie="seen=1"))
    http.get(url)
    http.get(url)

    assert "cookie" not in index.requests[1].headers


def test_a_download_lands_whole_and_tells_its_hash(index: FaultyIndex, http: Http, tmp_path: Path) -> None:
    into = tmp_path / "demo.whl"
    for content in (b"wheel" * 50_000, b"tiny"):
        digest = http.download(index.on("/file", faults.cut_after(100_000), faults.page(content)), into)
        assert into.read_bytes() == content
        assert digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.status(404), "404 Not Found; a file was wanted"),
        (faults.cut_short, "attempts"),
        (faults.huge(100_000), "more than 9,999 bytes"),
        (faults.drip, "did not end"),
    ],
)
def test_a_download_that_fails_leaves_nothing(
    index: FaultyIndex, http: Http, tmp_path: Path, fault: faults.Answering, words: str
) -> None:
    with pytest.raises(Failure, match=words):
        http.download(index.on("/file", fault), tmp_path / "demo.whl", limit_seconds=0.5, limit_bytes=9_999)
    assert list(tmp_path.iterdir()) == []
