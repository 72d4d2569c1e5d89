"""A forge's pull requests as GitHub plays them, to be opened, described, closed and merged; and runs by dispatch."""

import json
import time
from collections.abc import Callable, Collection, Mapping, Set
from typing import NamedTuple, Protocol
from urllib.parse import parse_qs

from cz_ship.world.rehearsal import Answer, Request
from cz_ship.world.rehearsal.forge_pages import API, Place, invalid, paged, refusal
from cz_ship.world.rehearsal.pages import fields_of, json_answer
from cz_ship.world.rehearsal.pull_pages import StoredPull, StoredRun, pull_json, runs_json

LIMIT = 65_536  # characters in the text of a pull request
WAYS = ("merge", "squash", "rebase")
EVERY_RIGHT = frozenset({"contents", "pull-requests", "actions"})
_DENIED = "Resource not accessible by integration"


class Branches(Protocol):
    """The branches of the repository that the forge holds."""

    def commit(self, name: str) -> str | None:
        """The commit that a branch names, or None."""
        ...

    def merge(self, base: str, head: str, way: str, message: str) -> str | None:
        """Bring a branch onto another; the new commit, None where that is not possible."""
        ...


class PullState(NamedTuple):
    """All pull requests by number, and the runs of the workflows."""

    pulls: Mapping[int, StoredPull] = {}
    runs: tuple[StoredRun, ...] = ()


