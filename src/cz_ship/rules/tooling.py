"""Which commands judge a project's style, types and pages, as its own files name them."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cz_ship.gates import GateSettings, Hook, Remark, Tooling

# Hooks and tools by the gate that they are of; the first part of a hook's name is its tool's.
FAMILIES = {
    "lint": ("ruff", "ruff-check", "flake8", "pylint", "pycodestyle", "pydocstyle", "bandit"),
    "format": ("ruff-format", "black", "isort", "yapf", "autopep8"),
    "types": ("mypy", "pyright", "basedpyright", "ty", "pyre"),
}
# Tools that are known by their table in pyproject.toml, or a key in it, and how each is asked without changing a file.
BY_TABLE = {
    "lint": (("ruff", "ruff check ."), ("pylint", "pylint .")),
    "format": (("ruff", "ruff format --check ."), ("black", "black --check ."), ("isort", "isort --check .")),
    # mypy that is not told what to check asks for it.
    "types": (
        *((f"mypy.{key}", "mypy") for key in ("files", "packages", "modules")),
        *(("pyright", "pyright"), ("ty", "ty check")),
    ),
}
# How tools tell a place: in the line itself (flake8, mypy, pylint, Sphinx), or below what they say of it (ruff).
_HERE = re.compile(r"([^\s:][^:]*):(\d+)(?::\d+)?:? +(?!note:)(\S.*)")
_BELOW = re.compile(r"\s*--> ([^:]+):(\d+)(?::\d+)?")
_UNFORMATTED = re.compile(r"would reformat:? (.+)", re.IGNORECASE)


class Choice(NamedTuple):
    """The commands of a gate, as a shell's words, and who named them; none with the reason why."""

    commands: tuple[str, ...]
    named_by: str


def style_choice(gate: str, settings: GateSettings, tooling: Tooling) -> Choice:
    """What judges `lint`, `format` or `types`: the settings, else pre-commit's hooks, else tables in pyproject.toml."""
    if own := settings.commands.get(gate):
        return Choice((own,), "the settings")
    hooks = [hook for hook in tooling.hooks if hook.name in FAMILIES[gate]]
    if hooks:
        return Choice(tuple(f"pre-commit run {each.name} --all-files" for each in hooks), "pre-commit's configuration")
    tables = tuple(command for table, command in BY_TABLE[gate] if table in tooling.tables)
    if tables:
        return Choice(tables[:1], "pyproject.toml")
    return Choice(
        (), f"neither the settings (gates.commands.{gate}), nor pre-commit's hooks, nor pyproject.toml name one"
    )


def docs_choice(settings: GateSettings, paths: Sequence[str]) -> Choice:
    """What builds a project's pages, warnings as errors."""
    if own := settings.commands.get("docs"):
        return Choice((own,), "the settings")
    for file, command in (
        ("mkdocs.yml", "mkdocs build --strict --site-dir {out}"),
        ("docs/conf.py", "sphinx-build -W -b html docs {out}"),
        ("doc/conf.py", "sphinx-build -W -b html doc {out}"),
    ):
        if file in paths:
            return Choice((command,), file)
    return Choice((), "there is neither mkdocs.yml, nor docs/conf.py, nor gates.commands.docs")


def missing_entries(hooks: Sequence[Hook], gate: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Programs of hooks that lie below the project's folder and are not in its tree, as those of `.venv`."""
    entries = [hook.entry.split()[0] for hook in hooks if hook.name in FAMILIES[gate] and hook.entry]
    return tuple(each for each in entries if "/" in each and not each.startswith("/") and each not in paths)


def placed(lines: Iterable[str], paths: Iterable[str]) -> tuple[Remark, ...]:
    """What a tool said, line by line, with the file of the tree and the line there that it speaks of, where it does."""
    known = frozenset(paths)
    found: list[Remark] = []
    for line in lines:
        here, below, unformatted = _HERE.fullmatch(line), _BELOW.fullmatch(line), _UNFORMATTED.fullmatch(line)
        if here and here[1] in known:
            found.append(Remark(here[3], here[1], int(here[2])))
        elif below and below[1] in known and found:
            found[-1] = Remark(found[-1].text, below[1], int(below[2]))
        elif unformatted and unformatted[1] in known:
            found.append(Remark("it would be reformatted", unformatted[1]))
        else:
            found.append(Remark(line))
    return tuple(found)
