"""`cz-ship check`: is this message conventional, and what does it ask for? Quick enough for a commit hook."""

from __future__ import annotations

import sys

from cz_ship.errors import Exit, Failure, usage
from cz_ship.rules.verdict import accepts, asks_for, without_comments
from cz_ship.world.record import find_repository, recall

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping


def run_check(options: argparse.Namespace) -> Exit:
    """Check the message that the options name, or that stands on standard input."""
    folder = getattr(options, "folder", ".")
    place = find_repository(folder)
    known = recall(*place) if place else None
    rules = known["rules"] if known else None
    if isinstance(rules, dict) and not {"validate_commit_message", "format_exception_message"} & set(rules["hooks"]):
        return _told(_message(options, rules), rules, options)
    return _by_commitizen(options, folder)


def _by_commitizen(options: argparse.Namespace, folder: str) -> Exit:
    """The slow and right way, for rules that are not known yet or are Python code."""
    from pathlib import Path

    from cz_ship.faces.opened import Opened
    from cz_ship.faces.report import Talker

    project = Opened(Path(folder), Talker(sys.stderr))
    rules: dict[str, object] = project.rules.rule_set._asdict()
    project.remember()
    message = _message(options, rules)
    if "validate_commit_message" in project.rules.rule_set.hooks and not project.rules.commitizen.accepts(message):
        raise Failure(
            f"{message.partition(chr(10))[0][:80]!r} is not what the commitizen plugin wants", hint="cz schema"
        )
    return _told(message, rules, options)


def _message(options: argparse.Namespace, rules: Mapping[str, object]) -> str:
    """The message to check, without what git takes out."""
    try:
        if options.message is not None:
            text = str(options.message)
        elif options.message_file is not None:
            with open(options.message_file, encoding=str(rules["encoding"]), newline="") as file:
                text = file.read().replace("\r\n", "\n")
        elif sys.stdin.isatty():
            raise usage(
                "no message was given", "cz-ship check --message TEXT, --message-file FILE, or a message on stdin"
            )
        else:
            text = sys.stdin.read()
    except (OSError, UnicodeDecodeError, LookupError) as error:
        raise usage(f"the message cannot be read: {error}") from error
    return without_comments(text)


def _told(message: str, rules: Mapping[str, object], options: argparse.Namespace) -> Exit:
    own = "validate_commit_message" in rules["hooks"]  # type: ignore[operator]
    if not own and not _accepts(message, rules):
        raise _refused(message, rules)
    worth = asks_for(message, str(rules["bump_pattern"]), rules["bump_map"])  # type: ignore[arg-type]
    if not getattr(options, "quiet", False):
        print(f"accepted: asks for {'a ' + worth if worth else 'no'} release")
    return Exit.DONE


def _accepts(message: str, rules: Mapping[str, object]) -> bool:
    return accepts(
        message,
        str(rules["schema_pattern"]),
        rules["allowed_prefixes"],  # type: ignore[arg-type]
        bool(rules["allow_abort"]),
        int(str(rules["message_length_limit"])),
    )


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
