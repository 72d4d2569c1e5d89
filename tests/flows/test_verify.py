"""Verify: all gates are judged, whatever came of the one before, and each says why."""

from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.verify import Order, supported_pythons, verify
from cz_ship.gates import Gate, GateResult, GateSettings, PytestSettings, Ran, Remark, Tooling
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakeWorld
from tests.support.gate import Act, fail, falter
from tests.support.judged import gated, judged
from tests.support.story import PROJECT, machine, owing, put_by_hand

NAMED = {"tests": "pytest -q", "lint": "ruff check", "docs": "make docs"}


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    """A machine with a feature to release, all gates on, and the usual programs."""
    return gated(tmp_path, "ruff", "make", "pytest")


def states(found: dict[str, GateResult]) -> dict[str, str]:
    return {name: result.state for name, result in found.items()}


def test_every_gate_is_judged_and_has_a_log(world: FakeWorld) -> None:
    world.gates = GateSettings(commands=NAMED)
    found = judged(world)
    green = ("metadata", "contents", "reproducible", "untaken", "lint", "tests", "docs", "installs")
    assert {name for name, state in states(found).items() if state == "passed"} == set(green)
    for result in found.values():
        assert (
            Path(result.log).read_text().strip().endswith(result.details[-1].text if result.details else result.reason)
        )
        assert result.seconds > 0


def test_what_an_earlier_run_left_in_the_folder_is_not_taken_for_this_ones(world: FakeWorld) -> None:
    logs = world.repository.root / ".." / "logs"
    (logs / "coverage").mkdir(parents=True)
    for name in ("lint.log", "own.log", "coverage/coverage.xml", "coverage/own.xml"):
        (logs / name).write_text("earlier")
    judged(world)
    assert "earlier" not in (logs / "lint.log").read_text()
    assert [(logs / name).exists() for name in ("own.log", "coverage/own.xml", "coverage/coverage.xml")] == [
        True,
        True,
        False,
    ]


def test_a_failing_gate_keeps_no_other_from_being_judged(world: FakeWorld) -> None:
    world.gates = GateSettings(commands=NAMED, own=(Gate("smoke", ("lint",), command="make smoke"),))
    world.workshop.ends["/bin/ruff check"] = Ran(1, "{cwd}/demo.py:1: E501\nFound 1 error.")
    found = judged(world)
    assert found["lint"][1:3] == ("failed", "exit code 1: demo.py:1: E501")
    assert found["lint"].details == (Remark("E501", "demo.py", 1), Remark("Found 1 error."))
    assert found["docs"].state == "passed"
    assert found["smoke"][1:3] == ("unable", "it needs lint, which failed")


def test_a_gate_that_outlives_its_limit_has_failed(world: FakeWorld) -> None:
    world.gates = GateSettings(commands=NAMED, limits={"lint": 7.0})
    world.workshop.ends["/bin/ruff"] = Ran(None, "still at it")
    assert judged(world)["lint"][1:3] == ("failed", "it did not end within 7 seconds, and was ended")


def test_what_nobody_names_is_skipped_with_a_reason(world: FakeWorld) -> None:
    found = judged(world)
    assert {name for name, state in states(found).items() if state == "skipped"} == {"lint", "format", "types"}
    assert "gates.commands.types" in found["types"].reason


def test_a_fault_of_ours_in_one_gate_takes_no_other_gates_word_away(world: FakeWorld) -> None:
    def stumble() -> None:
        raise KeyError("no such thing")

    world.looks.before("files test", stumble)
    found = judged(world)
    assert found["untaken"][1:3] == ("unable", "fault in cz-ship: KeyError: 'no such thing'")
    assert found["untaken"].broke
    assert "Traceback" in Path(found["untaken"].log).read_text()
    assert found["installs"].state == "passed"


def test_a_local_version_is_taken_by_no_index(world: FakeWorld, tmp_path: Path) -> None:
    made = world.builder.build(world.repository.root, tmp_path / "dist", 0)
    for artifact in made:
        path = Path(artifact.path)
        path.write_text(path.read_text().replace('"version": "1.0.0"', '"version": "1.0.0+dirty"'))
    found = judged(world, tmp_path / "dist")["metadata"]
    assert "1.0.0+dirty is a local version (+dirty), which no public index takes" in found.reason


def test_files_of_another_version_than_the_commit_says_are_not_as_planned(world: FakeWorld, tmp_path: Path) -> None:
    for artifact in world.builder.build(world.repository.root, tmp_path / "dist", 0):
        path = Path(artifact.path)
        path.write_text(path.read_text().replace('"version": "1.0.0"', '"version": "0.9.0"'))
    found = judged(world, tmp_path / "dist")["metadata"]
    commit = world.public.remote.heads["main"]
    assert f"the files are of 0.9.0, and commit {commit[:12]} says 1.0.0" in found.reason


