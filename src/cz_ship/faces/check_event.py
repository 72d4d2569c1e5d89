"""`check --event`: a pull request's title and commits, and what each way to merge puts on the branch."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Exit, Failure
from cz_ship.faces import answers
from cz_ship.faces.foresee import foreseen, judged_message, judged_span
from cz_ship.faces.opened import Opened
from cz_ship.faces.verdicts import complaint, named, verdict
from cz_ship.model import Commit, PullRequest
from cz_ship.rules.judgement import Judged, named_by, worth_of
from cz_ship.rules.merging import landings
from cz_ship.rules.proposal import proposal_branch
from cz_ship.rules.verdict import asked, coming


class Way(NamedTuple):
    """A way to merge: the commits that it puts on the branch as they are, newest first, and the message it makes."""

    name: str
    commits: tuple[Judged, ...]
    made: Judged | None
    origin: str
    current: Version | None = None
    following: Version | None = None

    @property
    def messages(self) -> tuple[Judged, ...]:
        return (self.made, *self.commits) if self.made else self.commits

    @property
    def worth(self) -> str:
        return worth_of(self.messages)

    @property
    def named(self) -> str:
        return named_by(self.messages)


def run_event(project: Opened, pull: PullRequest, options: argparse.Namespace) -> Exit:
    """Judge a pull request. Refused where its title is, or a message that an allowed way puts on the branch."""
    for name, sha in (("head", pull.head), ("base", pull.base)):
        if project.world.repository.resolve(sha) is None:
            text = f"the {name} of the pull request, {sha[:12]}, is not in this clone"
            raise Failure(text, hint="in a workflow, check out with fetch-depth: 0")
    title = judged_message(project, pull.title)
    span = tuple(project.world.repository.commits(f"{pull.base}..{pull.head}"))
    commits = judged_span(project, span)
    ways = [_foretold(project, pull, way) for way in _ways(project, pull, span, commits)]
    refused = _refused(title, ways)
    if options.json:
        answers.document(_document(pull, title, commits, ways, not refused))
        return Exit.REFUSED if refused else Exit.DONE
    if not getattr(options, "quiet", False):
        print("\n".join(_lines(pull, title, commits, ways)))
    if refused:
        raise complaint(
            refused, 1 + len(commits), "edit the title on its page; git rebase --interactive rewords commits"
        )
    return Exit.DONE


def _ways(project: Opened, pull: PullRequest, span: tuple[Commit, ...], commits: tuple[Judged, ...]) -> list[Way]:
    by_sha = {each.sha: each for each in commits}
    return [
        Way(
            each.way,
            tuple(by_sha[commit.sha] for commit in each.commits),
            judged_message(project, each.made) if each.made else None,
            each.origin,
        )
        for each in landings(pull, span)
    ]


def _foretold(project: Opened, pull: PullRequest, way: Way) -> Way:
    """A way with the next release after it: from the base, or where the branch bumps by itself, as the head has it."""
    mode = project.world.settings.mode
    proposes = mode == "pull-request" and pull.source.partition("/")[2] == proposal_branch(pull.branch)
    if mode == "branch" or proposes:
        seen, worth = foreseen(project, pull.head), ""
    else:
        seen, worth = foreseen(project, pull.base, [each.message for each in way.messages]), way.worth
    return way._replace(current=seen.current, following=seen.following[worth]) if seen else way


def _refused(title: Judged, ways: list[Way]) -> list[tuple[str, Judged]]:
    """The title and the commits that are wrong; else the messages that a way makes of right ones, and are not."""
    commits = {each.sha: ("", each) for way in ways for each in way.commits if each.flaw}
    # The message of the only commit, which a squash takes over, is refused under the commit's own name.
    found = [*([("title  ", title)] if title.flaw else []), *commits.values()]
    return found or [(f"by a {way.name}  ", way.made) for way in ways if way.made and way.made.flaw]


def _lines(pull: PullRequest, title: Judged, commits: tuple[Judged, ...], ways: list[Way]) -> list[str]:
    lines = [f"{'refused ' if title.flaw else 'accepted'}  title  {named(title)}"]
    landing = {each.sha for way in ways for each in way.commits}
    for each in commits:
        apart = "" if each.sha in landing or not each.flaw else f"   (does not come onto {pull.branch} as it is)"
        lines.append(f"{'refused ' if each.flaw else 'accepted'}  {named(each)}{apart}")
    lines.append(f"what would come onto {pull.branch}:")
    for way in ways:
        count = len(way.commits)
        parts = [f"the {count} commits as they are" if count > 1 else "the commit as it is"] if count else []
        if way.made:
            parts.append(f'"{named(way.made)}", from {way.origin}')
        release = f"; {coming(str(way.current), str(way.following))}" if way.following else ""
        lines.append(f"  by a {way.name}: {' and '.join(parts) or 'nothing'}; {asked(way.worth, way.named)}{release}")
    return lines


def _document(
    pull: PullRequest, title: Judged, commits: tuple[Judged, ...], ways: list[Way], ok: bool
) -> dict[str, object]:
    return {
        "ok": ok,
        "number": pull.number,
        "branch": pull.branch,
        "title": verdict(title),
        "messages": [verdict(each) for each in commits],
        "ways": [
            {
                "way": way.name,
                "commits": [each.sha for each in way.commits],
                "made": verdict(way.made) if way.made else None,
                "origin": way.origin or None,
                "increment": way.worth or None,
                "release_as": way.named or None,
                "next": str(way.following) if way.following else None,
            }
            for way in ways
        ],
    }
