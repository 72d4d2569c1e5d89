"""Which gates are judged, in which order, why some are not, and what they come to."""

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.gates import Gate, GateResult, GateSettings, State
from cz_ship.rules.gates import admit_broken, gates, red, refuse_red, set_aside, skipping, verdict
from cz_ship.settings import GATES, parse, parse_gates

BOTH = ("tests", "coverage")
OWN = Gate("smoke", needs=("tests",), command="make smoke")


def result(name: str, state: State, reason: str = "") -> GateResult:
    return GateResult(name, state, reason, 0.0, "", ())


def names(settings: GateSettings) -> list[str]:
    return [gate.name for gate in gates(settings)]


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (GateSettings(), [*GATES]),
        (GateSettings(own=(OWN,)), [*GATES, "smoke"]),
        (GateSettings(order=("docs", "lint")), ["docs", "lint", *(n for n in GATES if n not in ("docs", "lint"))]),
        (GateSettings(own=(OWN,), order=("smoke",)), ["tests", "smoke", *(n for n in GATES if n != "tests")]),
        (GateSettings(order=("coverage",)), [*BOTH, *(n for n in GATES if n not in BOTH)]),
    ],
)
def test_gates_stand_in_the_order_of_the_house_or_as_the_settings_say(
    settings: GateSettings, wanted: list[str]
) -> None:
    assert names(settings) == wanted


def test_gates_that_need_each_other_are_a_fault_of_the_settings() -> None:
    circle = GateSettings(own=(Gate("egg", needs=("hen",)), Gate("hen", needs=("egg",))))
    with pytest.raises(Failure, match="egg → hen → egg") as caught:
        gates(circle)
    assert caught.value.code is Exit.USAGE


def test_a_time_limit_is_the_settings_or_the_gates_own() -> None:
    found = {gate.name: gate.limit for gate in gates(GateSettings(limits={"docs": 5.0}))}
    assert found["docs"] == 5.0
    assert found["tests"] > found["metadata"]


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("passed", None),
        ("failed", ("unable", "it needs tests, which failed")),
        ("unable", ("unable", "it needs tests, which could not be judged")),
        ("skipped", ("skipped", "it needs tests, which was skipped")),
    ],
)
def test_a_gate_is_judged_unless_what_it_needs_failed(state: State, wanted: tuple[str, str] | None) -> None:
    found = set_aside(OWN, GateSettings(), {"tests": result("tests", state)})
    assert (found and found[:2]) == wanted


def test_a_gate_that_is_switched_off_or_skipped_says_so() -> None:
    gate = Gate("docs")
    off = set_aside(gate, GateSettings(off=("docs",)), {})
    skipped = set_aside(gate, GateSettings(skip=("docs",)), {})
    assert off is not None
    assert off[:2] == ("skipped", "switched off in the settings")
    assert skipped is not None
    assert skipped[:2] == ("skipped", "--skip-gate on the command line")


def test_in_ci_nobody_skips_the_look_at_the_indexes() -> None:
    skipping(GateSettings(), ["untaken"], in_ci=False)
    assert skipping(GateSettings(), ["tests"], in_ci=True).skip == ("tests",)
    with pytest.raises(Failure, match="'untaken' cannot be skipped in CI") as caught:
        skipping(GateSettings(), ["untaken"], in_ci=True)
    assert caught.value.code is Exit.USAGE


def test_in_ci_nobody_switches_the_look_at_the_indexes_off_beside_gates_that_are_on() -> None:
    off = GateSettings(off=("untaken", "docs"), order=("tests",))
    with pytest.raises(Failure, match="'untaken' cannot be switched off in CI") as caught:
        skipping(off, [], in_ci=True)
    assert caught.value.code is Exit.USAGE
    assert caught.value.hint.startswith("take it out of gates.off, ")
    skipping(off, [], in_ci=False)
    skipping(off, [], in_ci=True, has_index=False)
    skipping(GateSettings(off=GATES), [], in_ci=True)
    with pytest.raises(Failure, match="switched off"):
        skipping(GateSettings(off=GATES, own=(Gate("smoke", command="make smoke"),)), [], in_ci=True)


