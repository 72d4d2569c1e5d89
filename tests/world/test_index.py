"""What an index holds: its two pages together say it, and any doubt is a failure, never an empty shelf."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.version import Version
from pypi_simple import PYPI_SIMPLE_ENDPOINT
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from cz_ship.errors import Exit, Failure
from cz_ship.model import IndexFile
from cz_ship.settings import IndexSettings
from cz_ship.world.credentials import CredentialStore
from cz_ship.world.http import Backoff, Http
from cz_ship.world.index import LiveIndex
from tests.support import faulty_index as faults
from tests.support.faulty_index import FaultyIndex

HTTP = Http(Backoff(attempts=2, first=0.001, longest=0.001))
SIMPLE = "/simple/demo/"
TOLD = "/pypi/demo/1.2/json"
WHEEL = "demo-1.2-py3-none-any.whl"
SDIST = "demo-1.2.tar.gz"
V = Version("1.2")
HASH = {letter: letter * 64 for letter in "abc"}
MIME = "application/vnd.pypi.simple.v1+json"


def live(url: str, simple: str = "/simple/", index: str = "prod", page_seconds: float = 20) -> LiveIndex:
    settings = IndexSettings(index, upload_url=f"{url}/legacy/", simple_url=f"{url}{simple}")
    store = CredentialStore(Path("nowhere"), {}, HTTP, pypirc=None)
    return LiveIndex(settings, store, HTTP, page_seconds=page_seconds)


@pytest.fixture
def faulty() -> Iterator[FaultyIndex]:
    with faults.serve() as faulty:
        yield faulty


@pytest.fixture
def index(faulty: FaultyIndex) -> LiveIndex:
    return live(faulty.url)


def told(**hashes: str) -> faults.Answering:
    """A version's JSON page of files named `whl` and `sdist`."""
    names = {"whl": WHEEL, "sdist": SDIST}
    urls = [
        {"filename": names[kind], "url": f"http://files.example.org/{names[kind]}", "digests": {"sha256": sha}}
        for kind, sha in hashes.items()
    ]
    return faults.json_page({"info": {"version": "1.2"}, "urls": urls})


def simple_json(*names: str, sha: str = HASH["a"], project: str = "demo") -> faults.Answering:
    files = [
        {"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": sha} if sha else {}} for name in names
    ]
    return faults.json_page({"meta": {"api-version": "1.0"}, "name": project, "files": files}, content_type=MIME)


def simple_html(*links: tuple[str, str], more: str = "") -> faults.Answering:
    anchors = "".join(f'<a href="{href}">{text}</a><br>' for text, href in links)
    return faults.page(f"<!DOCTYPE html><html><head>{more}</head><body>{anchors}</body></html>")


def names(files: tuple[IndexFile, ...]) -> list[str]:
    return [file.name for file in files]


def test_404_on_both_pages_is_free(index: LiveIndex, faulty: FaultyIndex) -> None:
    assert index.files("Demo", V) == ()
    assert sorted(faulty.paths()) == [TOLD, SIMPLE]


def test_the_pages_are_asked_for_in_json_first(index: LiveIndex, faulty: FaultyIndex) -> None:
    index.files("demo", V)

    accepted = {request.path: request.headers["accept"] for request in faulty.requests}
    assert accepted[TOLD] == "application/json"
    assert accepted[SIMPLE].startswith(MIME)
    assert "text/html" in accepted[SIMPLE]


def test_files_of_both_pages_are_united(index: LiveIndex, faulty: FaultyIndex) -> None:
    faulty.on(TOLD, told(whl=HASH["b"]))
    faulty.on(SIMPLE, simple_json(SDIST))

    assert index.files("demo", V) == (
        IndexFile(WHEEL, HASH["b"], f"http://files.example.org/{WHEEL}", listed=False),
        IndexFile(SDIST, HASH["a"], f"{faulty.url}/files/{SDIST}"),
    )


@pytest.mark.parametrize(
    ("told_as", "uploaded"),
    [
        ("2026-01-01T00:00:00.500000Z", 1_767_225_600),
        ("2026-01-01T01:00:00+01:00", 1_767_225_600),
        ("2026-01-01T00:00:00", 0),
        ("yesterday", 0),
        (None, 0),
    ],
)
def test_a_file_is_told_with_the_moment_of_its_upload(
    index: LiveIndex, faulty: FaultyIndex, told_as: str | None, uploaded: int
) -> None:
    file: dict[str, object] = {"filename": WHEEL, "url": "../w", "digests": {}, "upload_time_iso_8601": told_as}
    faulty.on(TOLD, faults.json_page({"urls": [file]}))
    faulty.on(SIMPLE, simple_json(WHEEL))

    assert [(file.uploaded, file.listed) for file in index.files("demo", V)] == [(uploaded, True)]


