"""`cz-ship check`: is this message conventional, and what does it ask for? Quick enough for a commit hook."""

from __future__ import annotations

import os
import sys
import time

from cz_ship.errors import Exit, Failure, usage
from cz_ship.faces.heard import heard
from cz_ship.rules.message import version_named
from cz_ship.rules.verdict import accepts, advanced, asks_for, foretold, without_comments
from cz_ship.world import foreseen
from cz_ship.world.record import find_repository, is_merging, recall

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    Place = tuple[str, str, str]  # see `find_repository`

# With these hooks a plugin judges messages, or picks those that count, in Python.
_PYTHON = {"validate_commit_message", "format_exception_message", "filter_commits", "filter_commits_before_bump"}


def run_check(options: argparse.Namespace) -> Exit:
    """Check the message that the options name, or that stands on standard input."""
    folder = getattr(options, "folder", ".")
    place = find_repository(folder)
    known = recall(place[0], place[2]) if place else None
    rules = known["rules"] if known else None
    if isinstance(rules, dict) and not _PYTHON & set(rules["hooks"]):
        message = message_of(options, str(rules["encoding"]))
        _refuse(message, rules, merges=_is_merging(folder, place))
        return _told(message, _worth(message, rules), rules, options, place)
    return _by_commitizen(options, folder, place)


def _by_commitizen(options: argparse.Namespace, folder: str, place: Place | None) -> Exit:
    """The slow and right way, for rules that are not known yet or are Python code."""
    from cz_ship.faces.foresee import opened, worth_by_plugin

    project = opened(folder)
    rules: dict[str, object] = project.rules.rule_set._asdict()
    project.remember()
    message = message_of(options, project.rules.rule_set.encoding)
    if "validate_commit_message" not in project.rules.rule_set.hooks:
        _refuse(message, rules, merges=_is_merging(folder, place))
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
    place: Place | None,
) -> Exit:
    """Say what an accepted message does; the next release as it is remembered, where that still holds."""
    named = version_named(message)
    if named is not None:
        _refuse_unfit(message, options)
    if getattr(options, "quiet", False):
        return Exit.DONE
    named = named or ""
    found = _foreseen(message, rules, options, place, keeps=not named)
    if found["why"] == "" and _amends(str(found["author"])):
        amended = found.get("amended")
        found = {
            **found,
            "following": amended,
            "needed": {},
            "why": "" if amended else "the commit that is amended is released",
        }
    print(f"accepted: {foretold(worth, named, found)}")
    return Exit.DONE


def _foreseen(
    message: str, rules: Mapping[str, object], options: argparse.Namespace, place: Place | None, *, keeps: bool
) -> Mapping[str, object]:
    """What would follow, as remembered or asked anew; with `keeps` it holds for any message, and is remembered."""
    folder = getattr(options, "folder", ".")
    if _is_merging(folder, place):
        return {"why": "a merge is under way"}
    now = foreseen.state(*place, str(rules["version_provider"])) if place and keeps else None
    kept = foreseen.recall(place[1], now) if place and now else None
    if kept and now and kept[0] == now[0]:
        return kept[1]
    found = _on_top(*kept, now, rules, place) if kept and now and place else None
    if found is None:
        from cz_ship.faces.foresee import foresee

        found = foresee(folder, message)
    if place and now:
        foreseen.keep(place[1], now, found)
    return found


def _on_top(
    before: str, found: Mapping[str, object], now: list[str], rules: Mapping[str, object], place: Place
) -> Mapping[str, object] | None:
    """What was foreseen for a commit `before`, brought up to HEAD; None where more than new commits is in between."""
    from cz_ship.world.fresh import fresh_commits

    if found["why"] or _PYTHON & set(rules["hooks"]):  # type: ignore[call-overload]
        return None
    commits = fresh_commits(place[2], now[0], before, foreseen.written(now))
    # A version that is named may be wanted, or be that of a bump: all of history has to say.
    if commits is None or any(_names_a_version(message, str(found["current"])) for _, message in commits):
        return None
    worths = [(author, _worth(message, rules)) for author, message in reversed(commits)]
    return advanced(found, worths)


def _worth(message: str, rules: Mapping[str, object]) -> str:
    return asks_for(message, str(rules["bump_pattern"]), rules["bump_map"])  # type: ignore[arg-type]


def _names_a_version(message: str, current: str) -> bool:
    return "release-as" in message.lower() or current in message.partition("\n")[0]


def _is_merging(folder: str, place: Place | None) -> bool:
    if place:
        return is_merging(place[1])
    from cz_ship.faces.foresee import is_merging_in

    return is_merging_in(folder)


def _amends(author: str) -> bool:
    """Whether this hook is that of a `git commit --amend`: then git hands on who made the last commit, and when.

    A new commit within a second of the last one has the same author and date: it is told by the clock.
    """
    date = os.environ.get("GIT_AUTHOR_DATE", "")
    if author.split("\n") != [os.environ.get("GIT_AUTHOR_NAME"), os.environ.get("GIT_AUTHOR_EMAIL"), date]:
        return False
    return time.time() > int(date[1:].partition(" ")[0]) + 2


def _refuse(message: str, rules: Mapping[str, object], *, merges: bool) -> None:
    accepted = accepts(
        message,
        str(rules["schema_pattern"]),
        rules["allowed_prefixes"],  # type: ignore[arg-type]
        bool(rules["allow_abort"]),
        int(str(rules["message_length_limit"])),
        merges=merges,
    )
    if not accepted:
        raise _refused(message, rules)


def _refuse_unfit(message: str, options: argparse.Namespace) -> None:
    """Refuse a message that names a version which cannot follow: every plan after it would end in an error."""
    from cz_ship.faces.answers import flawed
    from cz_ship.faces.foresee import opened, unfit_release

    if found := unfit_release(opened(getattr(options, "folder", ".")), message):
        raise Failure(flawed(found, message), hint="a footer such as Release-As: 2.0.0, or none")


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
