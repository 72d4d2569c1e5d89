"""The rehearsal's package index shows its files as Warehouse does."""

import json
import re

import pytest

from cz_ship.world.rehearsal import Request
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.asking import HTML_PAGE, JSON_PAGE, PASSWORD, ROOT, Clock, document, names, read, upload
from tests.support.tiny import sdist, wheel


@pytest.fixture
def warehouse() -> Warehouse:
    return Warehouse([PASSWORD], clock=Clock())


@pytest.mark.parametrize("path", ["/simple/demo/", "/simple/", "/pypi/demo/json", "/files/x", "/_/oidc/audience"])
def test_pages_take_no_uploads(warehouse: Warehouse, path: str) -> None:
    answer = warehouse.answer(Request("POST", path, "", {}, b"", ROOT))
    assert (answer.status, dict(answer.headers)["Allow"]) == (405, "GET, HEAD")
    assert read(warehouse, "/legacy/").status == 405


def test_an_upload_without_the_closing_slash_is_sent_there(warehouse: Warehouse) -> None:
    answer = warehouse.answer(Request("POST", "/legacy", "", {}, b"", ROOT))
    assert (answer.status, dict(answer.headers)["Location"]) == (308, "/legacy/")


def test_the_simple_index_lists_the_projects(warehouse: Warehouse) -> None:
    upload(warehouse, wheel("Demo.Ship"))
    assert b'<a href="/simple/demo-ship/">Demo.Ship</a>' in read(warehouse, "/simple/").body
    page = document(read(warehouse, "/simple/", JSON_PAGE))
    assert page == {"meta": {"api-version": "1.1"}, "projects": [{"name": "Demo.Ship"}]}


def test_a_project_page_tells_of_each_file_in_json(warehouse: Warehouse) -> None:
    for tiny in (wheel(version="1.10"), sdist(version="1.9")):
        upload(warehouse, tiny)
    page = document(read(warehouse, "/simple/demo/", JSON_PAGE))
    assert (page["name"], page["versions"]) == ("demo", ["1.9", "1.10"])
    tiny, files = sdist(version="1.9"), page["files"]
    assert isinstance(files, list)
    path = f"files/{tiny.sha256[:2]}/{tiny.sha256[2:4]}/{tiny.sha256[4:]}/{tiny.filename}"
    assert files[0] == {
        "filename": tiny.filename,
        "url": f"{ROOT}/{path}",
        "hashes": {"sha256": tiny.sha256},
        "requires-python": ">=3.8",
        "size": len(tiny.content),
        "upload-time": "2023-11-14T22:13:20.250000Z",
        "yanked": False,
        "core-metadata": False,
        "provenance": None,
        "data-dist-info-metadata": False,
    }
    assert files[1]["filename"] == wheel(version="1.10").filename


def test_a_project_page_tells_of_each_file_in_html(warehouse: Warehouse) -> None:
    upload(warehouse, sdist())
    page = read(warehouse, "/simple/demo/").body.decode()
    found = re.findall(r'<a href="([^"]+)" data-requires-python="([^"]+)">([^<]+)</a>', page)
    assert found == [
        (f"{ROOT}{warehouse.files[sdist().filename].path}#sha256={sdist().sha256}", "&gt;=3.8", sdist().filename)
    ]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("image/png", "text/html"),
        (JSON_PAGE, JSON_PAGE),
        (f"{JSON_PAGE}, {HTML_PAGE}; q=0.1, text/html; q=0.01", JSON_PAGE),
        (f"text/html;q=0.5,{HTML_PAGE};q=0.4", "text/html"),
        (f"{JSON_PAGE};q=0.2, {HTML_PAGE};q=0.4", HTML_PAGE),
        (f"{JSON_PAGE};q=0, */*", "text/html"),
        ("application/*, text/html;q=0.9", HTML_PAGE),
        (f"text/html;q=0.9, {JSON_PAGE.upper()}", JSON_PAGE),
    ],
)
def test_a_simple_page_comes_in_the_kind_liked_best(warehouse: Warehouse, accept: str | None, kind: str) -> None:
    upload(warehouse, wheel())
    for path in ("/simple/", "/simple/demo/"):
        answer = read(warehouse, path, accept)
        assert answer.content_type.split(";")[0] == kind
        assert answer.body.startswith(b"{" if kind == JSON_PAGE else b"<!DOCTYPE html>")
        assert ("Vary", "Accept") in answer.headers


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/simple", "/simple/"),
        ("/simple/demo-ship", "/simple/demo-ship/"),
        ("/simple/Demo_Ship/", "/simple/demo-ship/"),
        ("/simple/demo%2Eship/", "/simple/demo-ship/"),
        ("/pypi/Demo.Ship/json", "/pypi/demo-ship/json"),
        ("/pypi/Demo.Ship/1.0.0/json", "/pypi/demo-ship/1.0.0/json"),
    ],
)
def test_a_name_that_is_not_normalised_is_sent_to_the_one_that_is(warehouse: Warehouse, path: str, target: str) -> None:
    upload(warehouse, wheel("demo-ship"))
    answer = read(warehouse, path)
    assert (answer.status, dict(answer.headers)["Location"]) == (301, target)


