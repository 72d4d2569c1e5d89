"""Remade: the commit of a release that is on no remote yet, made again where its files are judged."""

from collections.abc import Iterator
from contextlib import contextmanager

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.flows.apply import apply
from cz_ship.flows.guard import refuse_unfit
from cz_ship.flows.insist import cloned
from cz_ship.flows.obtain import Room
from cz_ship.flows.release import owed
from cz_ship.ports import Clone, World
from cz_ship.rules.plan import CommitBump


@contextmanager
def clone_with(world: World, commit: str, version: Version) -> Iterator[Clone]:
    """A private clone that has a commit: of this repository, or the bump commit that releases `version` now.

    Raises `Failure` where it is neither.
    """
    if world.repository.resolve(commit) is not None:
        with world.clone_of_commit(commit) as clone:
            yield clone
        return
    with cloned(world) as clone, world.folder() as folder:
        for bench, due, _ in owed(world, clone, refuse_unfit(world)):
            if due.version == version and due.commit is None:
                made, _ = apply(world, bench, due, CommitBump(), Room(folder))
                if made.commit == commit:
                    yield clone
                    return
        raise Failure(
            f"commit {commit[:12]} of {version} is not in this repository, and is not what a release would commit now",
            hint="has the release branch moved on? its newer run builds files of its own",
        )
