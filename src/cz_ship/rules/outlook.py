"""The outlook: what a release from a commit would be, and why, commit by commit."""

import re
from collections.abc import Mapping, Sequence
from string import Template
from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Exit, Failure
from cz_ship.model import Change, Commit, Finding, Increment, RuleSet, Tag
from cz_ship.rules.candidate import candidate_version
from cz_ship.rules.message import quotes_a_break
from cz_ship.rules.release_as import Wanted, version_wanted
from cz_ship.rules.tags import release_tags, restoring, tag_name
from cz_ship.rules.wish import place_of
from cz_ship.rules.worth import highest, next_version
from cz_ship.settings import Settings


class Outlook(NamedTuple):
    """What stands and what would come; `next`, `increment` and `tag` are None where nothing would.

    `wanted` is the version that is wanted by name, if any.
    """

    project: str
    mode: str
    branch: str
    commit: str
    current: Version
    last_tag: Tag | None
    next: Version | None
    increment: Increment | None
    tag: str | None
    candidate: Version
    changes: tuple[Change, ...]
    warnings: tuple[Finding, ...]
    wanted: Wanted | None = None


class Standing(NamedTuple):
    """Where a commit stands: its wish, the last release before it, the commits since, and what they want by name.

    `raised`: in this history version.txt has said something lower before, which counts where there is no release yet.
    """

    project: str
    mode: str
    branch: str
    commit: str
    current: Version
    last_tag: Tag | None
    changes: tuple[Change, ...]
    warnings: tuple[Finding, ...] = ()
    wanted: Wanted | None = None
    raised: bool = False

    @property
    def wished(self) -> bool:
        """Whether version.txt names a release that is owed: bumped in the branch, or by a merged pull request."""
        if self.mode == "push":
            return False
        if self.last_tag is None:
            return self.mode == "branch" or self.raised
        return self.last_tag.version != self.current


def last_release(commits: Sequence[Commit], tags: Mapping[str, str], rule_set: RuleSet) -> Tag | None:
    """The highest release tag on any of these commits."""
    reached = {commit.sha for commit in commits}
    found = release_tags(((name, sha) for name, sha in tags.items() if sha in reached), rule_set)
    return found[-1] if found else None


def refuse_disagreement(
    current: Version,
    own: Tag | None,
    newest: Tag | None,
    commits: Sequence[Commit],
    settings: Settings,
    rule_set: RuleSet,
) -> None:
    """Stop where version.txt and the tags cannot both be right.

    `own` is the tag of version.txt's version, `newest` the highest release tag in the history (or,
    where `own` is there, in the commits since it). Raises `Failure`, with the way out. Where the version lives
    elsewhere, that place is named.
    """
    place = place_of(rule_set.version_provider)
    if own is not None:
        if newest is not None and newest.version > current:
            raise Failure(
                f"{place} says {current}, but the later release {newest.name} is in this history already",
                hint=f"write {newest.version} into {place} and commit that",
            )
        return
    bump = bump_commit(current, commits, rule_set) if settings.mode == "push" else None
    if bump:
        name = tag_name(current, rule_set)
        raise Failure(
            f"{place} says {current} and commit {bump.sha[:12]} bumped to it, but its tag {name} is gone",
            hint="is it only not here? git fetch --tags   else restore it: "
            + restoring(name, bump.sha, settings.remote),
            code=Exit.PERSON,
        )
    if newest is None:
        return  # the first release
    if current < newest.version:
        raise Failure(
            f"{place} says {current}, but the newest release in this history is {newest.name}",
            hint=f"write {newest.version} into {place} and commit that",
        )
    if settings.mode == "push":
        raise Failure(
            f"{place} says {current}, but the newest release in this history is {newest.name}, and in mode "
            f'"push" the bump is made by the release',
            hint=f'write {newest.version} back into {place}, or set mode = "branch" to bump by hand',
        )


def aside(tag: Tag, count: int, commit: Commit, remote: str) -> Failure:
    """The refusal where the tag of version.txt's version is not in the history, which lacks `count` of its commits."""
    by = f"{tag.commit[:12]} by {commit.author} <{commit.email}>"
    return Failure(
        f"tag {tag.name} is not in this history: it has {count} commits that are not here, the last is {by}",
        hint=f"merge {tag.name} into this branch   or move version.txt to the last release of this branch   "
        f"or, if that tag is a mistake: git push {remote} --delete {tag.name}",
        code=Exit.PERSON,
    )


def outlook(standing: Standing, rule_set: RuleSet, scheme_next: Version | None = None) -> Outlook:
    """What a release from here would be.

    `scheme_next` is the version that a version scheme of the user's own gives, where there is one.
    In mode `branch` the wish itself is the next version, as long as it has no tag; so it is in mode `pull-request`
    once the release pull request is merged. Elsewhere the newest footer `Release-As` is. Raises `Failure` where that
    names no version that can follow.
    """
    current, last, wanted = standing.current, standing.last_tag, standing.wanted
    increment = highest(standing.changes)
    following = scheme_next or next_version(current, increment or Increment.PATCH)
    wished = standing.wished
    bumped = wished or standing.mode == "branch"  # else the bump is the release's, or its pull request's
    warnings = list(standing.warnings)
    upcoming = following if increment else None
    if wanted and not bumped:
        warnings.append(_wanted(wanted, upcoming))
        upcoming = following = version_wanted(wanted, current)
        increment = _step(current, following)
    elif wanted and wanted.text != str(current):
        warnings.append(_not_heard(wanted, standing.mode, current))
    base = current if wished else following
    if bumped:
        if increment and not wished:
            warnings.append(_not_bumped(current, following))
        upcoming = current if wished and standing.changes else None
        increment = _step(last.version, current) if upcoming and last else increment if upcoming else None
    if last is None:
        warnings.append(_first_release(upcoming))
    elif upcoming is None and not bumped and current.is_prerelease:
        warnings.append(_waiting(current, following))
    warnings += [_amended(change.commit) for change in standing.changes if change.commit.amended_from is not None]
    warnings += [_quoted(change.commit) for change in standing.changes if quotes_a_break(change.commit.message)]
    return Outlook(
        *standing[:6],
        next=upcoming,
        increment=increment,
        tag=tag_name(upcoming, rule_set) if upcoming else None,
        candidate=candidate_version(base, len(standing.changes), standing.commit),
        changes=standing.changes,
        warnings=tuple(warnings),
        wanted=wanted,
    )


