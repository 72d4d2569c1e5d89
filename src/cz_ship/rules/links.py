"""Links between a project's pages, followed without a network."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from cz_ship.gates import Remark

_LINK = re.compile(r"(?<!\\)\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
# What `[text][name]` leads to; `[^1]:` is a footnote.
_NAMED = re.compile(r"^ {0,3}\[[^\]^][^\]]*\]:\s+<?([^\s>]+)>?(?:\s+[\"'(].*)?$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_CODE = re.compile(r"`[^`\n]*`")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|/|\{")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_ANCHOR = re.compile(r"<\w+[^>]*\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)")


def broken_links(pages: Mapping[str, str], paths: Iterable[str], *, headings: bool = True) -> tuple[Remark, ...]:
    """Relative links of Markdown pages (path to text) that lead to no file and no folder among `paths`.

    With `headings` also those that lead to no heading of a page, as the forge names them; a tool that builds pages
    has names of its own.
    """
    known = set(paths)
    known |= {folder for path in known for folder in _folders(path)}
    anchors = {page: _anchors(text) for page, text in pages.items()} if headings else {}
    found = []
    for page, text in sorted(pages.items()):
        for number, target in _targets(text):
            way, _, part = target.partition("#")
            path = normpath(join(dirname(page), unquote(way.partition("?")[0]))) if way else page
            if path not in known:
                found.append(Remark(f"a link leads to {target}, which is not in the tree", page, number))
            elif part and unquote(part).lower() not in anchors.get(path, {unquote(part).lower()}):
                found.append(Remark(f"a link leads to {target}, and {path} has no such heading", page, number))
    return tuple(found)


def _targets(text: str) -> Iterator[tuple[int, str]]:
    """What a page's links lead to, with their lines."""
    for number, line in _prose(text):
        named = _NAMED.match(line)
        for target in [named[1]] if named else _LINK.findall(_CODE.sub("", line)):
            if not _ELSEWHERE.match(target):
                yield number, target


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a page (from 1) that are in no fence: one ends with as many of the signs that it began with."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        sign = _FENCE.match(line)
        if sign and not fence:
            fence = sign[1]
        elif sign and sign[1].startswith(fence) and not sign[2].strip():
            fence = ""
        elif not fence:
            yield number, line


def _anchors(text: str) -> frozenset[str]:
    """What can stand behind the # of a link to a page: its headings as GitHub names them, and ids that it gives."""
    found = {"", "top"}
    counted: Counter[str] = Counter()
    above = ""
    for _, line in _prose(text):
        found.update(each.lower() for each in _ANCHOR.findall(line))
        heading = _HEADING.match(line)
        title = heading[1] if heading else above if _UNDERLINE.match(line) else ""
        if title.strip():
            slug = _slug(title)
            found.add(f"{slug}-{counted[slug]}" if counted[slug] else slug)
            counted[slug] += 1
        above = line
    return frozenset(found)


def _slug(title: str) -> str:
    """A heading as GitHub names it. https://docs.github.com/en/get-started/writing-on-github (section links)"""
    shown = re.sub(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])", r"\1", re.sub(r"<[^>]+>", "", title))
    plain = re.sub(r"(?<!\w)(_+)(\S(?:.*?\S)?)\1(?!\w)", r"\2", shown)
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return [".", *("/".join(parts[: count + 1]) for count in range(len(parts)))]
