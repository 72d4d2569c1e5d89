"""What a test run needs, and what its report and its coverage tell."""

import json

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.gates import Remark
from cz_ship.rules.coverage import Changed, changed_coverage, coverage_of, sentence, table
from cz_ship.rules.proof import (
    Case,
    cases_of,
    faults,
    is_pytest,
    missed,
    needed,
    on_network,
    slowest,
    threshold,
    with_options,
)

REPORT = """\
<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest">
<testcase classname="tests.test_a" name="test_good" file="tests/test_a.py" line="2" time="0.5"/>
<testcase classname="tests.test_a" name="test_bad" file="tests/test_a.py" line="6" time="1.5">
<failure message="AssertionError: assert 1 == 2&#10;  + 1">long</failure></testcase>
<testcase classname="tests.test_b" name="test_skip" file="tests/test_b.py" line="0" time="0"><skipped/></testcase>
<testcase classname="tests.test_b" name="test_xfail" file="tests/test_b.py" line="3" time="0">
<skipped type="pytest.xfail" message=""/></testcase>
</testsuite></testsuites>
"""


def measured(percent: float = 75.0, **files: tuple[list[int], list[int], float]) -> str:
    document = {
        "totals": {"percent_covered": percent},
        "files": {
            f"src/{name}.py": {"summary": {"percent_covered": part}, "executed_lines": run, "missing_lines": missed}
            for name, (run, missed, part) in files.items()
        },
    }
    return json.dumps(document)


def read(report: str) -> tuple[Case, ...]:
    return cases_of(report) or ()


FOUND = coverage_of(measured(a=([1, 2, 3], [4], 75.0), b=([], [1, 2, 3, 7], 0.0)))


@pytest.mark.parametrize(
    ("names", "extras", "groups", "wanted"),
    [
        (None, (), {}, ((), ())),
        (None, ("test", "dev", "docs"), {}, (("test",), ())),
        (None, ("dev",), {"tests": ("hypothesis",)}, ((), ("hypothesis",))),
        (None, (), {"dev": ("tox", "ruff")}, ((), ("tox", "ruff"))),
        (("checks", "Docs"), ("docs",), {"checks": ("mypy",)}, (("docs",), ("mypy",))),
        ((), ("test",), {}, ((), ())),
    ],
)
def test_the_test_dependencies_are_those_named_or_those_of_the_usual_names(
    names: tuple[str, ...] | None,
    extras: tuple[str, ...],
    groups: dict[str, tuple[str, ...]],
    wanted: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    found = needed(names, extras, groups)
    assert found.extras == wanted[0]
    assert found.requirements == (*wanted[1], "pytest", "coverage>=7")


def test_it_is_told_where_no_test_dependencies_were_found() -> None:
    said = [Remark("a: failed on setup: fixture 'mocker' not found")]
    (told,) = missed(needed(None, ("docs",), {}), said)
    assert told.text.startswith(
        "no test dependencies were found, neither an extra nor a group (test, tests, testing, dev)"
    )
    assert missed(needed(None, ("test",), {}), said) == missed(needed(None, (), {"dev": ("tox",)}), said) == ()
    assert missed(needed(None, (), {}), [Remark("assert 1 == 2")]) == ()


def test_test_dependencies_that_nobody_states_are_a_fault_of_the_settings() -> None:
    with pytest.raises(Failure, match="'tset' is no extra and no dependency group; known: test") as caught:
        needed(("tset",), ("test",), {})
    assert caught.value.code is Exit.USAGE


def test_a_failed_test_is_told_with_its_place() -> None:
    cases = read(REPORT)
    assert [case.name for case in cases] == [
        "tests.test_a.test_good",
        "tests.test_a.test_bad",
        "tests.test_b.test_skip",
        "tests.test_b.test_xfail",
    ]
    assert [case.skipped for case in cases] == [False, False, True, False]
    assert faults(cases) == (Remark("tests.test_a.test_bad: AssertionError: assert 1 == 2", "tests/test_a.py", 7),)
    assert slowest(cases).splitlines()[2] == "| `tests.test_a.test_bad` | 1.50 s |"


@pytest.mark.parametrize(
    ("fault", "is_told"),
    [
        ("socket.gaierror: [Errno -2] Name or service not known", True),
        ("urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>", True),
        ("requests.exceptions.ConnectionError: HTTPSConnectionPool(host='example.org', port=443)", True),
        ("httpx.ConnectError: [Errno 111] Connection refused", True),
        ("OSError: [Errno 101] Network is unreachable", True),
        ("AssertionError: assert 1 == 2", False),
        ("ConnectionResetTest: assert False", False),
        ("", False),
    ],
)
def test_a_test_that_missed_the_network_is_told_to_have(fault: str, is_told: bool) -> None:
    case = Case("test_it", 1.0, fault, "test_a.py", 1)
    assert len(on_network([case])) == is_told


def test_tests_that_missed_the_network_are_told_in_one_remark() -> None:
    cases = [Case(f"test_{number}", 1.0, "socket.gaierror: away", "a.py", 1) for number in range(3)]
    (told,) = on_network(cases)
    assert told.text.startswith("no network answered test_0 and 2 more: gates.commands.tests can leave out")
    (told,) = on_network(cases[:1])
    assert told.text.startswith("no network answered test_0: ")


def test_a_report_that_was_cut_off_tells_nothing() -> None:
    assert cases_of(REPORT[:200]) is None
    assert cases_of("") is None


@pytest.mark.parametrize(
    ("line", "is_it"),
    [
        ("pytest", True),
        ("/venv/bin/py.test -q", True),
        ("python3.12 -W error -m pytest -q", True),
        ("coverage run -m pytest", True),
        ("python -m unittest", False),
        ("tox -m pytest", False),
        ("make pytest", False),
    ],
)
def test_pytest_is_known_by_its_program_or_module(line: str, is_it: bool) -> None:
    assert is_pytest(line.split()) is is_it


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("--cov=demo", None),
        ("--cov=demo --cov-fail-under=90.5", 90.5),
        ("--cov-fail-under 80 -q", 80.0),
        ("--cov-fail-under=80 --cov-fail-under=0", 0.0),
        ("--cov-fail-under=most", None),
        ("-q --cov-fail-under", None),
    ],
)
def test_the_threshold_of_pytest_cov_is_read_from_its_words(line: str, wanted: float | None) -> None:
    assert threshold(line.split()) == wanted


