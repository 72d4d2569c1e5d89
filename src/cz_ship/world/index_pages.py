"""The pages of a package index, read strictly: what is no such page is no answer."""

import json
import re
import warnings
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from packaging.utils import canonicalize_name
from packaging.version import Version

from cz_ship.world.http import Answer

if TYPE_CHECKING:
    from pypi_simple import ProjectPage

JSON_PAGE = "application/vnd.pypi.simple.v1+json"
HTML_PAGES = ("application/vnd.pypi.simple.v1+html", "text/html")


class Listing(NamedTuple):
    """A file as a page lists it; `sha256` is empty and `uploaded` (seconds since 1970) 0 where that is not told."""

    name: str
    sha256: str
    url: str
    uploaded: int = 0


def json_files(answer: Answer, name: str, version: Version) -> tuple[Listing, ...] | None:
    """The files on a version's JSON page; None where the answer is none. `name` is normalised.

    Source: the JSON API in the documentation of PyPI, "Get a release".
    """
    try:
        files = [
            Listing(
                file["filename"],
                file["digests"].get("sha256", "").lower(),
                urljoin(answer.url, file["url"]),
                _moment(file.get("upload_time_iso_8601")),
            )
            for file in json.loads(answer.body)["urls"]
        ]
        return _of(files, name, version)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def simple_files(answer: Answer, name: str, version: Version) -> tuple[Listing, ...] | None:
    """The files of a version on a project's simple page, in JSON (PEP 691) or HTML (PEP 503); None where it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of newer minor versions of the format, and of odd HTML
        page = _simple_page(answer, name)
    if page is None:
        return None
    files = [Listing(file.filename, file.digests.get("sha256", "").lower(), file.url) for file in page.packages]
    return _of(files, name, version)


def simple_versions(answer: Answer, name: str) -> tuple[Version, ...] | None:
    """The versions that a project's simple page has files of, lowest first; None where it is no such page."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        page = _simple_page(answer, name)
    if page is None:
        return None
    found = (_version_of(file.filename, name) for file in page.packages)
    return tuple(sorted({version for version in found if version is not None}))


def _simple_page(answer: Answer, name: str) -> "ProjectPage | None":
    from pypi_simple import ProjectPage, UnsupportedRepoVersionError

    kind, _, parameters = answer.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    charset = re.search(r'charset="?([^";\s]+)', parameters)
    try:
        if kind == JSON_PAGE:
            page = ProjectPage.from_json_data(json.loads(answer.body), answer.url)
            return page if canonicalize_name(page.project) == name else None
        if kind not in HTML_PAGES:
            return None
        page = ProjectPage.from_html(name, answer.body, answer.url, charset[1] if charset else None)
    except (ValueError, TypeError, AssertionError, UnsupportedRepoVersionError):
        return None
    # Any HTML has links; one with neither a distribution nor the format's version is a login or an error page.
    return page if page.repository_version or any(file.project for file in page.packages) else None


def _moment(told: object) -> int:
    """Seconds since 1970 of a moment such as `2026-11-20T10:00:00.5Z`; 0 where it is none."""
    try:
        moment = datetime.fromisoformat(str(told).replace("Z", "+00:00"))
    except ValueError:
        return 0
    return int(moment.timestamp()) if moment.tzinfo else 0


def _of(files: Iterable[Listing], name: str, version: Version) -> tuple[Listing, ...]:
    return tuple(file for file in files if _is_of(file.name, name, version))


def _is_of(filename: str, name: str, version: Version) -> bool:
    """Whether a file name is that of the project and, canonically, the version (1.2 is 1.2.0)."""
    return _version_of(filename, name) == version


def _version_of(filename: str, name: str) -> Version | None:
    """The version in a file name of the project; None where it is no such name, or has a version of old."""
    from pypi_simple import parse_filename

    try:
        project, written, _ = parse_filename(filename, name)
        return Version(written) if canonicalize_name(project) == name else None
    except ValueError:
        return None
