"""A forge that behaves as GitHub does: it decides on drafts, files and publishing, and lists releases."""

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, Protocol
from urllib.parse import parse_qs

from cz_ship.model import Artifact
from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.forge_pages import (
    API,
    STORAGE,
    UPLOADS,
    Place,
    StoredAsset,
    StoredRelease,
    asset_json,
    invalid,
    paged,
    refusal,
    release_json,
)
from cz_ship.world.rehearsal.forge_pulls import PlayedPulls
from cz_ship.world.rehearsal.forge_threads import PlayedThreads
from cz_ship.world.rehearsal.pages import fields_of, json_answer
from cz_ship.world.rehearsal.serve import Listener, listen

VERSIONS = ("2022-11-28", "2026-03-10")


class Tags(Protocol):
    """The tags of the repository that the forge holds."""

    def commit(self, name: str) -> str | None:
        """The commit that a tag, a branch or a hash names, or None."""
        ...

    def make(self, name: str, commit: str) -> None:
        """Make a lightweight tag, as GitHub does where a release is published without one."""
        ...


class State(NamedTuple):
    """All releases by number, the latest one's, the tags that immutable releases used up, and numbers given out."""

    releases: Mapping[int, StoredRelease]
    latest: int
    spent: frozenset[str]
    given: int


