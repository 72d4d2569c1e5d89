"""Status: every fact of a release, looked up: there, missing, in conflict, or unknown."""

from collections.abc import Callable
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Exit, Failure
from cz_ship.flows.observe import announced, look
from cz_ship.flows.survey import head_commit
from cz_ship.model import Artifact, Asset, ForgeRelease, Tag
from cz_ship.ports import Index, Repository, World
from cz_ship.rules.announcement import kept, sums
from cz_ship.rules.holdings import missing_kinds
from cz_ship.rules.promise import promised
from cz_ship.rules.proposal import proposal_branch
from cz_ship.rules.tags import find_tag, release_tags, tag_name
from cz_ship.rules.wish import FILE, parse_wish


class Fact(NamedTuple):
    """One fact: its name, its state (there, missing, conflict, unknown), and a sentence."""

    fact: str
    state: str
    text: str


Look = Callable[[Repository, Tag, str, str], Fact]


class Status(NamedTuple):
    """A release's facts, and what they come to: complete, unfinished, conflict or none."""

    version: Version | None
    tag: str | None
    state: str
    facts: tuple[Fact, ...]


def status(world: World, version: Version | None = None) -> Status:
    """Every fact of a version, by default the newest release's. What cannot be looked up is `unknown`."""
    head_commit(world.repository)
    try:
        with world.clone_of_remote() as clone:
            return _status(world, clone, version, _on_remote)
    except Failure as failure:
        if failure.code is not Exit.REFUSED:
            raise
        doubt = Fact("pushed", "unknown", failure.text)
    return _status(world, world.repository, version, lambda *_: doubt)


def _status(world: World, repository: Repository, version: Version | None, pushed: Look) -> Status:
    """The facts as a repository shows them: a clone of the remote, or the caller's own where there is none."""
    branch = world.settings.branch or repository.branch(world.settings._replace(remote="origin"))
    tip = repository.resolve(f"refs/remotes/origin/{branch}") or head_commit(repository)
    repository_rules = world.rules(world.repository.root)
    rule_set = repository_rules.rule_set
    tags = dict(repository.tags())
    chosen = version or _newest(repository, tip, release_tags(tags.items(), rule_set))
    if chosen is None:
        return Status(None, None, "none", ())
    tag = find_tag(chosen, tags, rule_set)
    files = promised(repository.tag_message(tag.name)) if tag else ()
    facts = [_tag_fact(world, tag, tag_name(chosen, rule_set))]
    if tag:
        facts.append(pushed(repository, tag, branch, tip))
        if rule_set.version_provider == "version_txt":
            facts.append(_version_fact(repository, tag))
    project = world.builder.project_name(world.repository.root)
    for index in world.indexes():
        facts += _index_facts(index, project, chosen, files)
    if tag:
        facts += _forge_facts(world, tag.name, files)
    if world.settings.mode == "pull-request" and version is None:
        facts += _proposal_facts(world, branch)
    return Status(chosen, tag.name if tag else None, _state(facts), tuple(facts))


def _newest(repository: Repository, tip: str, tags: tuple[Tag, ...]) -> Version | None:
    return next((tag.version for tag in reversed(tags) if repository.contains(tip, tag.commit)), None)


def _tag_fact(world: World, tag: Tag | None, name: str) -> Fact:
    if tag is None:
        return Fact("tag", "missing", f"no {name}")
    own = dict(world.repository.tags()).get(tag.name, tag.commit)
    if own != tag.commit:
        return Fact("tag", "conflict", f"{tag.name} names {tag.commit[:12]} on the remote, {own[:12]} here")
    return Fact("tag", "there", f"{tag.name} names {tag.commit[:12]}")


def _version_fact(repository: Repository, tag: Tag) -> Fact:
    try:
        says = parse_wish(repository.read(tag.commit, FILE))
    except Failure as failure:
        return Fact("version", "conflict", f"at {tag.name}: {failure.text}")
    return Fact("version", "there" if says == tag.version else "conflict", f"{FILE} at {tag.name} says {says}")


