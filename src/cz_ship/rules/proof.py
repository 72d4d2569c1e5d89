"""A test run: what has to be installed for it, and what its report tells."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree

from packaging.utils import canonicalize_name

from cz_ship.errors import usage
from cz_ship.gates import Remark
from cz_ship.rules.cells import code

# What projects call the dependencies of their tests; the last serves where none of the others is there.
NAMES = ("test", "tests", "testing")
LAST = "dev"
OURS = ("pytest", "coverage>=7")
SLOWEST = 10
# Two that measure one process spoil each other's figures; where warnings are errors, pytest-cov's about this is one.
WITHOUT_COV = ("--no-cov", "-W", "ignore:Coverage disabled via --no-cov")
_LACKING = re.compile(r"No module named|fixture '.+' not found")
# Messages of pytest's that name no reason: the second goes on with a file, in the folder where the tests ran.
_SILENT = re.compile(r'(collection failure$|failed on \w+(?= with "file ))')
# How Python and its HTTP clients say that the network, a name or a host is not there.
_NETWORK = re.compile(
    r"gaierror|getaddrinfo|name resolution|[Nn]ame or service not known|nodename nor servname|Network is unreachable"
    r"|No route to host|ConnectionRefusedError|Connection(Pool|Error)\b|ConnectError\b|ConnectTimeout|urlopen error"
)


class Needed(NamedTuple):
    """What is installed beside a wheel: its own extras, and requirements."""

    extras: tuple[str, ...]
    requirements: tuple[str, ...]


class Case(NamedTuple):
    """A test: its name, the seconds it took, what went wrong ("" where nothing did), where it stands, if it ran."""

    name: str
    seconds: float
    fault: str
    file: str
    line: int
    skipped: bool = False


def needed(names: Sequence[str] | None, extras: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Needed:
    """The test dependencies by their names, or else those that are there under one of the usual names.

    Raises `Failure` (usage) for a name that is neither an extra nor a group.
    """
    known = {canonicalize_name(name): name for name in (*extras, *groups)}
    if names is None:
        chosen = [name for name in NAMES if name in known] or [LAST] * (LAST in known)
    else:
        chosen = [canonicalize_name(name) for name in names]
        for name, asked in zip(chosen, names, strict=True):
            if name not in known:
                there = ", ".join(sorted(known)) or "none"
                raise usage(f"gates.test_dependencies: {asked!r} is no extra and no dependency group; known: {there}")
    by_name: dict[str, Sequence[str]] = {canonicalize_name(name): each for name, each in groups.items()}
    taken = tuple(name for name in chosen if name in {canonicalize_name(each) for each in extras})
    wanted = [requirement for name in chosen for requirement in by_name.get(name, ())]
    return Needed(taken, (*wanted, *OURS))


def missed(wanted: Needed, said: Sequence[Remark]) -> tuple[Remark, ...]:
    """A remark where tests lack a module or a fixture, and only what every run needs was found to install for them."""
    if wanted != Needed((), OURS) or not any(_LACKING.search(each.text) for each in said):
        return ()
    names = ", ".join((*NAMES, LAST))
    text = (
        f"no test dependencies were found, neither an extra nor a group ({names}); gates.test_dependencies names others"
    )
    return (Remark(text),)


def is_pytest(command: Sequence[str]) -> bool:
    """Whether a command is pytest's own, by the name of the program or of the module that Python runs."""
    program = command[0].rpartition("/")[2]
    is_module = program.startswith(("python", "coverage")) and ("-m", "pytest") in pairwise(command)
    return program in ("pytest", "py.test") or is_module


def with_options(command: Sequence[str], options: Sequence[str]) -> list[str]:
    """A command with more options, which come after its own and so before none of them."""
    end = command.index("--") if "--" in command else len(command)
    return [*command[:end], *options, *command[end:]]


def threshold(words: Sequence[str]) -> float | None:
    """The percentage that words to pytest-cov want covered, which it puts above the coverage settings'."""
    wanted = [after for word, after in pairwise([*words, ""]) if word == "--cov-fail-under"]
    wanted += [word.partition("=")[2] for word in words if word.startswith("--cov-fail-under=")]
    try:
        return float(wanted[-1]) if wanted else None
    except ValueError:  # pytest-cov itself will say so
        return None


def cases_of(text: str) -> tuple[Case, ...] | None:
    """The tests of a JUnit report as pytest writes it (xunit1); None where it is no such report, or a part of one."""
    try:
        document = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
    return tuple(_case(each) for each in document.iter("testcase"))


def faults(cases: Sequence[Case]) -> tuple[Remark, ...]:
    """A remark for each test that failed."""
    return tuple(Remark(f"{each.name}: {each.fault}", each.file, each.line) for each in cases if each.fault)


def on_network(cases: Sequence[Case]) -> tuple[Remark, ...]:
    """A remark where tests failed for want of a network: a gate neither cuts them off nor lets them off."""
    missing = [each.name for each in cases if _NETWORK.search(each.fault)]
    if not missing:
        return ()
    names = f"{missing[0]}{f' and {len(missing) - 1} more' if missing[1:] else ''}"
    way = "gates.commands.tests can leave out what needs one (pytest -m 'not network')"
    return (Remark(f"no network answered {names}: {way}"),)


def slowest(cases: Sequence[Case]) -> str:
    """The slowest tests, in Markdown."""
    ranked = sorted(cases, key=lambda case: -case.seconds)[:SLOWEST]
    return "\n".join(
        ["| slowest tests | |", "|---|---:|", *(f"| {code(each.name)} | {each.seconds:.2f} s |" for each in ranked)]
    )


def _case(node: ElementTree.Element) -> Case:
    wrong = [child for child in node if child.tag in ("failure", "error")]
    fault = _said(wrong[0]) if wrong else ""
    module = node.get("classname", "")
    return Case(
        name=f"{module}.{node.get('name', '')}".strip("."),
        seconds=float(node.get("time", "0")),
        fault=fault,
        file=node.get("file", ""),
        line=int(node.get("line", "-1")) + 1,
        # pytest says `skipped` of expected failures too, which were run.
        skipped=any(child.tag == "skipped" and child.get("type") != "pytest.xfail" for child in node),
    )


def _said(wrong: ElementTree.Element) -> str:
    """What went wrong, in a line. Where the message does not say why, the error does."""
    message = (wrong.get("message") or wrong.tag).partition("\n")[0]
    errors = re.findall(r"^E +(.+)$", wrong.text or "", re.MULTILINE)
    silent = _SILENT.match(message)
    return f"{silent[1]}: {errors[-1]}" if errors and silent else message
