"""Trusted publishing refused: the index's words, and what to enter there so that it knows this very job."""

import base64
import binascii
import json
import re
from collections.abc import Mapping

from cz_ship.world.http import Answer

# owner/repository/.github/workflows/file@ref
_WORKFLOW = re.compile(r"(?P<repository>[^/]+/[^/]+)/\.github/workflows/(?P<file>[^@]+)@")


def reasons(answer: Answer) -> str:
    """What a refusal of a token says: each error's code and description."""
    words = f"{answer.status} {answer.reason}".strip()
    try:
        told = json.loads(answer.body)
        errors = [f"{error['code']}: {error['description']}" for error in told["errors"]]
    except (ValueError, KeyError, TypeError):
        return field(answer, "message") or words
    return "; ".join(errors) or words


def remedy(identity: str, answer: Answer, host: str) -> str:
    """What to do about a refusal: the values to enter at the index are those that the identity (a JWT) shows.

    Source: `/_/oidc/mint-token` of Warehouse, and "Adding a trusted publisher" in the documentation of PyPI.
    """
    said = reasons(answer)
    shown = _claims(identity)
    if "reuse" in said or "already used" in said:
        return "an identity is taken once: run the same command again, it asks for a new one"
    if shown.get("event_name") == "pull_request_target":
        return "no index takes a run of pull_request_target: let the job start by pull_request or push"
    stands = _WORKFLOW.match(shown.get("job_workflow_ref", ""))
    repository = shown.get("repository", "")
    if stands is None or not repository:
        return f"set up a publisher for this repository, workflow file and environment at {host}"
    if stands["repository"].lower() != repository.lower():
        return (
            f"this job stands in a workflow of {stands['repository']}, and an index trusts those of {repository} alone"
            ": put the job that publishes into a workflow file of your own"
        )
    owner, _, name = repository.partition("/")
    environment = shown.get("environment") or "none, leave it empty"
    return (
        f"enter a publisher at {host} (a pending one, where it has no such project yet) with what this job shows: "
        f"owner {owner}, repository name {name}, workflow name {stands['file']}, environment name {environment}; "
        "is one there? one of these differs"
    )


def field(answer: Answer, name: str) -> str:
    """A text of a JSON object; empty where the answer is no such thing."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        return ""
    value = told.get(name) if isinstance(told, dict) else None
    return value if isinstance(value, str) else ""


def _claims(identity: str) -> Mapping[str, str]:
    """What a JWT states in texts, unverified: that is the index's business."""
    try:
        _, payload, _ = identity.split(".")
        told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return {key: value for key, value in told.items() if isinstance(value, str)} if isinstance(told, dict) else {}
