"""Release notes and the changelog file: sections from history, put into what is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.model import Commit, Section
from cz_ship.rules.changelog import day, insert, releases, section, sections
from cz_ship.rules.markdown import markdown
from cz_ship.rules.tags import find_tag, release_tags

if TYPE_CHECKING:
    from cz_ship.ports import Repository, Rules


def upcoming(rules: Rules, tag: str, time: int, commits: Sequence[Commit]) -> Section:
    """The section of a release that has no tag yet."""
    return section(tag, day(time), None, rules.changelog_commits(commits), rules.rule_set)


def all_sections(repository: Repository, rules: Rules, tip: str) -> tuple[Section, ...]:
    """Every release's section, newest first; what is not released yet stands before them."""
    rule_set = rules.rule_set
    tags = release_tags(repository.tags(), rule_set)
    if rule_set.merge_prereleases:
        tags = tuple(tag for tag in tags if not tag.version.is_prerelease)
    if not rule_set.hooks:
        return sections(repository.history(tip), tags, rule_set)
    commits = repository.walk(tip).commits
    return sections(commits, tags, rule_set, {each.sha for each in rules.changelog_commits(commits)})


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


def put(rules: Rules, content: bytes | None, new: Section, version: Version) -> bytes:
    """The changelog file with a release's section in it; all that stood there stays, byte for byte."""
    text = _decoded(rules, content)
    part = rendered(rules, [new], incremental=True)
    whole = insert(text, part, version, rules.headings(text.removeprefix("\ufeff")))
    return content or b"" if whole == text else _encoded(rules, rules.finish(whole, part))


def put_all(rules: Rules, content: bytes | None, sections: Sequence[Section]) -> bytes:
    """The changelog file with every release's section in it that it lacks."""
    text = _decoded(rules, content)
    if not text.strip():
        whole = rendered(rules, [each for each in sections if each.tag], incremental=False)
        return _encoded(rules, rules.finish(whole, None))
    # Looked up once: a second run over hundreds of releases would read the file anew for each.
    there = releases(rules.headings(text.removeprefix("\ufeff")))
    for each in reversed(sections):
        if each.tag and each.tag.version not in there:
            content = put(rules, content, each, each.tag.version)
    return content or b""


def rendered(rules: Rules, sections: Sequence[Section], *, incremental: bool) -> str:
    """Sections as text: by our own hand where the rules are plain, else by commitizen's template and hooks."""
    if rules.rule_set.plain_markdown:
        return markdown(sections, rules.rule_set)
    return rules.render(sections, incremental=incremental)


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
