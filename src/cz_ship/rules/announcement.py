"""The announcement of a release on a forge: what it owes, in order, and what stands in its way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cz_ship.model import SUMS, Artifact, Asset, ForgeRelease, Tag, sums_text

_KINDS = (".whl", ".tar.gz")


class ForgeSeen(NamedTuple):
    """What a forge holds under the tag of a release.

    `heir` is the tag of the release that is to be shown first, where this one wrongly is; else empty.
    """

    address: str
    releases: tuple[ForgeRelease, ...]
    heir: str = ""


@dataclass(frozen=True, slots=True)
class DraftRelease:
    """Make a draft of the release, with its notes: what is published may be immutable."""

    tag: str
    stage = "announce"

    def __str__(self) -> str:
        return f"draft release {self.tag}"


@dataclass(frozen=True, slots=True)
class UploadAsset:
    """Add one file to the release."""

    file: str
    stage = "announce"

    def __str__(self) -> str:
        return f"upload {self.file} to the forge"


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """Remove the draft that another run made at the same time."""

    number: int
    stage = "announce"

    def __str__(self) -> str:
        return f"discard the other draft, {self.number}"


@dataclass(frozen=True, slots=True)
class PublishRelease:
    """Make the draft public, all its files being there as meant."""

    tag: str
    stage = "announce"

    def __str__(self) -> str:
        return f"publish release {self.tag}"


@dataclass(frozen=True, slots=True)
class PassLatest:
    """Let a higher release be the one that is shown first: it was published while this one was."""

    heir: str
    stage = "announce"

    def __str__(self) -> str:
        return f"make {self.heir} the latest again"


Announcing = DraftRelease | UploadAsset | DiscardDraft | PublishRelease | PassLatest


def kept(releases: Iterable[ForgeRelease]) -> ForgeRelease | None:
    """The one release of a tag, for every run the same: the published one, else the draft that was made first."""
    return min(releases, key=lambda each: (not each.published, each.number), default=None)


def sums(artifacts: Iterable[Artifact]) -> Artifact:
    """SHA256SUMS of a release as an artifact of its own: the same bytes on every machine."""
    content = sums_text(artifacts).encode()
    return Artifact(SUMS, sha256(content).hexdigest(), len(content))


def announcement(tag: str, seen: ForgeSeen, artifacts: Sequence[Artifact], unknown: str) -> tuple[Announcing, ...]:
    """The steps still owed; `unknown` stands for the files where their names are not known yet."""
    release = kept(seen.releases)
    there = [asset.name for asset in release.assets if asset.whole] if release else []
    names = [*([each.name for each in artifacts] or [unknown]), SUMS]
    return (
        *(() if release else (DraftRelease(tag),)),
        *(UploadAsset(name) for name in names if name not in there),
        *(DiscardDraft(each.number) for each in seen.releases if release and _is_twin(each, release, artifacts)),
        *(() if release and release.published else (PublishRelease(tag),)),
        *((PassLatest(seen.heir),) if seen.heir else ()),
    )


def contradictions(tag: str, seen: ForgeSeen, artifacts: Sequence[Artifact]) -> list[tuple[str, str]]:
    """What the forge holds that contradicts the release, and what a person can do about it."""
    release = kept(seen.releases)
    if release is None or not artifacts:
        return []
    held = f"the {'release' if release.published else 'draft'} of {tag} at {release.url or seen.address}"
    spent = "nothing in it can be changed: commit a fix, and the next release goes on without it"
    remove = "is that file a mistake? delete it there, and run the same command again"
    expected = _expected(artifacts)
    found = [
        (f"{held} {wrong}", spent if release.immutable else remove)
        for asset in release.assets
        if asset.whole and (wrong := _wrong(asset, expected.get(asset.name)))
    ]
    missing = expected.keys() - {asset.name for asset in release.assets if asset.whole}
    if release.published and release.immutable and missing:
        found.append((f"{held} is immutable and lacks {', '.join(sorted(missing))}", spent))
    return found


def first_shown(tags: Iterable[Tag]) -> Tag | None:
    """The release that is to be shown first, the highest that is final; so no maintenance release ever is."""
    final = [tag for tag in tags if not tag.version.is_prerelease]
    return max(final, key=lambda tag: tag.version, default=None)


def _expected(artifacts: Sequence[Artifact]) -> Mapping[str, Artifact]:
    return {each.name: each for each in (*artifacts, sums(artifacts))}


def _wrong(asset: Asset, ours: Artifact | None) -> str:
    """What is wrong with a file; empty for ours, and for a file of other hands that is no artifact."""
    if ours is None:
        return f"holds {asset.name}, which is not ours" if asset.name.endswith(_KINDS) else ""
    if asset.sha256 and asset.sha256 != ours.sha256:
        return f"holds {asset.name} with sha256 {asset.sha256}, ours has {ours.sha256}"
    if asset.size != ours.size:
        return f"holds {asset.name} with {asset.size} bytes, ours has {ours.size}"
    return ""


def _is_twin(other: ForgeRelease, release: ForgeRelease, artifacts: Sequence[Artifact]) -> bool:
    """Whether another draft is what a run at the same time would have made: these notes, and these files at most."""
    expected = _expected(artifacts)
    return (
        other.number != release.number
        and not other.published
        and other.notes == release.notes
        and all(
            asset.name in expected and not (asset.whole and _wrong(asset, expected[asset.name]))
            for asset in other.assets
        )
    )
