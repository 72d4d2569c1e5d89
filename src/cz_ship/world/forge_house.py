"""The settings of a repository on GitHub, as far as a token may see them."""

import json
from collections.abc import Iterable, Mapping

from cz_ship.checkup import House
from cz_ship.errors import Failure
from cz_ship.world.forge_api import Api, Place
from cz_ship.world.forge_pages import refusal
from cz_ship.world.http import Answer


def house_of(where: Place, api: Api, mode: str, branch: str) -> House:
    """What GitHub tells. Raises `Failure` where it does not tell of the repository at all.

    Source: GitHub's description of its REST API: repositories, rules, environments, Actions permissions and secrets.
    """
    root = f"{where.api}/repos/{where.repository}"

    def asked(path: str) -> Answer:
        return api.look(f"{root}{path}")

    told = asked("")
    if told.status != 200:
        raise Failure(
            f"{where.host} does not tell of {where.repository}: {refusal(told)}", hint="may the token read it?"
        )
    own = _table(_content(told))
    permissions = own.get("permissions")
    workflow = _table(_content(asked("/actions/permissions/workflow")))
    proposes = workflow.get("can_approve_pull_request_reviews")
    return House(
        mode,
        where.repository,
        branch,
        title=_title(own),
        writes=bool(permissions.get("push")) if isinstance(permissions, Mapping) else None,
        scopes=tuple(each.strip() for each in told.headers.get("x-oauth-scopes", "").split(",") if each.strip()),
        rules=_rules(_content(asked(f"/rules/branches/{branch}?per_page=100"))),
        environments=_environments(_content(asked("/environments?per_page=100"))),
        secrets=_names(_content(asked("/actions/secrets?per_page=100")), "secrets"),
        proposes=proposes if isinstance(proposes, bool) else None,
    )


def _content(answer: Answer) -> object:
    """The document of an answer; None where it is a refusal, or none."""
    try:
        told: object = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        return None
    return told


def _table(told: object) -> Mapping[str, object]:
    return told if isinstance(told, Mapping) else {}


def _rows(told: object) -> Iterable[Mapping[str, object]]:
    return [each for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []


def _title(own: Mapping[str, object]) -> str | None:
    """Those alone who may write are told."""
    if own.get("allow_squash_merge") is False:
        return ""
    title = own.get("squash_merge_commit_title")
    return title if isinstance(title, str) else None


def _rules(told: object) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(str(each.get("type")) for each in _rows(told))) if isinstance(told, list) else None


def _names(told: object, key: str) -> tuple[str, ...] | None:
    rows = _table(told).get(key)
    return tuple(str(each.get("name")) for each in _rows(rows)) if isinstance(rows, list) else None


def _environments(told: object) -> Mapping[str, int] | None:
    rows = _table(told).get("environments")
    if not isinstance(rows, list):
        return None
    return {str(each.get("name")): sum(map(_reviewers, _rows(each.get("protection_rules")))) for each in _rows(rows)}


def _reviewers(rule: Mapping[str, object]) -> int:
    reviewers = rule.get("reviewers")
    return len(reviewers) if rule.get("type") == "required_reviewers" and isinstance(reviewers, list) else 0
