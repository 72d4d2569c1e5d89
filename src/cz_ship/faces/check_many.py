"""`check` for more than the message in a hook: a range of commits, a pull request, or an answer as JSON."""

from __future__ import annotations

import argparse
import os

from cz_ship.errors import Exit, Failure
from cz_ship.faces import answers
from cz_ship.faces.check import message_of
from cz_ship.faces.check_event import run_event
from cz_ship.faces.foresee import foreseen, is_merging_in, judged_message, judged_span, opened, unfit_release
from cz_ship.faces.opened import Opened
from cz_ship.faces.verdicts import complaint, verdict
from cz_ship.flows.foresight import Foresight
from cz_ship.rules.judgement import Judged, named_by, worth_of
from cz_ship.rules.verdict import asked, coming
from cz_ship.world.ci import pull_request


def run_check_many(options: argparse.Namespace) -> Exit:
    """Judge every message that the options name."""
    pull = pull_request(os.environ) if options.event else None
    project = opened(getattr(options, "folder", "."))
    rules = project.rules.rule_set
    project.remember()
    if pull:
        return run_event(project, pull, options)
    if options.range is not None:
        return _run_range(project, options)
    merges = is_merging_in(project.world.repository.root)
    one = judged_message(project, message_of(options, rules.encoding), merges=merges)
    one = one._replace(flaw=one.flaw or unfit_release(project, one.message))
    found = None if merges else foreseen(project, messages=(one.message,))
    following = found.following[one.worth] if found else None
    answers.document(_document((one,), one.worth, found, following))
    return Exit.REFUSED if one.flaw else Exit.DONE


def _run_range(project: Opened, options: argparse.Namespace) -> Exit:
    found = judged_span(project, tuple(project.world.repository.commits(options.range)))
    if not found:
        raise Failure(f"there are no commits in {options.range}", hint="A..B is what B has and A lacks")
    tip = project.world.repository.resolve(options.range.rpartition("..")[2].lstrip(".") or "HEAD")
    seen = foreseen(project, tip) if tip else None
    worth, following = worth_of(found), seen.following[""] if seen else None
    refused = [("", each) for each in found if each.flaw]
    if options.json:
        answers.document(_document(found, worth, seen, following))
        return Exit.REFUSED if refused else Exit.DONE
    if refused:
        raise complaint(refused, len(found), "git rebase --interactive rewords commits")
    if not getattr(options, "quiet", False):
        count = f"{len(found)} message{'s' * (len(found) > 1)}"
        release = f"; {coming(str(seen.current), str(following))}" if seen and following else ""
        print(f"accepted: {count}; the range {asked(worth, named_by(found))}{release}")
    return Exit.DONE


def _document(found: tuple[Judged, ...], worth: str, seen: Foresight | None, following: object) -> dict[str, object]:
    return {
        "ok": not any(each.flaw for each in found),
        "messages": [verdict(each) for each in found],
        "increment": worth or None,
        "release_as": named_by(found) or None,
        "current": str(seen.current) if seen else None,
        "next": str(following) if following else None,
    }
