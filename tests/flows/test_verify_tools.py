"""Verify asks a project's own tools: those that are here, and of the others it tells the names."""

from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.gates import GateSettings, Hook, Ran, Tooling
from tests.support.fake_world import FakeWorld
from tests.support.judged import gated, judged
from tests.support.story import machine, owing


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    """A machine with a feature to release, all gates on, and the usual programs."""
    return gated(tmp_path, "ruff", "make", "pytest")


def test_a_tool_that_is_not_here_is_skipped_but_not_where_the_settings_want_it(world: FakeWorld) -> None:
    world.workshop.programs = {}
    world.workshop.told = Tooling(tables=("ruff",))
    world.gates = GateSettings(commands={"types": "mypy"})
    found = judged(world)
    assert found["lint"][1:3] == (
        "skipped",
        "left out: ruff check . (ruff, which pyproject.toml names, is neither beside cz-ship nor on the path); "
        "gates.commands.lint can name another",
    )
    assert found["types"].state == "unable"


def test_pages_that_the_settings_want_built_and_nothing_builds_let_nothing_pass(world: FakeWorld) -> None:
    world.gates = GateSettings(commands={"docs": "no-such-sphinx -W"})
    found = judged(world)["docs"]
    assert found[1:3] == (
        "unable",
        "no-such-sphinx, which the settings names, is neither beside cz-ship nor on the path",
    )


def test_a_program_of_the_tree_that_is_not_there_judges_nothing(world: FakeWorld) -> None:
    world.gates = GateSettings(commands={"lint": "./nox.sh -s lint"})
    assert judged(world)["lint"][1:3] == ("unable", "./nox.sh, which the settings names, is no program of the tree")


