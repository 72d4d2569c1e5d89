"""Foresight: the next release, for each thing that one more commit may ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cz_ship.errors import Failure
from cz_ship.flows.survey import survey
from cz_ship.model import Change, Commit, Increment
from cz_ship.rules.outlook import Outlook, Standing, outlook
from cz_ship.rules.release_as import Wanted, newest_wanted
from cz_ship.rules.wish import FILE
from cz_ship.rules.worth import highest, next_version

if TYPE_CHECKING:
    from packaging.version import Version

    from cz_ship.ports import Repository, Rules
    from cz_ship.settings import Settings

_WORTHS = {"": None, "patch": Increment.PATCH, "minor": Increment.MINOR, "major": Increment.MAJOR}
_NEW = Commit("0" * 40, (), "", "", 0, "", "")


class Foresight(NamedTuple):
    """The version that stands, and the next one by what a further commit asks for; None where nothing would come.

    `amended`: by what a commit asks for that takes the place of the last one; empty where that is released.
    `needed`: where the branch has bumped already, and less than is asked for, the version that it should be.
    """

    current: Version
    following: Mapping[str, Version | None]
    amended: Mapping[str, Version | None]
    needed: Mapping[str, Version | None]


def foresight(
    repository: Repository,
    rules: Rules,
    project: str,
    settings: Settings,
    commit: str | None = None,
    messages: Sequence[str] = (),
) -> Foresight:
    """What one more commit would lead to, on top of a commit (HEAD unless told).

    `messages` are those that come with it, newest first: one of them may name a version (`Release-As`).
    Raises `Failure` where that cannot be known: where `survey` does, in a shallow clone (nothing is
    fetched for an outlook), where version.txt is being changed beside, and where no such version can follow.
    """
    if repository.is_shallow():
        raise Failure("this clone is shallow")
    found = survey(repository, rules, project, settings, commit)
    if commit is None and FILE in repository.changed_files():
        raise Failure(f"{FILE} is changed")
    parts = (message.partition("\n") for message in messages)
    new = [_NEW._replace(subject=subject, body=body.strip()) for subject, _, body in parts]
    without = found._replace(changes=found.changes[1:])
    try:
        amended = _after(without, rules, new) if found.changes else {}
        return Foresight(found.current, _after(found, rules, new), amended, _needed(found))
    except Failure as failure:
        raise Failure(failure.text.replace(f"commit {_NEW.sha[:12]}", "the message")) from failure


def _after(found: Outlook, rules: Rules, new: Sequence[Commit]) -> dict[str, Version | None]:
    wanted = newest_wanted(rules.bump_commits([*new, *(change.commit for change in found.changes)]))
    return {worth: _next(found, rules, step, wanted) for worth, step in _WORTHS.items()}


def _needed(found: Outlook) -> dict[str, Version | None]:
    """By what is asked for: what is higher than the version to which the branch has bumped; else None."""
    last = found.last_tag.version if found.mode != "push" and found.last_tag else found.current
    needed: dict[str, Version | None] = dict.fromkeys(_WORTHS)
    for worth, step in _WORTHS.items():
        increment = highest((Change(_NEW, None, None, False, step), *found.changes))
        wanted = next_version(last, increment) if increment and last != found.current else None
        needed[worth] = wanted if wanted and wanted > found.current else None
    return needed


def _next(found: Outlook, rules: Rules, step: Increment | None, wanted: Wanted | None) -> Version | None:
    changes = (Change(_NEW, None, None, False, step), *found.changes)
    standing = Standing(*found[:6], changes=changes, wanted=wanted, raised=found.next == found.current)
    increment = highest(changes)
    own_scheme = "version_scheme" in rules.rule_set.hooks and increment is not None
    scheme_next = rules.next_version(found.current, increment) if own_scheme and increment else None
    return outlook(standing, rules.rule_set, scheme_next).next
