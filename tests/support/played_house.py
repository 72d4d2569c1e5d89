"""The settings of a repository as GitHub's API tells them, to whoever has the token."""

from collections.abc import Mapping

from githubkit_schemas.v2026_03_10.models import (
    ActionsGetDefaultWorkflowPermissions,
    FullRepository,
    ReposOwnerRepoActionsSecretsGetResponse200,
    ReposOwnerRepoEnvironmentsGetResponse200,
)

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.forge_pages import API, refusal
from cz_ship.world.rehearsal.pages import json_answer

REPOSITORY = "ann/demo-ship"
TOKEN = "ghp_of_the_tests"
OWN: Mapping[str, object] = {
    "permissions": {"admin": False, "push": True, "pull": True},
    "allow_squash_merge": True,
    "squash_merge_commit_title": "PR_TITLE",
}


class PlayedHouse:
    """Answers what `told` has, by path below the repository's; 404 as GitHub does for all that may not be seen."""

    def __init__(self, told: Mapping[str, object], scopes: str = "") -> None:
        self.told = told
        self.scopes = scopes
        self.check_against_the_description()

    def answer(self, request: Request) -> Answer:
        own = f"{API}/repos/{REPOSITORY}"
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return refusal(401, "Bad credentials")
        told = self.told.get(request.path.removeprefix(own)) if request.path.startswith(own) else None
        if told is None:
            return refusal(404, "Not Found")
        answer = json_answer(200, told)
        scopes = (("X-OAuth-Scopes", self.scopes),) if self.scopes else ()
        return answer._replace(headers=(*answer.headers, *scopes))

    def check_against_the_description(self) -> None:
        """What stands here is what GitHub's own description of its API has."""
        own = self.told.get("", {})
        assert isinstance(own, Mapping)
        assert set(own) <= set(FullRepository.model_fields)
        for path, model in (
            ("/actions/permissions/workflow", ActionsGetDefaultWorkflowPermissions),
            ("/environments", ReposOwnerRepoEnvironmentsGetResponse200),
            ("/actions/secrets", ReposOwnerRepoActionsSecretsGetResponse200),
        ):
            if path in self.told:
                model.model_validate(self.told[path])


def environment(name: str, reviewers: int) -> Mapping[str, object]:
    """An environment with so many reviewers."""
    moment = "2026-01-01T00:00:00Z"
    person = {"type": "User", "reviewer": None}
    rule = {"id": 1, "node_id": "R", "type": "required_reviewers", "reviewers": [person] * reviewers}
    own = {"id": 1, "node_id": "E", "name": name, "url": "u", "html_url": "h", "created_at": moment}
    return {**own, "updated_at": moment, "protection_rules": [rule] if reviewers else []}
