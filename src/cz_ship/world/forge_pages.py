"""What GitHub's API answers, parsed once: releases, files, comments, refusals, and how long to wait."""

import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from cz_ship.errors import Failure
from cz_ship.forges import Pull
from cz_ship.model import Asset, ForgeRelease
from cz_ship.world.http import Answer

T = TypeVar("T")
# What GitHub asks of a client that passes a secondary limit and is told no time.
_SECONDARY_SECONDS = 60.0


class Page(NamedTuple):
    """One page of a repository's releases."""

    releases: tuple[ForgeRelease, ...]
    is_last: bool


class ToldComment(NamedTuple):
    """A comment as it is told: `by_bot` holds where no person wrote it."""

    number: int
    body: str
    author: str
    by_bot: bool


class CommentPage(NamedTuple):
    """One page of the comments on a pull request."""

    comments: tuple[ToldComment, ...]
    is_last: bool


def page(answer: Answer) -> Page:
    """A page of releases. Raises `Failure` where it is none."""
    return Page(_listed(answer, _release, "releases"), _is_last(answer))


def comments(answer: Answer) -> CommentPage:
    """A page of comments. Raises `Failure` where it is none."""
    return CommentPage(_listed(answer, _comment, "comments"), _is_last(answer))


def number(answer: Answer) -> int:
    """The number of the release that an answer tells of; 0 where it tells of none."""
    told = _json(answer)
    found = told.get("id") if isinstance(told, Mapping) else None
    return found if isinstance(found, int) else 0


def merged_pulls(answer: Answer) -> tuple[int, ...]:
    """The numbers of those pull requests of a list that are merged. Raises `Failure` where it is none."""
    found = _listed(answer, lambda told: int(str(told["number"])) if told["merged_at"] else 0, "pull requests")
    return tuple(filter(None, found))


def text(answer: Answer, field: str) -> str:
    """A text of an answer's object; empty where there is none."""
    told = _json(answer)
    found = told.get(field) if isinstance(told, Mapping) else None
    return found if isinstance(found, str) else ""


def pulls(answer: Answer) -> tuple[Pull, ...]:
    """The pull requests of a list. Raises `Failure` where it is none."""
    told = _json(answer)
    try:
        if not isinstance(told, list):
            raise TypeError
        return tuple(
            Pull(int(each["number"]), str(each["title"]), str(each["body"] or ""), str(each["html_url"]))
            for each in told
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(f"{answer.url} answered something that is no list of pull requests") from error


def count(answer: Answer) -> int:
    """How many things an answer tells of in all. Raises `Failure` where it does not tell."""
    told = _json(answer)
    found = told.get("total_count") if isinstance(told, Mapping) else None
    if not isinstance(found, int):
        raise Failure(f"{answer.url} answered something that tells no total_count")
    return found


def refusal(answer: Answer) -> str:
    """A refusal in GitHub's own words: status, message, and each fault with its field."""
    told = _json(answer)
    said = f"{answer.status} {answer.reason}".strip()
    if not isinstance(told, Mapping):
        return said
    errors = told.get("errors")
    faults = ", ".join(map(_fault, errors)) if isinstance(errors, list) else ""
    return f"{answer.status} {told.get('message') or answer.reason}" + (f": {faults}" if faults else "")


def limited(answer: Answer, now: float) -> float | None:
    """The seconds after which a rate limit is over; None where the answer is about no limit.

    `now` in seconds since 1970. Source: "Rate limits for the REST API" in GitHub's documentation.
    """
    if answer.status not in (403, 429):
        return None
    asked = answer.headers.get("retry-after", "")
    if asked.isdecimal():
        return float(asked)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        return max(1.0, float(reset) - now)
    return _SECONDARY_SECONDS if answer.status == 429 or b"rate limit" in answer.body else None


def _listed(answer: Answer, read: Callable[[Mapping[str, object]], T], what: str) -> tuple[T, ...]:
    told = _json(answer)
    try:
        if not isinstance(told, list):
            raise TypeError
        return tuple(read(each) for each in told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Failure(f"{answer.url} answered something that is no list of {what}") from error


def _is_last(answer: Answer) -> bool:
    return 'rel="next"' not in answer.headers.get("link", "")


def _comment(told: Mapping[str, object]) -> ToldComment:
    user = told["user"] or {}  # an account that is gone has none
    if not isinstance(user, Mapping):
        raise TypeError
    return ToldComment(
        number=int(str(told["id"])),
        body=str(told.get("body") or ""),
        author=str(user.get("login") or ""),
        by_bot=user.get("type") == "Bot",
    )


def _release(told: Mapping[str, object]) -> ForgeRelease:
    assets = told["assets"]
    identity = told["id"]
    if not isinstance(assets, list) or not isinstance(identity, int):
        raise TypeError
    return ForgeRelease(
        number=identity,
        tag=str(told["tag_name"]),
        published=told["draft"] is False,
        notes=str(told.get("body") or ""),
        assets=tuple(_asset(each) for each in assets),
        prerelease=told["prerelease"] is True,
        immutable=told.get("immutable") is True,
        url=str(told["html_url"]),
        upload_url=str(told["upload_url"]).partition("{")[0],  # an RFC 6570 template
    )


def _asset(told: Mapping[str, object]) -> Asset:
    kind, _, digest = str(told.get("digest") or "").partition(":")
    name, label = str(told["name"]), str(told.get("label") or "")
    return Asset(
        # A file that GitHub has renamed is told by its label, if that is a name of it.
        name=label if _bare(label) == _bare(name) else name,
        sha256=digest.lower() if kind == "sha256" else "",
        size=int(str(told["size"])),
        url=str(told["url"]),
        whole=told["state"] == "uploaded",
    )


def _bare(name: str) -> list[str]:
    return re.findall("[A-Za-z0-9]+", name)


def _fault(told: object) -> str:
    if not isinstance(told, Mapping):
        return str(told)
    return str(told.get("message") or " ".join(str(told[key]) for key in ("field", "code") if told.get(key)))


def _json(answer: Answer) -> object:
    try:
        found: object = json.loads(answer.body)
    except ValueError:
        return None
    return found
