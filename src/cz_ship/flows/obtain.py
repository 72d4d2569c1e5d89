"""Obtain: the artifacts of a release, from the first source that has the bytes that are meant."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Exit, Failure, Unmendable
from cz_ship.flows.guard import refuse_tracked_env
from cz_ship.gates import Delivery
from cz_ship.model import SUMS, Artifact, IndexFile
from cz_ship.ports import Builder, Clone, Index, World
from cz_ship.rules.announcement import kept
from cz_ship.rules.plan import Due


class Room(NamedTuple):
    """Where a run builds, and where the person wants the files, if anywhere.

    `bound`: what others built and judged lies in `dist`, and nothing else may be released.
    """

    private: Path
    dist: Path | None = None
    bound: bool = False


class Superseded(Exception):
    """What this run may release was made at `tip`, and a newer commit is at the tip of the branch now."""

    def __init__(self, tip: str) -> None:
        super().__init__(tip)
        self.tip = tip


def obtain(world: World, clone: Clone, due: Due, commit: str, room: Room) -> tuple[Artifact, ...]:
    """What was handed over (`--dist`), else the files of the forge's release, else what the commit builds to.

    Of a tagged release the tag's promise settles which bytes are meant: what is built otherwise here, or
    no longer builds, is fetched from where another run has put it, or is about to. Where that is nowhere, the
    rebuild is handed back, and contradicts the promise. Raises `Unmendable` where nothing can be built or fetched;
    `Failure` (unfinished) where the files are another run's, which may be at work; where a release is bound to files
    that are not its own, `Superseded` if a newer commit is why, else `Failure`.
    """
    if given := _given(world.builder, due, commit, room):
        return given
    if room.bound and room.dist and not due.tagged:
        refuse_superseded(world, clone, due, room)
        raise _not_its_own(due, commit, room.dist, world.builder.found(room.dist))
    if announced := _announced(world, due, room.private / "announced"):
        return _delivered(world, announced, due, commit, room)
    built: tuple[Artifact, ...] = ()
    fault: Failure | None = None
    try:
        built = _built(world, clone, due, commit, room.private)
    except Failure as failure:
        if not due.tagged:
            raise
        fault = failure
    if artifacts := _promised(world, due, built, room) if due.promise else built:
        return _delivered(world, artifacts, due, commit, room)
    if fault:
        raise _no_longer_builds(due, fault) from fault
    return built  # contradicts the promise: it must not take the place of what the person's folder may hold


def _built(world: World, clone: Clone, due: Due, commit: str, out: Path) -> tuple[Artifact, ...]:
    """What the commit builds to. A tagged one has built before: it gets a second try, since it is given up after it."""
    clone.checkout(commit)
    refuse_tracked_env(clone)
    try:
        return build_at(world.builder, clone.root, out, due.time, due.project, due.version)
    except Failure as failure:
        if not due.tagged:
            raise
        world.talk.note(f"{due.tag} did not build, and is tried once more: {failure.text.splitlines()[0]}")
        clone.checkout(commit)
        return build_at(world.builder, clone.root, out, due.time, due.project, due.version)


def build_at(builder: Builder, tree: Path, out: Path, time: int, project: str, version: object) -> tuple[Artifact, ...]:
    """Build a laid-out tree into a private folder and check the result."""
    artifacts = builder.build(tree, out, time)
    check(builder, artifacts, project, version)
    return artifacts


def check(builder: Builder, artifacts: Sequence[Artifact], project: str, version: object) -> None:
    """Name and version as planned, and `twine check --strict`. Raises `Failure` with what differs."""
    for artifact in artifacts:
        name, built = builder.identity(artifact)
        if (name, built) != (project, str(version)):
            raise Failure(
                f"{artifact.name} says it is {name} {built}; {project} {version} was planned",
                hint="the build backend must read its version from where the version provider writes it "
                '(setuptools: [tool.setuptools.dynamic] version = {file = "version.txt"})',
            )
    builder.check(artifacts)


def _given(builder: Builder, due: Due, commit: str, room: Room) -> tuple[Artifact, ...]:
    """The artifacts that the person handed over, where they are those promised, or else of this very commit."""
    given = builder.found(room.dist) if room.dist else None
    if given is None:
        return ()
    if due.promise:
        meant = {each[:2] for each in due.promise} == {each[:2] for each in given.artifacts}
    else:
        meant = given.commit == commit
    if meant:
        check(builder, given.artifacts, due.project, due.version)
    return given.artifacts if meant else ()


def refuse_superseded(world: World, clone: Clone, due: Due, room: Room) -> None:
    """Raise `Superseded` where what was handed over is of an older tip than the one that owes the release.

    In mode `pull-request` no files are handed over where none were owed: then the checkout tells what the run is of.
    """
    if not room.bound or room.dist is None or due.tagged:
        return
    handed = world.builder.found(room.dist)
    of = (handed.tip or handed.commit) if handed else ""
    if not room.dist.exists() and world.settings.mode == "pull-request":
        of = world.repository.head().sha or ""
    if of and of != due.tip and clone.resolve(of) and clone.contains(due.tip, of):
        raise Superseded(of)


def later_handed(world: World, room: Room, version: Version) -> bool:
    """Whether the files that were handed over are of a later release than `version`.

    Whoever prepared them could not finish that one, and the stages of one run are about one release.
    """
    handed = world.builder.found(room.dist) if room.bound and room.dist else None
    return handed is not None and any(Version(world.builder.identity(each)[1]) > version for each in handed.artifacts)


def _not_its_own(due: Due, commit: str, dist: Path, handed: Delivery | None) -> Failure:
    """Why files that were handed over, or none, are not those of a release."""
    hint = f"build them anew: cz-ship release --stage prepare --dist {dist.name}"
    if handed is None:
        return Failure(f"{dist} has no {SUMS}, which tells what its files are; {due.version} waits for them", hint=hint)
    told = handed.commit[:12] or f"a commit that its {SUMS} does not tell"
    return Failure(f"{dist} holds files of {told}, {due.version} would be of {commit[:12]}", hint=hint)


def _delivered(
    world: World, artifacts: tuple[Artifact, ...], due: Due, commit: str, room: Room
) -> tuple[Artifact, ...]:
    """The artifacts, in the folder where the person wants them, if anywhere."""
    if room.dist is None:
        return artifacts
    if room.dist.is_dir() and world.builder.found(room.dist) is None:
        _refuse_other_bytes(room.dist, world.workshop.artifacts(room.dist), artifacts)
    return world.builder.deliver(artifacts, room.dist, commit, due.tip)


def _refuse_other_bytes(dist: Path, lying: Sequence[Artifact], artifacts: Sequence[Artifact]) -> None:
    """Files of which nothing says what they are: neither are they overwritten, nor others released in their place."""
    ours = {each.name: each.sha256 for each in artifacts}
    for each in lying:
        if each.name in ours and each.sha256 != ours[each.name]:
            raise Failure(
                f"{dist} holds {each.name} with sha256 {each.sha256} and no {SUMS} that tells what it is; "
                f"the release's has {ours[each.name]}",
                hint="move it away, or give --dist an empty folder",
            )


def _announced(world: World, due: Due, folder: Path) -> tuple[Artifact, ...]:
    """The artifacts that the tag promises, from the forge's release where that has every one of them."""
    forge = world.forge() if due.promise else None
    release = kept(forge.releases(due.tag)) if forge else None
    if forge is None or release is None:
        return ()
    promised = {each.name: each for each in due.promise}
    assets = [each for each in release.assets if each.whole and each.name in promised]
    if len(assets) < len(promised):
        return ()
    folder.mkdir(parents=True, exist_ok=True)
    fetched = tuple(sorted(forge.download(asset, folder) for asset in assets))
    if any(each.sha256 != promised[each.name].sha256 for each in fetched):
        return ()
    world.talk.note(f"the files of {due.tag} were fetched from its release at {forge.address}")
    return fetched


