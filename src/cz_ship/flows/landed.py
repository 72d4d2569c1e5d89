"""Landed: where in the history of a branch its version came to be, be it by a merge, a squash or a rebase."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.rules.outlook import Outlook, bump_commit
from cz_ship.rules.wish import FILE, parse_wish

if TYPE_CHECKING:
    from cz_ship.ports import Clone, Repository, Rules


class Rise(NamedTuple):
    """The commit with which version.txt came to say what it says, and what it said before (None: it was not there)."""

    commit: str
    before: Version | None


def rise(repository: Repository, tip: str) -> Rise:
    """Where version.txt at `tip` began to say its version, by first parents."""
    wished, found = parse_wish(repository.read(tip, FILE)), Rise(tip, None)
    while at := repository.newest_change(found.commit, FILE):
        parents = repository.single(at).parents
        before = None
        with suppress(Failure):  # there was none yet, or nothing that is a version
            before = parse_wish(repository.read(parents[0], FILE)) if parents else None
        if before != wished:
            return Rise(at, before)
        found = Rise(parents[0], before)
    return found


def bumped_at(repository: Repository, rules: Rules, outlook: Outlook) -> str | None:
    """The commit that brought the version of an outlook's commit; with another version provider by subjects, if any."""
    if rules.rule_set.version_provider == "version_txt":
        return rise(repository, outlook.commit).commit
    bump = bump_commit(outlook.current, [change.commit for change in outlook.changes], rules.rule_set)
    return bump.sha if bump else None


def landed(clone: Clone, rules: Rules, tip: str) -> str:
    """The commit of the release that a merged pull request brought onto the branch of `tip`.

    It is the commit that changed version.txt, so what is merged right after it belongs to the next release; by a
    rebase, notes that somebody edited in the pull request come in commits of their own, and belong to it.
    With another version provider nobody knows which file the version stands in: the release is at the tip.
    """
    if rules.rule_set.version_provider != "version_txt":
        return tip
    commit = rise(clone, tip).commit
    parents = {each.sha: each.parents for each in clone.walk(tip, commit).commits}
    line = [tip]
    while (first := parents.get(line[-1], ())[:1]) and first[0] != commit:
        line.append(first[0])
    for later in reversed(line):
        if later == commit or set(clone.brought(commit, later)) != {rules.rule_set.changelog_file}:
            break
        commit = later
    return commit
