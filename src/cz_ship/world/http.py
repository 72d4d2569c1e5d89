"""The one door to HTTP: a total time limit, a size limit, and retries of what passes by itself."""

import functools
import hashlib
import io
import os
import re
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cz_ship.errors import Failure
from cz_ship.world import effects
from cz_ship.world.http_request import Breakage, Content, Request, breakage, words

if TYPE_CHECKING:
    import requests

PAGE = 50_000_000  # bytes; the largest simple pages of PyPI have some 20 million
FILE = 2_000_000_000
# What a GET may ask again for: RFC 9110 and 6585 call these temporary, and indexes send them under load.
PASSING = frozenset({429, 500, 502, 503, 504})
# With these a server says that it did nothing, so a POST may be sent again too.
UNTOUCHED = frozenset({429, 503})
CHUNK = 64 * 1024
REDIRECTS = 5


class Answer(NamedTuple):
    """What a server answered: header names in lower case; `url` is where redirects led, `reason` the status's words."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ""
    reason: str = ""


class Backoff(NamedTuple):
    """How often a request is made, and the pauses between in seconds: the first doubles until the longest.

    A Retry-After longer than `longest_asked` is left to whoever calls: nothing is asked before it is over.
    """

    attempts: int = 4
    first: float = 0.2
    longest: float = 5.0
    longest_asked: float = 30.0


class Http:
    """A small HTTP client: every call ends within its `limit_seconds`, retries and pauses included.

    Any status that is not a passing fault comes back as an `Answer`. `Failure` means doubt: nothing
    is known of what was asked for. Proxies, certificates and ~/.netrc are those that requests finds.
    `headers` go with every request.
    """

    def __init__(
        self,
        backoff: Backoff | None = None,
        *,
        connect_seconds: float = 10,
        silence_seconds: float = 30,
        headers: Mapping[str, str] | None = None,
    ):
        self.backoff = backoff or Backoff()
        self.headers = headers or {}
        self.timeouts = (connect_seconds, silence_seconds)

    def get(
        self, url: str, *, accept: str = "*/*", bearer: str = "", limit_seconds: float = 60, limit_bytes: int = PAGE
    ) -> Answer:
        """GET a page; redirects are followed.

        Raises `Failure` on time-out, reset, too many bytes, and on 429 and 5xx that last.
        """
        return self._within(Request("GET", url, accept, bearer, None, limit_seconds, limit_bytes))

    def post_json(
        self, url: str, content: Content | None, *, method: str = "POST", bearer: str = "", limit_seconds: float = 60
    ) -> Answer:
        """Send JSON; redirects are not followed; sent again only where the server cannot have acted on it.

        Raises `Failure` as `get` does: whether the server acted is then not known.
        """
        return self._within(Request(method, url, "application/json", bearer, content, limit_seconds, PAGE))

    def post_bytes(self, url: str, content: bytes, *, bearer: str = "", limit_seconds: float = 600) -> Answer:
        """Send a file's bytes, else as `post_json`."""
        return self._within(Request("POST", url, "application/json", bearer, content, limit_seconds, PAGE))

    def download(
        self,
        url: str,
        into: Path,
        *,
        accept: str = "*/*",
        bearer: str = "",
        limit_seconds: float = 600,
        limit_bytes: int = FILE,
    ) -> str:
        """GET a file to the path `into`, which appears whole or not at all; its sha256 in hex.

        Raises `Failure` as `get` does, and on any status but 200.
        """
        digest = hashlib.sha256()
        with tempfile.NamedTemporaryFile(prefix=".download-", dir=into.parent, delete=False) as part:
            try:
                request = Request("GET", url, accept, bearer, None, limit_seconds, limit_bytes, part)
                answer = self._within(request)
                if answer.status != 200:
                    raise Failure(f"{request.shown} was answered {answer.status} {answer.reason}; a file was wanted")
                part.seek(0)
                while block := part.read(CHUNK):
                    digest.update(block)
            except BaseException:
                part.close()
                os.unlink(part.name)
                raise
        with effects.passing(f"write {into.name}"):
            os.chmod(part.name, 0o644)
            os.replace(part.name, into)
        return digest.hexdigest()

    def _within(self, request: Request) -> Answer:
        # In a thread, since nothing else ends a name look-up that hangs or a server that drips bytes. A thread that
        # is past its limit is left to end by itself; it starts no further attempt.
        call = _Call(self, request)
        thread = threading.Thread(target=call.run, name=request.shown, daemon=True)
        thread.start()
        thread.join(request.limit_seconds)
        if call.fault is not None:
            raise call.fault
        if call.answer is None:
            raise call.too_late()
        return call.answer

    @functools.cached_property
    def session(self) -> "requests.Session":
        """Connections kept open between calls; no cookie is kept."""
        from http.cookiejar import DefaultCookiePolicy
        from importlib.metadata import PackageNotFoundError, version

        import requests

        session = requests.Session()
        own = "0"  # a source tree that is not installed
        with suppress(PackageNotFoundError):
            own = version("cz-ship")
        session.headers.update({"User-Agent": f"cz-ship/{own}", **self.headers})
        session.max_redirects = REDIRECTS
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return session


