"""The gates that ask a project's own tools: lint, format, types, docs, and what its settings add."""

import shlex
from pathlib import Path
from posixpath import normpath

from cz_ship.flows.gates.inspection import Inspection, judge_run
from cz_ship.flows.gates.installed import python_with_wheel
from cz_ship.gates import Judgement, Ran, State
from cz_ship.rules.links import FOLDERS, broken_links
from cz_ship.rules.tooling import (
    HOOKS,
    SETTINGS,
    Choice,
    Tool,
    by_settings,
    docs_choice,
    is_of_a_family,
    placed,
    style_choice,
)

LOCAL_HOOKS = "local-hooks.yaml"
# Its own fault, such as a hook that cannot be fetched, and no word on the files.
# https://github.com/pre-commit/pre-commit/blob/main/pre_commit/error_handler.py
PRE_COMMIT_BROKE = 3
# https://github.com/pre-commit/pre-commit/blob/main/pre_commit/commands/run.py
PRE_COMMIT_HAS_NONE = "No hook with id"

MYPY = "mypy"
# It sees what is installed beside it. https://mypy.readthedocs.io/en/stable/running_mypy.html#missing-imports
MYPY_MISSES = "Cannot find implementation or library stub"


def style(inspection: Inspection) -> Judgement:
    """What the project's linters, formatters or type checkers say of the tree."""
    workshop, tree = inspection.world.workshop, inspection.lay()
    paths = {each.path for each in workshop.tree(tree)}

    def is_here(program: str) -> bool:
        inside = "/" in program and not program.startswith("/")
        return normpath(program) in paths if inside else bool(workshop.find(program))

    if own := inspection.settings.commands.get(inspection.gate.name):
        return _all(inspection, by_settings(own), tree)
    hooks, tables = workshop.hooks(tree), workshop.tooling(tree).tables
    if hooks:
        workshop.local_hooks(tree, inspection.room / LOCAL_HOOKS)
    fetching = inspection.world.settings.isolation
    return _all(inspection, style_choice(inspection.gate.name, hooks, tables, is_here, fetching=fetching), tree)


def docs(inspection: Inspection) -> Judgement:
    """Whether the pages build without a warning, and their links lead somewhere in the tree."""
    workshop, tree = inspection.world.workshop, inspection.lay()
    paths = [each.path for each in workshop.tree(tree)]
    pages = {path: (tree / path).read_text(encoding="utf-8", errors="replace") for path in paths if _is_page(path)}
    choice = docs_choice(inspection.settings, paths)
    built = _all(inspection, choice, tree)
    broken = broken_links(pages, paths, built=bool(choice.tools))
    if built.state in ("failed", "unable") or not pages:
        return built._replace(remarks=(*built.remarks, *broken))
    links = f"{len(broken)} broken, {broken[0]}" if broken else "all lead somewhere"
    aside = " (those between built pages are the tool's)" if choice.tools else ""
    reason = f"links of {len(pages)} pages followed offline{aside}: {links}; {built.reason}"
    # Links that lead somewhere are no word on pages that nothing here can build.
    state = "failed" if broken else built.state if choice.tools else "passed"
    return Judgement(state, reason, broken)


def own(inspection: Inspection) -> Judgement:
    """What a project's own command says of the tree; `{dist}` in it is the folder with the artifacts."""
    dist = shlex.quote(str(Path(inspection.subject.artifacts[0].path).parent))
    return _all(inspection, by_settings(inspection.gate.command.replace("{dist}", dist)), inspection.lay())