class PlayedPulls:
    """The pull requests of one repository, `owner/name`, and the runs of its `workflows`.

    `rights` tell by tokens what they may write (`permissions` of a CI job); everybody may read. Without `may_open`
    the setting that lets jobs open pull requests is off.
    """

    def __init__(
        self,
        repository: str,
        branches: Branches,
        rights: Mapping[str, Set[str]],
        *,
        workflows: Collection[str] = ("pipeline.yml",),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.repository = repository
        self.state = PullState()
        self.workflows = workflows
        self.may_open = True
        self._branches = branches
        self._rights = rights
        self._clock = clock

    def answer(self, request: Request, token: str) -> Answer | None:
        """The answer to a request about pull requests or the runs of workflows; None for any other."""
        place = Place(request.root, self.repository)
        own = f"{API}/repos/{self.repository}/"
        self._forget_the_headless()
        match request.method, request.path.removeprefix(own).split("/"):
            case "GET", ["pulls"]:
                return self._list(request, place)
            case "POST", ["pulls"]:
                return self._denied(token, "pull-requests") or self._open(fields_of(request), place)
            case "PATCH", ["pulls", number] if number.isdecimal():
                return self._denied(token, "pull-requests") or self._change(int(number), fields_of(request), place)
            case "PUT", ["pulls", number, "merge"] if number.isdecimal():
                return self._denied(token, "contents", "pull-requests") or self._merge(int(number), fields_of(request))
            case method, ["actions", "workflows", file, thing]:
                return self._workflow(method, file, thing, request, token)
        return None

    def merge(self, number: int, way: str = "squash") -> str:
        """Merge a pull request as a person does; the new commit of its base. Raises `ValueError` where it cannot be."""
        answer = self._merge(number, {"merge_method": way})
        if answer.status != 200:
            raise ValueError(f"pull request {number}: {answer.body.decode()}")
        return str(json.loads(answer.body)["sha"])

    def open_pulls(self) -> tuple[StoredPull, ...]:
        """The open pull requests, oldest first."""
        self._forget_the_headless()
        return tuple(each for each in self.state.pulls.values() if each.closed is None)

    def _denied(self, token: str, *rights: str) -> Answer | None:
        if not token:
            return refusal(401, "Requires authentication")
        return None if set(rights) <= set(self._rights.get(token, ())) else refusal(403, _DENIED)

    def _list(self, request: Request, place: Place) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(request.query).items()}
        owner = self.repository.partition("/")[0]
        found = [
            each
            for each in sorted(self.state.pulls.values(), reverse=True)
            if asked.get("state", "open") in ("all", "open" if each.closed is None else "closed")
            and asked.get("head", f"{owner}:{each.head}") == f"{owner}:{each.head}"
            and asked.get("base", each.base) == each.base
        ]
        told = [self._json(each, place, whole=False) for each in found]
        return paged(
            told, int(asked.get("page", "1")), min(100, int(asked.get("per_page", "30"))), f"{place.root}{request.path}"
        )

    def _open(self, fields: Mapping[str, object], place: Place) -> Answer:
        head, base = str(fields.get("head") or "").rpartition(":")[2], str(fields.get("base") or "")
        title, body = str(fields.get("title") or ""), str(fields.get("body") or "")
        if not self.may_open:
            return refusal(403, "GitHub Actions is not permitted to create or approve pull requests.")
        if not title:
            return invalid("PullRequest", "title", "missing_field")
        for name, branch in (("head", head), ("base", base)):
            if self._branches.commit(branch) is None:
                return invalid("PullRequest", name, "invalid")
        if any((each.head, each.base) == (head, base) for each in self.open_pulls()):
            return invalid("PullRequest", "head", "custom", f"A pull request already exists for {head}.")
        number = max(self.state.pulls, default=0) + 1
        sha = self._branches.commit(head) or ""
        return self._kept(StoredPull(number, head, base, title, body, sha, self._clock()), place, 201)

    def _change(self, number: int, fields: Mapping[str, object], place: Place) -> Answer:
        pull = self.state.pulls.get(number)
        if pull is None:
            return refusal(404, "Not Found")
        pull = pull._replace(title=str(fields.get("title", pull.title)), body=str(fields.get("body", pull.body) or ""))
        if fields.get("state") == "closed" and pull.closed is None:
            pull = pull._replace(closed=self._clock())
        return self._kept(pull, place, 200)

    def _merge(self, number: int, fields: Mapping[str, object]) -> Answer:
        pull, way = self.state.pulls.get(number), str(fields.get("merge_method", "merge"))
        if pull is None:
            return refusal(404, "Not Found")
        if way not in WAYS:
            return invalid("PullRequest", "merge_method", "invalid")
        subject = f"Merge pull request #{number} from {pull.head}\n\n{pull.title}"
        message = str(fields.get("commit_title") or (f"{pull.title} (#{number})" if way == "squash" else subject))
        sha = self._branches.merge(pull.base, pull.head, way, message) if pull.closed is None else None
        if sha is None:
            return refusal(405, "Pull Request is not mergeable")
        now = self._clock()
        self._keep(self._current(pull)._replace(closed=now, merged=now))
        return json_answer(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})

    def _workflow(self, method: str, file: str, thing: str, request: Request, token: str) -> Answer:
        if file not in self.workflows:
            return refusal(404, "Not Found")
        if (method, thing) == ("GET", "runs"):
            wanted = parse_qs(request.query).get("head_sha", [""])[0]
            found = [each for each in self.state.runs if each.file == file and wanted in ("", each.sha)]
            return json_answer(200, runs_json(found, Place(request.root, self.repository)))
        if (method, thing) != ("POST", "dispatches"):
            return refusal(404, "Not Found")
        if denied := self._denied(token, "actions"):
            return denied
        branch = str(fields_of(request).get("ref") or "").removeprefix("refs/heads/")
        sha = self._branches.commit(branch)
        if sha is None:
            return refusal(422, f"No ref found for: {branch}")
        run = StoredRun(len(self.state.runs) + 1, file, branch, sha, self._clock())
        self.state = self.state._replace(runs=(*self.state.runs, run))
        return Answer(204)

    def _forget_the_headless(self) -> None:
        """A pull request whose branch is deleted is closed."""
        for pull in self.state.pulls.values():
            if pull.closed is None and self._branches.commit(pull.head) is None:
                self._keep(pull._replace(closed=self._clock()))

    def _current(self, pull: StoredPull) -> StoredPull:
        tip = self._branches.commit(pull.head)
        return pull._replace(sha=tip) if tip and pull.closed is None else pull

    def _json(self, pull: StoredPull, place: Place, *, whole: bool) -> dict[str, object]:
        return pull_json(self._current(pull), self._branches.commit(pull.base) or "", place, whole=whole)

    def _kept(self, pull: StoredPull, place: Place, status: int) -> Answer:
        if len(pull.body) > LIMIT:
            return invalid("PullRequest", "body", "custom", f"body is too long (maximum is {LIMIT} characters)")
        self._keep(pull)
        return json_answer(status, self._json(pull, place, whole=True))

    def _keep(self, pull: StoredPull) -> None:
        self.state = self.state._replace(pulls={**self.state.pulls, pull.number: pull})