def test_pages_that_nothing_here_can_build_are_no_passed_gate(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("docs: pages", {"mkdocs.yml": "", "README.md": "[a](demo.py)"})
    world = machine(public, tmp_path)
    world.gates = GateSettings()
    found = judged(world)["docs"]
    assert found.state == "skipped"
    assert "all lead somewhere; left out: mkdocs (mkdocs, which mkdocs.yml names, is neither" in found.reason


def test_a_page_that_the_tool_makes_is_missed_by_nobody(tmp_path: Path) -> None:
    public = owing()
    public.remote.commit("docs: pages", {"mkdocs.yml": "", "docs/index.md": "[a](made/b.md)"})
    world = machine(public, tmp_path)
    world.gates = GateSettings()
    assert judged(world)["docs"].state == "skipped"
    world.workshop.programs["mkdocs"] = "/bin/mkdocs"
    assert judged(world)["docs"][1:3] == (
        "passed",
        "links of 3 pages followed offline (those between built pages are the tool's): all lead somewhere; "
        "mkdocs (named by mkdocs.yml)",
    )


MISSED = 'demo.py:1: error: Cannot find implementation or library stub for module named "tomli_w"  [import-not-found]'
AGAIN = "--python-executable"


@pytest.mark.parametrize(
    ("first", "again", "barren", "state"),
    [
        (Ran(1, MISSED), Ran(0, ""), False, "passed"),
        (Ran(1, MISSED), Ran(1, "demo.py:2: error: no type"), False, "failed"),
        (Ran(1, MISSED), Ran(0, ""), True, "failed"),
        (Ran(1, "demo.py:2: error: no type"), Ran(0, ""), False, "failed"),
    ],
)
def test_what_mypy_does_not_find_beside_it_it_is_shown_where_the_wheel_is_installed(
    first: Ran, again: Ran, barren: bool, state: str, world: FakeWorld
) -> None:
    world.workshop.programs["mypy"] = "/bin/mypy"
    world.workshop.told = Tooling(tables=("mypy", "mypy.files"))
    world.workshop.barren = ("mypy",) if barren else ()
    world.workshop.ends = {AGAIN: again, "/bin/mypy": first}
    assert judged(world)["types"].state == state
    asked = [each.partition(AGAIN)[0] for each in world.workshop.ran if each.startswith("/bin/mypy")]
    assert len(asked) == (2 if first.words == MISSED and not barren else 1)


def hooked(world: FakeWorld, *hooks: Hook) -> FakeWorld:
    """The same, with pre-commit and its configuration."""
    world.workshop.configured = hooks
    world.workshop.programs["pre-commit"] = "/bin/pre-commit"
    return world


def test_a_hook_whose_program_is_not_here_is_left_out_and_told_and_no_other(world: FakeWorld) -> None:
    flake = Hook("flake8", ".venv/bin/flake8")
    why = "left out: flake8 (.venv/bin/flake8 is neither in the tree nor on the path)"
    assert judged(hooked(world, flake))["lint"][1:3] == ("skipped", f"{why}; gates.commands.lint can name another")
    world.settings = world.settings._replace(isolation=False)
    own = Hook("own", "./demo.py")
    assert judged(hooked(world, flake, Hook("ruff-check", "ruff"), Hook("typos"), own))["lint"][1:3] == (
        "passed",
        "ruff-check and own (named by pre-commit's configuration); "
        f"{why}, typos (without isolation nothing is fetched)",
    )


def test_every_hook_is_run_whatever_came_of_the_one_before_and_sees_the_files_of_the_commit(world: FakeWorld) -> None:
    hooked(world, Hook("ruff-check"), Hook("own", "ruff"), Hook("other", "ruff"), Hook("message", "ruff"))
    world.workshop.ends = {
        "run ruff-check": Ran(1, "{cwd}/demo.py:1: E501"),
        "run own": Ran(1, "files were modified by this hook"),
        "run message": Ran(1, "No hook with id `message` in stage `pre-commit`"),
    }
    found = judged(world)["lint"]
    assert found[1:3] == (
        "failed",
        "ruff-check: exit code 1: demo.py:1: E501; own: exit code 1: files were modified by this hook; "
        "left out: message (it is of another stage than pre-commit)",
    )
    assert [each.text for each in found.details] == ["E501", "files were modified by this hook"]


def test_hooks_that_cannot_be_read_are_the_fault_of_no_gate_that_asks_none(world: FakeWorld) -> None:
    world.workshop.configured = Failure("hooks.yaml cannot be read")
    world.gates = GateSettings(commands={"lint": "ruff check"})
    found = judged(world)
    assert found["types"][1:3] == ("failed", "hooks.yaml cannot be read")
    assert found["lint"][1:3] == ("passed", "ruff check (named by the settings)")
    assert found["tests"].state == "passed"


def test_a_command_of_the_settings_stands_in_for_all_others(world: FakeWorld) -> None:
    hooked(world, Hook("ruff-check"), Hook("typos"))
    world.gates = GateSettings(commands={"lint": "make lint"})
    assert judged(world)["lint"].reason == "make lint (named by the settings)"


@pytest.mark.parametrize(("code", "state"), [(1, "failed"), (3, "unable")])
def test_hooks_that_cannot_be_fetched_judge_nothing(code: int, state: str, world: FakeWorld) -> None:
    world.workshop.ends["/bin/pre-commit"] = Ran(code, "no such host")
    assert judged(hooked(world, Hook("ruff-check")))["lint"].state == state


def test_a_hook_of_no_family_that_cannot_be_fetched_is_left_out_and_told(world: FakeWorld) -> None:
    world.workshop.ends["/bin/pre-commit"] = Ran(3, "no such host")
    found = judged(hooked(world, Hook("typos")))["lint"]
    assert found.state == "skipped"
    assert "left out: typos (pre-commit could not prepare its hooks: its log says why)" in found.reason


def test_where_pre_commit_is_not_here_its_hooks_are_left_out_by_name_and_tables_are_asked(world: FakeWorld) -> None:
    world.workshop.configured = (Hook("own", "ruff"), Hook("other", "make"))
    world.workshop.told = Tooling(tables=("ruff",))
    assert judged(world)["lint"][1:3] == (
        "passed",
        "ruff check . (named by pyproject.toml); "
        "left out: own, other (pre-commit, which pre-commit's configuration names, is neither beside cz-ship nor on "
        "the path)",
    )