UNKNOWN = ["/simple/other/", "/simple/O_ther/", "/pypi/other/json", "/pypi/demo/1.1/json", "/pypi/demo/x/json", "/"]


@pytest.mark.parametrize("path", [*UNKNOWN, "/files/00/00/00/demo-1.0.tar.gz", "/simple//", "/simple/demo/x/", "/x"])
def test_what_is_not_here_is_not_found(warehouse: Warehouse, path: str) -> None:
    upload(warehouse, wheel())
    answer = read(warehouse, path)
    assert answer.status == 404
    if path.endswith("/json"):
        assert json.loads(answer.body) == {"message": "Not Found"}


def test_versions_are_compared_canonically(warehouse: Warehouse) -> None:
    upload(warehouse, sdist(version="1.2.0"))
    upload(warehouse, wheel(version="1.2"))
    pages = [document(read(warehouse, f"/pypi/demo/{text}/json")) for text in ("1.2", "1.2.0", "v1.2.0.0")]
    assert pages[0] == pages[1] == pages[2]
    info, urls = pages[0]["info"], pages[0]["urls"]
    assert isinstance(info, dict)
    assert isinstance(urls, list)
    assert (info["name"], info["version"], info["requires_python"]) == ("demo", "1.2.0", ">=3.8")
    assert [url["packagetype"] for url in urls] == ["bdist_wheel", "sdist"]
    tiny = sdist(version="1.2.0")
    assert urls[1]["digests"]["sha256"] == tiny.sha256
    assert (urls[1]["filename"], urls[1]["size"]) == (tiny.filename, len(tiny.content))
    assert urls[1]["url"] == f"{ROOT}{warehouse.files[tiny.filename].path}"


def test_the_project_json_tells_the_newest_final_release_and_all_others(warehouse: Warehouse) -> None:
    for version in ("1.10rc1", "1.2", "1.9"):
        upload(warehouse, wheel(version=version))
    page = document(read(warehouse, "/pypi/demo/json"))
    assert isinstance(page["info"], dict)
    assert isinstance(page["releases"], dict)
    assert page["info"]["version"] == "1.9"
    assert {version: len(files) for version, files in page["releases"].items()} == {"1.10rc1": 1, "1.2": 1, "1.9": 1}
    assert "releases" not in document(read(warehouse, "/pypi/demo/1.9/json"))


def test_a_project_of_candidates_alone_shows_the_newest(warehouse: Warehouse) -> None:
    for version in ("1.0rc3027325108", "1.0rc2027325108"):
        upload(warehouse, wheel(version=version))
    info = document(read(warehouse, "/pypi/demo/json"))["info"]
    assert isinstance(info, dict)
    assert info["version"] == "1.0rc3027325108"


def test_a_file_is_served_under_its_hash_and_a_wheel_has_its_metadata_beside_it(warehouse: Warehouse) -> None:
    upload(warehouse, wheel())
    path = warehouse.files[wheel().filename].path
    assert read(warehouse, path).body == wheel().content
    assert b"Name: demo\n" in read(warehouse, f"{path}.metadata").body
    page = document(read(warehouse, "/simple/demo/", JSON_PAGE))
    assert isinstance(page["files"], list)
    assert page["files"][0]["core-metadata"] == page["files"][0]["data-dist-info-metadata"] != False  # noqa: E712


def test_simple_pages_can_lag_while_json_is_current(warehouse: Warehouse) -> None:
    upload(warehouse, sdist())
    warehouse.simple_lag = True
    upload(warehouse, wheel())
    upload(warehouse, wheel("other"))
    warehouse.simple_lag = True
    assert names(warehouse) == [sdist().filename]
    assert read(warehouse, "/simple/other/").status == 404
    assert b"other" not in read(warehouse, "/simple/").body
    urls = document(read(warehouse, "/pypi/demo/1.0/json"))["urls"]
    assert isinstance(urls, list)
    assert len(urls) == 2
    assert read(warehouse, warehouse.files[wheel().filename].path).status == 200
    warehouse.simple_lag = False
    assert names(warehouse) == [wheel().filename, sdist().filename]
