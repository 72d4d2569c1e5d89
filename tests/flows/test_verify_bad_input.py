"""Verify, given what it should not be given: tests that hang, tools that are not here, wheels for other machines."""

from pathlib import Path

import pytest

from cz_ship.flows.verify import Order, verify
from cz_ship.gates import GateSettings, PytestSettings, Ran, Remark, Tooling
from cz_ship.model import SUMS
from tests.support.fake_workshop import REPORT
from tests.support.fake_world import FakeWorld
from tests.support.judged import gated, judged
from tests.support.story import machine


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    """A machine with a feature to release and all gates on."""
    return gated(tmp_path)


def named(world: FakeWorld, folder: Path, tag: str, *, beside: bool) -> str:
    """The candidate, built into `dist` below a folder, with a wheel of another tag for its own, or beside it."""
    wheel = Path(verify(world, Order(folder)).subject.wheels[0].path)
    other = wheel.with_name(wheel.name.replace("py3-none-any", tag))
    other.write_bytes(wheel.read_bytes())
    sums = wheel.with_name(SUMS)
    sums.write_text(sums.read_text().replace(wheel.name, f"{wheel.name}\n{other.name}" if beside else other.name))
    return other.name


def test_tests_that_hang_have_failed_and_their_last_words_are_kept(world: FakeWorld) -> None:
    world.gates = GateSettings(limits={"tests": 7.0})
    world.workshop.ends = {
        "install ": Ran(0, ""),
        "find_spec": Ran(0, "coverage pytest"),
        "measure.py": Ran(1, "coverage.exceptions.NoDataError: No data to combine"),
        "pytest": Ran(None, "tests/test_demo.py::test_waits"),
    }
    found = judged(world)
    assert found["tests"][1:3] == ("failed", "it did not end within 7 seconds, and was ended")
    assert found["tests"].details == (Remark("tests/test_demo.py::test_waits"),)
    assert found["coverage"].state == "unable"
    assert "the tests were ended" in found["coverage"].reason


CUT = "1 passed\n!!!!!!! _pytest.outcomes.Exit: that is all !!!!!!!"


@pytest.mark.parametrize(
    ("words", "report", "why"),
    [
        ("tests/test_a.py .", "", "pytest ended with 0 and left no report: it was ended from within"),
        ("tests/test_a.py .", "<testsuites><testsuite>", "pytest ended with 0 and left no report"),
        (CUT, REPORT, "pytest was ended by pytest.exit, with 0, before its tests were through"),
    ],
)
def test_tests_that_end_themselves_well_before_they_are_through_let_nothing_pass(
    words: str, report: str, why: str, world: FakeWorld
) -> None:
    world.workshop.report = report
    world.workshop.ends["--junitxml"] = Ran(0, words)
    found = judged(world)["tests"]
    assert (found.state, found.reason[: len(why)]) == ("unable", why)


def test_tests_that_failed_without_any_dependencies_of_theirs_are_told_so(world: FakeWorld) -> None:
    world.workshop.ends["--junitxml"] = Ran(1, "No module named 'x'")
    assert judged(world)["tests"].details[-1].text.startswith("no test dependencies were found")
    world.workshop.told = Tooling(groups={"dev": ("tox",)})
    assert judged(world)["tests"].details == (Remark("No module named 'x'"),)


def test_of_another_command_than_pytest_it_is_told_that_its_tests_are_not_counted(world: FakeWorld) -> None:
    world.gates = GateSettings(commands={"tests": "make test"})
    found = judged(world)["tests"]
    assert found[1:3] == ("passed", "the test command ended well; how many tests ran is not known")


def test_tests_of_other_names_are_run_where_pytest_is_told_of_them(world: FakeWorld) -> None:
    world.workshop.told = Tooling(pytest=PytestSettings(python_files=("check_*.py",)))
    assert judged(world)["tests"].reason.startswith("there are no tests: no check_*.py, and")
    world.public.remote.commit("test: check", {"testing/check_demo.py": ""})
    other = machine(world.public, world.repository.root.parent)
    other.gates, other.workshop.told = GateSettings(), world.workshop.told
    assert judged(other)["tests"].state == "passed"
    assert "testing/check_demo.py" in other.workshop.copied


def test_tests_that_no_pytest_is_there_for_lets_nothing_pass(world: FakeWorld) -> None:
    world.workshop.modules = ""
    found = judged(world)["tests"]
    assert found[1:3] == (
        "unable",
        "pytest is not installed beside cz-ship (pip install 'cz-ship[gates]'), and nothing is fetched",
    )


