"""The door to GitHub's pull requests that propose releases, and to the runs of the pipeline that check them."""

import os
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from cz_ship.errors import Exit, Failure
from cz_ship.forges import Pull
from cz_ship.ports import Patience
from cz_ship.world import forge_pages
from cz_ship.world.forge_api import TOKENS, Api, Place
from cz_ship.world.http import Http

WORKFLOW = "pipeline.yml"
# GitHub's words for a setting of a repository or an organisation, which is off at first.
_SETTING = "not permitted to create or approve pull requests"


class GitHubPulls:
    """The pull requests of a repository on GitHub, for whoever has the token of `environ`.

    The pipeline is the workflow that runs this job; outside of one, the file that the template has.
    """

    def __init__(self, where: Place, environ: Mapping[str, str], http: Http, patience: Patience) -> None:
        self._api = Api(where, environ, http, patience)
        self._owner = where.repository.partition("/")[0]
        self._pulls = f"{where.api}/repos/{where.repository}/pulls"
        running = environ.get("GITHUB_WORKFLOW_REF", "").partition("@")[0]
        file = quote(os.path.basename(running) or WORKFLOW)
        self._workflow = f"{where.api}/repos/{where.repository}/actions/workflows/{file}"

    @property
    def address(self) -> str:
        return self._api.address

    def credentials_missing(self) -> str:
        """Empty where there is a token; else what was looked for."""
        return self._api.credentials_missing("open it", "pull-requests: write")

    def pull(self, head: str, base: str) -> Pull | None:
        """The open pull request from one branch to another. Raises `Failure` in any doubt."""
        asked = urlencode({"state": "open", "head": f"{self._owner}:{head}", "base": base})
        answer = self._api.look(f"{self._pulls}?{asked}")
        if answer.status != 200:
            words = forge_pages.refusal(answer)
            raise Failure(f"{self.address} is in doubt: {words}; its pull requests were wanted", hint=self._right())
        return min(forge_pages.pulls(answer), default=None)

    def open_pull(self, head: str, base: str, title: str, body: str) -> None:
        """Open a pull request. Raises `Failure` with GitHub's words where it refuses."""
        self._change("POST", self._pulls, {"title": title, "head": head, "base": base, "body": body})

    def describe_pull(self, pull: Pull, title: str, body: str) -> None:
        """Give a pull request another title and text."""
        self._change("PATCH", f"{self._pulls}/{pull.number}", {"title": title, "body": body})

    def close_pull(self, pull: Pull) -> None:
        """Close a pull request without a merge."""
        self._change("PATCH", f"{self._pulls}/{pull.number}", {"state": "closed"})

    def is_checked(self, commit: str) -> bool | None:
        """Whether the pipeline ran or runs for a commit; None where this token may not know."""
        answer = self._api.look(f"{self._workflow}/runs?{urlencode({'head_sha': commit, 'per_page': 1})}")
        if answer.status in (401, 403, 404):
            return None
        if answer.status != 200:
            raise Failure(f"{self.address} is in doubt: {forge_pages.refusal(answer)}; the pipeline's runs were wanted")
        return forge_pages.count(answer) > 0

    def start_checks(self, branch: str) -> str:
        """Start the pipeline for a branch; GitHub's words where that is not allowed, else empty."""
        answer = self._api.send("POST", f"{self._workflow}/dispatches", {"ref": branch})
        if answer.status < 300:
            return ""
        words = forge_pages.refusal(answer)
        if answer.status >= 500:
            raise Failure(f"{self.address} is in doubt: {words}", hint="run the same command again", pause=0)
        return f"{words} ({self._right('actions')}; the workflow needs `on: workflow_dispatch`)"

    def _change(self, method: str, url: str, content: Mapping[str, str]) -> None:
        answer = self._api.send(method, url, content)
        if answer.status in (200, 201):
            return
        words = forge_pages.refusal(answer)
        hint = f"look at the pull requests of {self.address}"
        if _SETTING in words:
            hint = (
                "allow it: Settings → Actions → General → Workflow permissions, of the repository or its organization; "
                "or let the token of a GitHub App be GITHUB_TOKEN of this job"
            )
        elif answer.status in (401, 403, 404):
            hint = self._right()
        raise Failure(f"{self.address} refused the pull request: {words}", hint=hint, code=Exit.PERSON)

    def _right(self, name: str = "pull-requests") -> str:
        return f"the token in {' or '.join(TOKENS)} needs `permissions: {name}: write` in a CI job"
