"""A package index that behaves as Warehouse does: it decides on uploads and answers pages."""

import base64
import binascii
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from packaging.utils import canonicalize_name, canonicalize_version
from packaging.version import Version

from cz_ship.world.rehearsal import Answer, Request, pages, refusals
from cz_ship.world.rehearsal.pages import Digests, Release, Shelf, Stored, json_answer, told
from cz_ship.world.rehearsal.refusals import Refusal
from cz_ship.world.rehearsal.uploads import Bench, Grant, Notary, judge

SIZE_LIMIT = 100 * 2**20


class Minting(Protocol):
    """The index's side of trusted publishing."""

    @property
    def audience(self) -> str: ...
    def mint(self, body: bytes) -> tuple[Answer, tuple[str, ...]]:
        """The answer to mint-token, and the names of the projects that its token opens."""
        ...

    def grant(self, token: str) -> Grant | None:
        """What a token allows; None where it was not minted here."""
        ...


class State(NamedTuple):
    """What an index holds, every file name it ever held, and how many files it ever stored."""

    shelf: Shelf
    names_used: frozenset[str]
    stored: int


class Warehouse:
    """A package index.

    `passwords` are the API tokens of user `__token__` that may upload anything; `clock` gives seconds
    since 1970; `mint` switches trusted publishing on; `size_limit` is a file's greatest size in bytes;
    `notary` verifies attestations, which are else ignored.
    """

    def __init__(
        self,
        passwords: Iterable[str] = (),
        *,
        clock: Callable[[], float] = time.time,
        mint: Minting | None = None,
        size_limit: int = SIZE_LIMIT,
        notary: Notary | None = None,
    ) -> None:
        self.stored = 0
        self._passwords = frozenset(passwords)
        self._clock = clock
        self._mint = mint
        self._size_limit = size_limit
        self._notary = notary
        self._shelf = Shelf({}, {}, {})
        self._shown: Shelf | None = None
        self._names_used: set[str] = set()

    @property
    def files(self) -> Mapping[str, Stored]:
        """The files that stand here now, by name; `stored` counts all that were ever stored."""
        return self._shelf.files

    @property
    def state(self) -> "State":
        """All that was ever uploaded, to come back to."""
        return State(self._shelf, frozenset(self._names_used), self.stored)

    @state.setter
    def state(self, state: "State") -> None:
        self._shelf, self._names_used, self.stored = state.shelf, set(state.names_used), state.stored

    @property
    def simple_lag(self) -> bool:
        """While true, the simple pages show what was there when it became true."""
        return self._shown is not None

    @simple_lag.setter
    def simple_lag(self, lags: bool) -> None:
        self._shown = (self._shown or self._shelf) if lags else None

    def delete(self, filename: str) -> None:
        """Take a file away as its owner can; its name is burnt for ever. KeyError where there is none."""
        files = dict(self._shelf.files)
        del files[filename]
        self._shelf = self._shelf._replace(files=files)

    def shelve(self, project: str, version: str, filename: str, sha256: str) -> None:
        """Hold a file that was uploaded before this index's time: its name and hash are known, its bytes are not."""
        now = self._clock()
        release = Release(canonicalize_name(project), Version(version), now, "", "", ())
        digests = Digests(md5="", sha256=sha256, blake2="")
        filetype = "bdist_wheel" if filename.endswith(".whl") else "sdist"
        self._keep(Stored(release, filename, b"", filetype, "", now, digests, None), project)

    def answer(self, request: Request) -> Answer:
        """The answer to any request, by the addresses that Warehouse has."""
        path, accept = unquote(request.path), request.headers.get("accept")
        if path == "/legacy":
            moved = "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)"
            return told(308, moved, accept)._replace(headers=(("Location", "/legacy/"),))
        if path == "/legacy/" or path == "/_/oidc/mint-token":
            if request.method != "POST":
                return told(405, "", accept)._replace(headers=(("Allow", "POST"),))
            return self._legacy(request) if path == "/legacy/" else self._mint_token(request.body)
        if request.method not in ("GET", "HEAD"):
            return told(405, "", accept)._replace(headers=(("Allow", "GET, HEAD"),))
        if path == "/_/oidc/audience":
            if self._mint is None:
                return json_answer(403, {"message": "Trusted publishing functionality not enabled"})
            return json_answer(200, {"audience": self._mint.audience})
        page = self._page(path, request.root, accept)
        return page or told(404, "", accept)

    def _page(self, path: str, root: str, accept: str | None) -> Answer | None:
        match path.removeprefix("/").split("/"):
            case ["simple"]:
                return _moved("/simple/")
            case ["simple", ""]:
                return pages.simple_index(self._shown or self._shelf, accept)
            case ["simple", name, *rest] if name and rest in ([], [""]):
                return self._simple(name, bool(rest), root, accept)
            case ["pypi", name, "json"]:
                return self._json(name, None, root)
            case ["pypi", name, version, "json"]:
                return self._json(name, version, root)
            case ["files", *_]:
                return pages.blob(self._shelf, path)
            case ["integrity", _, _, filename, "provenance"]:
                return pages.provenance(self._shelf, filename, path)
        return None

    def _simple(self, name: str, slash: bool, root: str, accept: str | None) -> Answer | None:
        shelf, project = self._shown or self._shelf, canonicalize_name(name)
        if project not in shelf.projects:
            return None
        if name != project or not slash:
            return _moved(f"/simple/{project}/")
        return pages.simple_detail(shelf, project, root, accept)

    def _json(self, name: str, version: str | None, root: str) -> Answer:
        project = canonicalize_name(name)
        release = self._shelf.latest(project) if version is None else self._shelf.release(project, version)
        if release is None:
            return json_answer(404, {"message": "Not Found"})
        if name != project:
            return _moved(f"/pypi/{project}/{'' if version is None else version + '/'}json")
        return pages.project_json(self._shelf, release, root, whole=version is None)

    def _mint_token(self, body: bytes) -> Answer:
        if self._mint is None:
            fault = {"code": "not-enabled", "description": "trusted publishing functionality not enabled"}
            return json_answer(422, {"message": "Token request failed", "errors": [fault]})
        answer, projects = self._mint.mint(body)
        # A pending publisher brings its project into being, still without a release.
        new: dict[str, str] = {canonicalize_name(name): name for name in projects}
        self._shelf = self._shelf._replace(projects={**new, **self._shelf.projects})
        return answer

    def _legacy(self, request: Request) -> Answer:
        accept = request.headers.get("accept")
        upload = refusals.parse(request.headers.get("content-type", ""), request.body)
        action = upload.text(":action")
        if action in ("submit", "submit_pkg_info"):
            gone = "Project pre-registration is no longer required or supported, upload your files instead."
            return told(410, gone, accept)
        if action != "file_upload":
            return told(404, "", accept)
        try:
            new = judge(upload, lambda: self._identity(request), self._bench(request))
        except Refusal as refusal:
            return told(refusal.status, refusal.text, accept)
        if new is not None:
            self._keep(new, upload.text("name"))
        return told(200, "", accept)

    def _identity(self, request: Request) -> Grant | None:
        """The grant of a minted token, or None for a password, which may do everything."""
        token = _token(request.headers.get("authorization", ""))
        if token and token in self._passwords:
            return None
        grant = self._mint.grant(token) if self._mint is not None and token else None
        if grant is None:
            see = self._bench(request).see("invalid-auth")
            raise Refusal(f"Invalid or non-existent authentication information. {see}", 403)
        return grant

    def _bench(self, request: Request) -> Bench:
        return Bench(self._shelf, self._names_used, self._clock(), self._size_limit, request.root, self._notary)

    def _keep(self, new: Stored, name: str) -> None:
        release = new.release
        self.stored += 1
        self._names_used.add(new.filename)
        self._shelf = Shelf(
            {**self._shelf.projects, release.project: name},
            {**self._shelf.releases, (release.project, canonicalize_version(release.version)): release},
            {**self._shelf.files, new.filename: new},
        )


def _moved(path: str) -> Answer:
    return Answer(301, headers=(("Location", path),))


def _token(authorization: str) -> str:
    """The token in an `Authorization` header, empty where there is none for user `__token__`."""
    kind, _, rest = authorization.partition(" ")
    if kind.lower() in ("token", "bearer"):
        return rest.strip()
    try:
        user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password.strip() if kind.lower() == "basic" and user == "__token__" else ""
