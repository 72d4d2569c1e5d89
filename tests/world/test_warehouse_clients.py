"""Real clients against the rehearsal's index on loopback: twine, pip, pypi-simple, requests."""

import http.client
import os
import re
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from pypi_simple import ACCEPT_HTML_ONLY, ACCEPT_JSON_ONLY, PyPISimple

from cz_ship.world.index import TWINE_VOICE
from cz_ship.world.process import Outcome, run
from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, TrustedPublisher, provide
from cz_ship.world.rehearsal.serve import Site, listen, serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.asking import PASSWORD
from tests.support.tiny import Tiny, form, sdist, wheel


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Warehouse([PASSWORD])) as site:
        yield site


def twine(site: Site, *files: Path, password: str = PASSWORD, options: tuple[str, ...] = ()) -> Outcome:
    """`twine upload`, asking nobody and nothing but the index."""
    said = ("--non-interactive", "--disable-progress-bar", "--repository-url", site.upload_url, *options)
    secrets = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": password}
    return run([sys.executable, "-m", "twine", "upload", *said, *files], env={**secrets, **TWINE_VOICE})


def pip(*words: str | Path) -> Outcome:
    """pip without any settings of this machine."""
    said = ("--isolated", "--disable-pip-version-check", "--no-input")
    return run([sys.executable, "-m", "pip", *said, *words], env={"PIP_CONFIG_FILE": os.devnull})


def hand_in(site: Site, tiny: Tiny) -> tuple[int, str]:
    """Upload without twine, which takes its time to start."""
    file = {"content": (tiny.filename, tiny.content, "application/octet-stream")}
    with requests.post(site.upload_url, form(tiny), files=file, auth=("__token__", PASSWORD), timeout=30) as answer:
        return answer.status_code, answer.reason


@pytest.mark.slow
def test_twine_uploads_a_release_and_may_do_so_again(site: Site, tmp_path: Path) -> None:
    files = [tiny.laid(tmp_path) for tiny in (wheel(), sdist())]
    for _ in range(2):
        told = twine(site, *files)
        assert told.code == 0, told.words
    assert site.requests == (("POST", "/legacy/", 200),) * 4
    assert site.stored == 2
    assert {name: stored.content for name, stored in site.warehouse.files.items()} == {
        file.name: file.read_bytes() for file in files
    }


def test_twine_tells_why_a_rebuilt_file_is_refused(site: Site, tmp_path: Path) -> None:
    hand_in(site, wheel())
    told = twine(site, wheel(said="rebuilt").laid(tmp_path), options=("--verbose",))
    assert told.code == 1
    words = "File already exists ('demo-1.0-py3-none-any.whl', with blake2_256 hash '"
    assert f"400 Bad Request from {site.upload_url}" in told.words
    # In the status line, and once more in the body's title.
    assert f"400 {words}" in told.words
    assert f"<title>400 {words}" in told.words
    assert site.stored == 1


@pytest.mark.slow
def test_twine_is_told_that_its_password_is_wrong(site: Site, tmp_path: Path) -> None:
    told = twine(site, wheel().laid(tmp_path), password="wrong")
    assert told.code == 1
    assert f"403 Forbidden from {site.upload_url}" in told.words
    assert "Invalid or non-existent authentication information." in told.words


@pytest.mark.slow
def test_pip_downloads_one_wheel_by_version_and_hash(site: Site, tmp_path: Path) -> None:
    for version in ("1.0", "1.1"):
        hand_in(site, wheel(version=version))
    wanted = wheel(version="1.0")
    needs = tmp_path / "needs.txt"
    needs.write_text(f"demo==1.0 --hash=sha256:{wanted.sha256}\n")
    told = pip("download", "--no-deps", "--no-cache-dir", "--index-url", site.simple_url, "-d", tmp_path, "-r", needs)
    assert told.code == 0, told.words
    assert (tmp_path / wanted.filename).read_bytes() == wanted.content
    assert ("GET", "/simple/demo/", 200) in site.requests


