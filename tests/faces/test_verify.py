"""`cz-ship verify` on real projects: built, installed and tested outside of their sources."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.repos import Repo, project
from tests.support.said import Speaker
from tests.support.verified import verified
from tests.support.world import loopback

TEST = """\
import demo_ship.words

def test_it_greets():
    assert demo_ship.words.GREETING == "ahoy"
"""


@pytest.mark.slow
def test_a_plain_project_passes_without_any_setting_but_for_its_indexes(tmp_path: Path, ship: Speaker) -> None:
    baseline = tmp_path / "earlier.json"
    baseline.write_text(json.dumps({"totals": {"percent_covered": 70.5}, "files": {}}))
    with loopback(tmp_path, gates="") as way:
        words = "GREETING = 'ahoy'\nFAREWELL = 'bye'\n"
        way.repo.commit("feat: leave", {"tests/test_greeting.py": TEST, "src/demo_ship/words.py": words})
        code, found = verified(ship, way.repo, "--baseline", str(baseline))
    assert code == 0, found
    assert str(found["untaken"]["reason"]).endswith("is free, or ours, on test and prod")
    assert {name for name, gate in found.items() if gate["state"] == "skipped"} == {"lint", "format", "types"}
    assert found["coverage"]["reason"] == "100.0 %, +29.5 points against the baseline, 2 of 2 changed lines"
    assert all(Path(str(gate["log"])).is_file() for gate in found.values())
    builds = [Path(str(found[name]["log"])).read_text() for name in ("contents", "reproducible")]
    assert all("-m build --outdir" in log and "Successfully built" in log for log in builds)
    assert "twine --no-color check --strict" in Path(str(found["metadata"]["log"])).read_text()
    assert found["installs"]["reason"] == "wheel on Python {0}.{1}, sdist on Python {0}.{1}".format(*sys.version_info)
    told = json.loads((tmp_path / "out/coverage/coverage.json").read_text())
    assert "src/demo_ship/words.py" in told["files"]
    made = {path.name for path in (tmp_path / "out/coverage").iterdir()}
    assert {"coverage.xml", "coverage.lcov", "coverage.md", "coverage.txt", "html"} <= made


@pytest.mark.slow
def test_a_module_that_is_missing_from_the_wheel_fails_though_it_is_in_src(
    quick: Callable[..., Repo], tmp_path: Path, ship: Speaker
) -> None:
    repo = quick({"tests/test_greeting.py": TEST})
    pyproject = (repo.root / "pyproject.toml").read_text()
    exclude = '[tool.hatch.build.targets.wheel]\nexclude = ["words.py"]\n'
    path = '[tool.pytest.ini_options]\npythonpath = ["src"]\n'
    repo.commit("build: lose a module", {"pyproject.toml": f"{pyproject}\n{exclude}{path}"})
    code, found = verified(ship, repo)
    assert code == 1
    assert found["tests"]["state"] == "failed"
    log = Path(str(found["tests"]["log"])).read_text()
    assert "No module named 'demo_ship.words'" in log
    assert (repo.root / "src/demo_ship/words.py").is_file()


FLAT = """\
[tool.hatch.build.targets.wheel]
packages = ["demo_ship"]
exclude = ["words.py"]

[tool.pytest.ini_options]
pythonpath = ["."]
"""
LOST = """\
import pytest

@pytest.mark.parametrize("name", ["demo_ship.words", "other_ship"])
def test_it_is_there(name):
    __import__(name)
