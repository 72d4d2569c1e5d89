"""The looks of a check-up that others are asked for: the remote, the indexes, the forge."""

from collections.abc import Iterable, Iterator, Mapping

from packaging.version import Version

from cz_ship.checkup import Clock, Half, Patient, RemoteRefs, Shelf
from cz_ship.errors import Failure
from cz_ship.flows.observe import look
from cz_ship.model import Finding, Tag
from cz_ship.ports import Repository, World
from cz_ship.rules.candidate import decode
from cz_ship.rules.checkup_forge import house_findings
from cz_ship.rules.checkup_public import clock_findings, half_findings, remote_findings, shelf_findings
from cz_ship.rules.findings import unknown
from cz_ship.rules.holdings import DAY, OPEN_FOR, IndexSeen, missing_kinds
from cz_ship.rules.promise import promised
from cz_ship.rules.tags import release_tags
from cz_ship.rules.workflows import uploads

NEWEST = 3  # releases that are looked for on the indexes; what is older is closed there
_TAGS, _HEADS = "refs/tags/", "refs/heads/"


def remote(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What the remote has."""
    repository, settings = patient.repository(), patient.settings()
    if repository.remote_url(settings.remote) is None:
        return  # told with the repository
    refs = repository.remote_refs(settings.remote)
    tags = {name.removeprefix(_TAGS): sha for name, sha in refs.items() if name.startswith(_TAGS)}
    yield from remote_findings(
        RemoteRefs(
            settings.remote,
            repository.branch(settings),
            here=_releases(patient, dict(repository.tags())),
            there=_releases(patient, tags),
            branches=tuple(name.removeprefix(_HEADS) for name in refs if name.startswith(_HEADS)),
        )
    )


def indexes(patient: Patient, _online: bool) -> Iterator[Finding]:
    """Whether the name is free or ours, by what the indexes hold; and their clocks."""
    world, repository = patient.world(), patient.repository()
    if not world.settings.indexes:
        return
    project = world.builder.project_name(world.repository.root)
    tagged = [tag.version for tag in release_tags(repository.tags(), patient.rules().rule_set)]
    for shelf in patient.shelves():
        try:
            page = shelf.page(project)
        except Failure as failure:
            yield unknown(shelf.name, failure.text, failure.hint)
            continue
        # The newest first: git is asked of each candidate, until one is known.
        ours = any(each in tagged or _is_candidate_of(repository, each) for each in reversed(page.versions))
        yield from shelf_findings(Shelf(shelf.name, shelf.address, project, page.versions, ours))
        yield from clock_findings(Clock(shelf.name, world.now(), page.moment))


def halves(patient: Patient, _online: bool) -> Iterator[Finding]:
    """Releases of which an index has not all files."""
    world = patient.world()
    if not world.settings.indexes:
        return
    project = world.builder.project_name(world.repository.root)
    tags = release_tags(world.repository.tags(), patient.rules().rule_set)[-NEWEST:]
    for index in world.indexes():
        try:
            halves = [_half(world, tag, look(index, project, tag.version)) for tag in tags]
        except Failure as failure:
            yield unknown(index.name, failure.text, failure.hint)
            continue
        for half in halves:
            yield from half_findings(half)


def forge(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What the project's forge lets happen."""
    settings = patient.settings()
    house = patient.house(settings.mode, patient.repository().branch(settings))
    if house is None:
        return
    jobs = [(job.environment, uploads(job)) for each in patient.workflows(settings).found for job in each.jobs]
    publishing = {name: targets for name, targets in jobs if name and targets}
    guarded = tuple(name for name, targets in publishing.items() if "prod" in targets)
    yield from house_findings(house._replace(publishing=tuple(publishing), guarded=guarded))


def _half(world: World, tag: Tag, seen: IndexSeen) -> Half:
    held = dict(seen.files)
    wanted = promised(world.repository.tag_message(tag.name))
    # Of a tag by other hands nobody knows what it promises: one kind of file beside another, where there is any.
    missing = [each.name for each in wanted if each.name not in held] or (missing_kinds(seen) if held else ())
    days = -((world.now() - seen.since - OPEN_FOR) // DAY) if seen.since else None
    return Half(seen.name, seen.address, tag.version, tuple(missing), days)


def _releases(patient: Patient, tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that stand for a release."""
    known: Iterable[Tag] = release_tags(tags.items(), patient.rules().rule_set)
    return {tag.name: tag.commit for tag in known}


def _is_candidate_of(repository: Repository, version: Version) -> bool:
    try:
        return repository.resolve(decode(str(version)).short_hash) is not None
    except Failure:
        return False
