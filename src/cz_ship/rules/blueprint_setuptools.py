"""setuptools reads version.txt: by pyproject.toml, by setup.cfg, or not at all where setup.py is a program."""

import re
from collections.abc import Mapping

from cz_ship.rules.backends import SETUPTOOLS
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_stated import Stated, by_attribute, by_file, by_package, by_setup_py
from cz_ship.rules.wish import FILE

_WHY = f"setuptools reads {FILE}"
_SECTION = re.compile(r"^\[metadata\]\n(?:(?!\[).*\n?)*", re.MULTILINE)
_LINE = re.compile(r"^(version[ \t]*[=:][ \t]*)(.*)$", re.MULTILINE)


def by_setuptools(draft: Draft, stated: Stated, derived: bool) -> Stated:
    """The version as found, `stated` where it stood in [project]; setuptools reads version.txt from now on.

    `derived`: it came from the tags.
    """
    if "project" not in draft.toml():
        return _by_setup_cfg(draft, derived)
    told = draft.value(*SETUPTOOLS.table, "version")
    if isinstance(told, Mapping):
        stated = _led_to(draft, told)
        if _file_of(told) == FILE:
            return stated
    elif not stated.version and not derived:
        stated = _by_setup_py(draft)
    for key, value in SETUPTOOLS.keys.items():
        draft.set(SETUPTOOLS.table, key, value, _WHY)
    return stated


def _led_to(draft: Draft, told: Mapping[str, object]) -> Stated:
    """The version that `{attr = …}` or `{file = …}` leads to."""
    if isinstance(told.get("attr"), str):
        return by_attribute(draft, str(told["attr"]))
    file = _file_of(told)
    if file != FILE and draft.text(file) is not None:
        draft.find(
            "old-file", "warning", f"{file} is not read any more, {FILE} is", f"git rm {file}, if nobody else does"
        )
    return by_file(draft, file)


def _file_of(told: Mapping[str, object]) -> str:
    named = told.get("file")
    return str(named[0] if isinstance(named, list) and named else named)


def _by_setup_cfg(draft: Draft, derived: bool) -> Stated:
    text = draft.text("setup.cfg") or ""
    section = _SECTION.search(text)
    line = _LINE.search(section[0]) if section else None
    if section and line:
        kind, _, rest = line[2].partition(":")
        told = {kind.strip(): rest.strip()} if rest else {}
        stated = _led_to(draft, told) if told else Stated(line[2].strip())
        at = section.start() + line.start(2)
        if told != {"file": FILE}:
            draft.put("setup.cfg", f"{text[:at]}file: {FILE}{text[at + len(line[2]) :]}", _WHY)
        return stated
    if derived and section:
        at = section.end() - len(section[0]) + len("[metadata]\n")
        draft.put("setup.cfg", f"{text[:at]}version = file: {FILE}\n{text[at:]}", _WHY)
        return Stated()
    return _by_setup_py(draft)


def _by_setup_py(draft: Draft) -> Stated:
    program = draft.text("setup.py")
    if program is None or FILE in program:
        return Stated()
    if (stated := by_setup_py(draft)).version:
        return stated
    if (stated := by_package(draft)).version:
        place = stated.places[0].partition(":")[0]
        draft.find("setup-py", "warning", f"setup.py is a program: it is taken to read its version from {place}")
        return stated
    draft.find(
        "no-home",
        "error",
        "setup.py works the version out by itself, and init does not run it",
        f'let it read {FILE}: version=open("{FILE}").read().strip(); then run init again',
    )
    return Stated()