class _PassingFault(Exception):
    """A fault that may be gone in a moment; `pause` in seconds, None where the server asked for none."""

    def __init__(self, text: str, pause: float | None = None) -> None:
        super().__init__(text)
        self.pause = pause


class _Call:
    """One call in its own thread: attempts, pauses, and in the end an answer or a fault."""

    answer: Answer | None = None
    fault: BaseException | None = None
    made = 0
    last_words = "no answer"

    def __init__(self, http: Http, request: Request) -> None:
        self.http = http
        self.request = request
        self.deadline = time.monotonic() + request.limit_seconds

    def run(self) -> None:
        try:
            self.answer = self.attempts()
        except BaseException as fault:
            self.fault = fault

    def attempts(self) -> Answer:
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        set_on_retry_hooks(())  # its default writes every retry to the log, and so to the user's terminal
        pauses = self.http.backoff
        retried = stamina.RetryingCaller(
            attempts=pauses.attempts,
            timeout=self.request.limit_seconds,
            wait_initial=pauses.first,
            wait_jitter=pauses.first,
            wait_max=pauses.longest,
        )
        try:
            return retried(self.pause_after, self.once)
        except _PassingFault as fault:
            limits = f"{self.made} of {pauses.attempts} attempts, {self.request.limit_seconds:g} seconds for all"
            raise Failure(
                f"{self.request.shown}: {fault} ({limits})", hint="run the same command again", pause=fault.pause or 0
            ) from fault

    def pause_after(self, fault: Exception) -> bool | float:
        """Whether to try again; where the server asked for a pause, after how many seconds."""
        if not isinstance(fault, _PassingFault):
            return False
        self.last_words = str(fault)
        if fault.pause is None:
            return True
        ends_in_time = time.monotonic() + fault.pause < self.deadline
        return fault.pause if ends_in_time and fault.pause <= self.http.backoff.longest_asked else False

    def too_late(self) -> Failure:
        text = f"{self.request.shown} did not end within {self.request.limit_seconds:g} seconds: {self.last_words}"
        return Failure(text, hint="run the same command again", pause=0)

    def once(self) -> Answer:
        """One attempt. Raises `_PassingFault` where another may help, else `Failure`."""
        import requests

        if time.monotonic() >= self.deadline:
            raise self.too_late()
        self.made += 1
        try:
            with effects.passing(re.sub(r"\S+//[^/]*", "", self.request.shown)), self.sent() as response:
                body = self.received(response)
        except requests.exceptions.RequestException as error:
            raise self.told(error) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, headers, body, response.url, response.reason or "")
        if answer.status not in PASSING:
            return answer
        said = f"{answer.status} {answer.reason}".strip()
        asked = headers.get("retry-after", "")
        raise self.unless_done(said, answer.status in UNTOUCHED, float(asked) if asked.isdecimal() else None)

    def unless_done(self, said: str, untouched: bool, pause: float | None = None) -> Exception:
        """A `_PassingFault`, unless the server may have acted on what must not be sent twice."""
        if untouched or self.request.method == "GET":
            return _PassingFault(said, pause)
        return Failure(f"{self.request.shown}: {said}; whether it was done is not known")

    def sent(self) -> "requests.Response":
        request = self.request

        def bear(prepared: "requests.PreparedRequest") -> "requests.PreparedRequest":
            # By `auth`, since ~/.netrc overrides a mere header.
            prepared.headers["Authorization"] = f"Bearer {request.bearer}"
            return prepared

        return self.http.session.request(
            request.method,
            request.url,
            json=None if isinstance(request.content, bytes) else request.content,
            data=request.content if isinstance(request.content, bytes) else None,
            headers=request.headers,
            auth=bear if request.bearer else None,
            timeout=self.http.timeouts,
            allow_redirects=request.method == "GET",
            stream=True,
        )

    def received(self, response: "requests.Response") -> bytes:
        """The body, or nothing where it went into a file."""
        request = self.request
        kept = io.BytesIO()
        sink = request.into or kept
        sink.seek(0)
        sink.truncate()  # what an attempt before this one left
        for chunk in response.iter_content(CHUNK):
            if sink.tell() + len(chunk) > request.limit_bytes:
                raise Failure(f"{request.shown} sent more than {request.limit_bytes:,} bytes, the most wanted")
            if time.monotonic() >= self.deadline:
                raise self.too_late()
            sink.write(chunk)
        return kept.getvalue()

    def told(self, error: "requests.exceptions.RequestException") -> Exception:
        """What became of the request: a `_PassingFault` where it may be sent again, else a `Failure`."""
        broken = breakage(error)
        if broken is Breakage.SILENT:
            return Failure(f"{self.request.shown}: no word for {self.http.timeouts[1]:g} seconds; an answer was wanted")
        if broken is Breakage.OTHER:
            return Failure(f"{self.request.shown}: {words(error)}")
        return self.unless_done(words(error), broken is Breakage.UNSENT)
