"""The pages of the package index: simple pages, JSON, and the words of a refusal."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from html import escape
from http import HTTPStatus
from typing import NamedTuple

from packaging.utils import canonicalize_version
from packaging.version import Version

from cz_ship.world.rehearsal import Answer, Request

JSON = "application/json"
SIMPLE_TYPES = ("text/html", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+json")
ERROR_TYPES = ("text/html", JSON, "text/plain")

_EXPLANATIONS = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    410: "This resource is no longer available.  No forwarding address is given.",
}


class Release(NamedTuple):
    """One version of a project, told by its first file; `created` in seconds since 1970."""

    project: str
    version: Version
    created: float
    requires_python: str
    summary: str
    requires_dist: tuple[str, ...]


class Digests(NamedTuple):
    """A file's digests in lower-case hex; `blake2` is of 256 bits."""

    md5: str
    sha256: str
    blake2: str


class Stored(NamedTuple):
    """A file that the index holds; `metadata` is a wheel's METADATA, None for an sdist.

    `provenance` is what is shown of its attestations, empty where it came with none.
    """

    release: Release
    filename: str
    content: bytes
    filetype: str
    python_version: str
    uploaded: float
    digests: Digests
    metadata: bytes | None
    provenance: bytes = b""

    @property
    def sha256(self) -> str:
        """The digest that names the file to installers."""
        return self.digests.sha256

    @property
    def path(self) -> str:
        """Where the file is served, from the root of the index."""
        return f"/files/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256[4:]}/{self.filename}"

    @property
    def provenance_path(self) -> str:
        """Where its provenance is shown. Source: "Integrity API" in the documentation of PyPI."""
        return f"/integrity/{self.release.project}/{self.release.version}/{self.filename}/provenance"


class Shelf(NamedTuple):
    """All that the index shows at one moment, never changed in place.

    `projects`: normalised name to the name as written; `releases`: by normalised name and canonical
    version; `files`: by file name.
    """

    projects: Mapping[str, str]
    releases: Mapping[tuple[str, str], Release]
    files: Mapping[str, Stored]

    def files_of(self, project: str) -> list[Stored]:
        """A project's files by version, then by name."""
        found = (stored for stored in self.files.values() if stored.release.project == project)
        return sorted(found, key=lambda stored: (stored.release.version, stored.filename))

    def release(self, project: str, version: str) -> Release | None:
        """The release of that version, compared as PEP 440 does: 1.2 is 1.2.0."""
        return self.releases.get((project, canonicalize_version(version)))

    def latest(self, project: str) -> Release | None:
        """The highest final release, or the highest of all where none is final."""
        releases = [release for release in self.releases.values() if release.project == project]
        return max(releases, key=lambda each: (not each.version.is_prerelease, each.version), default=None)


def preferred(accept: str | None, offers: Sequence[str], fallback: str) -> str:
    """The offer that an `Accept` header likes best, an earlier one on a tie; `fallback` where it likes none.

    Source: RFC 9110, 12.5.1: the most specific media range decides, and q=0 refuses.
    """
    if accept is None:
        return offers[0]
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        qualities = [piece[2:] for piece in parameters if piece.startswith("q=")]
        ranges[kind] = float(qualities[0]) if qualities and qualities[0].replace(".", "", 1).isdigit() else 1.0

    def quality(offer: str) -> float:
        for kind in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
            if kind in ranges:
                return ranges[kind]
        return 0.0

    best = max(offers, key=quality)
    return best if quality(best) else fallback


def told(status: int, detail: str, accept: str | None) -> Answer:
    """A status with a sentence: the sentence is the status line's reason and stands in the body.

    The body is what Pyramid writes for Warehouse: HTML, JSON or text, as the client accepts.
    """
    title = HTTPStatus(status).phrase
    line = f"{status} {detail or title}"
    kind = preferred(accept or "", ERROR_TYPES, "text/plain")
    shown, gap = (escape(detail), "<br/>") if kind == "text/html" else (detail, "\n")
    body = f"{_EXPLANATIONS.get(status, '')}{gap}{gap}\n{shown}\n\n"
    if kind == "text/html":
        head = f" <head>\n  <title>{line}</title>\n </head>\n"
        text = f"<html>\n{head} <body>\n  <h1>{line}</h1>\n  {body}\n </body>\n</html>"
        return Answer(status, text.encode(), f"{kind}; charset=UTF-8", reason=detail)
    if kind == JSON:
        return Answer(status, _json({"message": body, "code": line, "title": title}), kind, reason=detail)
    return Answer(status, f"{line}\n\n{body}".encode(), f"{kind}; charset=UTF-8", reason=detail)


def json_answer(status: int, value: object, *, seconds: int = 0) -> Answer:
    """A JSON document, to be cached for so many seconds."""
    caching = (("Cache-Control", f"max-age={seconds}, public"),) if seconds else (("Cache-Control", "no-store"),)
    return Answer(status, _json(value), JSON, caching)