def _all(inspection: Inspection, choice: Choice, tree: Path) -> Judgement:
    """What each tool says; skipped where none is asked. What is left out is told by its name."""
    found = [(tool, _asked(inspection, tool, tree)) for tool in choice.tools]
    left_out = [*choice.left_out, *((tool.name, each.reason) for tool, each in found if each.state == "skipped")]
    reasons = dict.fromkeys(why for _, why in left_out)
    told = [f"{', '.join(name for name, why in left_out if why == each)} ({each})" for each in reasons]
    aside = f"left out: {', '.join(told)}" if told else ""
    states: tuple[State, ...] = ("failed", "unable", "passed")
    for state in states:
        those = [(tool, each) for tool, each in found if each.state == state]
        if those:
            remarks = tuple(remark for _, each in those for remark in each.remarks)
            return Judgement(state, "; ".join([_said(state, those, found), *([aside] if aside else [])]), remarks)
    way = f"; gates.commands.{inspection.gate.name} can name another"
    return Judgement("skipped", f"{aside}{way}" if aside else choice.nobody)


def _said(state: State, those: list[tuple[Tool, Judgement]], found: list[tuple[Tool, Judgement]]) -> str:
    """What tools of one mind say, by their names where there are others too."""
    if state == "passed":
        by = dict.fromkeys(tool.named_by for tool, _ in those)
        names = [[tool.name for tool, _ in those if tool.named_by == each] for each in by]
        return "; ".join(f"{' and '.join(each)} (named by {who})" for each, who in zip(names, by, strict=True))
    return "; ".join(f"{tool.name}: {each.reason}" if found[1:] else each.reason for tool, each in those)


def _asked(inspection: Inspection, tool: Tool, tree: Path) -> Judgement:
    """What one tool says of the tree; skipped where it is not here, or has nothing to say of a commit's files."""
    workshop = inspection.world.workshop
    out, local = (shlex.quote(str(inspection.room / name)) for name in ("pages", LOCAL_HOOKS))
    program, *arguments = shlex.split(tool.command.replace("{out}", out).replace("{local}", local))
    found = workshop.find(str(tree / program) if "/" in program else program)
    if not found:
        where = "no program of the tree" if "/" in program else "neither beside cz-ship nor on the path"
        reason = f"{program}, which {tool.named_by} names, is {where}"
        # Who names a command in the settings wants it run.
        return Judgement("unable" if tool.named_by == SETTINGS else "skipped", reason)
    ran = inspection.run([found, *arguments], tree)
    is_amiss = ran.code and program == MYPY and MYPY_MISSES in ran.words
    if is_amiss and (python := python_with_wheel(inspection, inspection.room / MYPY, tree)):
        ran = inspection.run([found, *arguments, "--python-executable", python], tree)
    if ran.code == PRE_COMMIT_BROKE and program == "pre-commit":
        broke = "pre-commit could not prepare its hooks: its log says why"
        is_wanted = tool.named_by == SETTINGS or is_of_a_family(tool.name)
        return Judgement("unable" if is_wanted else "skipped", broke)
    if ran.code and tool.named_by == HOOKS and PRE_COMMIT_HAS_NONE in ran.words:
        return Judgement("skipped", "it is of another stage than pre-commit")
    if ran.code != 0:
        faulty = _faulty(inspection, ran, tree)
        inspection.lay()  # hooks change what they complain of, and the next one is asked of the commit's files
        return faulty
    return Judgement("passed")


def _faulty(inspection: Inspection, ran: Ran, tree: Path) -> Judgement:
    """What a tool said against the tree, at the places that it names."""
    # Where the tree is laid out is nobody's business, and gone by then.
    lines = ran.words.replace(f"{tree}/", "").splitlines()
    remarks = placed(lines, [each.path for each in inspection.world.workshop.tree(tree)])
    judged = judge_run(ran, inspection.gate, "")._replace(remarks=remarks)
    places = [each for each in remarks if each.file]
    if ran.code is None or not places:
        return judged
    more = f"; and {len(places) - 1} more" if places[1:] else ""
    return judged._replace(reason=f"exit code {ran.code}: {places[0]}{more}")


def _is_page(path: str) -> bool:
    return path.endswith(".md") and ("/" not in path or path.startswith(FOLDERS))
