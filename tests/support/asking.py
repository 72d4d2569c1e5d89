"""Asking the rehearsal's index without a socket, as clients of package indexes do."""

import json
from collections.abc import Mapping

import requests

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.tiny import Tiny, form

PASSWORD = "pypi-secret"
ROOT = "http://127.0.0.1:1"
DAY = 24 * 3600
START = 1_700_000_000.25
JSON_PAGE = "application/vnd.pypi.simple.v1+json"
HTML_PAGE = "application/vnd.pypi.simple.v1+html"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def upload(
    warehouse: Warehouse,
    tiny: Tiny,
    changes: Mapping[str, str | list[str] | None] | None = None,
    *,
    auth: tuple[str, str] | None = ("__token__", PASSWORD),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Upload as a client would, some fields changed or (None) left out."""
    fields = {**form(tiny), **(changes or {})}
    file = {"content": (tiny.filename, tiny.content, "application/octet-stream")}
    return post(warehouse, requests.Request("POST", ROOT, dict(headers or {}), file, fields, auth=auth))


def post(warehouse: Warehouse, asked: requests.Request) -> Answer:
    """Hand the index a request, its body written by requests."""
    prepared = asked.prepare()
    assert isinstance(prepared.body, bytes)
    headers = {name.lower(): str(value) for name, value in prepared.headers.items()}
    return warehouse.answer(Request("POST", "/legacy/", "", headers, prepared.body, ROOT))


def read(warehouse: Warehouse, path: str, accept: str | None = None) -> Answer:
    return warehouse.answer(Request("GET", path, "", {"accept": accept} if accept else {}, b"", ROOT))


def document(answer: Answer) -> dict[str, object]:
    assert answer.status == 200, answer
    value = json.loads(answer.body)
    assert isinstance(value, dict)
    return value


def names(warehouse: Warehouse) -> list[object]:
    answer = document(read(warehouse, "/simple/demo/", JSON_PAGE))
    assert isinstance(answer["files"], list)
    return [file["filename"] for file in answer["files"]]