def fields_of(request: Request) -> Mapping[str, object]:
    """The fields of a request whose body is a JSON object; none of any other."""
    try:
        told = json.loads(request.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def simple_index(shelf: Shelf, accept: str | None) -> Answer:
    """`/simple/`: every project. Source: PEP 503, PEP 691."""
    names = sorted(shelf.projects)
    links = "".join(f'    <a href="/simple/{name}/">{escape(shelf.projects[name])}</a>\n' for name in names)
    value = {"meta": {"api-version": "1.1"}, "projects": [{"name": shelf.projects[name]} for name in names]}
    return _simple("Simple index", links, value, accept)


def simple_detail(shelf: Shelf, project: str, root: str, accept: str | None) -> Answer:
    """`/simple/<project>/`: every file. Source: PEP 503, PEP 691, PEP 700, PEP 714."""
    files = shelf.files_of(project)
    versions = dict.fromkeys(str(stored.release.version) for stored in files)
    value = {
        "meta": {"api-version": "1.1"},
        "name": project,
        "versions": list(versions),
        "files": [_simple_file(stored, root) for stored in files],
    }
    links = "".join(_link(stored, root) for stored in files)
    return _simple(f"Links for {project}", f"    <h1>Links for {project}</h1>\n{links}", value, accept)


def project_json(shelf: Shelf, release: Release, root: str, *, whole: bool) -> Answer:
    """`/pypi/<project>/json` (`whole`: with every release's files) or `/pypi/<project>/<version>/json`."""
    files = [_json_file(stored, root) for stored in shelf.files_of(release.project) if stored.release == release]
    value: dict[str, object] = {
        "info": {
            "name": shelf.projects[release.project],
            "version": str(release.version),
            "summary": release.summary,
            "requires_python": release.requires_python or None,
            "requires_dist": list(release.requires_dist) or None,
            "yanked": False,
        },
        "urls": files,
    }
    if whole:
        releases: dict[str, list[object]] = {
            str(each.version): [] for each in shelf.releases.values() if each.project == release.project
        }
        for stored in shelf.files_of(release.project):
            releases[str(stored.release.version)].append(_json_file(stored, root))
        value["releases"] = releases
    return json_answer(200, value, seconds=900)


def blob(shelf: Shelf, path: str) -> Answer | None:
    """A stored file, or a wheel's `.metadata` beside it (PEP 658); None where nothing lies at that path."""
    stored = shelf.files.get(path.rpartition("/")[2].removesuffix(".metadata"))
    caching = (("Cache-Control", "max-age=365000000, immutable, public"),)
    if stored is not None and path == stored.path:
        return Answer(200, stored.content, "application/octet-stream", caching)
    if stored is not None and path == f"{stored.path}.metadata" and stored.metadata is not None:
        return Answer(200, stored.metadata, "application/octet-stream", caching)
    return None


def provenance(shelf: Shelf, filename: str, path: str) -> Answer:
    """What is shown of a file's attestations."""
    stored = shelf.files.get(filename)
    if stored is None or path != stored.provenance_path:
        return json_answer(404, {"message": "Not Found"})
    if not stored.provenance:
        return json_answer(404, {"message": f"No provenance available for {filename}"})
    return Answer(200, stored.provenance, "application/vnd.pypi.integrity.v1+json")


def _simple(title: str, links: str, value: object, accept: str | None) -> Answer:
    kind = preferred(accept, SIMPLE_TYPES, SIMPLE_TYPES[0])
    headers = (("Cache-Control", "max-age=600, public"), ("Vary", "Accept"))
    if kind.endswith("json"):
        return Answer(200, _json(value), kind, headers)
    head = f'    <meta name="pypi:repository-version" content="1.1">\n    <title>{title}</title>\n'
    page = f'<!DOCTYPE html>\n<html lang="en">\n  <head>\n{head}  </head>\n  <body>\n{links}  </body>\n</html>\n'
    return Answer(200, page.encode(), f"{kind}; charset=UTF-8", headers)


def _link(stored: Stored, root: str) -> str:
    marks = ""
    if stored.release.requires_python:
        marks += f' data-requires-python="{escape(stored.release.requires_python)}"'
    if stored.metadata is not None:
        digest = hashlib.sha256(stored.metadata).hexdigest()
        marks += f' data-dist-info-metadata="sha256={digest}" data-core-metadata="sha256={digest}"'
    if stored.provenance:
        marks += f' data-provenance="{root}{stored.provenance_path}"'
    return f'    <a href="{root}{stored.path}#sha256={stored.sha256}"{marks}>{escape(stored.filename)}</a><br />\n'


def _simple_file(stored: Stored, root: str) -> dict[str, object]:
    digest = {"sha256": hashlib.sha256(stored.metadata).hexdigest()} if stored.metadata is not None else False
    return {
        "filename": stored.filename,
        "url": f"{root}{stored.path}",
        "hashes": {"sha256": stored.sha256},
        "requires-python": stored.release.requires_python or None,
        "size": len(stored.content),
        "upload-time": _moment(stored.uploaded),
        "yanked": False,
        "data-dist-info-metadata": digest,
        "core-metadata": digest,
        "provenance": f"{root}{stored.provenance_path}" if stored.provenance else None,
    }


def _json_file(stored: Stored, root: str) -> dict[str, object]:
    return {
        "filename": stored.filename,
        "packagetype": stored.filetype,
        "python_version": stored.python_version,
        "digests": {
            "blake2b_256": stored.digests.blake2,
            "md5": stored.digests.md5,
            "sha256": stored.digests.sha256,
        },
        "md5_digest": stored.digests.md5,
        "requires_python": stored.release.requires_python or None,
        "size": len(stored.content),
        "upload_time": _moment(stored.uploaded)[:19],
        "upload_time_iso_8601": _moment(stored.uploaded),
        "url": f"{root}{stored.path}",
        "yanked": False,
        "yanked_reason": None,
    }


def _moment(time: float) -> str:
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
