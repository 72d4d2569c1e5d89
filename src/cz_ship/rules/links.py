"""Links between a project's pages, followed without a network."""

import re
from collections.abc import Iterable, Mapping
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from cz_ship.gates import Remark

_LINK = re.compile(r"(?<!\\)\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_CODE = re.compile(r"`[^`\n]*`")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|/|\{")


def broken_links(pages: Mapping[str, str], paths: Iterable[str]) -> tuple[Remark, ...]:
    """Relative links of Markdown pages (path to text) that lead to no file and no folder among `paths`."""
    known = set(paths)
    known |= {folder for path in known for folder in _folders(path)}
    found = []
    for page, text in sorted(pages.items()):
        fenced = False
        for number, line in enumerate(text.splitlines(), 1):
            if _FENCE.match(line):
                fenced = not fenced
            if fenced:
                continue
            for target in _LINK.findall(_CODE.sub("", line)):
                if _ELSEWHERE.match(target):
                    continue
                path = normpath(join(dirname(page), unquote(target.partition("#")[0].partition("?")[0])))
                if path not in known:
                    found.append(Remark(f"a link leads to {target}, which is not in the tree", page, number))
    return tuple(found)


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return [".", *("/".join(parts[: count + 1]) for count in range(len(parts)))]
