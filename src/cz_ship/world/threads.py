"""The door to the talk on GitHub's pull requests: the comments on one, written and edited."""

from collections.abc import Mapping
from functools import cached_property

from cz_ship.errors import Failure
from cz_ship.ports import Patience
from cz_ship.threads import Comment
from cz_ship.world import forge_pages
from cz_ship.world.ci import pull_request_number
from cz_ship.world.forge_api import TOKENS, Api, Place
from cz_ship.world.http import Answer, Http

_PAGE = 100  # comments, the most that one page holds


class GitHubThreads:
    """The pull requests of a repository on GitHub, for whoever has the token of `environ`."""

    def __init__(self, where: Place, environ: Mapping[str, str], http: Http, patience: Patience) -> None:
        self._where = where
        self._environ = environ
        self._api = Api(where, environ, http, patience)
        self._issues = f"{where.api}/repos/{where.repository}/issues"  # to GitHub a pull request is an issue too

    def current(self) -> int | None:
        """The number of the pull request that this run is about. Raises `Failure` where its event cannot be read."""
        return pull_request_number(self._environ)

    def head(self, thread: int) -> str:
        """The ref that GitHub keeps for the head of a pull request, be it of a fork."""
        return f"refs/pull/{thread}/head"

    def merged(self, commit: str) -> tuple[int, ...]:
        """The merged pull requests that brought a commit, by their numbers. Raises `Failure` in any doubt."""
        commits = f"{self._where.api}/repos/{self._where.repository}/commits"
        return forge_pages.merged_pulls(self._asked(f"{commits}/{commit}/pulls?per_page={_PAGE}"))

    def comments(self, thread: int) -> tuple[Comment, ...]:
        """All comments, oldest first. Raises `Failure` in any doubt, and where there is no token to comment with."""
        if not self._api.token:
            raise Failure(f"no token in {' or '.join(TOKENS)} to comment on {self._where.host} with")
        found: list[Comment] = []
        count, is_last = 0, False
        while not is_last:
            count += 1
            answer = self._asked(f"{self._issues}/{thread}/comments?per_page={_PAGE}&page={count}")
            told, is_last = forge_pages.comments(answer)
            found += [Comment(each.number, each.body, self._is_own(each)) for each in told]
        return tuple(found)

    def comment(self, thread: int, text: str) -> None:
        """Write a comment."""
        self._say("POST", f"{self._issues}/{thread}/comments", text)

    def edit(self, comment: Comment, text: str) -> None:
        """Let a comment say something else."""
        self._say("PATCH", f"{self._issues}/comments/{comment.number}", text)

    def _is_own(self, told: forge_pages.ToldComment) -> bool:
        """A CI job's token cannot ask who it is; what it writes is by a bot, and no person can write as one."""
        return told.author == self._login if self._login else told.by_bot

    @cached_property
    def _login(self) -> str:
        """The name of the person whose token this is; empty for that of a CI job or an app."""
        answer = self._api.look(f"{self._where.api}/user")
        return forge_pages.text(answer, "login") if answer.status == 200 else ""

    def _asked(self, url: str) -> Answer:
        answer = self._api.look(url)
        if answer.status != 200:
            raise self._refused(answer)
        return answer

    def _say(self, method: str, url: str, text: str) -> None:
        answer = self._api.send(method, url, {"body": text})
        if answer.status not in (200, 201):
            raise self._refused(answer)

    def _refused(self, answer: Answer) -> Failure:
        hint = ""
        if answer.status in (401, 403, 404):
            hint = f"the token in {' or '.join(TOKENS)} needs `permissions: pull-requests: write`; no fork's has it"
        return Failure(f"{self._api.address} refused the comment: {forge_pages.refusal(answer)}", hint=hint)
