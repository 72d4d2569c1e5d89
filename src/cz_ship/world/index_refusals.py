"""What an index says to an upload that it does not take, and what that comes to."""

import base64
import re

from cz_ship.errors import Exit, Failure, Unmendable
from cz_ship.world.credentials import Credentials
from cz_ship.world.index_twine import ASKED
from cz_ship.world.process import Outcome

_PASSING = re.compile(r"^(408|429|5\d\d)\b|\b(ConnectionError|ConnectTimeout|ReadTimeout|ChunkedEncodingError)\b")
# Warehouse's words for what it never takes, and what they come to.
_REFUSALS = (
    ("previously used", "a file of that name was deleted, and the index gives the name to no other"),
    ("older than", "the index takes no new file for an old release"),
)
# Warehouse's, of a good file that comes with what it cannot verify.
_ATTESTATION = "400 Invalid attestations supplied during upload"
# What an index, or the server before it, says of a file: 413 is one that is too large for it.
_OF_THE_FILE = ("400", "409", "413", "415", "422")
# The words of many indexes where a file of that name is there: other bytes, or ours, which they do not take twice.
_TAKEN = re.compile(
    r"^409|^400( Bad Request)?$|already (exist|contain|uploaded|been (taken|used|uploaded))|not allow updating",
    re.IGNORECASE,
)


def not_taken(text: str, words: str, source: str, pause: float) -> Failure:
    """What an index's refusal comes to: another identity may help, the same file never will, a later time may.

    That a name is taken is no last word: a look tells by whom, and pages can lag behind an upload of ours.
    `words` are its own, behind its status; `source` is where the identity came from; `pause` the seconds that
    it asked to be left alone.
    """
    if words.startswith(("401", "403")):
        right = "it takes the role of a maintainer of the project, or a token or a publisher of it"
        return Failure(text, hint=f"the identity from {source} may not upload there: {right}", code=Exit.PERSON)
    if words.startswith(_ATTESTATION):
        hint = (
            "it is the attestation that is refused, not the file: the publisher there must be the workflow file that "
            "the run began with, not one that it calls; with attestations = false for this index in [tool.cz-ship] the "
            "file is uploaded without"
        )
        return Failure(text, hint=hint, code=Exit.PERSON)
    if words.startswith(_OF_THE_FILE):
        rule = "" if _TAKEN.search(words) else "the file breaks a rule of the index"
        if why := next((why for sign, why in _REFUSALS if sign in words), rule):
            hint = f"no re-run can mend that: {why}; commit a fix, and go on with the next version"
            return Unmendable(text, hint=hint)
        hint = "it seems to have a file of that name, which its pages do not show yet: the same command looks again"
        return Failure(text, hint=hint, code=Exit.UNFINISHED, pause=0)
    return Failure(text, pause=pause if _PASSING.search(words) else None)


def asked_pause(outcome: Outcome) -> float:
    """The seconds that the index asked to be left alone, the last time it was asked for anything; 0 for none."""
    asked = re.findall(rf"^{ASKED}(\d+)$", outcome.err.decode("utf-8", "replace"), re.MULTILINE)
    return float(asked[-1]) if asked else 0.0


def own_words(outcome: Outcome, credentials: Credentials) -> str:
    """The index's own words in what twine said, without the password that an upload was tried with."""
    return _masked(_words(outcome), credentials)


def _words(outcome: Outcome) -> str:
    """Its status line, else the text of its answer's body."""
    said = re.sub(r"\x1b\[[0-9;]*m", "", outcome.text)
    lines = [line.rstrip() for line in said.splitlines()]
    said = "\n".join(re.sub(r"^(INFO|WARNING)?\s+", "", line) for line in lines)
    refusal = re.search(r"^ERROR\s+HTTPError: (\d+) (.*) from \S+\n(.*)", said, re.MULTILINE)
    if refusal:
        status, phrase, reason = refusal.groups()
        if reason and reason != phrase:
            return f"{status} {reason}"
        body = re.search(r"Response from \S+:\n\d{3}.*\n([\s\S]*)\nERROR", said)
        return f"{status} {phrase}: {_plain(body[1])}".rstrip(": ") if body else f"{status} {phrase}"
    error = re.search(r"^ERROR\s+([\s\S]*)", said, re.MULTILINE)
    if error:
        return " ".join(error[1].split())
    told = re.sub(rf"^{ASKED}.*$", "", outcome.err.decode("utf-8", "replace"), flags=re.MULTILINE)
    lines = told.split("\n") if told.strip() else lines
    return next((line.strip()[:500] for line in reversed(lines) if line.strip()), "twine said nothing")


def _plain(body: str) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(body, "html.parser")
    for hidden in soup(["style", "script", "title"]):
        hidden.decompose()
    return " ".join(soup.get_text(" ").split())[:500]


def _masked(text: str, credentials: Credentials) -> str:
    basic = base64.b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()
    return text.replace(basic, "****").replace(credentials.password, "****")
