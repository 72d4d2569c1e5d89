"""The gates that ask a project's own tools: lint, format, types, docs, and what its settings add."""

import shlex
from pathlib import Path

from cz_ship.flows.gates.inspection import Inspection, judge_run
from cz_ship.gates import Judgement, Ran
from cz_ship.rules.links import broken_links
from cz_ship.rules.tooling import Choice, docs_choice, missing_entries, placed, style_choice

# Its own fault, such as a hook that cannot be fetched, and no word on the files.
# https://github.com/pre-commit/pre-commit/blob/main/pre_commit/error_handler.py
PRE_COMMIT_BROKE = 3


def style(inspection: Inspection) -> Judgement:
    """What the project's linter, formatter or type checker says of the tree."""
    world, name = inspection.world, inspection.gate.name
    tree = inspection.lay()
    tooling = world.workshop.tooling(tree)
    choice = style_choice(name, inspection.settings, tooling)
    if choice.named_by.startswith("pre-commit") and (
        missing := missing_entries(tooling.hooks, name, [each.path for each in world.workshop.tree(tree)])
    ):
        reason = (
            f"pre-commit's hook runs {missing[0]}, which is not in the tree; gates.commands.{name} can name another"
        )
        return Judgement("skipped", reason)
    return _all(inspection, choice, tree)


def docs(inspection: Inspection) -> Judgement:
    """Whether the pages build without a warning, and their links lead somewhere in the tree."""
    workshop, tree = inspection.world.workshop, inspection.lay()
    paths = [each.path for each in workshop.tree(tree)]
    pages = {path: (tree / path).read_text(encoding="utf-8", errors="replace") for path in paths if _is_page(path)}
    broken = broken_links(pages, paths)
    choice = docs_choice(inspection.settings, paths)
    built = _all(inspection, choice, tree)
    if built.state in ("failed", "unable") or not pages:
        return built._replace(remarks=(*built.remarks, *broken))
    links = f"{len(broken)} broken, {broken[0]}" if broken else "all lead somewhere"
    reason = f"links of {len(pages)} pages followed offline: {links}; {built.reason}"
    # Links that lead somewhere are no word on pages that nothing here can build.
    state = "failed" if broken else built.state if choice.commands else "passed"
    return Judgement(state, reason, broken)


def own(inspection: Inspection) -> Judgement:
    """What a project's own command says of the tree; `{dist}` in it is the folder with the artifacts."""
    dist = shlex.quote(str(Path(inspection.subject.artifacts[0].path).parent))
    command = inspection.gate.command.replace("{dist}", dist)
    return _all(inspection, Choice((command,), "the settings"), inspection.lay())


def _all(inspection: Inspection, choice: Choice, tree: Path) -> Judgement:
    """Each command, until one fails; skipped where there is none, or where its program is not here."""
    if not choice.commands:
        return Judgement("skipped", choice.named_by)
    out = shlex.quote(str(inspection.room / "pages"))
    for line in choice.commands:
        program, *arguments = shlex.split(line.replace("{out}", out))
        found = str(tree / program) if "/" in program else inspection.world.workshop.find(program)
        if not found:
            reason = f"{program}, which {choice.named_by} names, is neither beside cz-ship nor on the path"
            # Who names a command in the settings wants it run.
            return Judgement("unable" if choice.named_by == "the settings" else "skipped", reason)
        ran = inspection.run([found, *arguments], tree)
        if ran.code == PRE_COMMIT_BROKE and program == "pre-commit":
            return Judgement("unable", "pre-commit could not prepare its hooks: its log says why")
        if ran.code != 0:
            return _faulty(inspection, ran, tree)
    return Judgement("passed", f"{' and '.join(choice.commands)} (named by {choice.named_by})")


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
    return path.endswith(".md") and ("/" not in path or path.startswith(("docs/", "doc/")))
