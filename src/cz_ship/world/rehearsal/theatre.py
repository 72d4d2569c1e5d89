"""The theatre: a bare remote, two indexes, a forge and an identity provider, on this machine alone."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.model import AMENDMENTS, SUMS, Artifact, sums_text
from cz_ship.ports import Patience, Talk, World
from cz_ship.settings import IndexSettings, Settings
from cz_ship.world.clone import PrivateClone
from cz_ship.world.dist import LiveBuilder
from cz_ship.world.forge import place
from cz_ship.world.git import LENT, QUIET, Git
from cz_ship.world.git_words import refused
from cz_ship.world.http import Backoff
from cz_ship.world.live import LiveWorld
from cz_ship.world.process import run
from cz_ship.world.rehearsal.forge import ForgeSite, PlayedForge, serve_forge
from cz_ship.world.rehearsal.forge_pulls import EVERY_RIGHT, PlayedPulls
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, TrustedPublisher, provide
from cz_ship.world.rehearsal.refs import RemoteRefs
from cz_ship.world.rehearsal.serve import Site, serve
from cz_ship.world.rehearsal.warehouse import Warehouse

TOPIC = "rehearsal"
_OWNER, _WORKFLOW = "rehearsal", "pipeline.yml"


class LoopbackWorld(LiveWorld):
    """The live world in a rehearsal: what does not pass at once on loopback never will, so no wait is long."""

    @cached_property
    def patience(self) -> Patience:
        """As many tries as in the live world, within seconds."""
        from cz_ship.world.patience import LivePatience

        return LivePatience(self.talk.note, Backoff(attempts=10, first=0.05, longest=0.5))


class LoopbackTheatre:
    """See `Theatre`. Made by `open_theatre`, gone with it."""

    def __init__(
        self,
        root: Path,
        settings: Settings,
        talk: Talk,
        sites: tuple[Site, ...],
        environ: Mapping[str, str],
        forge: ForgeSite | None = None,
    ):
        self.root = root
        self.settings = settings
        self._talk = talk
        self.sites = sites
        self.environ = environ
        self.forge = forge
        self._count = 0
        self.topic: str | None = None

    @property
    def branch(self) -> str:
        return self.settings.branch or "main"

    @property
    def talk(self) -> Talk:
        return self._talk

    @property
    def remote(self) -> Path:
        return self.root / "remote.git"

    @contextmanager
    def checkout(self, branch: str) -> Iterator[World]:
        yield LoopbackWorld(self.clone(branch), self.settings, self._talk, self.environ)

    def commit(self, branch: str, message: str, files: Mapping[str, str]) -> str:
        clone = self.clone(branch)
        for name, text in files.items():
            path = clone.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        sha = clone.commit_all(message, self._moment(clone))
        clone.ask("push", "--quiet", "origin", f"{sha}:refs/heads/{branch}")
        return sha

    def merge(self, branch: str) -> str:
        clone = self.clone(self.branch)
        message = f"Merge branch '{branch}'"
        clone.as_author(self._moment(clone), message, "merge", "--quiet", "--no-ff", "-m", message, f"origin/{branch}")
        clone.ask("push", "--quiet", "origin", f"HEAD:refs/heads/{self.branch}")
        return clone.ask("rev-parse", "HEAD")

    def accept(self, head: str) -> str:
        pulls = self.forge.forge.pulls if self.forge else None
        if pulls is None:
            return self.merge(head)
        number = next((each.number for each in pulls.open_pulls() if each.head == head), 0)
        return pulls.merge(number)

    def shelve(self, project: str, version: Version, files: Sequence[Artifact]) -> None:
        for site in self.sites:
            for file in files:
                site.warehouse.shelve(project, str(version), file.name, file.sha256)

    def announce(self, tag: str, files: Sequence[Artifact]) -> None:
        if self.forge:
            sums = sums_text(files).encode()
            self.forge.forge.shelve(tag, [*files, Artifact(SUMS, hashlib.sha256(sums).hexdigest(), len(sums))])

    def remains(self) -> tuple[tuple[str, str], ...]:
        refs = Git(self.remote).ask("show-ref").splitlines()
        found = [(name, sha) for sha, _, name in (line.partition(" ") for line in refs)]
        for number, site in enumerate(self.sites):
            found += [(f"{number}/{name}", stored.sha256) for name, stored in site.warehouse.files.items()]
        state = self.forge.forge.state if self.forge else None
        for release in state.releases.values() if state else ():
            flags = (release.published is not None, release.prerelease, state and state.latest == release.number)
            found.append((f"release {release.tag}", repr((flags, release.title, release.body))))
            found += [(f"{release.tag}/{asset.name}", asset.sha256) for asset in release.assets]
        pulls = self.forge.forge.pulls if self.forge else None
        for pull in pulls.state.pulls.values() if pulls else ():
            told = (pull.closed is not None, pull.merged is not None, pull.base, pull.title, pull.body)
            found.append((f"pull request {pull.head}", repr(told)))
        found += [(f"run of {run.file}", run.sha) for run in (pulls.state.runs if pulls else ())]
        return tuple(sorted(found))

    def keep(self) -> None:
        """Lay the files of the indexes and of the forge's releases beside the remote, to be looked at."""
        for index, site in zip(self.settings.indexes, self.sites, strict=True):
            folder = self.root / f"index-{index.name}"
            folder.mkdir(exist_ok=True)
            for name, stored in site.warehouse.files.items():
                (folder / name).write_bytes(stored.content)
        for release in self.forge.forge.state.releases.values() if self.forge else ():
            folder = self.root / "forge" / release.tag
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "notes.md").write_text(release.body, encoding="utf-8")
            for asset in release.assets:
                (folder / asset.name).write_bytes(asset.content)

    def clone(self, branch: str) -> PrivateClone:
        """A fresh clone with the branch checked out, and the amendments, as a developer or CI has it."""
        self._count += 1
        into = self.root / f"checkout-{self._count}"
        more = ("--config", f"remote.origin.fetch=+{AMENDMENTS}*:{AMENDMENTS}*")
        command: list[str | Path] = ["git", "clone", "--quiet", *more, "--branch", branch, self.remote, into]
        outcome = run(command, cwd=self.root, env=QUIET, without=LENT)
        if outcome.code:
            raise refused(("clone", branch), outcome)
        return PrivateClone(into)

    def _moment(self, clone: PrivateClone) -> int:
        """A minute after the commit before: played time, so a rehearsal gives the same hashes each time."""
        return clone.time("HEAD") + 60


