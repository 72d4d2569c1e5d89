"""GitHub's own description of pull requests and runs: a witness between a client and a forge."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from githubkit_schemas.v2026_03_10.models import (
    BasicError,
    PullRequest,
    PullRequestMergeResult,
    PullRequestSimple,
    ReposOwnerRepoActionsWorkflowsWorkflowIdDispatchesPostBody,
    ReposOwnerRepoActionsWorkflowsWorkflowIdRunsGetResponse200,
    ReposOwnerRepoPullsPostBody,
    ReposOwnerRepoPullsPullNumberMergePutBody,
    ReposOwnerRepoPullsPullNumberPatchBody,
    ValidationError,
)
from pydantic import BaseModel, TypeAdapter

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.forge import PlayedForge

# By method and address: what is sent (of a GET the names in its query), and what is answered.
SPOKEN: Mapping[tuple[str, str], tuple[type[BaseModel] | set[str], Any]] = {
    ("GET", "pulls"): ({"state", "head", "base", "per_page", "page"}, list[PullRequestSimple]),
    ("POST", "pulls"): (ReposOwnerRepoPullsPostBody, PullRequest),
    ("PATCH", "pulls/N"): (ReposOwnerRepoPullsPullNumberPatchBody, PullRequest),
    ("PUT", "pulls/N/merge"): (ReposOwnerRepoPullsPullNumberMergePutBody, PullRequestMergeResult),
    ("GET", "actions/workflows/F/runs"): (
        {"head_sha", "per_page"},
        ReposOwnerRepoActionsWorkflowsWorkflowIdRunsGetResponse200,
    ),
    ("POST", "actions/workflows/F/dispatches"): (ReposOwnerRepoActionsWorkflowsWorkflowIdDispatchesPostBody, None),
}


class PullWitness:
    """Hands requests on to a forge, and reads both sides with the models; what does not fit is kept."""

    def __init__(self, forge: PlayedForge) -> None:
        self.forge = forge
        self.complaints: list[str] = []
        self.seen: list[tuple[str, str, int]] = []

    def answer(self, request: Request) -> Answer:
        answer = self.forge.answer(request)
        place = request.path.partition("/repos/ann/demo/")[2]
        place = re.sub(r"/workflows/[^/]+", "/workflows/F", re.sub(r"/\d+", "/N", place))
        self.seen.append((request.method, place, answer.status))
        try:
            self._read(request, SPOKEN[request.method, place], answer)
        except (ValueError, KeyError, AssertionError) as error:
            self.complaints.append(f"{request.method} {request.path}: {error!r}")
        return answer

    def _read(self, request: Request, spoken: tuple[type[BaseModel] | set[str], Any], answer: Answer) -> None:
        assert request.headers["x-github-api-version"]
        asked, told = spoken
        if isinstance(asked, set):
            assert set(parse_qs(request.query)) <= asked
        else:
            fields = json.loads(request.body)
            asked.model_validate(fields)
            assert set(fields) <= set(asked.model_fields), "fields that the description does not know"
        if answer.status == 422 and "errors" in json.loads(answer.body):
            ValidationError.model_validate_json(answer.body)
        elif answer.status >= 400:
            BasicError.model_validate_json(answer.body)
        elif told is None:
            assert answer.status == 204
        else:
            TypeAdapter(told).validate_json(answer.body)
