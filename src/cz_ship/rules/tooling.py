"""Which commands judge a project's style, types and pages, as its own files name them."""

import re
from collections.abc import Callable, Iterable, Sequence
from shlex import quote, split
from typing import NamedTuple

from cz_ship.gates import GateSettings, Hook, Remark

SETTINGS = "the settings"
HOOKS = "pre-commit's configuration"
# Before pre-commit runs any hook it fetches all repositories that its configuration names.
LOCAL = " --config {local}"

# Hooks and tools by the gate that they are of; the first part of a hook's name is its tool's.
FAMILIES = {
    "lint": ("ruff", "ruff-check", "flake8", "pylint", "pycodestyle", "pydocstyle", "bandit"),
    "format": ("ruff-format", "black", "isort", "yapf", "autopep8"),
    "types": ("mypy", "pyright", "basedpyright", "ty", "pyre"),
}
# Tools that are known by their table in pyproject.toml, or a key in it, and how each is asked without changing a file.
BY_TABLE = {
    "lint": (("ruff", "ruff check ."), ("pylint", "pylint --recursive=y .")),
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


class Tool(NamedTuple):
    """A command, as a shell's words, who named it, and what it goes by."""

    command: str
    named_by: str
    name: str


class Choice(NamedTuple):
    """What a gate asks, and what it leaves out, each with why; `nobody` says why, where there is neither."""

    tools: tuple[Tool, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    nobody: str = ""


def by_settings(command: str) -> Choice:
    """A command of the settings, and nothing beside it."""
    return Choice((Tool(command, SETTINGS, command),))


def style_choice(
    gate: str, hooks: Sequence[Hook], tables: Sequence[str], is_here: Callable[[str], bool], *, fetching: bool = True
) -> Choice:
    """What judges `lint`, `format` or `types` without the settings: pre-commit's hooks, or tables in pyproject.toml.

    `lint` asks the hooks of no family too, but for those that pre-commit would have to fetch where nothing is fetched.
    A hook whose program is not here is left out.
    """
    asked = [hook for hook in hooks if hook.name in FAMILIES[gate]]
    named = Choice() if asked else _by_table(gate, tables)
    if gate == "lint":
        asked += [hook for hook in hooks if not is_of_a_family(hook.name)]
    amiss = {hook.name: why for hook in asked if (why := _amiss(hook, is_here, fetching))}
    # pre-commit runs all hooks of one name, and would fail for the one that is amiss.
    names = dict.fromkeys(hook.name for hook in asked if hook.name not in amiss)
    others = {hook.name for hook in asked if not hook.local}
    tools = (
        Tool(f"pre-commit run {quote(name)} --all-files{'' if name in others else LOCAL}", HOOKS, name)
        for name in names
    )
    nobody = f"neither the settings (gates.commands.{gate}), nor pre-commit's hooks, nor pyproject.toml name one"
    return Choice((*tools, *named.tools), (*amiss.items(), *named.left_out), nobody)


def is_of_a_family(hook: str) -> bool:
    """Whether a hook is a linter's, a formatter's or a type checker's."""
    return any(hook in names for names in FAMILIES.values())


def docs_choice(settings: GateSettings, paths: Sequence[str]) -> Choice:
    """What builds a project's pages, warnings as errors."""
    if own := settings.commands.get("docs"):
        return by_settings(own)
    for file, command in (
        ("mkdocs.yml", "mkdocs build --strict --site-dir {out}"),
        ("docs/conf.py", "sphinx-build -W -b html docs {out}"),
        ("doc/conf.py", "sphinx-build -W -b html doc {out}"),
    ):
        if file in paths:
            return Choice((Tool(command, file, command.split()[0]),))
    return Choice(nobody="there is neither mkdocs.yml, nor docs/conf.py, nor gates.commands.docs")


def _by_table(gate: str, tables: Sequence[str]) -> Choice:
    named = dict.fromkeys(command for table, command in BY_TABLE[gate] if table in tables)
    left_out = []
    # Most projects have ruff for a linter; where another formatter has a table, it is none unless it is set up as one.
    other = next((table for table in ("black", "yapf") if table in tables), "")
    if gate == "format" and "ruff" in tables and other and "ruff.format" not in tables:
        del named["ruff format --check ."]
        left_out.append(("ruff format", f"[tool.{other}] is there, and no [tool.ruff.format]"))
    if gate == "types" and "mypy" in tables and "mypy" not in named:
        left_out.append(("mypy", "[tool.mypy] does not say what it is to check: files, packages or modules"))
    return Choice(tuple(Tool(command, "pyproject.toml", command) for command in named), tuple(left_out))


def _amiss(hook: Hook, is_here: Callable[[str], bool], fetching: bool) -> str:
    """Why a hook cannot run, as far as the configuration tells it; empty where it can."""
    if hook.entry is None:
        return "" if fetching or is_of_a_family(hook.name) else "without isolation nothing is fetched"
    try:
        words = split(hook.entry)
    except ValueError as error:
        return f"its entry is no command: {str(error).lower()}"
    if not words:
        return "its entry is empty"
    return "" if is_here(words[0]) else f"{words[0]} is neither in the tree nor on the path"


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