def test_a_simple_page_in_html_is_read_as_well(index: LiveIndex, faulty: FaultyIndex) -> None:
    faulty.on(SIMPLE, simple_html((SDIST, f"/d/{SDIST}#sha256={HASH['a']}"), (WHEEL, f"/d/{WHEEL}#sha256={HASH['b']}")))

    assert index.files("demo", V) == (
        IndexFile(WHEEL, HASH["b"], f"{faulty.url}/d/{WHEEL}"),
        IndexFile(SDIST, HASH["a"], f"{faulty.url}/d/{SDIST}"),
    )


def test_a_file_of_which_no_page_tells_the_sha256_is_fetched_once_and_asked(
    index: LiveIndex, faulty: FaultyIndex
) -> None:
    faulty.on(SIMPLE, simple_html((WHEEL, f"/d/{WHEEL}#md5=1234")))
    faulty.on(f"/d/{WHEEL}", faults.page(b"other bytes", "application/octet-stream"))

    for _ in range(2):
        assert [file.sha256 for file in index.files("demo", V)] == [hashlib.sha256(b"other bytes").hexdigest()]
    assert faulty.paths().count(f"/d/{WHEEL}") == 1


@pytest.mark.parametrize(("first", "second"), [("", HASH["b"]), (HASH["b"], ""), (HASH["b"], HASH["b"].upper())])
def test_a_hash_that_one_page_tells_is_enough(index: LiveIndex, faulty: FaultyIndex, first: str, second: str) -> None:
    faulty.on(TOLD, told(whl=first))
    faulty.on(SIMPLE, simple_json(WHEEL, sha=second))

    assert [file.sha256 for file in index.files("demo", V)] == [HASH["b"]]


def test_two_hashes_of_one_file_are_a_failure(index: LiveIndex, faulty: FaultyIndex) -> None:
    faulty.on(TOLD, told(whl=HASH["b"]))
    faulty.on(SIMPLE, simple_json(WHEEL, sha=HASH["c"]))

    with pytest.raises(Failure, match=f"prod index tells two sha256 of {WHEEL}: b+ and c+"):
        index.files("demo", V)


def test_versions_are_compared_canonically_and_names_normalised(faulty: FaultyIndex) -> None:
    kept = ["My.Demo-1.2.0.tar.gz", "my_demo-1.2-py3-none-any.whl", "my-demo-1.2.zip"]
    others = ["my_demo-1.2.1.tar.gz", "my_demo-1.2rc1.tar.gz", "my_demo-1.2+local.tar.gz", "my-1.2.tar.gz"]
    strange = ["my_demo-1.2.tar.gz.asc", "my_demo-garbage.tar.gz", "README", "my-demo-extra-1.2.tar.gz"]
    faulty.on("/simple/my-demo/", simple_json(*kept, *others, *strange, project="My_Demo"))

    assert names(live(faulty.url).files("My.Demo", Version("1.2.0.0"))) == sorted(kept)


def test_an_address_that_does_not_end_in_simple_has_no_json_page(faulty: FaultyIndex) -> None:
    faulty.on("/root/rel/+simple/demo/", simple_json(WHEEL))

    assert names(live(faulty.url, "/root/rel/+simple/").files("demo", V)) == [WHEEL]
    assert faulty.paths() == ["/root/rel/+simple/demo/"]


NO_PAGES = {
    "401": faults.status(401),
    "403": faults.status(403),
    "410": faults.status(410),
    "500": faults.status(500),
    "501": faults.status(501),
    "503": faults.status(503),
    "204": faults.status(204),
    "no HTTP": faults.garbage,
    "reset": faults.reset,
    "cut short": faults.cut_short,
    "wrong type": faults.page("PNG", "image/png"),
    "no JSON": faults.page("<html>", MIME),
    "JSON of another kind": faults.json_page({"message": "hello"}, content_type=MIME),
    "JSON list": faults.json_page([], content_type=MIME),
    "JSON of version 2": faults.json_page(
        {"meta": {"api-version": "2.0"}, "name": "demo", "files": []}, content_type=MIME
    ),
    "JSON of another project": simple_json(project="other"),
    "login page": faults.page("<html><body><a href='/login'>Sign in</a> <a href='/x'>x-1.2</a></body></html>"),
    "empty page": faults.page(""),
    "huge": faults.huge(60_000_000),
}
IN_TIME = {"silence": faults.never, "drip": faults.drip, "drip of headers": faults.drip_headers}


@pytest.mark.parametrize("fault", NO_PAGES.values(), ids=NO_PAGES.keys())
def test_a_simple_page_in_doubt_is_a_failure(index: LiveIndex, faulty: FaultyIndex, fault: faults.Answering) -> None:
    faulty.on(SIMPLE, fault)

    with pytest.raises(Failure) as caught:
        index.files("demo", V)
    for word in ("the prod index is in doubt", f"GET {faulty.url}{SIMPLE}", "the files of demo 1.2 were wanted"):
        assert word in caught.value.text


