"""A forge in memory: its releases and pull requests, by GitHub's rules, and how a machine reaches it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Exit, Failure
from cz_ship.forges import Pull
from cz_ship.model import Artifact, Asset, ForgeRelease
from tests.support.gate import Gate


class Held(NamedTuple):
    """A release as a forge holds it; `content` is None for the leftover of an upload that broke off."""

    tag: str
    notes: str
    published: bool = False
    prerelease: bool = False
    immutable: bool = False
    files: tuple[tuple[str, bytes | None], ...] = ()


class HeldPull(NamedTuple):
    """A pull request as a forge holds it; `state` is open, closed or merged."""

    head: str
    base: str
    title: str
    body: str
    state: str = "open"


class Stand:
    """All releases and pull requests of a repository, by their numbers; `heads` are the repository's branches."""

    def __init__(self, heads: Mapping[str, str]) -> None:
        self.heads = heads
        self.pulls: dict[int, HeldPull] = {}
        self.runs: set[str] = set()  # the commits that the pipeline ran for
        self.no_dispatch = ""  # why nobody may start it
        self.hides_runs = False  # from whoever asks for them
        self.releases: dict[int, Held] = {}
        self.latest = 0
        self.immutable = False  # what is published from now on can not be changed any more
        self.tells_hashes = True
        self.hides_drafts = False  # from whoever may only read
        self._count = 0

    def open(self, tag: str, notes: str = "", *, prerelease: bool = False) -> int:
        """Make a draft; its number."""
        self._count += 1
        self.releases[self._count] = Held(tag, notes, prerelease=prerelease)
        return self._count

    def put(self, number: int, name: str, content: bytes | None) -> None:
        """Add a file to a release, or what is left of it."""
        held = self._held(number)
        if held.immutable:
            raise Failure("422 Cannot upload assets to an immutable release.", code=Exit.PERSON)
        files = dict(held.files)
        if files.get(name) is not None:
            raise Failure(f"422 Validation Failed: already_exists: {name}", code=Exit.PERSON)
        self.releases[number] = held._replace(files=tuple(sorted({**files, name: content}.items())))

    def publish(self, number: int, notes: str, *, prerelease: bool, latest: bool) -> None:
        """Make a draft public. A tag has one published release."""
        held = self._held(number)
        if any(each.published and each.tag == held.tag and other != number for other, each in self.releases.items()):
            raise Failure("422 Validation Failed: already_exists: tag_name", code=Exit.PERSON)
        if latest and prerelease:
            raise Failure("422 Validation Failed: Latest release cannot be draft or prerelease", code=Exit.PERSON)
        self.releases[number] = held._replace(
            notes=notes, published=True, prerelease=prerelease, immutable=self.immutable or held.immutable
        )
        if latest:
            self.latest = number

    def open_pull(self, head: str, base: str, title: str, body: str) -> int:
        """Open a pull request; its number. There is one at most from a branch to another."""
        if head not in self.heads or self.found_pull(head, base):
            raise Failure("422 Validation Failed: it is open already, or has no head", code=Exit.PERSON)
        self._count += 1
        self.pulls[self._count] = HeldPull(head, base, title, body)
        return self._count

    def found_pull(self, head: str, base: str) -> int | None:
        """The number of the open pull request from a branch to another; one whose branch is gone is closed."""
        for number, held in self.pulls.items():
            if held.state == "open" and held.head not in self.heads:
                self.pulls[number] = held._replace(state="closed")
        here = (number for number, held in self.pulls.items() if (*held[:2], held.state) == (head, base, "open"))
        return next(here, None)

    def change_pull(self, number: int, **changes: str) -> None:
        """Change what a pull request says, or its state."""
        self.pulls[number] = self.pulls[number]._replace(**changes)

    def remains(self) -> object:
        """All that others can see, to be compared."""
        return [(held, number == self.latest) for number, held in self.releases.items()], list(self.pulls.values())

    def _held(self, number: int) -> Held:
        if number not in self.releases:
            raise Failure("404 Not Found")
        return self.releases[number]


