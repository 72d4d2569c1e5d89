"""Proposed: what stands on the branch of a proposal, and what people have written on it."""

from typing import NamedTuple

from packaging.version import Version

from cz_ship.flows.bump import Edited, changelog_with
from cz_ship.flows.observe import Bench
from cz_ship.flows.survey import wish
from cz_ship.model import AUTHOR, Commit
from cz_ship.rules.hand_edits import credits
from cz_ship.rules.plan import Due
from cz_ship.rules.proposal import Proposal
from cz_ship.rules.tags import find_tag, tag_name


class Standing(NamedTuple):
    """What people have changed on a proposal's branch: in the changelog, which is kept, and in other files."""

    edited: Edited | None = None
    stray: tuple[str, ...] = ()


def standing(bench: Bench, proposal: Proposal) -> Standing:
    """Look at the proposal's branch as it was fetched."""
    before = proposal.before
    if before is None or bench.clone.contains(proposal.tip, before):
        return Standing()
    commits = bench.clone.walk(before, proposal.tip).commits
    own = next((place for place, each in enumerate(commits) if each.author == AUTHOR), None)
    if own is None:
        return Standing(stray=_left(bench, proposal, before, bench.clone.brought(proposal.tip, before), None))
    made = commits[own]
    folded = [each for each in commits[: own + 1] if len(each.parents) < 2]
    return _by_hand(bench, proposal, before, made, credits(folded))


def _by_hand(bench: Bench, proposal: Proposal, before: str, made: Commit, people: tuple[str, ...]) -> Standing:
    clone, changelog = bench.clone, bench.rules.rule_set.changelog_file
    version = _version(bench, made.sha)
    released = find_tag(version, dict(clone.tags()), bench.rules.rule_set)
    ours = set(clone.brought(made.parents[0], made.sha))
    changed = [
        path
        for path in clone.brought(proposal.tip, before)
        if path not in ours or (path != changelog and clone.read(before, path) != clone.read(made.sha, path))
    ]
    edited = None
    if released is None and (people or clone.read(before, changelog) != clone.read(made.sha, changelog)):
        text = _made(bench, proposal, made, version) if credits([made]) else clone.read(made.sha, changelog)
        edited = Edited(text or b"", clone.read(before, changelog) or b"", version, people)
        if proposal.due is None:
            changed.append(changelog)  # nobody will make it anew
    return Standing(edited, _left(bench, proposal, before, changed, released.commit if released else None))


def _left(
    bench: Bench, proposal: Proposal, before: str, paths: list[str] | tuple[str, ...], released: str | None
) -> tuple[str, ...]:
    """Those of the paths whose content is neither on the release branch nor in the release that was proposed."""
    read = bench.clone.read
    places = [proposal.tip, *([released] if released else [])]
    return tuple(path for path in paths if all(read(before, path) != read(place, path) for place in places))


def _version(bench: Bench, commit: str) -> Version:
    bench.clone.checkout(commit)
    return wish(bench.clone, bench.rules, commit)


def _made(bench: Bench, proposal: Proposal, made: Commit, version: Version) -> bytes:
    """The changelog of an earlier proposal without what people wrote: made.sha has that in it already."""
    tip = made.parents[0]
    tag, time = tag_name(version, bench.rules.rule_set), bench.clone.time(tip)
    current = _version(bench, tip)
    return changelog_with(bench, Due(proposal.project, version, tag, proposal.branch, tip, time, current))
