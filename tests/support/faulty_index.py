"""A small server on loopback that answers as told, above all wrongly."""

import json
import socket
import struct
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

BEAT = 0.01  # seconds between the bytes of a dripping answer


class Request(NamedTuple):
    """What was asked: header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class FaultyIndex:
    """Answers by path: each request takes the next answer, the last one stays; other paths are 404."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._answers: dict[str, list[Answering]] = defaultdict(list)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.index = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def on(self, path: str, *answers: "Answering") -> str:
        """Set the answers for a path; hands back its full address."""
        self._answers[path] = list(answers)
        return self.url + path

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def next_answer(self, request: Request) -> "Answering":
        with self._lock:
            self.requests.append(request)
            answers = self._answers.get(request.path.partition("?")[0], [])
            if not answers:
                return status(404)
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serve() -> Iterator[FaultyIndex]:
    """A faulty index for as long as the block lasts."""
    index = FaultyIndex()
    try:
        yield index
    finally:
        index.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for the last answer
    index: FaultyIndex

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.index.next_answer(Request(self.command, self.path, headers, body))(self)

    do_GET = do_POST = do_PUT = do_PATCH = answer

    def log_message(self, format: str, *arguments: object) -> None:
        pass


Answering = Callable[[_Handler], None]


def page(body: bytes | str, content_type: str = "text/html", code: int = 200, reason: str | None = None) -> Answering:
    """A whole answer with a body."""
    content = body.encode() if isinstance(body, str) else body

    def answer(handler: _Handler) -> None:
        handler.send_response(code, reason)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def json_page(content: object, code: int = 200, content_type: str = "application/json") -> Answering:
    """A whole answer in JSON."""
    return page(json.dumps(content), content_type, code)


def status(code: int, reason: str | None = None, **headers: str) -> Answering:
    """A bare status; `retry_after="1"` becomes the header Retry-After."""

    def answer(handler: _Handler) -> None:
        handler.send_response(code, reason)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def garbage(handler: _Handler) -> None:
    """Bytes that are no HTTP."""
    handler.wfile.write(b"\x16\x03\x01 I speak another language\r\n\r\n")


def never(handler: _Handler) -> None:
    """No answer at all, until the server closes."""
    handler.server.index.closing.wait()


def drip(handler: _Handler) -> None:
    """A body without end, byte by byte."""
    handler.send_response(200)
    handler.end_headers()
    _drip(handler, b"x")


def drip_headers(handler: _Handler) -> None:
    """Headers without end, byte by byte."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _drip(handler, b"x")


def _drip(handler: _Handler, byte: bytes) -> None:
    while not handler.server.index.closing.wait(BEAT):
        handler.wfile.write(byte)
        handler.wfile.flush()


def huge(size: int) -> Answering:
    """A body of `size` bytes whose length is not told."""

    def answer(handler: _Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(0, size, 1000):
            handler.wfile.write(b"x" * 1000)

    return answer


def cut_after(size: int) -> Answering:
    """A body that ends after `size` bytes, one before the length that was told."""

    def answer(handler: _Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(size + 1))
        handler.end_headers()
        handler.wfile.write(b"x" * size)

    return answer


cut_short = cut_after(100)


def reset(handler: _Handler) -> None:
    """The connection is reset in place of an answer."""
    # Lingering for zero seconds turns the closing FIN into an RST.
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.rfile.close()
    handler.connection.close()


def redirect(to: str, code: int = 302) -> Answering:
    """A pointer to another address."""
    return status(code, location=to)