def _on_remote(repository: Repository, tag: Tag, branch: str, tip: str) -> Fact:
    if repository.contains(tip, tag.commit):
        return Fact("pushed", "there", f"{branch} on the remote holds it")
    return Fact("pushed", "conflict", f"{branch} on the remote does not hold {tag.commit[:12]}")


def _index_facts(index: Index, project: str, version: Version, files: tuple[Artifact, ...]) -> list[Fact]:
    try:
        found = look(index, project, version)
    except Failure as failure:
        return [Fact(f"{index.name} files", "unknown", failure.text)]
    seen, late = dict(found.files), found.unlisted
    lag = [
        Fact(f"{index.name} simple page", "missing", f"the index has {', '.join(late)}, its simple page does not yet")
    ]
    if not files:
        lacking = missing_kinds(found)
        held = ", ".join([*sorted(seen), *(f"no {kind}" for kind in lacking)])
        text = held if seen else f"no file of {version} on {index.address}"
        return [Fact(f"{index.name} files", "missing" if lacking else "there", text), *(lag if late else ())]
    return [*(_file_fact(index, file, seen) for file in files), *(lag if late else ())]


def _file_fact(index: Index, file: Artifact, seen: dict[str, str]) -> Fact:
    name = f"{index.name} {file.name}"
    if file.name not in seen:
        return Fact(name, "missing", f"not on {index.address}")
    if seen[file.name] != file.sha256:
        return Fact(name, "conflict", f"{index.address} has sha256 {seen[file.name]}, the tag says {file.sha256}")
    return Fact(name, "there", f"sha256 {file.sha256}")


def _forge_facts(world: World, tag: str, files: tuple[Artifact, ...]) -> list[Fact]:
    """The release's facts on the forge; none where there is no forge, or others made a tag and no release."""
    try:
        forge = world.forge()
        found = announced(forge, tag) if forge else None
    except Failure as failure:
        return [Fact("forge release", "unknown", failure.text)]
    release = kept(found.releases) if found else None
    if found is None or not (files or release):
        return []
    if release is None:
        return [Fact("forge release", "missing", f"no release {tag} at {found.address}")]
    address = release.url or found.address
    held = {asset.name: asset for asset in release.assets if asset.whole}
    wanted = (*files, sums(files)) if files else ()
    return [_release_fact(release, address), *(_asset_fact(file, held.get(file.name), address) for file in wanted)]


def _proposal_facts(world: World, branch: str) -> list[Fact]:
    """The next release, where one is proposed; it says nothing of the release that these facts are about."""
    try:
        pulls = world.pulls()
        pull = pulls.pull(proposal_branch(branch), branch) if pulls else None
    except Failure as failure:
        return [Fact("proposal", "unknown", failure.text)]
    return [Fact("proposal", "there", f"{pull.title}: {pull.url or pull.number}")] if pull else []


def _release_fact(release: ForgeRelease, address: str) -> Fact:
    flags = ("latest", release.latest), ("pre-release", release.prerelease), ("immutable", release.immutable)
    words = ["published" if release.published else "a draft", *(word for word, holds in flags if holds)]
    text = f"{', '.join(words)}: {address}"
    return Fact("forge release", "there" if release.published else "missing", text)


def _asset_fact(file: Artifact, asset: Asset | None, address: str) -> Fact:
    name = f"forge {file.name}"
    if asset is None:
        return Fact(name, "missing", f"not in {address}")
    if asset.sha256 and asset.sha256 != file.sha256:
        return Fact(name, "conflict", f"{address} has sha256 {asset.sha256}, the tag says {file.sha256}")
    return Fact(name, "there", f"sha256 {file.sha256}")


def _state(facts: list[Fact]) -> str:
    states = {fact.state for fact in facts}
    if "conflict" in states:
        return "conflict"
    if states <= {"missing"}:
        return "none"
    return "complete" if states == {"there"} else "unfinished"
