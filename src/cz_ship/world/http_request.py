"""One HTTP request: what is sent, and how far it came where it broke off."""

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import requests

Content = Mapping[str, str | bool]


class Request(NamedTuple):
    """What is asked: `content` is sent as JSON, or as a file where it is bytes; `into` takes the answer's body."""

    method: str
    url: str
    accept: str
    bearer: str
    content: Content | bytes | None
    limit_seconds: float
    limit_bytes: int
    into: IO[bytes] | None = None

    @property
    def shown(self) -> str:
        """For people: without user, password, query and fragment, where secrets travel."""
        return f"{self.method} {re.sub('//[^/]*@', '//', re.split('[?#]', self.url)[0])}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers of this one request."""
        kind = {"Content-Type": "application/octet-stream"} if isinstance(self.content, bytes) else {}
        return {"Accept": self.accept, **kind}


class Breakage(Enum):
    """How far a request came. `OTHER` is what no further try mends, such as a certificate that is not trusted."""

    UNSENT = auto()
    SENT = auto()
    SILENT = auto()
    OTHER = auto()


def breakage(error: "requests.exceptions.RequestException") -> Breakage:
    """How a request broke off."""
    from requests import exceptions
    from urllib3.exceptions import NewConnectionError, ReadTimeoutError

    inner = error.args[0] if error.args else error
    inner = getattr(inner, "reason", None) or inner
    if isinstance(error, exceptions.ReadTimeout) or isinstance(inner, ReadTimeoutError):
        return Breakage.SILENT
    broken = isinstance(error, exceptions.ConnectionError | exceptions.ChunkedEncodingError)
    if isinstance(error, exceptions.SSLError) or not broken:
        return Breakage.OTHER
    unsent = isinstance(error, exceptions.ConnectTimeout) or isinstance(inner, NewConnectionError)
    return Breakage.UNSENT if unsent else Breakage.SENT


def words(error: BaseException) -> str:
    """The system's own words at the bottom of a chain of errors, or those of the outermost."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return str(cause.strerror).lower()
        cause = cause.__cause__ or cause.__context__
    return f"{type(error).__name__}: {error}"[:300]
