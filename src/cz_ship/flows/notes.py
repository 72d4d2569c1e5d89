"""Release notes and the changelog file: sections from history, put into what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.version import Version

from cz_ship.errors import Exit, Failure
from cz_ship.model import Commit, Past, RuleSet, Section, Tag
from cz_ship.rules.changelog import day, heading_line, insert, notes, releases, section, sections
from cz_ship.rules.hand_edits import carried_over
from cz_ship.rules.headings import with_all_releases
from cz_ship.rules.history import labelled
from cz_ship.rules.markdown import markdown
from cz_ship.rules.released import noted, past_of, same_releases, still_told
from cz_ship.rules.tags import find_tag, release_tags

if TYPE_CHECKING:
    from cz_ship.ports import Memory, Repository, Rules


def upcoming(rules: Rules, tag: str, time: int, commits: Sequence[Commit]) -> Section:
    """The section of a release that has no tag yet."""
    return section(tag, day(time), None, rules.changelog_commits(commits), rules.rule_set)


def whole(repository: Repository, rules: Rules, tip: str, memory: Memory | None) -> str:
    """The changelog of all of history; where `memory` has its released part still, only the rest is looked at."""
    rule_set = rules.rule_set
    if memory is None or not rule_set.plain_markdown:
        return rules.finish(rendered(rules, all_sections(repository, rules, tip), incremental=False), "")
    tags = _releases(repository, rule_set)
    past, commits = _recalled(repository, tags, tip, memory)
    notes: list[list[str]] = [[] for _ in (*tags, None)]
    told = sections(noted(labelled(commits, tags), notes), tags, rule_set)
    known = {name for name, _ in past.tags} if past else set()
    new = [each for each in told if each.tag and each.tag.name not in known]
    released = _joined(markdown(new, rule_set), past.text if past else "")
    if new and (last := new[0].tag):
        made = past_of(released, last, tags, notes, past)
        if still_told(made, tags, repository.top(tip, last.commit)):
            memory.keep(made)
    return _joined(markdown([each for each in told if each.tag is None], rule_set), released)


def _recalled(
    repository: Repository, tags: Sequence[Tag], tip: str, memory: Memory
) -> tuple[Past | None, Iterable[Commit]]:
    """What is remembered, where that holds, and the commits that are to be looked at."""
    past = memory.recall()
    if past and same_releases(past, tags):
        top = repository.top(tip, past.tags[-1][1])
        if still_told(past, tags, top):
            return past, top
    return None, repository.history(tip)


def _joined(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def all_sections(repository: Repository, rules: Rules, tip: str) -> tuple[Section, ...]:
    """Every release's section, newest first; what is not released yet stands before them."""
    rule_set = rules.rule_set
    tags = _releases(repository, rule_set)
    if not rule_set.hooks:
        return sections(labelled(repository.history(tip), tags), tags, rule_set)
    commits = repository.walk(tip).commits
    return sections(labelled(commits, tags), tags, rule_set, {each.sha for each in rules.changelog_commits(commits)})


def _releases(repository: Repository, rule_set: RuleSet) -> tuple[Tag, ...]:
    tags = release_tags(repository.tags(), rule_set)
    if rule_set.merge_prereleases:
        return tuple(tag for tag in tags if not tag.version.is_prerelease)
    return tags


def section_of(repository: Repository, rules: Rules, tip: str, version: Version) -> Section:
    """One release's section. Raises `Failure` where the version has no tag in this history."""
    tag = find_tag(version, dict(repository.tags()), rules.rule_set)
    if tag is None:
        raise Failure(f"there is no tag for {version}", hint="git tag --list shows the tags that are here")
    if not repository.contains(tip, tag.commit):
        raise Failure(f"tag {tag.name} is not in this history", hint=f"look from there: git checkout {tag.name}")
    found = [each for each in all_sections(repository, rules, tip) if each.tag and each.tag.version == version]
    if not found:
        raise Failure(f"tag {tag.name} has no section of its own: pre-releases are merged into their release")
    return found[0]


