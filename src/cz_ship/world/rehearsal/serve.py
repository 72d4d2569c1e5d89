"""Loopback HTTP for the rehearsal's applications: one daemon thread, nothing left behind."""

import hashlib
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import NamedTuple

from cz_ship.world.rehearsal import Answer, Application, Request
from cz_ship.world.rehearsal.warehouse import Warehouse

# Seconds between two looks at whether the server shall stop; the stop waits no longer than this.
_POLL = 0.02
# Seconds that a silent client keeps its connection.
_PATIENCE = 30.0


class Listener:
    """An application on 127.0.0.1: `url` is its address without a trailing slash."""

    def __init__(self, server: "_Server") -> None:
        self._server = server
        self._own = server.application
        self.url = server.root

    @property
    def requests(self) -> tuple[tuple[str, str, int], ...]:
        """Method, path (as sent, without its query) and status of every request answered so far, in order."""
        with self._server.lock:
            return tuple(self._server.seen)

    def interpose(self, answer: Callable[[Request], Answer] | None) -> None:
        """Let somebody else answer, who may ask the application; None: nobody."""
        self._server.application = self._own if answer is None else _Interposed(answer)


class Site(Listener):
    """A package index on 127.0.0.1."""

    def __init__(self, server: "_Server", warehouse: Warehouse) -> None:
        super().__init__(server)
        self.warehouse = warehouse
        self.upload_url = f"{self.url}/legacy/"
        self.simple_url = f"{self.url}/simple/"

    @property
    def stored(self) -> int:
        """How many files were ever stored; an upload of a file that stands here already stores none."""
        return self.warehouse.stored


class _Interposed(NamedTuple):
    answer: Callable[[Request], Answer]


@contextmanager
def listen(application: Application) -> Iterator[Listener]:
    """Serve an application on a free port of 127.0.0.1 until the end of the `with`."""
    with _running(application) as server:
        yield Listener(server)


@contextmanager
def serve(warehouse: Warehouse) -> Iterator[Site]:
    """Serve a package index on a free port of 127.0.0.1 until the end of the `with`."""
    with _running(warehouse) as server:
        yield Site(server, warehouse)


@contextmanager
def _running(application: Application) -> Iterator["_Server"]:
    server = _Server(application)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), name="rehearsal", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """Remembers its connections and their threads, so that both can be ended with it."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, application: Application) -> None:
        self.application = application
        self.lock = threading.Lock()
        self.seen: list[tuple[str, str, int]] = []
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._connections_lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        # HTTPServer would look the host's name up, and that may leave the machine.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._connections_lock:
            self._connections[request] = thread
        thread.start()

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        with self._connections_lock:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
        # A client that goes away is part of a rehearsal with faults; anything else is ours and must be seen.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """End the connections that clients keep open, and wait for their threads."""
        with self._connections_lock:
            connections = dict(self._connections)
        for connection, thread in connections.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "cz-ship-rehearsal"
    sys_version = ""
    timeout = _PATIENCE
    disable_nagle_algorithm = True  # else a body waits 40 ms for the client's word that it has the headers

    def do_GET(self) -> None:
        body = self._body()
        if body is None:
            # Half a request is none: whoever sent it is gone, and nothing is decided.
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, query, headers, body, self.server.root)
        with self.server.lock:
            answer = self._fresh(request, self._decide(request))
            # Before the client hears of it: who has an answer finds its request here.
            self.server.seen.append((request.method, path, answer.status))
        self._send(answer)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the requests are remembered instead."""

    def _body(self) -> bytes | None:
        """The request's body; None where the client left before it was whole."""
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        return body if len(body) == length else None

    def _decide(self, request: Request) -> Answer:
        if "transfer-encoding" in request.headers:
            self.close_connection = True
            return Answer(411)
        try:
            return self.server.application.answer(request)
        except Exception:
            return Answer(500, traceback.format_exc().encode(), "text/plain; charset=utf-8")

    def _fresh(self, request: Request, answer: Answer) -> Answer:
        """The answer with an ETag, and without a body for a client that holds it. Source: RFC 9110, 13.1.2."""
        caching = dict(answer.headers).get("Cache-Control", "no-store")
        if answer.status != 200 or request.method not in ("GET", "HEAD") or caching == "no-store":
            return answer
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
        headers = (*answer.headers, ("ETag", tag))
        held = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
        if tag in held or "*" in held:
            return Answer(304, headers=headers)
        return answer._replace(headers=headers)

    def _send(self, answer: Answer) -> None:
        # A status line holds Latin-1 and no line ends.
        reason = " ".join(answer.reason.encode("latin-1", "replace").decode("latin-1").split())
        self.send_response(answer.status, reason or None)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status != 304:
            self.wfile.write(answer.body)
