"""Adopted: a candidate's files as an index has them, where other versions of the build tools made them otherwise."""

from collections.abc import Sequence
from pathlib import Path

from cz_ship.errors import Failure
from cz_ship.model import Artifact, IndexFile
from cz_ship.ports import Index, World
from cz_ship.rules.contents import Essence, essence


def adopted(
    world: World, index: Index, held: Sequence[IndexFile], artifacts: Sequence[Artifact], folder: Path
) -> tuple[Artifact, ...]:
    """Artifacts, each as the index holds it if that differs in nothing but what build tools say of themselves.

    A commit has one candidate: what was published of it, and judged before that, is not built to other bytes by a run
    of a later day. What differs in anything else stays as it is here, and contradicts the index. Raises `Failure`
    where the index cannot be asked.
    """
    there = {file.name: file for file in held}
    return tuple(_settled(world, index, there.get(each.name), each, folder) for each in artifacts)


def _settled(world: World, index: Index, file: IndexFile | None, ours: Artifact, folder: Path) -> Artifact:
    if file is None or file.sha256 == ours.sha256:
        return ours
    folder.mkdir(parents=True, exist_ok=True)
    theirs = index.download(file, folder)
    told = _essence(world, theirs)
    if told is None or told != _essence(world, ours):
        return ours
    world.talk.note(
        f"{file.name} is on {index.name} already, with the same content, made by other versions of the build tools: "
        "it stays, and what was built here is not published"
    )
    return theirs


def _essence(world: World, artifact: Artifact) -> Essence | None:
    try:
        shop = world.workshop
        return essence(shop.members(artifact), shop.metadata(artifact), shop.wheel_facts(artifact))
    except Failure:
        return None  # of what cannot be read nothing is known but its bytes
