"""A new project: what a package begins with, as if it had been there before `init` looked."""

import keyword
import re
import sys
from collections.abc import Mapping

from cz_ship.errors import usage
from cz_ship.site import View

# A distribution's name: https://packaging.python.org/en/latest/specifications/name-normalization/
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
# A word to be filled in; one in two pairs of braces is a template's own, and keeps one pair.
_WORD = re.compile(r"\{\{\w+\}\}|\{(?:name|package|year)\}")
BRANCH = "main"


def package_of(name: str) -> str:
    """The package of a distribution's name. Raises `Failure` (usage) where it gives none that can be imported."""
    package = re.sub(r"[-_.]+", "_", name).lower()
    if not _NAME.fullmatch(name):
        raise usage(f"{name!r} is no project's name; letters, digits and inner . _ - were wanted")
    if not package.isidentifier() or keyword.iskeyword(package):
        raise usage(f"{name!r} gives the package {package!r}, which Python cannot import")
    if package in sys.stdlib_module_names:
        raise usage(f"{name!r} gives the package {package!r}, which is one of Python's own")
    return package


def new_project(name: str, year: int, beginnings: Mapping[str, str]) -> View:
    """A project that holds its beginnings and nothing else; `beginnings` are templates by path."""
    words = {"{name}": name, "{package}": package_of(name), "{year}": str(year)}
    texts = {}
    for path, template in beginnings.items():
        place = path.replace("src/package/", f"src/{words['{package}']}/").replace(
            "test_package", f"test_{words['{package}']}"
        )
        texts[place] = _WORD.sub(lambda match: words.get(match[0], match[0][1:-1]), template)
    return View(name, tuple(texts), texts, frozenset(), frozenset(), (), BRANCH, "")