@pytest.mark.parametrize("fault", IN_TIME.values(), ids=IN_TIME.keys())
@pytest.mark.parametrize("path", [SIMPLE, TOLD])
def test_a_page_that_does_not_end_is_a_failure(faulty: FaultyIndex, path: str, fault: faults.Answering) -> None:
    faulty.on(path, fault)

    with pytest.raises(Failure, match=r"index is in doubt: GET \S+ did not end within 0\.2 seconds"):
        live(faulty.url, page_seconds=0.2).files("demo", V)


@pytest.mark.parametrize("fault", NO_PAGES.values(), ids=NO_PAGES.keys())
def test_a_good_json_page_makes_up_for_a_simple_page_in_doubt(
    index: LiveIndex, faulty: FaultyIndex, fault: faults.Answering
) -> None:
    faulty.on(TOLD, told(whl=HASH["b"]))
    faulty.on(SIMPLE, fault)

    assert names(index.files("demo", V)) == [WHEEL]


@pytest.mark.parametrize("code", [500, 501, 502, 503, 504, 429])
def test_a_json_page_in_doubt_is_not_made_up_for_since_the_simple_page_lags(
    index: LiveIndex, faulty: FaultyIndex, code: int
) -> None:
    faulty.on(TOLD, faults.status(code))
    faulty.on(SIMPLE, simple_json(SDIST))

    with pytest.raises(Failure, match=f"{TOLD}: {code}"):
        index.files("demo", V)


@pytest.mark.parametrize(
    "answer",
    [
        faults.status(401),
        faults.status(403),
        faults.page("<html>log in</html>"),
        faults.page("not json", "application/json"),
        faults.json_page({"message": "no such thing"}),
        faults.json_page([1, 2]),
        faults.json_page({"urls": [{"filename": WHEEL}]}),
        faults.json_page({"urls": [{"filename": 1, "url": "", "digests": {}}]}),
        faults.json_page({"urls": "demo"}),
    ],
)
def test_what_is_no_json_page_is_no_word(index: LiveIndex, faulty: FaultyIndex, answer: faults.Answering) -> None:
    faulty.on(TOLD, answer)
    faulty.on(SIMPLE, simple_json(SDIST))

    assert names(index.files("demo", V)) == [SDIST]


def test_a_json_page_of_another_version_adds_nothing(index: LiveIndex, faulty: FaultyIndex) -> None:
    faulty.on("/pypi/demo/1.3/json", told(whl=HASH["a"]))

    assert index.files("demo", Version("1.3")) == ()


def test_a_redirect_within_the_index_is_followed(index: LiveIndex, faulty: FaultyIndex) -> None:
    faulty.on(SIMPLE, faults.redirect("/simple/Demo/"))
    faulty.on("/simple/Demo/", simple_json(WHEEL))

    assert names(index.files("demo", V)) == [WHEEL]


def test_an_answer_of_another_index_is_none_of_this_one(index: LiveIndex, faulty: FaultyIndex) -> None:
    with faults.serve() as public:
        public.on(SIMPLE, simple_json(WHEEL))
        public.on(TOLD, told(whl=HASH["a"]))
        faulty.on(TOLD, faults.redirect(public.url + TOLD))
        assert index.files("demo", V) == ()

        faulty.on(SIMPLE, faults.redirect(public.url + SIMPLE))
        with pytest.raises(Failure, match=f"handed on to {public.url}{SIMPLE}, another index"):
            index.files("demo", V)


def test_a_page_with_a_format_version_may_be_empty(index: LiveIndex, faulty: FaultyIndex) -> None:
    faulty.on(SIMPLE, simple_html(more='<meta name="pypi:repository-version" content="1.9">'))

    assert index.files("demo", V) == ()


def test_the_public_indexes_are_those_that_the_clients_know() -> None:
    store = CredentialStore(Path("nowhere"), {}, HTTP, pypirc=None)
    prod, test = (LiveIndex(IndexSettings(name), store, HTTP) for name in ("prod", "test"))

    assert f"{prod.address}/" == PYPI_SIMPLE_ENDPOINT
    assert f"{test.address}/" == TEST_REPOSITORY.replace("/legacy/", "/simple/")
    assert f"a section for {DEFAULT_REPOSITORY} in" in prod.credentials_missing()
    assert f"a section for {TEST_REPOSITORY} in" in test.credentials_missing()


def test_one_address_of_two_is_refused_before_anything_goes_to_the_wrong_index(faulty: FaultyIndex) -> None:
    store = CredentialStore(Path("nowhere"), {}, HTTP, pypirc=None)
    for_reading = LiveIndex(IndexSettings("prod", simple_url=f"{faulty.url}/simple/"), store, HTTP)
    for_uploads = LiveIndex(IndexSettings("test", upload_url=f"{faulty.url}/legacy/"), store, HTTP)

    assert for_reading.files("demo", V) == ()
    with pytest.raises(Failure, match=r"prod\.simple_url is set but indexes\.prod\.upload_url is not"):
        for_reading.credentials_missing()
    with pytest.raises(
        Failure, match=r"indexes\.test\.upload_url is set but indexes\.test\.simple_url is not"
    ) as caught:
        for_uploads.files("demo", V)
    assert caught.value.code is Exit.USAGE