"""


@pytest.mark.slow
def test_what_is_missing_from_the_wheel_fails_though_it_is_at_the_top_of_the_tree(
    quick: Callable[..., Repo], ship: Speaker
) -> None:
    repo = quick({"tests/test_all.py": LOST, "other_ship/__init__.py": ""})
    repo.git("mv", "src/demo_ship", "demo_ship")
    pyproject = (repo.root / "pyproject.toml").read_text()
    repo.commit("build: lose a module and a package", {"pyproject.toml": f"{pyproject}\n{FLAT}"})
    code, found = verified(ship, repo)
    assert code == 1
    assert str(found["tests"]["reason"]).startswith("2 of 2 tests failed: ")
    told = [detail["text"] for detail in found["tests"]["details"]]  # type: ignore[attr-defined]
    for name in ("demo_ship.words", "other_ship"):
        assert any(each.endswith(f"No module named '{name}'") for each in told[:2])
    assert told[2].startswith("other_ship looks like a source, is not in the wheel, and was kept from the tests")


@pytest.mark.slow
def test_a_part_of_the_package_that_is_called_test_and_is_missing_is_not_laid_beside_it(
    quick: Callable[..., Repo], ship: Speaker
) -> None:
    tools = {"src/demo_ship/test/__init__.py": "", "src/demo_ship/test/tools.py": "X = 1\n"}
    repo = quick({"tests/test_a.py": "def test_it():\n    import demo_ship.test.tools\n", **tools})
    pyproject = (repo.root / "pyproject.toml").read_text()
    exclude = '[tool.hatch.build.targets.wheel]\nexclude = ["test/"]\n'
    repo.commit("build: lose a part", {"pyproject.toml": f"{pyproject}\n{exclude}"})
    code, found = verified(ship, repo)
    assert (code, found["tests"]["state"]) == (1, "failed")
    assert "No module named 'demo_ship.test'" in str(found["tests"]["reason"])


@pytest.mark.slow
def test_tests_that_are_all_skipped_have_tested_nothing(quick: Callable[..., Repo], ship: Speaker) -> None:
    lost = "import pytest\n\ndef test_it():\n    pytest.importorskip('demo_ship.lost')\n"
    code, found = verified(ship, quick({"tests/test_lost.py": lost}))
    assert (code, found["tests"]["state"]) == (1, "unable")
    assert found["tests"]["reason"] == "nothing was tested: 1 test, 1 skipped"


@pytest.mark.slow
def test_tests_that_end_their_process_with_0_let_nothing_pass(quick: Callable[..., Repo], ship: Speaker) -> None:
    child = "import os, subprocess, sys\n\ndef test_child():\n    code = 'import demo_ship.words'\n"
    run = "    subprocess.run([sys.executable, '-c', code], check=True)\n    os._exit(0)\n"
    code, found = verified(ship, quick({"tests/test_child.py": child + run + "\ndef test_it():\n    assert False\n"}))
    assert (code, found["tests"]["state"]) == (1, "unable")
    assert str(found["tests"]["reason"]).startswith("pytest ended with 0 and left no report")
    assert str(found["coverage"]["reason"]).endswith("of a failing run")


@pytest.mark.slow
def test_tests_within_packages_are_run_beside_those_outside_of_them(quick: Callable[..., Repo], ship: Speaker) -> None:
    inner = "import demo_ship.words\n\ndef test_it():\n    assert demo_ship.words.__file__ == ''\n"
    code, found = verified(ship, quick({"tests/test_greeting.py": TEST, "src/demo_ship/tests/test_a.py": inner}))
    assert (code, found["tests"]["state"]) == (1, "failed")
    assert str(found["tests"]["reason"]).startswith("1 of 2 tests failed: ")
    assert "tests.test_a.test_it: AssertionError" in str(found["tests"]["reason"])


@pytest.mark.slow
def test_a_package_in_a_namespace_is_tested_and_measured(quick: Callable[..., Repo], ship: Speaker) -> None:
    repo = quick({"tests/test_greeting.py": TEST.replace("demo_ship", "crew.demo_ship")})
    (repo.root / "src/crew").mkdir()
    repo.git("mv", "src/demo_ship", "src/crew/demo_ship")
    pyproject = (repo.root / "pyproject.toml").read_text()
    inside = '[tool.hatch.build.targets.wheel]\npackages = ["src/crew"]\n'
    repo.commit("refactor: join the crew", {"pyproject.toml": f"{pyproject}\n{inside}"})
    code, found = verified(ship, repo)
    assert code == 0, found
    assert found["tests"]["reason"] == "1 test of the installed wheel"
    assert found["coverage"]["reason"] == "100.0 %"


@pytest.mark.slow
def test_a_package_that_no_test_imports_counts_and_what_the_project_leaves_out_does_not(
    quick: Callable[..., Repo], ship: Speaker
) -> None:
    idle = {"src/idle_ship/__init__.py": "A = 1\n\n\ndef more():\n    return 2\n"}
    repo = quick({"tests/test_greeting.py": TEST, **idle, "src/demo_ship/cli.py": "A = 1\n"}, "fail_under = 90\n")
    both = '[tool.hatch.build.targets.wheel]\npackages = ["src/demo_ship", "src/idle_ship"]\n'
    omit = '[tool.coverage.run]\nomit = ["src/demo_ship/cli.py"]\n'
    pyproject = (repo.root / "pyproject.toml").read_text()
    repo.commit("build: ship both", {"pyproject.toml": f"{pyproject}\n{both}{omit}"})
    code, found = verified(ship, repo)
    assert (code, found["coverage"]["reason"]) == (1, "25.0 % of 90 % wanted")


@pytest.mark.slow
def test_coverage_of_a_failing_run_is_told_and_marked_and_makes_nothing_green(
    quick: Callable[..., Repo], ship: Speaker, fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "page"))
    lines = "".join(f"    value = {number}\n" for number in range(8))
    tests = """\