def told_in(repository: Repository, rules: Rules, commit: str, version: Version) -> str:
    """A release's notes for the forge, in Markdown: as the changelog file at its commit tells them, hand-written
    text included; else as history does; empty where it has no section."""
    rule_set = rules.rule_set
    in_markdown = rule_set.changelog_file.lower().endswith((".md", ".markdown", ".mkd"))
    if in_markdown:
        text = _decoded(rules, repository.read(commit, rule_set.changelog_file)).removeprefix("\ufeff")
        if found := notes(text, version, _headings(rules, text)):
            return found
    with suppress(Failure):
        told = [section_of(repository, rules, commit, version)]
        text = rendered(rules, told, incremental=True) if in_markdown else markdown(told, rule_set)
        return text.partition("\n")[2].strip()
    return ""


def put(rules: Rules, content: bytes | None, new: Section, version: Version) -> bytes:
    """The changelog file with a release's section in it; all that stood there stays, byte for byte."""
    text = _decoded(rules, content)
    part = rendered(rules, [new], incremental=True)
    whole = insert(text, part, version, _headings(rules, text))
    return content or b"" if whole == text else _encoded(rules, rules.finish(whole, part))


def edited_text(rules: Rules, made: bytes, edited: bytes, anew: bytes, version: Version) -> bytes:
    """The changelog as it is made anew, with what people wrote into the one that was made before, for `version`.

    The heading of that section is the release's own. Raises `Failure` where the section itself is gone.
    """
    before, theirs = _decoded(rules, made), _decoded(rules, edited)
    own, held = (heading_line(version, _headings(rules, text)) for text in (before, theirs))
    if own is None or held is None:
        raise Failure(
            f"{rules.rule_set.changelog_file} has no section of {version} any more where it is proposed",
            hint="bring its heading back there; what stands below it can be edited",
            code=Exit.PERSON,
        )
    lines = theirs.split("\n")
    lines[held] = before.split("\n")[own]
    return _encoded(rules, carried_over(before, "\n".join(lines), _decoded(rules, anew)))


def put_all(rules: Rules, content: bytes | None, sections: Sequence[Section]) -> bytes:
    """The changelog file with every release's section in it that it lacks."""
    text = _decoded(rules, content)
    if not text.strip():
        whole = rendered(rules, [each for each in sections if each.tag], incremental=False)
        return _encoded(rules, rules.finish(whole, None))
    # Looked up once: a second run over hundreds of releases would read the file anew for each.
    there = releases(_headings(rules, text))
    for each in reversed(sections):
        if each.tag and each.tag.version not in there:
            content = put(rules, content, each, each.tag.version)
    return content or b""


def told(rules: Rules, content: bytes | None) -> tuple[Version, ...]:
    """The releases that a changelog has headings of, from its top; one with two of them is there twice."""
    text = _decoded(rules, content)
    return tuple(version for heading in _headings(rules, text) for version in releases([heading]))


def rendered(rules: Rules, sections: Sequence[Section], *, incremental: bool) -> str:
    """Sections as text: by our own hand where the rules are plain, else by commitizen's template and hooks."""
    if rules.rule_set.plain_markdown:
        return markdown(sections, rules.rule_set)
    return rules.render(sections, incremental=incremental)


def _headings(rules: Rules, text: str) -> tuple[tuple[int, str], ...]:
    bare = text.removeprefix("\ufeff")
    return with_all_releases(bare, rules.headings(bare), rules.rule_set)


def _decoded(rules: Rules, content: bytes | None) -> str:
    encoding, name = rules.rule_set.encoding, rules.rule_set.changelog_file
    try:
        return (content or b"").decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Failure(f"{name} cannot be read as {encoding}: {error}", hint="set `encoding` for commitizen") from error


def _encoded(rules: Rules, text: str) -> bytes:
    encoding, name = rules.rule_set.encoding, rules.rule_set.changelog_file
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise Failure(
            f"{name} cannot be written as {encoding}: {error}", hint="set `encoding` for commitizen"
        ) from error