@pytest.mark.slow
def test_pip_installs_what_it_finds(site: Site, tmp_path: Path) -> None:
    hand_in(site, wheel("Demo.Ship", said="hello"))
    told = pip("install", "--no-cache-dir", "--index-url", site.simple_url, "--target", tmp_path, "demo_ship")
    assert told.code == 0, told.words
    assert (tmp_path / "demo_ship.py").read_text() == "SAID = 'hello'\n"
    # A newer pip reads the metadata beside the wheel before it fetches the wheel (PEP 658).
    (path,) = (stored.path for stored in site.warehouse.files.values())
    fetched = [asked for _, asked, status in site.requests if asked.startswith("/files/") and status == 200]
    assert fetched in ([path], [f"{path}.metadata", path])


@pytest.mark.slow
def test_pip_can_ask_again_whether_a_page_has_changed(site: Site, tmp_path: Path) -> None:
    hand_in(site, wheel())
    # pip keeps pages of plain HTTP only for hosts that it is told to trust.
    said: list[str | Path] = ["download", "--no-deps", "--trusted-host", "127.0.0.1", "--cache-dir", tmp_path / "cache"]
    # A pip that knows this option believes a page for ten minutes without it; an older one always asks again.
    if "--refresh-package" in pip("download", "--help").text:
        said += ["--refresh-package", ":all:"]
    for folder in ("first", "second"):
        told = pip(*said, "-i", site.simple_url, "-d", tmp_path / folder, "demo")
        assert told.code == 0, told.words
    assert [status for _, path, status in site.requests if path == "/simple/demo/"] == [200, 304]
    hand_in(site, wheel(version="1.1"))
    told = pip(*said, "-i", site.simple_url, "-d", tmp_path / "third", "demo")
    assert (tmp_path / "third" / wheel(version="1.1").filename).exists(), told.words


@pytest.mark.parametrize("accept", [ACCEPT_JSON_ONLY, ACCEPT_HTML_ONLY])
def test_pypi_simple_reads_the_pages(site: Site, accept: str) -> None:
    files = [wheel("Demo.Ship"), sdist("Demo.Ship")]
    for tiny in files:
        hand_in(site, tiny)
    with PyPISimple(site.simple_url, accept=accept) as client:
        assert client.get_index_page().projects == ["Demo.Ship"]
        page = client.get_project_page("demo_ship")
        found = {package.filename: (package.digests["sha256"], package.version) for package in page.packages}
        assert found == {tiny.filename: (tiny.sha256, "1.0") for tiny in files}
        assert all(client.s.get(package.url).status_code == 200 for package in page.packages)


@pytest.mark.slow
def test_a_ci_job_publishes_without_a_password(tmp_path: Path) -> None:
    provider = Provider(Job("ann", "demo", "release.yml"))
    mint = Mint([TrustedPublisher("demo", "ann", "demo", "release.yml")], provider)
    with serve(Warehouse(mint=mint)) as site, provide(provider) as runner:
        audience = requests.get(f"{site.url}/_/oidc/audience", timeout=30).json()["audience"]
        identity = run([sys.executable, "-m", "id", audience], env=runner.environment())
        assert identity.code == 0, identity.words
        exchange = {"token": identity.text.strip()}
        minted = requests.post(f"{site.url}/_/oidc/mint-token", json=exchange, timeout=30).json()["token"]
        told = twine(site, wheel().laid(tmp_path), password=minted)
        assert told.code == 0, told.words
        assert site.stored == 1
        again = requests.post(f"{site.url}/_/oidc/mint-token", json=exchange, timeout=30)
        assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "invalid-reuse-token")


def test_of_many_uploads_at_once_each_is_stored_and_remembered(site: Site) -> None:
    files = [wheel(version=f"1.{number}") for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda tiny: hand_in(site, tiny)[0], files)) == {200}
    assert site.stored == len(files) == len(site.requests)