def tag_findings(own: Tag, tags: Mapping[str, str], rule_set: RuleSet) -> tuple[Finding, ...]:
    """Warnings where commitizen would take another tag than `own` for that of its version, or none."""
    names = [tag_name(own.version, rule_set, tag_format) for tag_format in rule_set.tag_formats]
    others = [name for name in names if tags.get(name, own.commit) != own.commit]
    found = [_two_tags(own, name) for name in others]
    # Each version scheme spells pre-releases its own way, and commitizen looks for 1.2 as the newest 1.2.x.
    if own.name not in names and not own.version.is_prerelease and len(own.version.release) > 2:
        found.append(_odd_tag(own, names[0]))
    return tuple(found)


def bump_message(current: Version, new: Version, rule_set: RuleSet) -> str:
    """The bump commit's message, by commitizen's `bump_message`."""
    return Template(rule_set.bump_message).safe_substitute(current_version=current, new_version=new)


def taken_names(outlook: Outlook, tags: Mapping[str, str], rule_set: RuleSet) -> tuple[str, ...]:
    """Tags, anywhere in the repository, that already stand for the next version."""
    if outlook.next is None:
        return ()
    names = (tag_name(outlook.next, rule_set, tag_format) for tag_format in rule_set.tag_formats)
    return tuple(name for name in names if name in tags)


def bump_commit(version: Version, commits: Sequence[Commit], rule_set: RuleSet) -> Commit | None:
    """The commit that bumped to a version, by its subject; a forge's squash adds the number of the pull request."""
    before, mark, _ = rule_set.bump_message.partition("$new_version")
    if not mark:
        return None
    ending = before.rpartition("$current_version")[2] + str(version)
    opening = before.partition("$current_version")[0]
    for commit in commits:
        subject = re.sub(r" \(#\d+\)$", "", commit.subject)
        if subject.startswith(opening) and subject.endswith(ending):
            return commit
    return None


def _step(old: Version, new: Version) -> Increment:
    if (old.epoch, old.major) != (new.epoch, new.major):
        return Increment.MAJOR
    return Increment.MINOR if old.minor != new.minor else Increment.PATCH


def _not_bumped(current: Version, following: Version) -> Finding:
    return Finding(
        "not-bumped",
        "warning",
        f"there are changes to release since {current}, but version.txt still says {current}",
        f"bump in the branch: cz bump (that gives {following})",
    )


def _wanted(wanted: Wanted, otherwise: Version | None) -> Finding:
    return Finding(
        "release-as",
        "warning",
        f"{wanted.said}; by what the commits are worth it would be {otherwise or 'no release'}",
        "",
    )


def _not_heard(wanted: Wanted, mode: str, current: Version) -> Finding:
    return Finding(
        "release-as",
        "warning",
        f"{wanted.said}; in mode {mode!r} version.txt decides, and says {current}",
        "bump in the branch: cz bump VERSION",
    )


def _amended(commit: Commit) -> Finding:
    return Finding(
        "amended",
        "warning",
        f"commit {commit.sha[:7]} counts as its note says; it was committed as {commit.amended_from!r}",
        f"git notes --ref=cz-ship show {commit.sha[:7]}",
    )


def _quoted(commit: Commit) -> Finding:
    return Finding(
        "quoted-break",
        "warning",
        f"commit {commit.sha[:7]} quotes a BREAKING CHANGE line; it does not count (cz bump takes it for MAJOR)",
        "where a break is meant, begin a paragraph with BREAKING CHANGE:, or write type!: in the subject",
    )


def _two_tags(own: Tag, other: str) -> Finding:
    return Finding(
        "two-tags",
        "warning",
        f"{own.name} and {other} both stand for {own.version}, on different commits; what came after {own.name} "
        f"counts (cz bump takes the tag that was made last)",
        f"delete the one that is wrong: git tag --delete {other}",
    )


def _odd_tag(own: Tag, name: str) -> Finding:
    return Finding(
        "odd-tag",
        "warning",
        f"the tag of {own.version} is called {own.name}; cz bump looks for {name} alone, and reads the whole history",
        f"git tag {name} {own.name}^{{}}",
    )


def _waiting(current: Version, final: Version) -> Finding:
    return Finding(
        "pre-release",
        "warning",
        f"{current} stays a pre-release: no commit since asks for a release (cz bump makes {final} of it at once)",
        f"any commit that asks for a release, even an empty one, makes it {final}",
    )


def _first_release(upcoming: Version | None) -> Finding:
    text = "there is no release tag yet: the whole history counts for the first release"
    return Finding("first-release", "warning", text, f"it will be {upcoming}" if upcoming else "")