def test_what_is_no_gate_cannot_be_skipped() -> None:
    with pytest.raises(Failure, match="there is no gate 'test'") as caught:
        skipping(GateSettings(), ["test"], in_ci=False)
    assert "tests" in caught.value.hint


def test_what_could_not_be_judged_lets_nothing_pass() -> None:
    results = [result("metadata", "passed"), result("docs", "skipped"), result("tests", "unable", "no network")]
    assert verdict(results) == "1 passed, 1 unable, 1 skipped"
    assert [each.name for each in red(results)] == ["tests"]
    with pytest.raises(Failure, match="tests could not be judged: no network") as caught:
        refuse_red(results)
    assert caught.value.code is Exit.REFUSED
    refuse_red(results[:2])


def test_a_gate_that_broke_is_a_fault_of_ours_and_says_where_its_traceback_is() -> None:
    lint = result("lint", "failed", "E501")
    broken = GateResult("docs", "unable", "fault in cz-ship: KeyError", 0.0, "out/docs.log", (), broke=True)
    admit_broken([lint])
    for told, said in ((admit_broken, "gate docs: fault in cz-ship: KeyError"), (refuse_red, "lint failed: E501")):
        with pytest.raises(Failure, match=said) as caught:
            told([lint, broken])
        assert (caught.value.code, caught.value.hint) == (Exit.FAULT, "the traceback is kept in out/docs.log")


def test_settings_of_gates_are_read_whole() -> None:
    table = {
        "gates": {
            "off": ["docs"],
            "order": ["lint", "smoke"],
            "own": [{"name": "smoke", "command": "make smoke", "needs": ["tests"]}],
            "limits": {"tests": 60, "smoke": 1.5},
            "commands": {"tests": "pytest -q"},
            "test_dependencies": ["test"],
            "fail_under": 90,
        }
    }
    assert parse_gates({".cz.toml": table}) == GateSettings(
        off=("docs",),
        order=("lint", "smoke"),
        own=(OWN,),
        limits={"tests": 60.0, "smoke": 1.5},
        commands={"tests": "pytest -q"},
        test_dependencies=("test",),
        fail_under=90.0,
    )
    assert parse_gates({}) == GateSettings()


def test_all_faults_of_the_settings_of_gates_are_told_together() -> None:
    table = {
        "mode": "pull",
        "gates": {
            "off": "docs",
            "order": ["test"],
            "own": [{"name": "tests", "needs": ["nothing"], "when": 1}, "smoke", {"name": "a/b", "command": "x 'y"}],
            "limits": {"tests": "long"},
            "commands": {"metadata": "x", "lint": "ruff 'src"},
            "test_dependencies": [1],
            "fail_under": 101,
            "unknown": 1,
        },
    }
    with pytest.raises(Failure) as caught:
        parse({"pyproject.toml": table})
    for said in (
        "mode: 'pull'",
        "gates.unknown: unknown key",
        "gates.off: 'docs' is a text, a list of texts was wanted",
        "gates.order: there is no gate 'test', there are "
        "metadata, contents, reproducible, untaken, lint, format, types, tests, coverage, docs, installs, a/b\n",
        "gates.own[0].when: unknown key",
        "gates.own[0].name: 'tests' is the name of another gate too",
        "gates.own[0].needs: there is no gate 'nothing'",
        "gates.own[0].command: '' is an empty text",
        "gates.own[1]: 'smoke' is a text, a table was wanted",
        "gates.own[2].name: 'a/b' names a log file",
        'gates.own[2].command: "x \'y" is no command: no closing quotation',
        "gates.limits.tests: 'long' was given",
        "gates.commands.metadata: unknown key",
        'gates.commands.lint: "ruff \'src" is no command: no closing quotation',
        "gates.test_dependencies: [1] is a list, a list of texts was wanted",
        "gates.fail_under: 101 was given, a number from 0 to 100 was wanted",
    ):
        assert f"pyproject.toml: {said}" in caught.value.text
    assert caught.value.code is Exit.USAGE