def test_of_rivals_for_one_name_one_is_stored(site: Site) -> None:
    rivals = [wheel(said=str(number)) for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda tiny: hand_in(site, tiny)[0], rivals))
    assert sorted(statuses) == [200] + [400] * 15
    assert site.warehouse.files[rivals[0].filename].content == rivals[statuses.index(200)].content


def test_a_client_that_dies_half_way_has_uploaded_nothing(site: Site) -> None:
    tiny = wheel()
    file = {"content": (tiny.filename, tiny.content, "application/octet-stream")}
    asked = requests.Request("POST", site.upload_url, data=form(tiny), files=file, auth=("__token__", PASSWORD))
    whole = asked.prepare()
    assert isinstance(whole.body, bytes)
    with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2]))) as connection:
        heads = "".join(f"{name}: {value!s}\r\n" for name, value in whole.headers.items())
        connection.sendall(f"POST /legacy/ HTTP/1.1\r\n{heads}\r\n".encode() + whole.body[:-1])
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
    assert (site.stored, site.requests) == (0, ())
    assert hand_in(site, tiny)[0] == 200


def test_a_page_that_stands_is_not_sent_again(site: Site) -> None:
    hand_in(site, wheel())
    with requests.Session() as session:
        first = session.get(f"{site.simple_url}demo/")
        assert (first.headers["Cache-Control"], first.headers["Vary"]) == ("max-age=600, public", "Accept")
        held = {"If-None-Match": first.headers["ETag"]}
        again = session.get(f"{site.simple_url}demo/", headers=held)
        assert (again.status_code, again.content) == (304, b"")
        hand_in(site, sdist())
        head = session.head(f"{site.simple_url}demo/")
        assert (head.status_code, head.content, int(head.headers["Content-Length"]) > 0) == (200, b"", True)
        # On the same connection: nothing may stand between two answers.
        assert session.get(f"{site.simple_url}demo/", headers=held).status_code == 200


def test_nothing_is_left_behind_and_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    threads = set(threading.enumerate())
    with serve(Warehouse([PASSWORD])) as site:
        kept = http.client.HTTPConnection("127.0.0.1", int(site.url.rpartition(":")[2]), timeout=30)
        kept.request("GET", "/simple/")
        kept.getresponse().read()
        assert set(threading.enumerate()) > threads
    assert set(threading.enumerate()) == threads
    assert kept.sock.recv(1) == b""
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", kept.port))
    assert capfd.readouterr() == ("", "")


def test_the_index_goes_with_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), serve(Warehouse()) as site:
        raise ZeroDivisionError
    with pytest.raises(requests.ConnectionError):
        requests.get(site.simple_url, timeout=30)


class Stumbling:
    """An application with a fault, and with a reason that no status line can hold."""

    def answer(self, request: Request) -> Answer:
        if request.path == "/fault":
            raise ZeroDivisionError("a fault of the rehearsal's own")
        return Answer(400, reason="two\r\nlines and a snow☃man")


def test_a_fault_of_an_application_is_shown_to_the_client() -> None:
    with listen(Stumbling()) as listener:
        with requests.get(f"{listener.url}/fault?x=1", timeout=30) as answer:
            assert answer.status_code == 500
            assert "a fault of the rehearsal's own" in answer.text
        with requests.get(listener.url, timeout=30) as answer:
            assert re.fullmatch(r"two lines and a snow\?man", answer.reason)
        assert listener.requests == (("GET", "/fault", 500), ("GET", "/", 400))


class Crowded:
    """An application that counts who is in it at the same time."""

    def __init__(self) -> None:
        self.inside = 0
        self.crowd = 0

    def answer(self, request: Request) -> Answer:
        self.inside += 1
        for _ in range(200):
            os.sched_yield()
            self.crowd = max(self.crowd, self.inside)
        self.inside -= 1
        return Answer(200)


def test_an_application_is_asked_one_thing_at_a_time() -> None:
    crowded = Crowded()
    with listen(crowded) as listener, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(requests.get, listener.url, timeout=30) for _ in range(16)]
        assert {answer.result().status_code for answer in asked} == {200}
    assert crowded.crowd == 1
