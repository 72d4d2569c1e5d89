"""The gates on what the wheel does: tests of the installed wheel, and what they covered of it."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.flows.gates.inspection import INSTALL, Inspection, judge_run, last_line
from cz_ship.flows.gates.installed import install, needed_for
from cz_ship.flows.gates.sessions import judge_sessions, run_session
from cz_ship.gates import Environment, Judgement, Remark, State
from cz_ship.model import Artifact
from cz_ship.rules.coverage import Changed, Coverage, changed_coverage, coverage_of, sentence, table
from cz_ship.rules.imports import unshipped
from cz_ship.rules.layout import NAMED, files_of_tests, import_names, inner_tests, lost, modules, outside, package_root
from cz_ship.rules.proof import missed, threshold

WISH = "measure.json"
REPORTS = ("txt", "md", "xml", "json", "lcov")
_ASK = "import importlib.util as known; print(*[name for name in {names} if known.find_spec(name)])"


class _Laid(NamedTuple):
    """What tests are run on: the wheel, the tree that it was made of, and the files of it that they may see.

    `root` is the folder of its sources, None for none; `inner` are tests that lie within the wheel's packages;
    `named` are the patterns of their files.
    """

    wheel: Artifact
    tree: Path
    members: tuple[str, ...]
    root: str | None
    kept: tuple[str, ...]
    inner: tuple[str, ...]
    lost: tuple[str, ...]
    named: tuple[str, ...]


def run_tests(inspection: Inspection) -> Judgement:
    """The project's tests on the wheel, in a clean environment and a folder without the wheel's sources.

    What they covered is left in the private room, for the gate of coverage.
    """
    workshop, room = inspection.world.workshop, inspection.room
    wheel = workshop.fitting(inspection.subject.wheels)
    if wheel is None:
        names = ", ".join(each.name for each in inspection.subject.wheels) or "no wheel"
        return Judgement("unable", f"this Python takes none of the wheels: {names}")
    laid = _laid(inspection, wheel)
    commands = _commands(inspection, laid)
    if not commands:
        names = " or ".join(laid.named)
        return Judgement("skipped", f"there are no tests: no {names}, and no gates.commands.tests")
    if beside := _beside(inspection, laid):
        return Judgement("unable", beside)
    environment = workshop.environment(room / "environment", *inspection.watch)
    installed = install(inspection, environment, laid.wheel, laid.tree)
    if installed.code != 0:
        judged = judge_run(installed, inspection.gate, "")
        return judged._replace(reason=f"the wheel and what its tests need do not install: {judged.reason}")
    there = _modules(inspection, environment)
    if commands[0][0] == "pytest" and "pytest" not in there:
        return Judgement("unable", f"pytest is not installed beside cz-ship ({INSTALL}), and nothing is fetched")
    workshop.copy(laid.tree, laid.kept, room / "project")
    workshop.lay_links(laid.tree, room / "project")
    # Tests that are a part of their package import it from within: they are laid beside what is installed.
    workshop.copy(laid.tree / (laid.root or ""), laid.inner, environment.site)
    for folder in (room / "coverage", room / "home", room / "project"):
        folder.mkdir(exist_ok=True)
    wish = {**_wish(inspection, environment, laid), "measured": "coverage" in there}
    (room / WISH).write_text(json.dumps(wish), encoding="utf-8")
    variables, has_cov = _variables(inspection, environment, wish), "pytest_cov" in there
    try:
        sessions = [
            run_session(inspection, command, variables, report, has_cov=has_cov)
            for command, report in zip(commands, (room / "report.xml", room / "inner.xml"), strict=False)
        ]
    except Failure as failure:
        return Judgement("unable", f"{failure.text}: neither the environment of the tests nor the path has it")
    judged = judge_sessions(inspection, sessions)
    missing = missed(needed_for(inspection, laid.wheel, laid.tree), judged.remarks)
    return judged._replace(remarks=(*judged.remarks, *_on_lost(laid.lost), *missing))


def coverage(inspection: Inspection) -> Judgement:
    """What the tests covered of the installed wheel, told as of the tree, in every form; whether that is enough.

    Told of failing tests too, and then marked: it says what the failures hide, and makes nothing green.
    """
    settings = inspection.settings
    for form in REPORTS:  # of an earlier run into the same folder
        (inspection.folder / "coverage" / f"coverage.{form}").unlink(missing_ok=True)
    tree = inspection.lay()
    wanted = settings.fail_under if settings.fail_under is not None else _fail_under(inspection, tree)
    if not (inspection.room / WISH).is_file():
        # Who wants a threshold and leaves the tests out knows what is missing; who has none that are found may not.
        left_out = "tests" in (*settings.off, *settings.skip)
        return Judgement("skipped" if wanted is None or left_out else "unable", "no tests were run")
    wish = json.loads((inspection.room / WISH).read_text(encoding="utf-8"))
    if not wish["measured"]:
        state: State = "skipped" if wanted is None else "unable"
        return Judgement(state, f"coverage is not installed beside cz-ship ({INSTALL}), and nothing is fetched")
    Path(wish["out"]).mkdir(exist_ok=True)
    ran = inspection.run([wish["python"], wish["script"], json.dumps(wish)], tree)
    if ran.code != 0:
        why = "the tests were ended, or ran nothing of the wheel" if "No data" in ran.words else "its log says why"
        return judge_run(ran, inspection.gate, "")._replace(state="unable", reason=f"{last_line(ran.words)}: {why}")
    found, earlier = _report(Path(wish["out"], "coverage.json")), inspection.baseline
    is_red = inspection.before["tests"].state != "passed"
    text = sentence(found, wanted, is_red, earlier, _changed(inspection, found))
    enough = wanted is None or found.percent >= wanted
    page = table(found, earlier)
    return Judgement("passed" if enough else "failed", text, (Remark(f"reports: {wish['out']}"),), page)


def _fail_under(inspection: Inspection, tree: Path) -> float | None:
    """What the project itself wants covered, in percent: by an option of its test runs, or by its coverage settings."""
    tooling = inspection.world.workshop.tooling(tree)
    own = shlex.split(inspection.settings.commands.get("tests", ""))
    wanted = threshold([*tooling.pytest.addopts, *own])
    return tooling.fail_under if wanted is None else wanted


def _laid(inspection: Inspection, wheel: Artifact) -> _Laid:
    workshop = inspection.world.workshop
    tree = inspection.lay()
    members = tuple(each.path for each in workshop.members(wheel))
    paths = [each.path for each in workshop.tree(tree)]
    root = package_root(members, paths)
    inner = inner_tests(paths, root, members)
    named = workshop.tooling(tree).pytest.python_files or NAMED
    imported = {each.name for each in unshipped(workshop.sources(wheel), members, paths, root)}
    # Without a test among them they are no tests but a part of the package, such as `demo.test`, that the wheel lost.
    within = inner if files_of_tests(inner, named) else ()
    kept, gone = (each(paths, root, members, imported, named) for each in (outside, lost))
    return _Laid(wheel, tree, members, root, kept, within, gone, named)


def _commands(inspection: Inspection, laid: _Laid) -> list[list[str]]:
    """The project's test command, or pytest: on the tests outside of packages, and on those within, as installed."""
    if own := inspection.settings.commands.get("tests"):
        return [shlex.split(own)]
    within = files_of_tests((*modules(laid.members), *laid.inner), laid.named)
    names = import_names(laid.members)
    inner = [["pytest", "--pyargs", *names]] if within and names else []
    return [*([["pytest"]] if files_of_tests(laid.kept, laid.named) else []), *inner]


