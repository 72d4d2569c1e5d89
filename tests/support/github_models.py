"""GitHub's own description of its API, as the models of githubkit: a witness between a client and a forge."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs

from githubkit_schemas.v2026_03_10.models import (
    BasicError,
    IssueComment,
    Release,
    ReleaseAsset,
    ReposOwnerRepoIssuesIssueNumberCommentsPostBody,
    ReposOwnerRepoReleasesPostBody,
    ReposOwnerRepoReleasesReleaseIdPatchBody,
    ValidationError,
)
from pydantic import BaseModel, TypeAdapter

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.forge import PlayedForge

REQUESTS: Mapping[str, type[BaseModel]] = {
    "POST": ReposOwnerRepoReleasesPostBody,
    "PATCH": ReposOwnerRepoReleasesReleaseIdPatchBody,
}
COMMENT = ReposOwnerRepoIssuesIssueNumberCommentsPostBody  # which an edit has as well


class Witness:
    """Hands requests on to a forge, and reads both sides with the models; what does not fit is kept."""

    def __init__(self, forge: PlayedForge) -> None:
        self.forge = forge
        self.complaints: list[str] = []
        self.seen: list[tuple[str, str, int]] = []

    def answer(self, request: Request) -> Answer:
        answer = self.forge.answer(request)
        path = "".join(request.path.partition("/issues" if "/issues/" in request.path else "/releases")[1:])
        self.seen.append((request.method, path, answer.status))
        try:
            self._read_request(request)
            self._read_answer(request.method, path, answer)
        except (ValueError, KeyError, AssertionError) as error:
            self.complaints.append(f"{request.method} {request.path}: {error!r}")
        return answer

    def _read_request(self, request: Request) -> None:
        assert request.headers["x-github-api-version"]
        assert request.headers["user-agent"]
        if "/api/uploads/" in request.path:
            assert list(parse_qs(request.query)) in (["name"], ["name", "label"])
            assert request.headers["content-type"] == "application/octet-stream"
        elif request.method in REQUESTS:
            fields = json.loads(request.body)
            model = COMMENT if "/issues/" in request.path else REQUESTS[request.method]
            model.model_validate(fields)
            assert set(fields) <= set(model.model_fields), "fields that the description does not know"

    def _read_answer(self, method: str, path: str, answer: Answer) -> None:
        if answer.status in (204, 302) or not path:
            return
        told = json.loads(answer.body)
        if answer.status == 422 and "errors" in told:
            ValidationError.model_validate(told)
        elif answer.status >= 400:
            BasicError.model_validate(told)
        elif path.startswith("/issues"):
            kind = list[IssueComment] if method == "GET" else IssueComment
            TypeAdapter(kind).validate_python(told)
        elif "/assets" in path:
            ReleaseAsset.model_validate(told)
        elif method == "GET" and path == "/releases":
            TypeAdapter(list[Release]).validate_python(told)
        else:
            Release.model_validate(told)