class PlayedForge:
    """The releases of one repository, `owner/name`.

    `tokens` say who may come, and whether they may write; without a token one may read what is public.
    With `immutable` a published release can not be changed any more. `clock` gives seconds since 1970.
    Of `make_latest`, `legacy` is not played.
    """

    def __init__(
        self,
        repository: str,
        tags: Tags,
        tokens: Mapping[str, bool],
        *,
        immutable: bool = False,
        threads: PlayedThreads | None = None,
        pulls: PlayedPulls | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.threads = threads
        self.pulls = pulls
        self.repository = repository
        self.immutable = immutable
        self.state = State({}, 0, frozenset(), 0)
        self.limits: list[tuple[tuple[str, str], ...]] = []  # headers of refusals that the next requests get
        self.breaking = 0  # how many of the next uploads break off
        self._tags = tags
        self._tokens = tokens
        self._clock = clock

    @property
    def token(self) -> str:
        """A token that may write."""
        return next(token for token, writes in self._tokens.items() if writes)

    def shelve(self, tag: str, files: Iterable[Artifact]) -> None:
        """Hold a published release from before this forge's time, the latest so far."""
        number, now = self._number(), self._clock()
        assets = tuple(StoredAsset(self._number(), each.name, b"", now, each.sha256, each.size) for each in files)
        self._keep(StoredRelease(number, tag, "main", tag, "", False, now, now, self.immutable, assets), latest=number)

    def answer(self, request: Request) -> Answer:
        """The answer to any request, by the addresses that an enterprise host has."""
        if not request.headers.get("user-agent"):
            return refusal(403, "Request forbidden by administrative rules.")
        if request.path.startswith(f"{STORAGE}/"):
            return self._storage(request)
        version = request.headers.get("x-github-api-version", VERSIONS[0])
        if version not in VERSIONS:
            return refusal(400, f"The version {version} is not supported.")
        if self.limits:
            limited = refusal(403, "You have exceeded a secondary rate limit. Please wait a few minutes.")
            return limited._replace(headers=self.limits.pop(0))
        token = request.headers.get("authorization", "").partition(" ")[2]
        if token and token not in self._tokens:
            return refusal(401, "Bad credentials")
        for part in (self.threads, self.pulls):
            if part and (told := part.answer(request, token)):
                return told
        writes = self._tokens.get(token, False)
        if request.method != "GET" and not writes:
            said = "Resource not accessible by integration" if token else "Requires authentication"
            return refusal(403 if token else 401, said)
        return self._routed(request, drafts=writes) or refusal(404, "Not Found")

    def _routed(self, request: Request, *, drafts: bool) -> Answer | None:
        place = Place(request.root, self.repository)
        uploads = f"{UPLOADS}/repos/{self.repository}/releases/"
        if request.path.startswith(uploads):
            number, _, rest = request.path.removeprefix(uploads).partition("/")
            fits = request.method == "POST" and rest == "assets"
            return self._upload(self._found(number), request, place) if fits else None
        own = f"{API}/repos/{self.repository}/releases"
        if not request.path.startswith(own):
            return None
        match request.method, request.path.removeprefix(own).split("/")[1:]:
            case "GET", []:
                return self._list(request, place, drafts=drafts)
            case "POST", []:
                return self._create(fields_of(request), place)
            case "GET", ["latest"]:
                latest = self.state.releases.get(self.state.latest)
                return json_answer(200, release_json(latest, place)) if latest else None
            case "PATCH", [number]:
                return self._change(self._found(number), fields_of(request), place)
            case "DELETE", [number]:
                return self._delete(self._found(number))
            case method, ["assets", number]:
                return self._asset(method, number, request, place, drafts=drafts)
        return None

    def _list(self, request: Request, place: Place, *, drafts: bool) -> Answer:
        asked = parse_qs(request.query)
        size = min(100, int(asked.get("per_page", ["30"])[0]))
        shown = [each for each in self.state.releases.values() if drafts or each.published is not None]
        newest = sorted(shown, key=lambda each: -each.number)
        told = [release_json(each, place) for each in newest]
        return paged(told, int(asked.get("page", ["1"])[0]), size, place.releases)

    def _create(self, fields: Mapping[str, object], place: Place) -> Answer:
        tag = str(fields.get("tag_name") or "")
        if not tag:
            return invalid("Release", "tag_name", "missing_field")
        target = str(fields.get("target_commitish") or "")
        if target and self._tags.commit(tag) is None and self._tags.commit(target) is None:
            return invalid("Release", "target_commitish", "invalid")
        title, body = str(fields.get("name") or ""), str(fields.get("body") or "")
        release = StoredRelease(self._number(), tag, target, title, body, False, self._clock())
        return self._settled(release, {"draft": False, **fields}, place, 201)

    def _change(self, release: StoredRelease | None, fields: Mapping[str, object], place: Place) -> Answer | None:
        if release is None:
            return None
        changed = release._replace(body=str(fields.get("body", release.body) or ""))
        return self._settled(changed, {"draft": release.published is None, **fields}, place, 200)

    def _settled(self, release: StoredRelease, fields: Mapping[str, object], place: Place, status: int) -> Answer:
        """Keep a release with its flags as asked for; publishing it takes a tag that no other release has."""
        latest = fields.get("make_latest", "true")
        if latest not in ("true", "false"):
            return invalid("Release", "make_latest", "invalid")
        release = release._replace(prerelease=bool(fields.get("prerelease", release.prerelease)))
        if fields.get("make_latest") == "true" and (fields["draft"] or release.prerelease):
            text = "Latest release cannot be draft or prerelease"
            return invalid("Release", "make_latest", "custom", text)
        if len(release.body) > 125_000:
            return invalid("Release", "body", "custom", "body is too long (maximum is 125000 characters)")
        is_new = not fields["draft"] and release.published is None
        if is_new:
            if refused := self._unpublishable(release):
                return refused
            release = release._replace(published=self._clock(), immutable=self.immutable)
        is_asked = is_new or "make_latest" in fields
        shown = is_asked and latest == "true" and not release.prerelease and release.published is not None
        self._keep(release, latest=release.number if shown else self.state.latest)
        return json_answer(status, release_json(release, place))

    def _unpublishable(self, release: StoredRelease) -> Answer | None:
        """Why a release can not be published; without its tag, that is made at its target."""
        others = [each for each in self.state.releases.values() if each.number != release.number]
        if any(each.tag == release.tag and each.published is not None for each in others):
            return invalid("Release", "tag_name", "already_exists")
        if release.tag in self.state.spent:
            return invalid("Release", "tag_name", "custom", "tag_name was used by an immutable release")
        if self._tags.commit(release.tag) is None:
            commit = self._tags.commit(release.target) if release.target else None
            if commit is None:
                return invalid("Release", "tag_name", "custom", "Published releases must have a valid tag")
            self._tags.make(release.tag, commit)
        return None

    def _delete(self, release: StoredRelease | None) -> Answer | None:
        if release is None:
            return None
        state = self.state
        left = {number: each for number, each in state.releases.items() if number != release.number}
        spent = state.spent | ({release.tag} if release.immutable else set())
        latest = 0 if state.latest == release.number else state.latest
        self.state = state._replace(releases=left, spent=frozenset(spent), latest=latest)
        return Answer(204)

    def _upload(self, release: StoredRelease | None, request: Request, place: Place) -> Answer | None:
        if release is None:
            return None
        asked = parse_qs(request.query)
        name, label = (asked.get(field, [""])[0] for field in ("name", "label"))
        name = re.sub(r"[^\w.+-]", ".", name)  # as GitHub renames what it does not like in a file's name
        if not name or not request.headers.get("content-type"):
            return refusal(400, "Bad Request")
        if release.immutable:
            return refusal(422, "Cannot upload assets to an immutable release.")
        if any(each.name == name for each in release.assets):
            return invalid("ReleaseAsset", "name", "already_exists")
        whole = self.breaking == 0
        self.breaking -= not whole
        content = request.body if whole else b""
        digest = hashlib.sha256(content).hexdigest()
        asset = StoredAsset(self._number(), name, content, self._clock(), digest, len(content), whole, label)
        self._keep(release._replace(assets=(*release.assets, asset)))
        return json_answer(201, asset_json(asset, release, place)) if whole else refusal(502, "Server Error")

    def _asset(self, method: str, number: str, request: Request, place: Place, *, drafts: bool) -> Answer | None:
        found = self._asset_of(number)
        if found is None or (found[0].published is None and not drafts):
            return None
        release, asset = found
        if method == "DELETE":
            if release.immutable:
                return refusal(422, "Cannot delete assets from an immutable release.")
            self._keep(release._replace(assets=tuple(each for each in release.assets if each != asset)))
            return Answer(204)
        if request.headers.get("accept") == "application/octet-stream":
            return Answer(302, headers=(("Location", f"{request.root}{STORAGE}/{asset.number}"),))
        return json_answer(200, asset_json(asset, release, place))

    def _storage(self, request: Request) -> Answer:
        """A file's bytes, from the place that the API hands on to."""
        found = self._asset_of(request.path.rpartition("/")[2])
        return Answer(200, found[1].content, "application/octet-stream") if found else Answer(404)

    def _asset_of(self, number: str) -> tuple[StoredRelease, StoredAsset] | None:
        held = ((release, asset) for release in self.state.releases.values() for asset in release.assets)
        return next(((release, asset) for release, asset in held if str(asset.number) == number), None)

    def _found(self, number: str) -> StoredRelease | None:
        return self.state.releases.get(int(number)) if number.isdecimal() else None

    def _number(self) -> int:
        self.state = self.state._replace(given=self.state.given + 1)
        return self.state.given

    def _keep(self, release: StoredRelease, *, latest: int | None = None) -> None:
        releases = {**self.state.releases, release.number: release}
        self.state = self.state._replace(releases=releases, latest=self.state.latest if latest is None else latest)


class ForgeSite(NamedTuple):
    """A forge on 127.0.0.1."""

    forge: PlayedForge
    listener: Listener

    @property
    def api_url(self) -> str:
        """The address of its API, as an enterprise host has it."""
        return f"{self.listener.url}{API}"


@contextmanager
def serve_forge(forge: PlayedForge) -> Iterator[ForgeSite]:
    """Serve a forge on a free port of 127.0.0.1 until the end of the `with`."""
    with listen(forge) as listener:
        yield ForgeSite(forge, listener)
