"""A package index asked of a whole project: which versions it holds, and what time it is there."""

from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from cz_ship.checkup import Page
from cz_ship.errors import Failure
from cz_ship.world.http import Answer
from cz_ship.world.index import LiveIndex
from cz_ship.world.index_pages import simple_versions


class LiveShelf(LiveIndex):
    """See `ShelfDoor`."""

    def page(self, project: str) -> Page:
        """The project's simple page. Raises `Failure` where the answer is no such page, nor that there is none."""
        from pypi_simple import ACCEPT_JSON_PREFERRED

        name = canonicalize_name(project)
        url = f"{self._simple_url}/{name}/"
        answer = self._http.get(url, accept=ACCEPT_JSON_PREFERRED, limit_seconds=self._page_seconds)
        if answer.status == 404:
            return Page((), _moment(answer))
        is_own = answer.status == 200 and urlsplit(answer.url)[:2] == urlsplit(url)[:2]
        versions = simple_versions(answer, name) if is_own else None
        if versions is None:
            raise Failure(f"GET {url} was answered {answer.status}, and not with a page of {name}")
        return Page(versions, _moment(answer))


def _moment(answer: Answer) -> int:
    """Source: RFC 9110, 6.6.1."""
    try:
        return int(parsedate_to_datetime(answer.headers["date"]).timestamp())
    except (KeyError, ValueError):
        return 0
