"""Narrative: whether the changelog tells a release as it was, each change once, by the subjects of its commits."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# What the conventional plugin lists, by its own documentation: type, scope, and the description after the colon.
_LISTED = re.compile(r"(?:feat|fix|refactor|perf)(?:\((?P<scope>[^()]*)\))?!?: +(?P<text>.+)")
_PLAIN_NAME = "cz_conventional_commits"
# With one of these the plugin's lines may read otherwise, or others be listed.
_TELLING = ("template", "customize", "changelog_pattern", "commit_parser", "bump_pattern")


def telling_offences(
    before: Mapping[str, bytes], after: Mapping[str, bytes], tag: str, older: Iterable[str], subjects: Sequence[str]
) -> Iterator[str]:
    """What is wrong with the changelog of a release, each in a sentence.

    `before` and `after` are the files of the branch before the release and of its tag; `older` are the tags of then.
    `subjects` are those of the commits that the release brings, none where others wrote its section.
    """
    settings = _settings(after)
    path = str(settings.get("changelog_file", "CHANGELOG.md"))
    if path not in after:
        if subjects:
            yield f"there is no {path} at {tag}"
        return
    text, was = (held.get(path, b"").decode("utf-8", "replace") for held in (after, before))
    sections, known = _sections(text), _sections(was)
    if sections[tag] != 1:
        yield f"the changelog has {sections[tag] or 'no'} section{'s' * (sections[tag] > 1)} of {tag}"
    for each in sorted(older):
        if not known[each] <= sections[each] <= max(known[each], 1):
            yield f"the changelog has {sections[each]} sections of {each}, there had been {known[each]}"
    lines = list(_lines(text, tag))
    for (_, line), count in Counter(lines).items():
        if count > 1:
            yield f"the changelog tells {count} times: {line}"
    plain = settings and settings.get("name", _PLAIN_NAME) == _PLAIN_NAME
    if plain and not any(key in settings for key in _TELLING):
        yield from _untold(tag, [line for _, line in lines], subjects)


def _untold(tag: str, lines: Sequence[str], subjects: Sequence[str]) -> Iterator[str]:
    """Changes that too few lines tell. A line tells the longest description that stands in it."""
    changes = {(found["scope"], found["text"].strip()) for each in subjects if (found := _LISTED.fullmatch(each))}
    wanted = Counter(text for _, text in changes)
    longest_first = sorted(wanted, key=len, reverse=True)
    told = Counter(next((text for text in longest_first if text in line), "") for line in lines)
    for text, count in wanted.items():
        if told[text] < count:
            yield f"the changelog of {tag} does not tell: {text}"


def _sections(text: str) -> Counter[str]:
    """How many sections each version has, by the words of their headings."""
    titles = re.findall(r"^## +(.*)$", text, re.MULTILINE)
    return Counter(word for title in titles for word in set(_words(title)))


def _lines(text: str, tag: str) -> Iterator[tuple[str, str]]:
    """The items of a version's sections, each with the heading that it stands under."""
    inside, heading = False, ""
    for line in text.splitlines():
        if line.startswith("## "):
            inside = tag in _words(line)
        if line.startswith("#"):
            heading = line
        elif inside and line.startswith("- "):
            yield heading, line


def _words(title: str) -> list[str]:
    return re.split(r"[\s\[\]()]+", title)


def _settings(tree: Mapping[str, bytes]) -> Mapping[str, object]:
    """Commitizen's own settings, where they stand in TOML."""
    for path in (".cz.toml", "cz.toml", "pyproject.toml"):
        tables: object = tomllib.loads(tree[path].decode()) if path in tree else {}
        for key in ("tool", "commitizen"):
            tables = tables.get(key, {}) if isinstance(tables, Mapping) else {}
        if isinstance(tables, Mapping) and tables:
            return tables
    return {}
