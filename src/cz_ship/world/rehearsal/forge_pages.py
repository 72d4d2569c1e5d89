"""A forge's releases and comments as GitHub's REST API tells them, field by field."""

# Source: GitHub's description of its REST API; the tests read every answer with the models of a client made from it.

import base64
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import NamedTuple

from cz_ship.world.rehearsal import Answer
from cz_ship.world.rehearsal.pages import json_answer

API, UPLOADS, STORAGE = "/api/v3", "/api/uploads", "/storage"
_USER_LINKS = (
    *("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events"),
    "received_events",
)


class StoredAsset(NamedTuple):
    """A file of a release; of an upload that broke off nothing but the name is left.

    Of a file from before the forge's time hash and size are known, and its bytes are not.
    """

    number: int
    name: str
    content: bytes
    created: float
    sha256: str
    size: int
    whole: bool = True
    label: str = ""


class StoredRelease(NamedTuple):
    """A release; `published` is the moment in seconds since 1970, None for a draft."""

    number: int
    tag: str
    target: str
    title: str
    body: str
    prerelease: bool
    created: float
    published: float | None = None
    immutable: bool = False
    assets: tuple[StoredAsset, ...] = ()


class Place(NamedTuple):
    """Where a repository is: the address that a request reached, without a trailing slash, and `owner/name`."""

    root: str
    repository: str

    @property
    def releases(self) -> str:
        """The API's address of the repository's releases."""
        return f"{self.root}{API}/repos/{self.repository}/releases"

    @property
    def issues(self) -> str:
        """The API's address of the repository's issues, which pull requests are too."""
        return f"{self.root}{API}/repos/{self.repository}/issues"


def release_json(release: StoredRelease, place: Place) -> dict[str, object]:
    """A release as the API tells it."""
    own = f"{place.releases}/{release.number}"
    draft = release.published is None
    shown = f"untagged-{release.number}" if draft else release.tag
    return {
        "url": own,
        "html_url": f"{place.root}/{place.repository}/releases/tag/{shown}",
        "assets_url": f"{own}/assets",
        "upload_url": f"{own.replace(API, UPLOADS)}/assets{{?name,label}}",
        "tarball_url": None if draft else f"{place.root}{API}/repos/{place.repository}/tarball/{release.tag}",
        "zipball_url": None if draft else f"{place.root}{API}/repos/{place.repository}/zipball/{release.tag}",
        "id": release.number,
        "node_id": node("Release", release.number),
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.title,
        "body": release.body,
        "draft": draft,
        "prerelease": release.prerelease,
        "immutable": release.immutable,
        "created_at": moment(release.created),
        "updated_at": moment(release.published or release.created),
        "published_at": None if release.published is None else moment(release.published),
        "author": user_json(place),
        "assets": [asset_json(asset, release, place) for asset in release.assets],
    }


def asset_json(asset: StoredAsset, release: StoredRelease, place: Place) -> dict[str, object]:
    """A file of a release as the API tells it."""
    return {
        "url": f"{place.releases}/assets/{asset.number}",
        "browser_download_url": f"{place.root}/{place.repository}/releases/download/{release.tag}/{asset.name}",
        "id": asset.number,
        "node_id": node("ReleaseAsset", asset.number),
        "name": asset.name,
        "label": asset.label,
        "state": "uploaded" if asset.whole else "starter",
        "content_type": "application/octet-stream",
        "size": asset.size,
        "digest": f"sha256:{asset.sha256}" if asset.whole else None,
        "download_count": 0,
        "created_at": moment(asset.created),
        "updated_at": moment(asset.created),
        "uploader": user_json(place),
    }


def paged(items: Sequence[object], page: int, size: int, address: str) -> Answer:
    """One page of a list, with the addresses of its neighbours in `Link`."""
    last = max(1, -(-len(items) // size))
    neighbours = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    links = [
        f'<{address}?per_page={size}&page={number}>; rel="{name}"'
        for name, number in neighbours.items()
        if 1 <= number <= last and (page < last if name in ("next", "last") else page > 1)
    ]
    answer = json_answer(200, list(items[(page - 1) * size : page * size]))
    return answer._replace(headers=(*answer.headers, *((("Link", ", ".join(links)),) if links else ())))


def refusal(status: int, message: str, *errors: dict[str, str]) -> Answer:
    """A refusal in the form of the API."""
    told: dict[str, object] = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    return json_answer(status, {**told, **({"errors": list(errors)} if errors else {}), "status": str(status)})


def invalid(resource: str, field: str, code: str, message: str = "") -> Answer:
    """The refusal of one field."""
    fault = {"resource": resource, "code": code, "field": field}
    return refusal(422, "Validation Failed", {**fault, **({"message": message} if message else {})})


def user_json(place: Place, login: str = "rehearsal", *, is_bot: bool = False) -> dict[str, object]:
    """A person, or a bot, as the API tells of them."""
    own = f"{place.root}{API}/users/{login}"
    return {
        "login": login,
        "id": 1,
        "node_id": node("User", 1),
        "avatar_url": f"{place.root}/avatars/1",
        "gravatar_id": "",
        "url": own,
        "html_url": f"{place.root}/{login}",
        **{f"{name}_url": f"{own}/{name}" for name in _USER_LINKS},
        "type": "Bot" if is_bot else "User",
        "site_admin": False,
    }


def comment_json(number: int, thread: int, body: str, user: dict[str, object], place: Place) -> dict[str, object]:
    """A comment on a pull request as the API tells it."""
    return {
        "id": number,
        "node_id": node("IssueComment", number),
        "url": f"{place.issues}/comments/{number}",
        "html_url": f"{place.root}/{place.repository}/pull/{thread}#issuecomment-{number}",
        "issue_url": f"{place.issues}/{thread}",
        "body": body,
        "user": user,
        "created_at": moment(0),
        "updated_at": moment(0),
        "author_association": "NONE",
    }


def node(kind: str, number: int) -> str:
    """A thing's identity in the other API of GitHub."""
    return base64.b64encode(f"{kind}{number}".encode()).decode()


def moment(time: float) -> str:
    """A moment (seconds since 1970) as the API writes it."""
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