def _beside(inspection: Inspection, laid: _Laid) -> str:
    """Why the wheel cannot be judged where an older copy of it would stand in for what it lacks; empty where it can."""
    project = inspection.subject.project
    there = import_names(inspection.world.workshop.beside(project))
    more = ", ".join(sorted(set(there).difference(import_names(laid.members))))
    way = f"pip uninstall {project}, or isolation = true"
    said = f"a copy of {project} is installed beside cz-ship, and has what the wheel has not: {more}"
    return f"{said}; tests would find it there ({way})" if more else ""


def _wish(inspection: Inspection, environment: Environment, laid: _Laid) -> dict[str, object]:
    """What is to be measured and where it is written, as the measuring script reads it."""
    workshop = inspection.world.workshop
    return {
        "data": str(inspection.room / "coverage" / "data"),
        "out": str(inspection.folder / "coverage"),
        "modules": modules(laid.members),
        "packages": import_names(laid.members),
        "python": str(environment.python),
        "root": laid.root or "",
        "script": str(workshop.measuring(environment)),
        "settings": workshop.tooling(laid.tree).coverage,
        "site": str(environment.site),
    }


def _on_lost(tops: Sequence[str]) -> tuple[Remark, ...]:
    """Told of passing tests too: who misses a helper of the tests has to know why it is not there."""
    what = "looks like a source, is not in the wheel, and was kept from the tests; what helps them may lie beside them"
    return tuple(Remark(f"{top} {what}") for top in tops)


def _modules(inspection: Inspection, environment: Environment) -> frozenset[str]:
    """Which modules that bear on a test run the environment has."""
    question = _ASK.format(names=("coverage", "pytest", "pytest_cov"))
    asked = inspection.run([environment.python, "-c", question], inspection.room)
    return frozenset(last_line(asked.words).split())


def _variables(inspection: Inspection, environment: Environment, wish: dict[str, object]) -> dict[str, str]:
    """What the tests see: programs of their environment first, a home of their own, and what measures them."""
    room = inspection.room
    inside = str(environment.python.parent)
    settings = str(wish["settings"])
    measured = {**wish, "settings": str(room / "project" / settings) if settings else ""}
    return {
        "CZ_SHIP_MEASURE": json.dumps(measured),
        # A keyring has what publishes. An agent of ssh stays: requirements may lie behind it.
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "HOME": str(room / "home"),
        "PATH": inspection.world.workshop.path(inside),
        "VIRTUAL_ENV": str(environment.python.parent.parent),
    }


def _report(path: Path) -> Coverage:
    try:
        return coverage_of(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror or error}") from error


def _changed(inspection: Inspection, found: Coverage) -> Changed | None:
    """Of the lines that are not on the release branch; None where that is not known here."""
    repository, settings = inspection.world.repository, inspection.world.settings
    base = repository.resolve(f"refs/remotes/{settings.remote}/{repository.branch(settings)}")
    if base is None or inspection.clone.resolve(base) is None:
        return None
    changed = inspection.world.workshop.changed_lines(inspection.clone.root, base, inspection.subject.commit)
    return changed_coverage(found, changed)
