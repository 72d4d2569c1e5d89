"""The looks of a check-up: each asks for its facts, and hands them to the rules that judge them."""

from collections.abc import Iterator

from cz_ship.checkup import Patient, Releases, Standing, Told
from cz_ship.errors import Failure
from cz_ship.flows.notes import told
from cz_ship.flows.survey import head_commit, since_release
from cz_ship.model import Finding, Tag
from cz_ship.ports import Repository, Rules
from cz_ship.rules.backends import backend_findings
from cz_ship.rules.checkup_folder import dotenv_findings, hook_findings
from cz_ship.rules.checkup_requirements import requirement_findings
from cz_ship.rules.checkup_tools import tool_findings
from cz_ship.rules.checkup_versions import changelog_findings, release_findings, standing_findings
from cz_ship.rules.checkup_workflow import workflow_findings
from cz_ship.rules.findings import finding
from cz_ship.rules.tags import release_tags, unusable
from cz_ship.settings import Settings

# A version that no project has: a backend that says it has read it.
PROBE = "97.53.1"
# Where a build begins. Source: PEP 517, and setuptools before it.
BUILDABLE = ("pyproject.toml", "setup.py", "setup.cfg")


def tools(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What is installed."""
    yield from tool_findings(patient.tools())


def requirements(patient: Patient, _online: bool) -> Iterator[Finding]:
    """Whether the project and cz-ship can be installed side by side."""
    yield from requirement_findings(patient.requirements())


def repository(patient: Patient, _online: bool) -> Iterator[Finding]:
    """Whether there is a repository that can be released from."""
    try:
        found = patient.repository()
    except Failure as failure:
        fix = "git init" if "git init" in failure.hint else ""
        yield finding("no-repository", failure.text, failure.hint, fix)
        return
    remote = _settings(patient).remote
    has_remote = found.remote_url(remote) is not None
    yield from standing_findings(Standing(found.head().sha or "", remote, has_remote, found.is_shallow()))


def settings(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What is wrong in `[tool.cz-ship]`."""
    try:
        patient.settings()
    except Failure as failure:
        yield finding("settings", failure.text, failure.hint)


def commitizen(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What is wrong in `[tool.commitizen]`."""
    try:
        rule_set = patient.rules().rule_set
    except Failure as failure:
        yield finding("commitizen", failure.text, failure.hint)
        return
    if why := unusable(rule_set):
        yield finding("tag-format", why, 'tag_format = "v$version" in [tool.commitizen] is the usual one')


def versions(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What a release would say of version.txt and the tags, before it begins."""
    repository, rules, settings = patient.repository(), patient.rules(), patient.settings()
    commit = head_commit(repository)
    version, fault, way_out = "", "", ""
    try:
        stretch = since_release(repository, rules, settings)
        version = str(stretch.current)
        yield from stretch.warnings
    except Failure as failure:
        fault, way_out = failure.text, failure.hint
    tags, inside = _tags(repository, rules, commit)
    yield from release_findings(
        Releases(
            settings.mode,
            commit,
            version,
            tags=tuple(each.name for each in tags),
            aside=tuple(each.name for each in tags if each not in inside),
            fault=fault,
            way_out=way_out,
        )
    )


def changelog(patient: Patient, _online: bool) -> Iterator[Finding]:
    """Whether the changelog has each release once."""
    repository, rules = patient.repository(), patient.rules()
    rule_set, commit = rules.rule_set, head_commit(repository)
    _, inside = _tags(repository, rules, commit)
    merged = [each for each in inside if not (rule_set.merge_prereleases and each.version.is_prerelease)]
    sections = told(rules, repository.read(commit, rule_set.changelog_file))
    yield from changelog_findings(Told(rule_set.changelog_file, sections, tuple(each.version for each in merged)))


def _tags(repository: Repository, rules: Rules, commit: str) -> tuple[tuple[Tag, ...], tuple[Tag, ...]]:
    """All release tags, lowest version first; and those of them that a commit's history holds."""
    tags = release_tags(repository.tags(), rules.rule_set)
    wanted = {tag.commit for tag in tags}
    reached = {each.sha for each in repository.history(commit) if each.sha in wanted} if tags else set()
    return tags, tuple(tag for tag in tags if tag.commit in reached)


def backend(patient: Patient, online: bool) -> Iterator[Finding]:
    """Whether the backend states the version that the tree says: a version of ours is written there, and asked for.

    In a private clone. Offline the backend is the one that is installed here.
    """
    world, commit = patient.world(), head_commit(patient.repository())
    with world.clone_of_commit(commit) as clone:
        clone.checkout(commit)
        if not any((clone.root / name).is_file() for name in BUILDABLE):
            text = f"{commit[:12]} has none of {', '.join(BUILDABLE)}: there is nothing to build"
            yield finding(
                "nothing-to-build", text, "https://packaging.python.org/en/latest/tutorials/packaging-projects/"
            )
            return
        rules = world.rules(clone.root)
        if rules.rule_set.version_provider == "scm":
            return  # the tag is the version there, and no tree says it
        try:
            current = rules.read_version(clone.root)
        except Failure:
            return  # told with version.txt and the tags
        rules.write_version(clone.root, current, PROBE)
        isolated = online and world.settings.isolation
        yield from backend_findings(patient.built(clone.root, PROBE, isolated=isolated))


def workflows(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What CI would do."""
    yield from workflow_findings(patient.workflows(_settings(patient)))


def hooks(patient: Patient, _online: bool) -> Iterator[Finding]:
    """What this clone looks at before a commit."""
    if told := patient.hooks():
        yield from hook_findings(told)


def dotenv(patient: Patient, _online: bool) -> Iterator[Finding]:
    """Where secrets may lie."""
    yield from dotenv_findings(patient.dotenv())


def _settings(patient: Patient) -> Settings:
    """The settings; the defaults where they cannot be read, which is told elsewhere."""
    try:
        return patient.settings()
    except Failure:
        return Settings()
