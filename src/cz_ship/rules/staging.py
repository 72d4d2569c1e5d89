"""Staging: what should not come into the next commit by hand."""

from collections.abc import Mapping
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.model import Finding
from cz_ship.rules.wish import FILE, parse_wish


class Staged(NamedTuple):
    """What stands in the index: `changes` by path, as git's letters (A, M, D, …); `secrets` are .env files in it.

    `before` and `after` are version.txt in HEAD and in the index (None: there is none).
    """

    changes: Mapping[str, str]
    secrets: tuple[str, ...]
    before: bytes | None
    after: bytes | None


def staging_faults(
    staged: Staged, *, mode: str, changelog: str, owns_version: bool, merging: bool, proposing: bool = False
) -> tuple[Finding, ...]:
    """What is wrong with what is staged.

    `owns_version`: version.txt is the project's version. In mode `branch` a bump is a rise of it, and
    brings the changelog; in the other modes the release makes it, and neither file is anybody else's.
    What a merge brings is not looked at: the other branch's releases are in it. `proposing`: on the branch of a
    proposal (mode `pull-request`) people edit its notes, in the changelog.
    """
    own = (*((FILE,) if owns_version else ()), *(() if proposing else (changelog,)))
    edited = [] if merging else [path for path in own if staged.changes.get(path, "A") != "A"]
    unreadable = _unreadable(staged) if owns_version else ()
    found = [*map(_secret, staged.secrets), *unreadable]
    if mode != "branch":
        # Who ran `cz bump` by habit is told who bumps here, and how to go on bumping.
        bumps = f'in mode "{mode}" CI bumps; to bump in the branch, by cz bump: mode = "branch"; '
        found += [_by_hand(path, "the release writes it", bumps if path == FILE else "") for path in edited]
    elif owns_version and edited == [changelog]:
        found.append(_by_hand(changelog, f"it changes with {FILE}, in a bump (cz bump)"))
    elif FILE in edited and not unreadable:
        found += _fallen(staged)
    return tuple(found)


def _unreadable(staged: Staged) -> tuple[Finding, ...]:
    if FILE not in staged.changes or staged.after is None:
        return ()
    try:
        parse_wish(staged.after)
    except Failure as failure:
        return (Finding("version", "error", failure.text, failure.hint or f"one version, alone, stands in {FILE}"),)
    return ()


def _fallen(staged: Staged) -> tuple[Finding, ...]:
    before, after = _version(staged.before), _version(staged.after)
    if before is None or (after is not None and after > before):
        return ()
    text = f"{FILE} goes from {before} to {after or 'nothing'}; a bump goes up"
    return (Finding("version", "error", text, f"git restore --staged {FILE}"),)


def _version(content: bytes | None) -> Version | None:
    try:
        return parse_wish(content)
    except Failure:
        return None


def _by_hand(path: str, why: str, besides: str = "") -> Finding:
    hint = f"git restore --staged {path}   ({besides}where it is meant: SKIP=cz-ship-files git commit …)"
    return Finding("by-hand", "error", f"{path} is changed by hand: {why}", hint)


def _secret(path: str) -> Finding:
    return Finding("secret", "error", f"{path} would be committed: it is for secrets", f"git rm --cached {path}")