def test_what_twine_complains_of_is_the_reason(world: FakeWorld, tmp_path: Path) -> None:
    world.builder.build(world.repository.root, tmp_path / "dist", 0)
    for path in (tmp_path / "dist").iterdir():
        path.write_text(path.read_text().replace('"README.md"', '"NOTES.md"'))
    found = judged(world, tmp_path / "dist")["metadata"]
    name = "demo-1.0.0-py3-none-any.whl"
    assert (found.state, found.reason) == ("failed", f"twine check --strict: WARNING  {name} has no description")


def test_a_secret_in_the_wheel_fails_the_contents(world: FakeWorld) -> None:
    world.workshop.extra = {"wheel": {".env": "TOKEN=1"}, "sdist": {"notes.txt": ""}}
    found = judged(world)["contents"]
    assert found.state == "failed"
    told = [each.text for each in found.details]
    assert "the wheel holds .env" in told
    assert "the sdist holds notes.txt, which is not in the tree" in told
    assert ".env is only in the wheel of the sdist" in told


def test_what_the_wheel_imports_and_the_tree_alone_has_fails_the_contents_and_is_kept_from_the_tests(
    tmp_path: Path,
) -> None:
    public = owing()
    files = {"test_demo.py": "", "demo.py": "def sing():\n    import testing\n", "testing.py": ""}
    public.remote.commit("test: sing", files)
    world = machine(public, tmp_path)
    world.gates = GateSettings()
    found = judged(world)
    said = "demo.py imports testing, which is in the tree and not in the wheel"
    assert found["contents"][1:3] == ("failed", said)
    assert found["contents"].details[0] == Remark(said, "demo.py", 2)
    assert "testing.py" not in world.workshop.copied
    assert found["tests"].details[0].text.startswith("testing.py looks like a source, is not in the wheel")


def test_another_build_with_other_tools_is_not_reproducible(world: FakeWorld, tmp_path: Path) -> None:
    verify(world, Order(tmp_path))
    other = machine(world.public, tmp_path, tools="2")
    other.gates = world.gates
    found = judged(other, tmp_path / "dist")["reproducible"]
    assert found.state == "failed"
    assert "a second build of it" in found.reason


def test_our_very_bytes_on_an_index_are_no_conflict_and_others_are(world: FakeWorld, tmp_path: Path) -> None:
    subject = verify(world, Order(tmp_path)).subject
    wheel = subject.wheels[0]
    world.public.shelves["test"].take(wheel.name, Path(wheel.path).read_bytes())
    assert judged(world, tmp_path / "dist")["untaken"].state == "passed"
    files = world.public.shelves["test"].files
    files[wheel.name] = files[wheel.name].replace(b'"tools": "1"', b'"tools": "2"')
    assert files[wheel.name] != Path(wheel.path).read_bytes()
    assert judged(world, tmp_path / "dist")["untaken"].state == "passed", "the same content of another day's tools"
    world.public.shelves["prod"].take(wheel.name, b"others")
    found = judged(world, tmp_path / "dist")["untaken"]
    assert found.state == "failed"
    assert f"holds {wheel.name} with sha256" in found.reason


@pytest.mark.parametrize(("mode", "state"), [("branch", "failed"), ("push", "passed")])
@pytest.mark.parametrize("harm", ["test", "prod", "tag"])
def test_where_the_developer_bumped_the_version_to_come_must_be_free_too(
    harm: str, mode: str, state: str, tmp_path: Path
) -> None:
    world = machine(owing(mode), tmp_path, mode)
    world.gates = GateSettings()
    assert judged(world)["untaken"].state == "passed"
    if harm == "tag":
        world.public.remote.tags["v1.1.0"] = FakeTag(world.public.remote.tags["v1.0.0"].commit)
    else:
        put_by_hand(world.public, "1.1.0", harm)
    found = judged(world)["untaken"]
    assert found.state == state
    assert ("1.1.0, which this would be released as, is taken" in found.reason) is (state == "failed")


def test_a_tag_of_the_version_elsewhere_is_a_conflict(world: FakeWorld, tmp_path: Path) -> None:
    subject = verify(world, Order(tmp_path)).subject
    first = next(iter(world.public.remote.tags.values()))
    world.public.remote.tags[f"v{subject.version}"] = first
    found = judged(world, tmp_path / "dist")["untaken"]
    assert found.state == "failed"
    assert f"tag v{subject.version} on the remote names" in found.reason


@pytest.mark.parametrize("wrong", [fail, falter])
def test_an_index_that_does_not_answer_leaves_untaken_without_a_judgement(world: FakeWorld, wrong: Act) -> None:
    world.looks.before("files test", wrong, lasting=True)
    assert judged(world)["untaken"].state == "unable"