def test_options_come_after_a_commands_own_and_before_what_is_none() -> None:
    assert with_options(["pytest", "--cov=a"], ["--no-cov"]) == ["pytest", "--cov=a", "--no-cov"]
    assert with_options(["pytest", "-q", "--", "-odd"], ["--no-cov"]) == ["pytest", "-q", "--no-cov", "--", "-odd"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"totals": {}, "files": {}}'])
def test_what_is_no_report_of_coverage_is_said(text: str) -> None:
    with pytest.raises(Failure, match="no JSON report of coverage"):
        coverage_of(text)


def test_the_figures_stand_in_one_sentence() -> None:
    earlier = coverage_of(measured(70.0))
    assert sentence(FOUND, None, False, None, None) == "75.0 %"
    assert sentence(FOUND, 80.0, True, earlier, Changed(1, 4)) == (
        "75.0 % of 80 % wanted, of a failing run, +5.0 points against the baseline, 1 of 4 changed lines"
    )


def test_changed_lines_that_can_run_are_counted() -> None:
    assert changed_coverage(FOUND, {"src/a.py": (3, 4, 99), "README.md": (1,)}) == Changed(1, 2)


def test_the_table_begins_with_what_is_least_covered() -> None:
    earlier = coverage_of(measured(a=([1], [], 50.0)))
    assert table(FOUND, earlier).splitlines()[2:] == [
        "| `src/b.py` | 0.0 % | 1-3, 7 |",
        "| `src/a.py` | 75.0 % (+25.0) | 4 |",
    ]


def test_names_break_no_cell() -> None:
    case = Case("test_it[a|b`c]", 1.0, "", "a.py", 1)
    assert slowest([case]).splitlines()[2] == r"| `test_it[a\|b'c]` | 1.00 s |"


def test_of_many_files_the_least_covered_are_in_the_table() -> None:
    many = coverage_of(measured(50.0, **{f"m{number:03}": ([1], [], number / 10) for number in range(600)}))
    lines = table(many).splitlines()
    assert lines[2].startswith("| `src/m000.py` |")
    assert len(lines) == 503
    assert lines[-1] == "| and 100 more | 50.0 % or more | |"


def test_a_fixture_that_is_not_there_is_told_by_its_name() -> None:
    text = "file /tmp/room/test_a.py, line 2\nE       fixture 'mocker' not found\n>       available fixtures: tmp_path"
    wrong = f'<error message="failed on setup with &quot;file /tmp/room/test_a.py, line 2&#10;more">{text}</error>'
    (case,) = read(f'<testsuite><testcase name="a">{wrong}</testcase></testsuite>')
    assert case.fault == "failed on setup: fixture 'mocker' not found"
    (other,) = read(
        f'<testsuite><testcase name="a">{wrong.replace("file /tmp", "OSError: /tmp")}</testcase></testsuite>'
    )
    assert other.fault == 'failed on setup with "OSError: /tmp/room/test_a.py, line 2'


def test_a_module_that_cannot_be_collected_is_told_with_its_error() -> None:
    text = "ImportError while importing test module\na.py:1: in module\nE   ModuleNotFoundError: No module named 'b'"
    (case,) = read(
        f'<testsuite><testcase name="a"><error message="collection failure">{text}</error></testcase></testsuite>'
    )
    assert case.fault == "collection failure: ModuleNotFoundError: No module named 'b'"
    (bare,) = read('<testsuite><testcase name="a"><error message="collection failure"/></testcase></testsuite>')
    assert bare.fault == "collection failure"
