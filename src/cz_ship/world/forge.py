"""The door to a forge: releases on GitHub through its REST API, on its own host or an enterprise's."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from cz_ship.errors import Exit, Failure, Unmendable
from cz_ship.model import Artifact, Asset, ForgeRelease
from cz_ship.ports import Patience
from cz_ship.settings import Settings
from cz_ship.world import forge_pages
from cz_ship.world.files import unchanged
from cz_ship.world.forge_api import TOKENS, Api, Place
from cz_ship.world.http import Answer, Http
from cz_ship.world.http_request import Content

API = "https://api.github.com"
NOTES_LIMIT = 125_000  # characters in a release's body
_PAGE = 100  # releases, the most that one page holds
_ADDRESS = re.compile(
    r"(?:[a-z+]+://)?(?:[^@/]*@)?(?:ssh\.|www\.)?(?P<host>[^/:]+)(?::\d+)?[/:](?P<name>[^/]+/[^/]+?)(?:\.git)?/?"
)
_KEPT = re.compile(r"[A-Za-z0-9._+-]+")
# GitHub's words for what it never takes.
_NEVER = ("immutable release",)


def place(settings: Settings, remote_url: str, environ: Mapping[str, str]) -> Place | None:
    """Where releases are announced; None where nobody asks for it.

    Without `forge.kind` it is GitHub where the remote is an address on it, or on the enterprise host that
    runs this CI job. Raises `Failure` where a forge is wanted and the repository on it cannot be told.
    """
    if settings.forge == "none":
        return None
    wanted = settings.forge == "github" or settings.forge_api_url is not None
    here = _ADDRESS.fullmatch(remote_url)
    host, name = (here["host"].lower(), here["name"]) if here else ("", "")
    if settings.forge_api_url is None and host and host == urlsplit(environ.get("GITHUB_SERVER_URL", "")).hostname:
        api = environ.get("GITHUB_API_URL") or API
    else:
        api = settings.forge_api_url or API
    found = Place(api.rstrip("/"), name)
    if host == found.host:
        return found
    if not wanted:
        return None
    if environ.get("GITHUB_REPOSITORY"):
        return found._replace(repository=environ["GITHUB_REPOSITORY"])
    raise Failure(
        f"the remote {re.sub('//[^/@]+@', '//***@', remote_url) or 'has no address and'} is not on {found.host}; "
        "releases are to be announced there",
        hint='set api_url in [tool.cz-ship.forge] for another GitHub host; kind = "none" announces nowhere',
    )


class GitHub:
    """The releases of a repository on GitHub. Limits are in seconds, each for one whole request.

    A rate limit is waited for with `patience`; where that ends, its `Failure` tells the limits.
    """

    def __init__(
        self,
        where: Place,
        environ: Mapping[str, str],
        http: Http,
        patience: Patience,
        *,
        page_seconds: float = 30,
        upload_seconds: float = 600,
    ) -> None:
        self._where = where
        self._api = Api(where, environ, http, patience, page_seconds, upload_seconds)
        self._http = http
        self._upload_seconds = upload_seconds
        self._root = f"{where.api}/repos/{where.repository}/releases"

    @property
    def address(self) -> str:
        return self._api.address

    def credentials_missing(self) -> str:
        """Empty where there is a token; else what was looked for."""
        missing = self._api.credentials_missing("announce the release", "contents: write")
        return f'{missing}; kind = "none" in [tool.cz-ship.forge] announces nowhere' if missing else ""

    def releases(self, tag: str) -> tuple[ForgeRelease, ...]:
        """The releases of a tag. Only a list of all of them has the drafts; it takes one request for each hundred."""
        found: list[ForgeRelease] = []
        count, is_last = 0, False
        while not is_last:
            count += 1
            answer = self._api.look(f"{self._root}?per_page={_PAGE}&page={count}")
            if answer.status != 200:
                raise self._doubt(answer)
            told, is_last = forge_pages.page(answer)
            found += [release for release in told if release.tag == tag]
        if any(release.published for release in found):
            latest = forge_pages.number(self._api.look(f"{self._root}/latest"))
            found = [release._replace(latest=release.number == latest) for release in found]
        return tuple(found)

    def draft(self, tag: str, commit: str, notes: str, *, prerelease: bool) -> None:
        """Make a draft. Were the tag gone by then, GitHub would make it anew: at `commit`, nowhere else."""
        content: Content = {"tag_name": tag, "target_commitish": commit, "name": tag, "body": _fitting(notes)}
        self._do("POST", self._root, {**content, "draft": True, "prerelease": prerelease})

    def upload(self, release: ForgeRelease, artifact: Artifact) -> None:
        """Add a file to a release; what an upload that broke off left under its name goes first."""
        content = unchanged(artifact).read_bytes()
        for asset in release.assets:
            if asset.name == artifact.name and not asset.whole:
                self._do("DELETE", asset.url, fine=404)
        # GitHub renames what has a `!` (an epoch) or the like in it; the label keeps the name as it is.
        label = "" if _KEPT.fullmatch(artifact.name) else f"&label={quote(artifact.name)}"
        self._do("POST", f"{release.upload_url}?name={quote(artifact.name)}{label}", content)

    def publish(self, release: ForgeRelease, notes: str, *, prerelease: bool, latest: bool) -> None:
        """Make a draft public."""
        flags = {"draft": False, "prerelease": prerelease, "make_latest": "true" if latest else "false"}
        self._do("PATCH", f"{self._root}/{release.number}", {"body": _fitting(notes), **flags})

    def discard(self, release: ForgeRelease) -> None:
        """Remove a draft; one that is gone already is fine."""
        self._do("DELETE", f"{self._root}/{release.number}", fine=404)

    def download(self, asset: Asset, into: Path) -> Artifact:
        """Fetch a file. Raises `Failure` where its bytes are not those that GitHub tells of."""
        if re.search(r"[/\\:]|^\.*$", asset.name):
            raise Failure(f"{self.address} names a file {asset.name!r}; a plain file name was wanted")
        path = into / asset.name
        kind = "application/octet-stream"
        digest = self._http.download(
            asset.url, path, accept=kind, bearer=self._api.token, limit_seconds=self._upload_seconds
        )
        if asset.sha256 not in ("", digest):
            path.unlink()
            raise Failure(f"{asset.name} came from {self.address} with sha256 {digest}; {asset.sha256} was wanted")
        return Artifact(asset.name, digest, path.stat().st_size, str(path))

    def _do(self, method: str, url: str, content: Content | bytes | None = None, *, fine: int = 0) -> None:
        """Change something. Raises `Failure` with GitHub's words; what may pass is left to whoever can look first."""
        answer = self._api.send(method, url, content)
        if answer.status not in (200, 201, 204, fine):
            raise not_taken(self.address, answer.status, forge_pages.refusal(answer))

    def _doubt(self, answer: Answer) -> Failure:
        words = forge_pages.refusal(answer)
        known = "may the token read it?" if self._api.token else f"a private one needs a token in {' or '.join(TOKENS)}"
        hint = f"is {self._where.repository} the right repository? {known}"
        return Failure(f"{self.address} is in doubt: {words}; its releases were wanted", hint=hint)


def not_taken(address: str, status: int, words: str) -> Failure:
    """What a forge's refusal of a release comes to: another identity may help, the same release never will."""
    text = f"{address} refused the release: {words}"
    if status in (401, 403, 404):
        right = "`permissions: contents: write` in a CI job, else the right to write to the repository's contents"
        return Failure(text, hint=f"the token in {' or '.join(TOKENS)} needs {right}", code=Exit.PERSON)
    if any(each in words for each in _NEVER):
        return Unmendable(text, hint="no re-run can mend that: commit a fix, and go on with the next version")
    return Failure(text, hint=f"look at the drafts and releases of {address}", code=Exit.PERSON)


def _fitting(notes: str) -> str:
    """Notes that GitHub takes, cut at a line where they are too long."""
    if len(notes) <= NOTES_LIMIT:
        return notes
    return notes[: notes.rfind("\n", 0, NOTES_LIMIT - 1)] + "\n…"
