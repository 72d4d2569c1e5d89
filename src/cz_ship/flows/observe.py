"""Observe: every fact of a release, looked up where it lives and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.forges import Forge
from cz_ship.model import AMENDMENTS, AUTHOR, Artifact
from cz_ship.ports import Clone, Index, Rules, World
from cz_ship.rules.announcement import ForgeSeen, first_shown, kept
from cz_ship.rules.holdings import IndexSeen
from cz_ship.rules.plan import Due, Seen
from cz_ship.rules.promise import promised
from cz_ship.rules.tags import release_tags


class Bench(NamedTuple):
    """What a run has on its bench: the private clone, the commit it made there, the files it built.

    `pushed` holds where its push was taken.
    """

    clone: Clone
    rules: Rules
    commit: str | None = None
    artifacts: tuple[Artifact, ...] = ()
    pushed: bool = False


def observe(world: World, bench: Bench, due: Due) -> Seen:
    """Look at the remote, the private clone, the indexes and the forge. Raises `Failure` in any doubt."""
    refs = bench.clone.remote_refs("origin")
    commit = bench.commit or due.commit
    tip, tag_there = refs.get(f"refs/heads/{due.branch}"), refs.get(f"refs/tags/{due.tag}")
    return Seen(
        commit=commit,
        artifacts=bench.artifacts,
        tag_here=commit is not None and (due.tag, commit) in bench.clone.tags(),
        tag_there=tag_there,
        branch_holds=_holds(bench.clone, tip, commit),
        indexes=tuple(look(index, due.project, due.version) for index in world.indexes()),
        tip=tip,
        tagger=author(bench.clone, tag_there) if tag_there and commit and tag_there != commit else "",
        moment=world.now(),
        amendments_there=refs.get(AMENDMENTS),
        amendments_hold=due.amendments is None or _holds(bench.clone, refs.get(AMENDMENTS), due.amendments.new),
        forge=_announced(forge, bench, due.tag, refs) if (forge := world.forge()) else None,
        tag_ours=due.tagged or bench.pushed,
    )


def look(index: Index, project: str, version: Version) -> IndexSeen:
    """What an index holds of a version."""
    files = index.files(project, version)
    return IndexSeen(
        index.name,
        index.address,
        files=tuple((file.name, file.sha256) for file in files),
        unlisted=tuple(file.name for file in files if not file.listed),
        since=min((file.uploaded for file in files if file.uploaded), default=0),
    )


def announced(forge: Forge, tag: str) -> ForgeSeen:
    """What a forge holds under a tag."""
    return ForgeSeen(forge.address, forge.releases(tag))


def first_shown_of(rules: Rules, refs: Mapping[str, str]) -> str:
    """The tag of the release that the forge is to show first, by the remote's tags; empty where none is final."""
    tags = ((name.removeprefix("refs/tags/"), sha) for name, sha in refs.items() if name.startswith("refs/tags/"))
    first = first_shown(release_tags(tags, rules.rule_set))
    return first.name if first else ""


def _announced(forge: Forge, bench: Bench, tag: str, refs: Mapping[str, str]) -> ForgeSeen:
    seen = announced(forge, tag)
    release = kept(seen.releases)
    if release is None or not release.latest:
        return seen
    first = first_shown_of(bench.rules, refs)
    heir = kept(forge.releases(first)) if first and first != tag else None
    return seen._replace(heir=first) if heir and heir.published and not heir.prerelease else seen


def newest_release(bench: Bench, project: str, branch: str, tip: str) -> Due | None:
    """The release of the highest tag in the branch's history, as something that may still be owed."""
    return next(releases(bench, project, branch, tip), None)


def releases(bench: Bench, project: str, branch: str, tip: str) -> Iterator[Due]:
    """The releases in the branch's history, highest first."""
    clone = bench.clone
    for tag in reversed(release_tags(clone.tags(), bench.rules.rule_set)):
        if clone.contains(tip, tag.commit):
            promise = promised(clone.tag_message(tag.name))
            yield Due(
                project=project,
                version=tag.version,
                tag=tag.name,
                branch=branch,
                tip=tip,
                time=clone.time(tag.commit),
                current=tag.version,
                commit=tag.commit,
                tagged=True,
                promise=promise,
                ours=bool(promise) or clone.single(tag.commit).author == AUTHOR,
            )


def remote_tip(clone: Clone, branch: str) -> str:
    """The remote's commit of a branch. Raises `Failure` where it has no such branch."""
    tip = clone.resolve(f"refs/remotes/origin/{branch}")
    if tip is None:
        raise Failure(f"the remote has no branch {branch!r}", hint=f"git push --set-upstream origin {branch}")
    return tip


def author(clone: Clone, commit: str) -> str:
    """Who made a commit, as git writes it."""
    if clone.resolve(commit) is None:
        clone.fetch()
    found = clone.single(commit)
    return f"{found.author} <{found.email}>"


def _holds(clone: Clone, tip: str | None, commit: str | None) -> bool:
    if tip is None or commit is None:
        return False
    if tip == commit:
        return True
    if clone.resolve(tip) is None:
        clone.fetch()
    return clone.contains(tip, commit)
