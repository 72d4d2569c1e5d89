"""The talk on a forge's pull requests as GitHub plays it: comments, and who may write and change them."""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.forge_pages import API, Place, comment_json, invalid, paged, refusal, user_json
from cz_ship.world.rehearsal.pages import json_answer

LIMIT = 65_536  # characters in a comment


class Speaker(NamedTuple):
    """Whose token it is; without `may_write` (`pull-requests: write`) it reads alone. A CI job's is a bot's."""

    login: str
    may_write: bool
    is_bot: bool = True


class StoredComment(NamedTuple):
    """A comment on the pull request `thread`."""

    number: int
    thread: int
    speaker: Speaker
    body: str


class PlayedThreads:
    """The comments on the pull requests of one repository, `owner/name`; `locked` ones take none."""

    def __init__(self, repository: str, pulls: Iterable[int], speakers: Mapping[str, Speaker]) -> None:
        self.repository = repository
        self.comments: dict[int, StoredComment] = {}
        self.locked: set[int] = set()
        self._pulls = set(pulls)
        self._speakers = speakers
        self._given = 5000

    def say(self, thread: int, speaker: Speaker, body: str) -> StoredComment:
        """Hold a comment, whoever wrote it by whatever way."""
        self._given += 1
        self.comments[self._given] = StoredComment(self._given, thread, speaker, body)
        return self.comments[self._given]

    def answer(self, request: Request, token: str) -> Answer | None:
        """The answer to a request about comments, or about who one is; None for any other."""
        speaker = self._speakers.get(token, Speaker("", may_write=False))
        place = Place(request.root, self.repository)
        if (request.method, request.path) == ("GET", f"{API}/user"):
            if speaker.is_bot:
                return refusal(403 if token else 401, "Resource not accessible by integration")
            return json_answer(200, user_json(place, speaker.login, is_bot=False))
        own = f"{API}/repos/{self.repository}/issues/"
        if not request.path.startswith(own):
            return None
        match request.method, request.path.removeprefix(own).split("/"):
            case "GET", [thread, "comments"] if thread.isdecimal():
                return self._list(request, int(thread), place)
            case "POST", [thread, "comments"] if thread.isdecimal():
                return self._write(request, int(thread), speaker, place)
            case "PATCH", ["comments", number] if number.isdecimal():
                return self._change(request, int(number), speaker, place)
        return refusal(404, "Not Found")

    def _list(self, request: Request, thread: int, place: Place) -> Answer:
        if thread not in self._pulls:
            return refusal(404, "Not Found")
        asked = parse_qs(request.query)
        told = [_json(each, place) for each in self.comments.values() if each.thread == thread]
        size, page = (int(asked.get(name, [default])[0]) for name, default in (("per_page", "30"), ("page", "1")))
        return paged(told, page, min(100, size), f"{place.issues}/{thread}/comments")

    def _write(self, request: Request, thread: int, speaker: Speaker, place: Place) -> Answer:
        if not speaker.may_write:
            return refusal(403, "Resource not accessible by integration")
        if thread not in self._pulls:
            return refusal(404, "Not Found")
        if thread in self.locked:
            return refusal(403, "Unable to create comment because issue is locked.")
        body = _body(request)
        return _unfit(body) or json_answer(201, _json(self.say(thread, speaker, body), place))

    def _change(self, request: Request, number: int, speaker: Speaker, place: Place) -> Answer:
        """Whoever may write may change the words of others too, as on GitHub."""
        found = self.comments.get(number)
        if not speaker.may_write:
            return refusal(403, "Resource not accessible by integration")
        if found is None:
            return refusal(404, "Not Found")
        body = _body(request)
        self.comments[number] = found._replace(body=body) if not _unfit(body) else found
        return _unfit(body) or json_answer(200, _json(self.comments[number], place))


def _json(comment: StoredComment, place: Place) -> dict[str, object]:
    user = user_json(place, comment.speaker.login, is_bot=comment.speaker.is_bot)
    return comment_json(comment.number, comment.thread, comment.body, user, place)


def _body(request: Request) -> str:
    told = json.loads(request.body)
    return str(told.get("body") or "")


def _unfit(body: str) -> Answer | None:
    if not body.strip():
        return invalid("IssueComment", "body", "missing_field")
    if len(body) > LIMIT:
        return invalid("IssueComment", "body", "custom", f"body is too long (maximum is {LIMIT} characters)")
    return None
