"""What git says where it fails: told without secrets, and whether the same may succeed later."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

from cz_ship.errors import Failure

if TYPE_CHECKING:
    from pathlib import Path

    from cz_ship.world.process import Outcome

# Some host has answered, and waiting changes no answer: whatever else is said is what followed from it.
_ANSWERED = (
    r"returned error: 4(?!08|29)\d\d|HTTP 4(?!08|29)\d\d|repository .*not found|permission denied|access denied"
    r"|authentication fail|could not read (username|password)|host key verification|does not appear to be a git"
    r"|certificate"
)
# The words of git, curl and ssh where the way to the remote is broken, or its host is not well.
_BROKEN = (
    r"could not resolve (host|proxy)|name resolution|connection (was )?(reset|refused|closed|timed out)|errno 104"
    r"|failed to connect|could not connect|couldn't connect|unable to connect|network is unreachable|no route to host"
    r"|timed out|timeout|too slow|broken pipe|early EOF|hung up unexpectedly|unexpected disconnect|empty reply"
    r"|transfer closed|unexpected eof|was not closed cleanly|not properly terminated|non-properly terminated"
    r"|connection to \S+ closed|SSL_ERROR_SYSCALL|returned error: (408|429|5\d\d)|HTTP (408|429|5\d\d)"
)


def is_passing(words: str) -> bool:
    """Whether git's words tell that it did not get through, as may be otherwise in a moment; nobody refused anything.

    Source: the messages of git 2.31 to 2.52, curl 7.60 to 8.17 and OpenSSH 8 to 10.
    """
    return bool(re.search(_BROKEN, words, re.IGNORECASE)) and not re.search(_ANSWERED, words, re.IGNORECASE)


def refused(arguments: tuple[str | Path, ...], outcome: Outcome) -> Failure:
    """The failure of a git command, in git's own words; with a pause where the same may succeed later."""
    command = " ".join(str(argument) for argument in arguments[:3])
    lines = [line for line in outcome.words.splitlines() if line.strip()]
    ending = f"exit code {outcome.code}" if outcome.code >= 0 else f"ended by: {signal.strsignal(-outcome.code)}"
    text = masked(f"git {command}: " + ("; ".join(lines[:4]) or ending))
    return Failure(text, pause=0 if is_passing(outcome.words) else None)


def masked(text: str) -> str:
    """Text without the user and password that an address in it carries."""
    return re.sub(r"//[^/@\s]+@", "//***@", text)
