"""Links between a project's pages, followed without a network."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from cz_ship.gates import Remark

# Where pages lie, but for those at the top of a tree.
FOLDERS = ("docs/", "doc/")
# A text, and a target, may hold the brackets that they stand in.
_TEXT = r"\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\]"
_TARGET = r"(?:<(?P<angled>[^<>\n]+)>|(?P<plain>(?:\\.|[^\s()<>\\]|\([^\s()]*\))+))"
_LINK = re.compile(rf"(?<!\\){_TEXT}\(\s*{_TARGET}(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)")
_IMAGE = re.compile(f"!{_LINK.pattern}")
# What `[text][name]` leads to; `[^1]:` is a footnote.
_NAMED = re.compile(rf"^ {{0,3}}\[[^\]^][^\]]*\]:\s+{_TARGET}(?:\s+[\"'(].*)?$")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# Backticks with more of them behind are code within a line, and no fence.
_FENCE = re.compile(r"^\s*(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_CODE = re.compile(r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)")
_CODE_OR_COMMENT = re.compile(f"(?P<code>{_CODE.pattern})|<!--.*?-->")
_COMMENT, _COMMENT_ENDS = re.compile(r" {0,3}<!--"), "-->"
# What stands indented below these is text and no code: lists, and the boxes and tabs of tools that build pages.
_LISTED = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)]|[!?]{3}\+?|===)\s")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)\s*\S")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|/|\{")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_ANCHOR = re.compile(r"<\w+[^>]*\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)")


def broken_links(pages: Mapping[str, str], paths: Iterable[str], *, built: bool = False) -> tuple[Remark, ...]:
    """Relative links of Markdown pages (path to text) that lead to no file and no folder among `paths`.

    Also those that lead to no heading of a page, as the forge names them; where pages are `built` by a tool, it has
    names of its own. Then links from one page to another within their folder are left to it, too: it may make pages.
    What leads out of the tree is the forge's (`../../issues`).
    """
    known = set(paths)
    known |= {folder for path in known for folder in _folders(path)}
    anchors = {page: _anchors(text) for page, text in pages.items()} if not built else {}
    found = []
    for page, text in sorted(pages.items()):
        for number, target in _targets(text):
            way, _, part = target.partition("#")
            path = normpath(join(dirname(page), unquote(way.partition("?")[0]))) if way else page
            is_forges = path == ".." or path.startswith("../")
            if is_forges or (built and any(page.startswith(each) and path.startswith(each) for each in FOLDERS)):
                continue
            if path not in known:
                found.append(Remark(f"a link leads to {target}, which is not in the tree", page, number))
            elif part and unquote(part).lower() not in anchors.get(path, {unquote(part).lower()}):
                found.append(Remark(f"a link leads to {target}, and {path} has no such heading", page, number))
    return tuple(found)


def _targets(text: str) -> Iterator[tuple[int, str]]:
    """What a page's links lead to, with their lines."""
    for number, line in _prose(text):
        named, bare = _NAMED.match(line), _CODE.sub("", line)
        # An image may be the text of a link.
        linking = [named] if named else [*_IMAGE.finditer(bare), *_LINK.finditer(_IMAGE.sub("", bare))]
        for target in (each["angled"] or each["plain"] for each in linking):
            if not _ELSEWHERE.match(target):
                yield number, _ESCAPED.sub(r"\1", target)


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a page (from 1) that are in no fence, no comment and no indented code.

    Source: https://spec.commonmark.org/0.31.2/#leaf-blocks, as far as lines tell it.
    """
    hidden = ""  # what ends that which hides lines: a comment, or a fence
    is_listed, is_apart = False, True
    for number, whole in enumerate(text.splitlines(), 1):
        line = _shown(whole, hidden)
        if line is None:
            continue
        if _LISTED.match(line):
            is_listed = True
        elif is_apart and line.strip():
            is_listed = is_listed and line[0].isspace()
        if is_apart and not is_listed and _INDENTED.match(line):
            continue
        is_apart = not line.strip()
        sign = _FENCE.match(line)
        bare = _CODE_OR_COMMENT.sub(lambda match: match["code"] or "", line)
        hidden = sign[1] if sign else _COMMENT_ENDS if _COMMENT.match(bare) else ""
        if not hidden:
            yield number, bare


def _shown(line: str, hidden: str) -> str | None:
    """What a line shows behind the end of that which hides it; None where that does not end here."""
    if hidden == _COMMENT_ENDS:
        _, end, rest = line.partition(hidden)
        return rest if end else None
    if hidden:  # a fence ends with as many of the signs that it began with
        sign = _FENCE.match(line)
        return "" if sign and sign[1].startswith(hidden) and not sign[2].strip() else None
    return line


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