def test_a_copy_beside_that_has_what_the_wheel_lacks_leaves_tests_without_a_judgement(world: FakeWorld) -> None:
    world.workshop.besides = ("demo.py", "demo-0.9.dist-info/METADATA")
    assert judged(world)["tests"].state == "passed"
    world.workshop.besides += ("lost/__init__.py",)
    found = judged(world)["tests"]
    assert found.state == "unable"
    assert found.reason.startswith("a copy of demo is installed beside cz-ship, and has what the wheel has not: lost; ")


def test_a_test_command_that_is_not_here_lets_nothing_pass(world: FakeWorld) -> None:
    world.gates = GateSettings(commands={"tests": "no-such-nox -s tests"})
    assert judged(world)["tests"][1:3] == (
        "unable",
        "cannot run no-such-nox: No such file or directory: neither the environment of the tests nor the path has it",
    )


@pytest.mark.parametrize(("fail_under", "state"), [(None, "skipped"), (80.0, "unable")])
def test_coverage_that_nothing_measures_is_skipped_but_not_where_the_settings_want_it(
    fail_under: float | None, state: str, world: FakeWorld
) -> None:
    world.workshop.modules = "pytest"
    world.gates = GateSettings(fail_under=fail_under)
    found = judged(world)
    assert found["tests"].state == "passed"
    assert found["coverage"].state == state
    assert "pip install 'cz-ship[gates]'" in found["coverage"].reason


def test_what_the_extra_brings_is_asked_and_told_where_it_is_not_here(world: FakeWorld) -> None:
    found = judged(world)
    for gate, tool in (("metadata", "validate-pyproject"), ("contents", "check-wheel-contents")):
        assert found[gate].state == "passed"
        left_out = f"; {tool} skipped: it is not installed (pip install 'cz-ship[gates]')"
        assert found[gate].reason.endswith(left_out)
        world.workshop.programs[tool] = f"/bin/{tool}"
        world.workshop.ends[f"/bin/{tool}"] = Ran(1, "W002: wrong")
    found = judged(world)
    assert found["metadata"].details[0] == Remark("validate-pyproject: W002: wrong", "pyproject.toml")
    assert found["contents"].reason == "check-wheel-contents: W002: wrong"
    world.workshop.ends["/bin/check-wheel-contents"] = Ran(-9, "")
    assert judged(world)["contents"].reason == "check-wheel-contents: exit code -9, and not a word"


def test_a_wheel_for_another_machine_is_not_asked_to_be_made_again(world: FakeWorld, tmp_path: Path) -> None:
    name = named(world, tmp_path, "py3-none-win_amd64", beside=True)
    found = judged(world, tmp_path / "dist")
    told = f"; not made here, for other machines: {name}"
    assert found["reproducible"][1:3] == ("passed", f"a second build gives the same sha256{told}")
    assert found["contents"].state == "passed"
    assert told in found["contents"].reason


def test_a_wheel_that_fits_and_that_no_build_makes_is_a_fault(world: FakeWorld, tmp_path: Path) -> None:
    name = named(world, tmp_path, "py311-none-any", beside=False)
    found = judged(world, tmp_path / "dist")
    for gate in ("reproducible", "contents"):
        assert found[gate].state == "failed"
        assert f"a build makes no {name}; it makes demo-" in found[gate].reason


def test_a_python_that_makes_no_environment_is_left_out_and_told(world: FakeWorld) -> None:
    world.workshop.barren = ("3.10",)
    found = judged(world)["installs"]
    assert found[1:3] == ("passed", "wheel on Python 3.11, sdist on Python 3.11")
    told = [each.text for each in found.details]
    assert "wheel on Python 3.10 was not tried: no clean environment can be made, its log says why" in told
    world.workshop.barren = ("3.10", "3.11")
    assert judged(world)["installs"].state == "unable"


def test_lowest_dependencies_are_not_tried_where_nothing_is_fetched(world: FakeWorld) -> None:
    world.workshop.programs["uv"] = "/bin/uv"
    newest = "wheel on Python 3.11, sdist on Python 3.11"
    assert judged(world)["installs"].reason == f"{newest}, wheel on Python 3.11 with lowest dependencies"
    world.settings = world.settings._replace(isolation=False)
    found = judged(world)["installs"]
    assert found.reason == newest
    assert Remark("lowest dependencies were not tried: without isolation nothing is fetched") in found.details