import os, socket, subprocess, sys
from pathlib import Path

def test_a_child_counts():
    subprocess.run([sys.executable, "-c", "import demo_ship.words"], check=True)

def test_nothing_of_the_users_is_touched():
    assert os.environ["DBUS_SESSION_BUS_ADDRESS"] == "disabled:"
    Path("left.txt").write_text("")
    (Path.home() / "left.txt").write_text("")

def test_that_fails():
    assert 1 == 2

def test_that_wants_a_network():
    raise socket.gaierror(-2, "Name or service not known")
"""
    words = f"GREETING = 'ahoy'\n\n\ndef unused():\n{lines}"
    repo = quick({"tests/test_child.py": tests, "src/demo_ship/words.py": words}, "fail_under = 20\n")
    said = ship(repo.root, "verify", "--json", "--out", "../out")
    found = {gate["name"]: gate for gate in json.loads(said.out)["gates"]}
    assert said.code == 1
    assert found["tests"]["state"] == "failed"
    assert found["tests"]["reason"].startswith("2 of 4 tests failed: tests.test_child.test_that_")
    assert found["tests"]["details"][0]["file"] == "tests/test_child.py"
    assert found["tests"]["details"][2]["text"].startswith("no network answered tests.test_child.test_that_wants_")
    assert "::error file=tests/test_child.py,line=12,title=gate tests::tests.test_child.test_that_fails" in said.err
    page = (tmp_path / "page").read_text()
    assert "| ✗ | tests | failed: 2 of 4 tests failed: " in page
    assert "| `tests.test_child.test_that_fails` | 0.00 s |" in page
    assert "| `src/demo_ship/words.py` | 20.0 % |" in page
    assert found["coverage"]["state"] == "passed"
    assert found["coverage"]["reason"] == "20.0 % of 20 % wanted, of a failing run"
    assert repo.git("status", "--porcelain") == ""
    assert not (fresh_home / "left.txt").exists()


@pytest.mark.slow
def test_files_without_a_note_of_their_commit_are_judged_against_head(
    quick: Callable[..., Repo], tmp_path: Path, ship: Speaker
) -> None:
    repo = quick({}, 'order = ["docs"]\n')
    assert ship(repo.root, "build", "--out", "../dist").code == 0
    (tmp_path / "dist/SHA256SUMS").unlink()
    said = ship(repo.root, "verify", "--dist", "../dist", "--out", "../out")
    assert said.code == 0, said.err
    assert "does not tell its commit: HEAD's tree is taken" in said.err
    lines = said.out.splitlines()
    assert lines[0] == "demo-ship 0.0.0: 1 passed, 10 skipped"
    assert lines[1].split()[:2] == ["✓", "docs"]


def test_the_matrix_is_one_line_of_json(quick: Callable[..., Repo], ship: Speaker) -> None:
    said = ship(quick({}).root, "verify", "--matrix")
    assert json.loads(said.out)["python"][0] == "3.10"
    assert said.out.count("\n") == 1


def test_in_ci_the_look_at_the_indexes_is_not_skipped(
    quick: Callable[..., Repo], ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    said = ship(quick({}).root, "verify", "--skip-gate", "untaken")
    assert (said.code, said.err.splitlines()[0]) == (
        2,
        "error: gate 'untaken' cannot be skipped in CI: what an index has taken cannot be taken back",
    )


def test_in_ci_the_look_at_the_indexes_is_not_switched_off(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    repo = project(tmp_path / "project", gates='[tool.cz-ship.gates]\noff = ["untaken"]\n')
    said = ship(repo.root, "verify")
    assert (said.code, said.err.splitlines()[0]) == (
        2,
        "error: gate 'untaken' cannot be switched off in CI: what an index has taken cannot be taken back",
    )
