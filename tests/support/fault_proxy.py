"""A proxy on loopback before a real index: what passes through it is broken as told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from tests.support.faulty_index import Answering, FaultyIndex, Request, page, reset

PASSED_ON = ("authorization", "content-type", "accept")
Fault = Callable[[Answering], Answering]


class FaultProxy(FaultyIndex):
    """Passes requests on, but for those that a fault is set for.

    `uploads` are the faults of the uploads to come, in order; `lasting` is that of all others. None passes on.
    """

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self.upstream = upstream
        self.uploads: list[Fault | None] = []
        self.lasting: Fault | None = None
        self.pages: Fault | None = None

    def next_answer(self, request: Request) -> Answering:
        self.requests.append(request)
        fault = self.pages
        if request.method == "POST":
            fault = self.uploads.pop(0) if self.uploads else self.lasting
        passed = self._passed(request)
        return fault(passed) if fault else passed

    def heal(self) -> None:
        """Pass everything on from now on."""
        self.uploads, self.lasting, self.pages = [], None, None

    def _passed(self, request: Request) -> Answering:
        def answer(handler: object) -> None:
            headers = {name: value for name, value in request.headers.items() if name in PASSED_ON}
            url = self.upstream + request.path
            got = requests.request(
                request.method, url, headers=headers, data=request.body, allow_redirects=False, timeout=60
            )
            kind = got.headers.get("content-type", "text/plain")
            page(got.content, kind, got.status_code, got.reason)(handler)  # type: ignore[arg-type]

        return answer


@contextmanager
def before(upstream: str) -> Iterator[FaultProxy]:
    """A fault proxy before the index at `upstream`, an address without a path, for as long as the block lasts."""
    proxy = FaultProxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()


def instead(answer: Answering) -> Fault:
    """The index never hears of it; this is the answer."""
    return lambda passed: answer


def lost(passed: Answering) -> Answering:
    """The index does as it is asked, and its answer is lost."""

    def answer(handler: object) -> None:
        passed(_Deaf())  # type: ignore[arg-type]
        reset(handler)  # type: ignore[arg-type]

    return answer


class _Deaf:
    """Takes an answer and tells nobody."""

    def send_response(self, *_: object) -> None: ...
    def send_header(self, *_: object) -> None: ...
    def end_headers(self) -> None: ...
    @property
    def wfile(self) -> "_Deaf":
        return self

    def write(self, *_: object) -> None: ...
