"""Announce: the steps of a release on the forge, done."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Exit, Failure
from cz_ship.flows.notes import told_in
from cz_ship.flows.observe import Bench, first_shown_of
from cz_ship.flows.obtain import Room
from cz_ship.forges import Forge
from cz_ship.model import SUMS, Artifact, ForgeRelease, sums_text
from cz_ship.ports import World
from cz_ship.rules.announcement import (
    Announcing,
    DiscardDraft,
    DraftRelease,
    PassLatest,
    PublishRelease,
    UploadAsset,
    sums,
)
from cz_ship.rules.announcement import kept as kept_of
from cz_ship.rules.plan import Due


class _Desk(NamedTuple):
    """The forge, the release as it stands there now, and the files that it is to have."""

    forge: Forge
    releases: tuple[ForgeRelease, ...]
    artifacts: Sequence[Artifact]

    @property
    def release(self) -> ForgeRelease:
        """The release that the plan found; `Failure` where it is gone since."""
        found = kept_of(self.releases)
        if found is None:
            raise Failure(f"the draft at {self.forge.address} is gone", hint="run the same command again", pause=0)
        return found


def announce(world: World, bench: Bench, due: Due, step: Announcing, room: Room) -> str:
    """Do one step on the forge; a sentence for people. Raises `Failure` where it failed."""
    forge = world.forge()
    if forge is None:
        raise AssertionError("the plan has no step for a forge that is not there")
    desk = _Desk(forge, forge.releases(due.tag), bench.artifacts or due.promise)
    match step:
        case DraftRelease():
            commit = bench.commit or due.commit or due.tag
            forge.draft(due.tag, commit, _notes(bench, due), prerelease=due.version.is_prerelease)
            return f"a draft at {forge.address}, with the notes of the changelog"
        case UploadAsset():
            artifact = _artifact(desk, step.file, room.private / "announced")
            forge.upload(desk.release, artifact)
            return f"sha256 {artifact.sha256[:12]}… → {forge.address}"
        case DiscardDraft():
            for other in desk.releases:
                if other.number == step.number:
                    forge.discard(other)
            return "another run made it at the same time"
        case PublishRelease():
            return _publish(bench, due, desk, room.private / "asked-back")
        case PassLatest():
            heir = kept_of(forge.releases(step.heir))
            if heir is not None:
                forge.publish(heir, heir.notes, prerelease=heir.prerelease, latest=True)
            return f"{step.heir} is higher than {due.tag}"


def _publish(bench: Bench, due: Due, desk: _Desk, folder: Path) -> str:
    release = desk.release
    _verify_untold(desk, release, folder)
    # A forge takes no pre-release as the latest, also where there is no final release yet.
    is_first = first_shown_of(bench.rules, bench.clone.remote_refs("origin")) in ("", due.tag)
    latest = is_first and not due.version.is_prerelease
    # What somebody wrote into the draft stays.
    notes = release.notes if release.notes.strip() else _notes(bench, due)
    desk.forge.publish(release, notes, prerelease=due.version.is_prerelease, latest=latest)
    return f"{due.tag} at {desk.forge.address}{', the latest' if latest else ''}: {len(release.assets)} files"


def _verify_untold(desk: _Desk, release: ForgeRelease, folder: Path) -> None:
    """Ask back the files whose hashes the forge does not tell (old hosts), and compare them."""
    expected = {each.name: each.sha256 for each in (*desk.artifacts, sums(desk.artifacts))}
    for asset in release.assets:
        if not asset.sha256 and asset.name in expected:
            folder.mkdir(parents=True, exist_ok=True)
            found, ours = desk.forge.download(asset, folder).sha256, expected[asset.name]
            if found != ours:
                raise Failure(
                    f"the draft of {release.tag} holds {asset.name} with sha256 {found}, ours has {ours}",
                    hint=f"delete that file at {release.url or desk.forge.address}, and run the same command again",
                    code=Exit.PERSON,
                )


def _artifact(desk: _Desk, name: str, folder: Path) -> Artifact:
    if name != SUMS:
        return next(each for each in desk.artifacts if each.name == name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SUMS
    path.write_text(sums_text(desk.artifacts), encoding="utf-8", newline="\n")
    return sums(desk.artifacts)._replace(path=str(path))


def _notes(bench: Bench, due: Due) -> str:
    return told_in(bench.clone, bench.rules, bench.commit or due.commit or due.tag, due.version)