@contextmanager
def open_theatre(
    source: Git, settings: Settings, talk: Talk, keep: Path | None = None, topic: str | None = None
) -> Iterator[LoopbackTheatre]:
    """A theatre whose remote is a copy of `source`: its commits and tags, its release branch, and
    its HEAD as the topic branch where that is ahead of the release branch or `topic` names one.

    `source` is read; its own remote and the real indexes are never asked.
    """
    with ExitStack() as stack:
        root = _root(stack, keep)
        branch = source.branch(settings)
        project = LiveBuilder(isolation=settings.isolation).project_name(source.root)
        played_topic = _lay_remote(source, settings, branch, root / "remote.git", topic)
        provider = Provider(Job(_OWNER, project, _WORKFLOW))
        publisher = TrustedPublisher(project, _OWNER, project, _WORKFLOW)
        sites = tuple(stack.enter_context(serve(Warehouse(mint=Mint([publisher], provider)))) for _ in settings.indexes)
        runner = stack.enter_context(provide(provider))
        forge = stack.enter_context(_forge(project, root / "remote.git")) if _announces(source, settings) else None
        played = _addressed(settings._replace(branch=branch, remote="origin"), sites, forge)
        environ = {**runner.environment(), **(_identity(forge.forge) if forge else {})}
        theatre = LoopbackTheatre(root, played, talk, sites, environ, forge)
        theatre.topic = played_topic
        yield theatre
        if keep:
            theatre.keep()


def _root(stack: ExitStack, keep: Path | None) -> Path:
    try:
        if keep is None:
            made = tempfile.TemporaryDirectory(prefix="cz-ship-rehearsal-", ignore_cleanup_errors=True)
            return Path(os.path.realpath(stack.enter_context(made)))
        keep.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"no folder for the rehearsal can be made: {error.strerror or error}") from error
    if any(keep.iterdir()):
        raise Failure(f"{keep} is not empty; a new or an empty folder was wanted for --keep")
    return keep.resolve()


def _lay_remote(source: Git, settings: Settings, branch: str, remote: Path, topic: str | None) -> str | None:
    """Make the bare remote; the name of its topic branch, where there is something to merge."""
    head = source.resolve("HEAD")
    if head is None:
        raise Failure("there are no commits yet", hint='git add --all && git commit -m "feat: first version"')
    if source.is_shallow():
        raise Failure("this clone is shallow: its history is cut off", hint="git fetch --unshallow --tags")
    known = source.resolve(f"refs/remotes/{settings.remote}/{branch}") or source.resolve(f"refs/heads/{branch}")
    ahead = known is not None and not source.contains(known, head)
    outcome = run(["git", "init", "--quiet", "--bare", f"--initial-branch={branch}", remote], env=QUIET, without=LENT)
    if outcome.code:
        raise refused(("init",), outcome)
    refs = [
        f"{known if ahead else head}:refs/heads/{branch}",
        "refs/tags/*:refs/tags/*",
        f"{AMENDMENTS}*:{AMENDMENTS}*",
    ]
    if ahead or topic:
        topic = topic or TOPIC
        refs.append(f"{head}:refs/heads/{topic}")
    source.ask("push", "--quiet", "--no-verify", str(remote), *refs, limit=600)
    return topic


def _announces(source: Git, settings: Settings) -> bool:
    """Whether a release of this project is announced on a forge, wherever that is."""
    return place(settings, source.remote_url(settings.remote) or "", {"GITHUB_REPOSITORY": "any/where"}) is not None


def _forge(project: str, remote: Path) -> AbstractContextManager[ForgeSite]:
    refs, token = RemoteRefs(remote), secrets.token_urlsafe(24)
    pulls = PlayedPulls(f"{_OWNER}/{project}", refs, {token: EVERY_RIGHT}, workflows=(_WORKFLOW,))
    return serve_forge(PlayedForge(f"{_OWNER}/{project}", refs, {token: True}, pulls=pulls))


def _identity(forge: PlayedForge) -> Mapping[str, str]:
    """What a CI job on the forge has in its environment."""
    return {"GITHUB_REPOSITORY": forge.repository, "GITHUB_TOKEN": forge.token}


def _addressed(settings: Settings, sites: tuple[Site, ...], forge: ForgeSite | None) -> Settings:
    settings = settings._replace(forge="github" if forge else "none", forge_api_url=forge.api_url if forge else None)
    for index, site in zip(settings.indexes, sites, strict=True):
        # Without attestations, whatever is set: their log is public, and for ever.
        addressed = IndexSettings(index.name, True, site.upload_url, site.simple_url)
        settings = settings._replace(test=addressed) if index.name == "test" else settings._replace(prod=addressed)
    return settings