def _promised(world: World, due: Due, built: Sequence[Artifact], room: Room) -> tuple[Artifact, ...]:
    """The artifacts that the tag promises, as built here or fetched; none where they cannot be had.

    They are waited for: whoever pushed the tag may be about to upload them. Raises `Failure` (unfinished) where that
    was a run beside this one, and the limits came first.
    """

    def look() -> tuple[Artifact, ...]:
        found = _held(world, due, built, room.private / "fetched") or _announced(world, due, room.private / "announced")
        if not found:
            text = f"{due.tag} promises other bytes than are built here, and they are nowhere yet"
            hint = f"another run has pushed {due.tag}: the same command looks whether it has gone on"
            raise Failure(text, hint=hint, code=Exit.UNFINISHED, pause=0)
        return found

    try:
        return world.patience.keep_trying(look)
    except Failure as failure:
        if due.contested or failure.code is not Exit.UNFINISHED:
            raise
        return ()


def _held(world: World, due: Due, built: Sequence[Artifact], folder: Path) -> tuple[Artifact, ...]:
    """The artifacts that the tag promises, as built here or held by an index; none where one is nowhere."""
    here = {each[:2]: each for each in built}
    there = {
        (file.name, file.sha256): (index, file)
        for index in reversed(world.indexes())
        for file in index.files(due.project, due.version)
    }
    if not all(each[:2] in here or each[:2] in there for each in due.promise):
        return ()
    return tuple(here.get(each[:2]) or _fetched(world, due, *there[each[:2]], folder) for each in due.promise)


def _fetched(world: World, due: Due, index: Index, file: IndexFile, folder: Path) -> Artifact:
    folder.mkdir(parents=True, exist_ok=True)
    fetched = index.download(file, folder)
    world.talk.note(f"{file.name} was fetched from {index.name}: its bytes are those of {due.tag}")
    return fetched


def _no_longer_builds(due: Due, failure: Failure) -> Unmendable:
    return Unmendable(
        f"{due.tag} is tagged and no longer builds: {failure.text}",
        hint="is it this machine (network, disk, tools)? run it on another   have you the files? hand them over with "
        "--dist   neither: commit a fix, and the next release goes on without it",
    )
