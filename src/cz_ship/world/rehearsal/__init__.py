"""The rehearsal: the world outside, played faithfully on 127.0.0.1."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Request(NamedTuple):
    """What a client asked: `path` and `query` as sent, header names in lower case.

    `root` is the address it reached us at, without a trailing slash.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    root: str


class Answer(NamedTuple):
    """What it is told; an empty `reason` means the status code's own words."""

    status: int
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = ""


class Application(Protocol):
    """Something that answers requests and knows nothing of sockets."""

    def answer(self, request: Request) -> Answer:
        """Decide on one request; never called twice at the same time."""
        ...