class FakeForge:
    """A forge as one machine reaches it."""

    address = "fake:forge"

    def __init__(self, stand: Stand, looks: Gate, effects: Gate) -> None:
        self._stand = stand
        self._looks = looks
        self._effects = effects
        self.missing = ""

    def releases(self, tag: str) -> tuple[ForgeRelease, ...]:
        return self._looks.through("releases", lambda: self._releases(tag))

    def _releases(self, tag: str) -> tuple[ForgeRelease, ...]:
        return tuple(
            ForgeRelease(
                number,
                tag,
                held.published,
                held.notes,
                tuple(self._asset(number, name, content) for name, content in held.files),
                held.prerelease,
                held.immutable,
                number == self._stand.latest,
            )
            for number, held in self._stand.releases.items()
            if held.tag == tag and (held.published or not self._stand.hides_drafts)
        )

    def _asset(self, number: int, name: str, content: bytes | None) -> Asset:
        digest = hashlib.sha256(content or b"").hexdigest() if self._stand.tells_hashes else ""
        return Asset(name, digest, len(content or b""), f"{number}/{name}", content is not None)

    def credentials_missing(self) -> str:
        return self.missing

    def draft(self, tag: str, commit: str, notes: str, *, prerelease: bool) -> None:
        self._effects.through(f"draft {tag}", lambda: self._stand.open(tag, notes, prerelease=prerelease))

    def upload(self, release: ForgeRelease, artifact: Artifact) -> None:
        content = Path(artifact.path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == artifact.sha256
        self._effects.through(
            f"upload forge {artifact.name}", lambda: self._stand.put(release.number, artifact.name, content)
        )

    def publish(self, release: ForgeRelease, notes: str, *, prerelease: bool, latest: bool) -> None:
        self._effects.through(
            f"publish {release.tag}",
            lambda: self._stand.publish(release.number, notes, prerelease=prerelease, latest=latest),
        )

    def discard(self, release: ForgeRelease) -> None:
        self._effects.through(f"discard {release.number}", lambda: self._stand.releases.pop(release.number, None))

    def download(self, asset: Asset, into: Path) -> Artifact:
        number, _, name = asset.url.partition("/")
        content = self._looks.through("download forge", lambda: dict(self._stand.releases[int(number)].files)[name])
        digest = hashlib.sha256(content or b"").hexdigest()
        (into / name).write_bytes(content or b"")
        return Artifact(name, digest, len(content or b""), str(into / name))

    def pull(self, head: str, base: str) -> Pull | None:
        return self._looks.through("pull", lambda: self._pull(head, base))

    def _pull(self, head: str, base: str) -> Pull | None:
        number = self._stand.found_pull(head, base)
        if number is None:
            return None
        held = self._stand.pulls[number]
        return Pull(number, held.title, held.body, f"fake:forge/pull/{number}")

    def open_pull(self, head: str, base: str, title: str, body: str) -> None:
        self._effects.through("open pull", lambda: self._stand.open_pull(head, base, title, body))

    def describe_pull(self, pull: Pull, title: str, body: str) -> None:
        self._effects.through("describe pull", lambda: self._stand.change_pull(pull.number, title=title, body=body))

    def close_pull(self, pull: Pull) -> None:
        self._effects.through("close pull", lambda: self._stand.change_pull(pull.number, state="closed"))

    def is_checked(self, commit: str) -> bool | None:
        runs = self._looks.through("runs", lambda: self._stand.runs)
        return None if self._stand.hides_runs else commit in runs

    def start_checks(self, branch: str) -> str:
        return self._effects.through("start checks", lambda: self._start(branch))

    def _start(self, branch: str) -> str:
        if not self._stand.no_dispatch:
            self._stand.runs.add(self._stand.heads[branch])
        return self._stand.no_dispatch
