"""Tags and versions: which version a tag stands for, and what a version's tag is called."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import Template

from packaging.version import InvalidVersion, Version

from cz_ship.model import RuleSet, Tag

_NO_REF = re.compile(r"[\s~^:?*\[\\]|\.\.|@\{|//")


def tag_name(version: Version, rule_set: RuleSet, tag_format: str | None = None) -> str:
    """The tag of a version, by the configured `tag_format` (or another given one)."""
    major, minor, micro = (*version.release, 0, 0)[:3]
    prerelease = "".join(map(str, version.pre)) if version.pre else ""
    return Template(tag_format or rule_set.tag_formats[0]).safe_substitute(
        version=str(version), major=major, minor=minor, patch=micro, prerelease=prerelease
    )


def unusable(rule_set: RuleSet) -> str:
    """Why `tag_format` gives no tags that git takes and that read back to their version; empty where it does.

    What git refuses in a ref's name: `git help check-ref-format`.
    """
    version = Version("1.2.3")
    name = tag_name(version, rule_set)
    if version_of(name, rule_set) != version:
        return f"tag_format {rule_set.tag_formats[0]!r} gives {name!r} for 1.2.3, which does not read back to it"
    if name.startswith(("-", "/")) or name.endswith(("/", ".", ".lock")) or _NO_REF.search(name):
        return f"tag_format {rule_set.tag_formats[0]!r} gives {name!r} for 1.2.3, which git takes for no tag's name"
    return ""


def version_of(name: str, rule_set: RuleSet) -> Version | None:
    """The version that a tag's name stands for; None where the name is no release tag.

    Of `ignored_tag_formats`, "*" hides no release: commitizen's pages name it for quiet about unknown tags.
    """
    if any(
        pattern.fullmatch(name) and not pattern.fullmatch("") for pattern in _compiled(rule_set.ignored_tag_patterns)
    ):
        return None
    for pattern in _compiled(rule_set.tag_patterns):
        if match := pattern.fullmatch(name):
            return _version_in(match)
    return _beyond_patterns(name, rule_set)


def _beyond_patterns(name: str, rule_set: RuleSet) -> Version | None:
    """What PEP 440 calls a release and commitizen's patterns do not read: an epoch, a post-release, 2026.11.20.1."""
    for tag_format in rule_set.tag_formats:
        head, mark, tail = tag_format.replace("${version}", "$version").partition("$version")
        text = name[len(head) : len(name) - len(tail)]
        if mark and text[:1].isdigit() and name == head + text + tail:
            try:
                version = Version(text)
            except InvalidVersion:
                continue
            if (version.epoch or version.is_postrelease or len(version.release) > 3) and not version.is_devrelease:
                return version
    return None


def _version_in(match: re.Match[str]) -> Version | None:
    groups = match.groupdict()
    text = groups.get("version")
    if text is None:
        parts = [groups.get("major"), groups.get("minor"), groups.get("patch")]
        text = ".".join(part for part in parts if part)
        text += f"-{groups['prerelease']}" if groups.get("prerelease") else ""
        text += groups.get("devrelease") or ""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def find_tag(version: Version, tags: Mapping[str, str], rule_set: RuleSet) -> Tag | None:
    """The tag of a version among `tags` (name to commit): the current format's name wins, then the
    legacy ones', then any tag that stands for an equal version (1.2 == 1.2.0, PEP 440).

    The tag of a development release is found by its name alone: it is no release.
    """
    for tag_format in rule_set.tag_formats:
        name = tag_name(version, rule_set, tag_format)
        if name in tags and (version.is_devrelease or version_of(name, rule_set) == version):
            return Tag(name, tags[name], version)
    for name, commit in tags.items():
        if version_of(name, rule_set) == version:
            return Tag(name, commit, version)
    return None


def restoring(name: str, commit: str | None, remote: str) -> str:
    """The commands that bring a lost tag back; without its `commit` a person has to name that."""
    return f"git tag {name} {commit or '<its commit>'} && git push {remote} {name}"


def release_tags(tags: Iterable[tuple[str, str]], rule_set: RuleSet) -> tuple[Tag, ...]:
    """The release tags among (name, commit) pairs, lowest version first; one tag for a version."""
    found: dict[Version, Tag] = {}
    for name, commit in tags:
        version = version_of(name, rule_set)
        if version is not None and (version not in found or name == tag_name(version, rule_set)):
            found[version] = Tag(name, commit, version)
    return tuple(found[version] for version in sorted(found))


@lru_cache(maxsize=8)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
