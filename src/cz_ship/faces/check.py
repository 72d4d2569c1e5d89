"""`cz-ship check`: is this message conventional, and what does it ask for? Quick enough for a commit hook."""

from __future__ import annotations

import os
import sys
import time

from cz_ship.errors import Exit, Failure, usage
from cz_ship.faces.heard import heard
from cz_ship.rules.message import release_as
from cz_ship.rules.verdict import accepts, asks_for, foretold, without_comments
from cz_ship.world.foreseen import keep, state
from cz_ship.world.foreseen import recall as recall_foreseen
from cz_ship.world.record import find_repository, is_merging, recall

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

# With these hooks a plugin judges messages, or picks those that count, in Python.
_PYTHON = {"validate_commit_message", "format_exception_message", "filter_commits", "filter_commits_before_bump"}


def run_check(options: argparse.Namespace) -> Exit:
    """Check the message that the options name, or that stands on standard input."""
    folder = getattr(options, "folder", ".")
    place = find_repository(folder)
    known = recall(*place) if place else None
    rules = known["rules"] if known else None
    if isinstance(rules, dict) and not _PYTHON & set(rules["hooks"]):
        message = message_of(options, str(rules["encoding"]))
        _refuse(message, rules, place)
        worth = asks_for(message, str(rules["bump_pattern"]), rules["bump_map"])
        return _told(message, worth, rules, options, place)
    return _by_commitizen(options, folder, place)


def _by_commitizen(options: argparse.Namespace, folder: str, place: tuple[str, str] | None) -> Exit:
    """The slow and right way, for rules that are not known yet or are Python code."""
    from cz_ship.faces.foresee import opened, worth_by_plugin

    project = opened(folder)
    rules: dict[str, object] = project.rules.rule_set._asdict()
    project.remember()
    message = message_of(options, project.rules.rule_set.encoding)
    if "validate_commit_message" not in project.rules.rule_set.hooks:
        _refuse(message, rules, place)
    elif not project.rules.commitizen.accepts(message):
        raise Failure(
            f"{message.partition(chr(10))[0][:80]!r} is not what the commitizen plugin wants", hint="cz schema"
        )
    return _told(message, worth_by_plugin(project, message), rules, options, place)


def message_of(options: argparse.Namespace, encoding: str) -> str:
    """The message to check, without what git takes out."""
    words, path = options.message, options.message_file
    if words is None and path is None and (sys.stdin is None or sys.stdin.isatty()):
        raise usage("no message was given", "cz-ship check --message TEXT, --message-file FILE, or a message on stdin")
    return without_comments(heard(words, path, encoding))


def _told(
    message: str,
    worth: str,
    rules: Mapping[str, object],
    options: argparse.Namespace,
    place: tuple[str, str] | None,
) -> Exit:
    """Say what an accepted message does; the next release as it is remembered, where that still holds."""
    if getattr(options, "quiet", False):
        return Exit.DONE
    named = release_as(message.partition("\n")[2].strip()) or ""
    found = _foreseen(message, str(rules["version_provider"]), options, place, keeps=not named)
    if found["why"] == "" and _amends(str(found["author"])):
        amended = found.get("amended")
        found = {**found, "following": amended, "why": "" if amended else "the commit that is amended is released"}
    print(f"accepted: {foretold(worth, named, found)}")
    return Exit.DONE


def _foreseen(
    message: str, provider: str, options: argparse.Namespace, place: tuple[str, str] | None, *, keeps: bool
) -> Mapping[str, object]:
    """What would follow, as remembered or asked anew; with `keeps` it holds for any message, and is remembered."""
    if _is_merging(place):
        return {"why": "a merge is under way"}
    now = state(*place, provider) if place and keeps else None
    found = recall_foreseen(place[1], now) if place and now else None
    if found is None:
        from cz_ship.faces.foresee import foresee

        found = foresee(getattr(options, "folder", "."), message)
        if place and now:
            keep(place[1], now, found)
    return found


def _is_merging(place: tuple[str, str] | None) -> bool:
    return is_merging(place[1] if place else os.environ.get("GIT_DIR", ""))


def _amends(author: str) -> bool:
    """Whether this hook is that of a `git commit --amend`: then git hands on who made the last commit, and when.

    A new commit within a second of the last one has the same author and date: it is told by the clock.
    """
    date = os.environ.get("GIT_AUTHOR_DATE", "")
    if author.split("\n") != [os.environ.get("GIT_AUTHOR_NAME"), os.environ.get("GIT_AUTHOR_EMAIL"), date]:
        return False
    return time.time() > int(date[1:].partition(" ")[0]) + 2


def _refuse(message: str, rules: Mapping[str, object], place: tuple[str, str] | None) -> None:
    accepted = accepts(
        message,
        str(rules["schema_pattern"]),
        rules["allowed_prefixes"],  # type: ignore[arg-type]
        bool(rules["allow_abort"]),
        int(str(rules["message_length_limit"])),
        merges=_is_merging(place),
    )
    if not accepted:
        raise _refused(message, rules)


def _refused(message: str, rules: Mapping[str, object]) -> Failure:
    """What is wrong, where, and what would be right; a refusal may take its time."""
    from cz_ship.faces.answers import flawed, meant
    from cz_ship.rules.slip import flaw

    found = flaw(message, str(rules["schema_pattern"]), int(str(rules["message_length_limit"])))
    return Failure(flawed(found, message), hint=meant(found) or _hint(rules))


def _hint(rules: Mapping[str, object]) -> str:
    if rules["plugin"] == "cz_conventional_commits":
        return "<type>(<scope>): <subject>, as in: fix(parser): read empty files"
    return "`cz schema` shows what is wanted"
