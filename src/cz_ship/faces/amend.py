"""`cz-ship amend`: what the message of a merged commit should have been, from the command line or an editor."""

from __future__ import annotations

import argparse
import sys

from cz_ship.errors import Exit, Failure, usage
from cz_ship.faces.answers import flawed, meant, plain
from cz_ship.faces.foresee import judged_message
from cz_ship.faces.heard import heard
from cz_ship.faces.opened import Opened
from cz_ship.flows.amend import unreleased
from cz_ship.model import Commit
from cz_ship.rules.judgement import Judged
from cz_ship.rules.message import release_as
from cz_ship.rules.verdict import asked, without_comments

_GUIDE = """

# The message above stands in for that of {sha}, for the version and for the release notes.
# History stays as it is. Lines that begin with # are left out; an empty message changes nothing.
"""


def run_amend(options: argparse.Namespace, project: Opened) -> Exit:
    """Write the note, and say what the commit counts as and how the note gets to others."""
    world, rules = project.world, project.rules
    mendable = unreleased(world.repository, rules, world.settings, options.commit)
    message = _message(options, mendable.commit)
    judged = _fit(project, message)
    body = message.partition("\n")[2].strip()
    if world.settings.mode != "branch":
        mendable.refuse_unfit(body)
    world.repository.amend(mendable.commit.sha, message)
    project.remember()
    print(f"{mendable.commit.sha[:7]} now {asked(judged.worth, release_as(body) or '')}: {plain(judged.subject)}")
    if not getattr(options, "quiet", False):
        remote = world.settings.remote
        print(f"the next release pushes it; for others, now: git push {remote} refs/notes/cz-ship", file=sys.stderr)
    return Exit.DONE


def _fit(project: Opened, message: str) -> Judged:
    """A message that the project's rules accept. Raises `Failure` with what is wrong in another."""
    if not message:
        raise Failure("the message is empty; nothing was amended", hint="git notes --ref=cz-ship remove COMMIT")
    judged = judged_message(project, message)
    if judged.flaw:
        raise Failure(flawed(judged.flaw, message), hint=meant(judged.flaw) or "`cz schema` shows what is wanted")
    return judged


def _message(options: argparse.Namespace, commit: Commit) -> str:
    """The message as told, without blank ends; what an editor gave also without its comments."""
    words, path = options.message, options.message_file
    if words is not None or path is not None:
        return heard(words, None if path == "-" else path, "utf-8").replace("\r\n", "\n").strip()
    if sys.stdin is None or not sys.stdin.isatty():
        raise usage("no message was given, and without a terminal there is no editor", "-m TEXT or -F FILE")
    from cz_ship.world.editor import edited

    return without_comments(edited(commit.message + _GUIDE.format(sha=commit.sha[:12])))
