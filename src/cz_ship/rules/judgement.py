"""The judgement on messages that are in the history already, or would come into it: each with what is wrong."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from packaging.version import Version

from cz_ship.model import Commit, RuleSet
from cz_ship.rules.message import version_named
from cz_ship.rules.release_as import unfit
from cz_ship.rules.slip import Flaw, flaw
from cz_ship.rules.verdict import accepts, asks_for, highest


class Judged(NamedTuple):
    """A message and its verdict: `flaw` is None where it is accepted, `sha` empty where it is no commit's yet.

    `worth` is what it asks for: major, minor, patch, or nothing (an empty text).
    """

    sha: str
    message: str
    flaw: Flaw | None
    worth: str

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]

    @property
    def named(self) -> str:
        """The version of its footer `Release-As`; empty where it has none."""
        return version_named(self.message) or ""


def judged(
    message: str, rules: RuleSet, sha: str = "", own: Callable[[str], bool] | None = None, *, merges: bool = False
) -> Judged:
    """A message judged by the rules, or where the plugin brings a validation of its `own`, by that.

    `merges` says that it is known to be the message of a merge.
    """
    worth = asks_for(message, rules.bump_pattern, rules.bump_map)
    if own is not None:
        refused = Flaw(1, 1, 0, "not what the commitizen plugin wants", "what `cz schema` shows")
        return Judged(sha, message, None if own(message) else refused, worth)
    limit = rules.message_length_limit
    if accepts(message, rules.schema_pattern, rules.allowed_prefixes, rules.allow_abort, limit, merges=merges):
        return Judged(sha, message, None, worth)
    return Judged(sha, message, flaw(message, rules.schema_pattern, limit), worth)


def judged_commits(
    commits: Iterable[Commit], counted: Sequence[Commit], rules: RuleSet, own: Callable[[str], bool] | None = None
) -> tuple[Judged, ...]:
    """Commits judged; those that are not among the `counted` ask for nothing."""
    shas = {commit.sha for commit in counted}
    found = (judged(each.message, rules, each.sha, own, merges=len(each.parents) > 1) for each in commits)
    return tuple(each if each.sha in shas else each._replace(worth="") for each in found)


def worth_of(messages: Iterable[Judged]) -> str:
    """What messages ask for together."""
    return highest(each.worth for each in messages)


def named_by(messages: Iterable[Judged]) -> str:
    """The version that the first of some messages with a footer `Release-As` names; empty where none does."""
    return next((each.named for each in messages if each.named), "")


def unfit_version(message: str, current: Version) -> Flaw | None:
    """What is wrong where a message names a version that cannot follow `current`; None where it names none, or can."""
    text = version_named(message)
    what, wanted = ("", "") if text is None else unfit(text, current)
    if not wanted:
        return None
    lines = list(enumerate(message.split("\n"), 1))
    number, line = next(each for each in reversed(lines) if each[1].lower().startswith("release-as:"))
    return Flaw(number, 1, len(line), f"{line[:60]!r} names {what or 'no version that can follow'}", wanted)
