"""GitHub's REST API as one identity asks it: rate limits are waited for, doubt is told from refusals."""

import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from cz_ship.errors import Failure
from cz_ship.ports import Patience
from cz_ship.world import forge_pages
from cz_ship.world.http import Answer, Http
from cz_ship.world.http_request import Content

# The oldest version of the API that still is answered, so that enterprise hosts know it too.
HEADERS = {"X-GitHub-Api-Version": "2022-11-28"}
ACCEPT = "application/vnd.github+json"
TOKENS = ("GH_TOKEN", "GITHUB_TOKEN")  # as GitHub's own command reads them


class Place(NamedTuple):
    """A repository on a forge: the address of the forge's API, without its last slash, and `owner/name`."""

    api: str
    repository: str

    @property
    def host(self) -> str:
        return _web_host(self.api)


class Api:
    """The API of a repository's forge, asked with the token of `environ`, if any.

    Limits are in seconds, each for one whole request. A rate limit is waited for with `patience` where nothing
    was to be changed; where that ends, its `Failure` tells the limits.
    """

    def __init__(
        self,
        where: Place,
        environ: Mapping[str, str],
        http: Http,
        patience: Patience,
        page_seconds: float = 30,
        upload_seconds: float = 600,
    ) -> None:
        self.token = next((value for name in TOKENS if (value := environ.get(name, "").strip())), "")
        self.address = f"{where.host}/{where.repository}"
        self._host = where.host
        self._http = http
        self._patience = patience
        self._page_seconds = page_seconds
        self._upload_seconds = upload_seconds

    def credentials_missing(self, deed: str, right: str) -> str:
        """Empty where there is a token; else what was looked for to do `deed` with; a CI job may have `right`."""
        if self.token:
            return ""
        names = " or ".join(TOKENS)
        return f"no token in {names} to {deed} on {self._host} with (a CI job has its own, with `{right}`)"

    def look(self, url: str) -> Answer:
        """A page, or a refusal that is about no limit. Raises `Failure` in doubt."""

        def once() -> Answer | Failure:
            try:
                answer = self._http.get(url, accept=ACCEPT, bearer=self.token, limit_seconds=self._page_seconds)
            except Failure as failure:
                if failure.pause:
                    raise
                return failure  # the door to HTTP has tried again already
            self._wait_for_limit(answer)
            return answer

        found = self._patience.keep_trying(once)
        if isinstance(found, Failure):
            hint = found.hint
            raise Failure(f"{self.address} is in doubt: {found.text}", hint=hint, pause=found.pause) from found
        return found

    def send(self, method: str, url: str, content: Content | bytes | None = None) -> Answer:
        """What a change was answered. Raises `Failure` in doubt and at a limit: whoever asks again looks first."""
        try:
            if isinstance(content, bytes):
                answer = self._http.post_bytes(url, content, bearer=self.token, limit_seconds=self._upload_seconds)
            else:
                limit = self._page_seconds
                answer = self._http.post_json(url, content, method=method, bearer=self.token, limit_seconds=limit)
        except Failure as failure:
            text, hint = f"{self.address} is in doubt: {failure.text}", "run the same command again: it looks first"
            raise Failure(text, hint=hint, pause=failure.pause or 0) from failure
        self._wait_for_limit(answer)
        return answer

    def _wait_for_limit(self, answer: Answer) -> None:
        pause = forge_pages.limited(answer, time.time())
        if pause is not None:
            text = f"{self.address} answers no more for {pause:.0f} seconds: {forge_pages.refusal(answer)}"
            then = time.strftime("%H:%M:%S UTC", time.gmtime(time.time() + pause + 1))
            raise Failure(text, hint=f"run the same command again after {then}", pause=pause)


def _web_host(api: str) -> str:
    """The host that people look at: `api.` goes before it on GitHub's own, `/api/v3` behind it on an enterprise's."""
    return (urlsplit(api).hostname or "").removeprefix("api.")
