"""Survey a repository: where a commit stands, and what a release from it would be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.version import InvalidVersion, Version

from cz_ship.errors import Failure, usage
from cz_ship.flows.landed import rise
from cz_ship.model import Commit, Finding, RuleSet, Tag
from cz_ship.rules.outlook import (
    Outlook,
    Standing,
    aside,
    bump_commit,
    last_release,
    outlook,
    refuse_disagreement,
    tag_findings,
    taken_names,
)
from cz_ship.rules.release_as import newest_wanted
from cz_ship.rules.tags import find_tag, unusable
from cz_ship.rules.wish import FILE, parse_wish
from cz_ship.rules.worth import change_of, highest
from cz_ship.settings import Settings

if TYPE_CHECKING:
    from cz_ship.ports import Repository, Rules


class Stretch(NamedTuple):
    """The commits since the last release, newest first, and what version.txt says at their end."""

    tip: str
    current: Version
    last_tag: Tag | None
    commits: tuple[Commit, ...]
    tags: dict[str, str]
    warnings: tuple[Finding, ...]


def survey(
    repository: Repository, rules: Rules, project: str, settings: Settings, commit: str | None = None
) -> Outlook:
    """The outlook of a project from a commit (HEAD unless told).

    Raises `Failure` where there is no commit, where the history is cut off and cannot be fetched,
    and where version.txt and the tags disagree.
    """
    rule_set, since = rules.rule_set, since_release(repository, rules, settings, commit)
    counted = {each.sha for each in rules.bump_commits(since.commits)}
    changes = tuple(
        change if each.sha in counted else change._replace(increment=None)
        for each in since.commits
        for change in (change_of(each, rule_set),)
    )
    standing = Standing(
        project=project,
        mode=settings.mode,
        branch=repository.branch(settings),
        commit=since.tip,
        current=since.current,
        last_tag=since.last_tag,
        changes=changes,
        warnings=since.warnings,
        wanted=newest_wanted(each for each in since.commits if each.sha in counted),
        raised=settings.mode == "pull-request" and since.last_tag is None and _raised(repository, rule_set, since),
    )
    increment = highest(changes)
    own_scheme = "version_scheme" in rule_set.hooks and increment is not None
    scheme_next = rules.next_version(since.current, increment) if own_scheme and increment else None
    found = outlook(standing, rule_set, scheme_next)
    return found._replace(warnings=(*found.warnings, *_taken(found, since.tags, rule_set)))


def since_release(repository: Repository, rules: Rules, settings: Settings, commit: str | None = None) -> Stretch:
    """What came since the last release, up to a commit (HEAD unless told). Raises `Failure` as `survey`."""
    rule_set = rules.rule_set
    if why := unusable(rule_set):
        raise usage(why, 'tag_format = "v$version" in [tool.commitizen] is the usual one')
    tip = commit or head_commit(repository)
    warnings = whole_history(repository, settings)
    if commit and repository.resolve(commit) is None:
        raise Failure(f"commit {commit[:12]} of the pull request is not in this clone", hint="check out its head")
    current = wish(repository, rules, tip)
    tags = dict(repository.tags())
    own = find_tag(current, tags, rule_set)
    walk = repository.walk(tip, own.commit if own else None)
    newest = last_release(walk.commits, tags, rule_set)
    refuse_disagreement(current, own, newest, walk.commits, settings, rule_set)
    if own:
        if walk.aside:
            raise aside(own, walk.aside, repository.single(own.commit), settings.remote)
        warnings += tag_findings(own, tags, rule_set)
    elif newest:
        walk = repository.walk(tip, newest.commit)
    return Stretch(tip, current, own or newest, walk.commits, tags, warnings)


def _raised(repository: Repository, rule_set: RuleSet, since: Stretch) -> bool:
    """Whether a release pull request was merged before there was any release."""
    if rule_set.version_provider != "version_txt":
        return bump_commit(since.current, since.commits, rule_set) is not None
    before = rise(repository, since.tip).before
    return before is not None and before < since.current


def _taken(found: Outlook, tags: dict[str, str], rule_set: RuleSet) -> tuple[Finding, ...]:
    names = taken_names(found, tags, rule_set)
    text = f"{found.next} has a tag already, outside of this history: {', '.join(names)}"
    return (Finding("taken", "warning", text, "a release from here will be refused"),) if names else ()


def head_commit(repository: Repository) -> str:
    """HEAD's commit. Raises `Failure` before the first one."""
    sha = repository.head().sha
    if sha is None:
        raise Failure("there are no commits yet", hint='git add --all && git commit -m "feat: first version"')
    return sha


def whole_history(repository: Repository, settings: Settings) -> tuple[Finding, ...]:
    """Deepen a shallow clone; a warning that says so. Raises `Failure` where that cannot be."""
    if not repository.is_shallow():
        return ()
    if repository.remote_url(settings.remote) is None:
        raise Failure(
            f"this clone is shallow and has no remote {settings.remote!r}: its history is cut off",
            hint="work in a full clone",
        )
    try:
        repository.deepen(settings.remote)
    except Failure as failure:
        raise Failure(
            f"this clone is shallow, and its history could not be fetched: {failure.text}",
            hint=f"git fetch --unshallow --tags {settings.remote}   (in a workflow: fetch-depth: 0)",
            pause=failure.pause,
        ) from failure
    text = f"this clone was shallow; its history and tags were fetched from {settings.remote}"
    return (Finding("shallow", "warning", text, "in a workflow, check out with fetch-depth: 0"),)


def wish(repository: Repository, rules: Rules, commit: str) -> Version:
    """The version that the tree at a commit says."""
    if rules.rule_set.version_provider == "version_txt":
        return parse_wish(repository.read(commit, FILE))
    text = rules.read_version(repository.root)
    try:
        return Version(text)
    except InvalidVersion as error:
        provider = rules.rule_set.version_provider
        raise Failure(f"the version provider {provider!r} says {text!r}, which is not a PEP 440 version") from error


def dirty(repository: Repository) -> tuple[Finding, ...]:
    """A warning where files differ from HEAD: what is not committed is not shipped."""
    changed = [path for path in repository.changed_files() if path != ".env"]
    if not changed:
        return ()
    shown = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
    return (Finding("dirty", "warning", f"not committed, so not counted and not shipped: {shown}", "commit it"),)