def test_tests_run_outside_of_the_tree_and_never_see_the_sources(world: FakeWorld) -> None:
    world.gates = GateSettings(commands=NAMED)
    judged(world)
    assert "demo.py" not in world.workshop.copied
    assert set(world.workshop.copied) == {*PROJECT, "test_demo.py"} - {"demo.py"}
    assert world.workshop.linked == ("project",)


@pytest.mark.parametrize(("code", "state"), [(0, "passed"), (5, "passed"), (1, "failed")])
def test_a_module_of_the_wheel_that_is_only_called_as_tests_are_is_no_fault(
    code: int, state: str, world: FakeWorld
) -> None:
    world.public.remote.commit("feat: a module", {"load_test.py": ""})
    other = machine(world.public, world.repository.root.parent)
    other.gates = GateSettings()
    other.workshop.ends["pytest --pyargs"] = Ran(code, "")
    assert judged(other)["tests"].state == state
    assert any(line.startswith("pytest --pyargs demo load_test --junitxml") for line in other.workshop.ran)


def test_a_project_without_tests_is_told_so(world: FakeWorld) -> None:
    fresh = owing()
    bare = machine(fresh, world.repository.root.parent)
    bare.gates = GateSettings()
    found = judged(bare)
    assert found["tests"].state == "skipped"
    assert found["tests"].reason.startswith("there are no tests: no test_*.py or *_test.py, and")
    assert found["coverage"][1:3] == ("skipped", "no tests were run")
    bare.gates = GateSettings(fail_under=90.0)
    assert judged(bare)["coverage"][1:3] == ("unable", "no tests were run")
    bare.gates, bare.workshop.told = GateSettings(), Tooling(pytest=PytestSettings(("--cov-fail-under=90",)))
    assert judged(bare)["coverage"].state == "unable", "a threshold of pytest-cov's is one"
    bare.gates = GateSettings(fail_under=90.0, skip=("tests",))
    assert judged(bare)["coverage"].state == "skipped"


def test_a_wheel_that_does_not_install_fails_the_tests(world: FakeWorld) -> None:
    world.workshop.ends["install"] = Ran(1, "ERROR: No matching distribution found for nothing")
    found = judged(world)
    assert found["tests"].state == "failed"
    assert "do not install: exit code 1: ERROR: No matching distribution" in found["tests"].reason
    assert found["installs"].state == "failed"


def test_a_folder_without_artifacts_is_a_wrong_command_line(world: FakeWorld, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Failure, match="holds no wheel and no sdist") as caught:
        verify(world, Order(tmp_path, tmp_path / "empty"))
    assert caught.value.code is Exit.USAGE


def test_a_wheel_that_does_not_import_fails_the_installs(world: FakeWorld) -> None:
    world.workshop.ends = {"-I -c import": Ran(1, "ImportError: no sing")}
    found = judged(world)["installs"]
    assert found.state == "failed"
    assert found.reason.startswith("wheel on Python 3.11: does not import: ImportError: no sing; sdist on Python 3.11")


def test_wheels_for_other_machines_leave_tests_and_installs_without_a_judgement(world: FakeWorld) -> None:
    world.workshop.fits = False
    found = judged(world)
    assert found["tests"].state == "unable"
    assert found["tests"].reason.startswith("this Python takes none of the wheels: demo-1.1.0rc")
    assert (found["installs"].state, found["coverage"].state) == ("unable", "skipped")
    assert found["contents"].state == "passed"


def test_where_no_python_is_supported_installs_are_skipped_with_the_reason(world: FakeWorld) -> None:
    world.workshop.stated += "Requires-Python: >=3.15\n"
    said = "Requires-Python >=3.15 allows none of Python 3.9 to 3.14"
    assert judged(world)["installs"][1:3] == ("skipped", said)


def test_the_page_of_a_job_has_the_files_with_their_sizes(world: FakeWorld) -> None:
    page = judged(world)["contents"].page
    assert "demo.py  16 B" in page
    assert page.count("```") == 4


def test_the_pythons_are_those_of_the_files_or_else_of_the_tree(world: FakeWorld, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="states no Pythons"):
        supported_pythons(world, None)
    world.workshop.told = Tooling(requires_python=">=3.12,<3.14")
    assert supported_pythons(world, None) == ("3.12", "3.13")
    verify(world, Order(tmp_path))
    assert "3.10" in supported_pythons(world, tmp_path / "dist")
    world.workshop.told = Tooling(requires_python="new")
    with pytest.raises(Failure, match="requires-python"):
        supported_pythons(world, None)
    world.workshop.told = Tooling(requires_python=">=3.15")
    with pytest.raises(Failure, match="allows none of Python") as caught:
        supported_pythons(world, None)
    assert caught.value.code is Exit.USAGE
