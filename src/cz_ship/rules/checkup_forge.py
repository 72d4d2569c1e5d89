"""Check-up of a repository's settings on GitHub: merges, rules, environments, tokens."""

from collections.abc import Iterator

from cz_ship.checkup import House
from cz_ship.model import Finding
from cz_ship.rules.findings import finding

# Types of rules that no job's own token passes, and what they ask for that a release's push does not bring.
BLOCKING = ("pull_request", "required_status_checks", "required_signatures", "update", "merge_queue", "workflows")
# Scopes of a classic token of which one is enough for all that cz-ship does, and harmless ones beside it.
ENOUGH = ("repo", "public_repo")
HARMLESS = (*ENOUGH, "repo:status", "repo_deployment", "workflow", "read:org", "gist", "user:email", "read:user")
_UPLOADS = ("PYPI", "TWINE")


def house_findings(house: House) -> Iterator[Finding]:
    """What on GitHub would stop a release, or let through what should not be."""
    yield from _merges(house)
    yield from _environments(house)
    yield from _tokens(house)


def _merges(house: House) -> Iterator[Finding]:
    where = f"{house.repository} on GitHub"
    if house.title == "COMMIT_OR_PR_TITLE":
        text = f"{where} takes the commit's message for a squash of one commit, not the checked title"
        fields = "-f squash_merge_commit_title=PR_TITLE -f squash_merge_commit_message=PR_BODY"
        yield finding("squash-title", text, "", f"gh api --method PATCH repos/{house.repository} {fields}")
    rules = house.rules or ()
    blocking = [each for each in rules if each in BLOCKING]
    if house.mode == "push" and blocking:
        text = f"rules of {house.branch} refuse the push of a release: {', '.join(blocking)}"
        hint = (
            'let a GitHub App pass them, and hand its token over; or mode = "pull-request": docs/pipeline.md has both'
        )
        yield finding("rules-block", text, hint)
    if house.mode != "push" and house.rules is not None and "pull_request" not in rules:
        text = f"{house.branch} takes a push without a pull request, and what is pushed is released"
        yield finding("rules-missing", text, f"a ruleset of {where} that requires a pull request for {house.branch}")
    if house.mode == "pull-request" and house.proposes is False:
        text = f"jobs of {where} may not make pull requests; in this mode a job makes the release's"
        name = "can_approve_pull_request_reviews"
        fix = f"gh api --method PUT repos/{house.repository}/actions/permissions/workflow -F {name}=true"
        yield finding("proposals-forbidden", text, "Settings, Actions, General: let GitHub Actions make them", fix)


def _environments(house: House) -> Iterator[Finding]:
    there = house.environments
    if there is None:
        return
    for name in house.publishing:
        if name not in there:
            text = f"{house.repository} on GitHub has no environment {name}, from which the workflow uploads"
            hint = "the first run would make it without any protection"
            fix = f"gh api --method PUT repos/{house.repository}/environments/{name}"
            yield finding("environment-missing", text, hint, fix)
        elif name in house.guarded and not there[name]:
            text = f"the environment {name} on GitHub has no reviewer: nobody approves what goes to everybody"
            yield finding("environment-open", text, f"Settings, Environments, {name}: required reviewers")


def _tokens(house: House) -> Iterator[Finding]:
    if house.writes is False or (house.scopes and not set(ENOUGH) & set(house.scopes)):
        text = f"the token in the environment may not write to {house.repository} on GitHub"
        yield finding("token-weak", text, "a release by hand needs one with contents: write")
    if wide := [each for each in house.scopes if each not in HARMLESS]:
        text = f"the token in the environment may do more than any release needs: {', '.join(wide)}"
        yield finding("token-wide", text, "a fine-grained token with contents: write on this one repository is enough")
    if stored := [each for each in house.secrets or () if any(part in each for part in _UPLOADS)]:
        text = f"{house.repository} on GitHub stores long-lived tokens: {', '.join(stored)}"
        yield finding("stored-token", text, "trusted publishing needs none: delete them once a publisher is set up")
