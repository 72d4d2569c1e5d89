"""What the pages say is what happens."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from packaging.version import Version

from cz_ship.faces.cli import COMMANDS, parser
from cz_ship.faces.verification import table
from cz_ship.gates import GateResult, Subject, Verification
from cz_ship.rules.coverage import Coverage, sentence
from cz_ship.rules.gates import gates
from cz_ship.rules.proof import cases_of, faults
from cz_ship.settings import GATES, parse, parse_gates
from tests.support.readme import ROOT, anonymous, astray, blocks, settled
from tests.support.repos import CZ_TOML, Repo, remote_of
from tests.support.said import Speaker
from tests.support.world import addresses, credentials

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = [line.split("`")[1].split()[1] for line in text.splitlines() if line.startswith("| `cz-ship ")]
    assert named == list(COMMANDS)


def test_the_readmes_settings_are_read_without_a_fault() -> None:
    tables = [tomllib.loads(block) for block in blocks("toml")]
    ours = [table["tool"]["cz-ship"] for table in tables if "cz-ship" in table.get("tool", {})]
    assert len(ours) == 1
    assert parse({"README.md": ours[0]}).branch == "main"


def test_the_settings_of_the_page_on_gates_are_read_without_a_fault() -> None:
    table = tomllib.loads(blocks("toml", "docs/gates.md")[0])["tool"]["cz-ship"]
    found = parse_gates({"gates.md": table})
    assert [gate.name for gate in gates(found)][:2] == ["lint", "format"]
    assert found.own[0].needs == ("tests",)
    assert found.fail_under == 90


def test_the_settings_of_the_page_on_the_pipeline_are_read_without_a_fault() -> None:
    (table,) = (tomllib.loads(block)["tool"]["cz-ship"] for block in blocks("toml", "docs/pipeline.md"))
    assert parse({"pipeline.md": table}).prod.attestations is False


def test_the_table_of_a_failing_run_is_what_the_page_on_coverage_shows() -> None:
    report = (
        '<testsuite><testcase classname="tests.test_words" name="test_it"><failure message="assert 1 == 2"/></testcase>'
        "<testcase/><testcase/></testsuite>"
    )
    cases = cases_of(report) or ()
    reason = f"1 of {len(cases)} tests failed: {faults(cases)[0].text}"
    figures = sentence(Coverage(100.0, ()), 90, True, None, None)
    results = (
        GateResult("tests", "failed", reason, 4.2, "", ()),
        GateResult("coverage", "passed", figures, 0.9, "", ()),
    )
    subject = Subject("your-package", Version("1.4.0"), "", 0, ())
    shown = blocks("text", "docs/coverage.md")[0]
    assert table(Verification(subject, results, Path("gates"))) == shown.rstrip()


def test_every_gate_stands_on_the_page_on_gates() -> None:
    rows = [
        line for line in (ROOT / "docs/gates.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    ]
    assert [name for row in rows for name in row.split("|")[1].replace("`", "").split()] == [*GATES]


def test_the_readmes_decoding_prints_what_it_shows(tmp_path: Path, ship: Speaker) -> None:
    block = next(block for block in blocks("console") if "decode" in block)
    command, _, shown = block.partition("\n")
    assert ship(tmp_path, *shlex.split(command)[2:]).out == shown


@pytest.mark.slow
@pytest.mark.registry
def test_a_project_laid_down_by_hand_goes_the_way_of_the_page_on_init(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cz_ship.world.rehearsal.serve import serve
    from cz_ship.world.rehearsal.warehouse import Warehouse

    for name, value in credentials("token").items():
        monkeypatch.setenv(name, value)
    pyproject, settings = blocks("toml", "docs/init.md")[1:3]
    described = pyproject.replace('dynamic = ["version"]', 'dynamic = ["version"]\nreadme = "README.md"')
    with serve(Warehouse(["token"])) as test, serve(Warehouse(["token"])) as prod:
        repo = Repo(tmp_path / "project")
        files = {
            "pyproject.toml": described,
            ".cz.toml": settings + addresses(test.url, prod.url),
            "README.md": "# yours\n",
        }
        repo.write({**files, "version.txt": "0.0.0\n", "src/your_package/__init__.py": ""})
        repo.commit("chore: begin")
        remote_of(repo, tmp_path / "remote.git")
        commands = [line[2:] for line in blocks("console", "docs/init.md")[0].splitlines()]
        for command in commands:
            program, *arguments = shlex.split(command)
            if program == "git":
                repo.git(*arguments, "--allow-empty")
                repo.git("push", "--quiet")
            else:
                said = ship(repo.root, *arguments)
                assert said.code == 0, said.err
        assert sorted(prod.warehouse.files) == ["your_package-0.1.0-py3-none-any.whl", "your_package-0.1.0.tar.gz"]


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for path in (ROOT / "README.md", ROOT / "docs" / page):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} leads to {target}"


def test_the_speed_that_the_readme_tells_was_measured() -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8").partition("**It is quick.**")[2].partition("\n\n")[0]
    measured = (ROOT / "benchmarks" / "results.md").read_text(encoding="utf-8")
    figures = re.findall(r"\d+\.\d+ x(?: faster)?", " ".join(told.split()))
    assert len(figures) == 5
    assert [each for each in figures if f"| {each} |" not in measured] == []


SHOWN = [
    ("a b", "a b", []),
    ("a b", "a b c", ["a", "b"]),
    ("a … c", "a b c", []),
    ("a … c", "a b c d", ["c"]),
    ("a … c …", "a b c d", []),
    ("… c b …", "b c d b", ["c", "b"]),
    ("… b … a", "a b a", []),
    ("a … b … b", "a b", ["b"]),
    ("… b c", "b", ["b", "c"]),
]


@pytest.mark.parametrize(("shown", "said", "found"), SHOWN)
def test_what_was_not_said_in_its_place_is_found(shown: str, said: str, found: list[str]) -> None:
    assert astray(shown.split(), said.split()) == found


def test_what_differs_from_run_to_run_is_taken_out() -> None:
    lines = settled(
        "✓ build demo 1.3.0rc3063373715 (5.8 s)\n\n  fix  bc0d991  a  \n- duration: 0.09s\n## v1 (2026-11-20)\n"
    )
    told = ["✓ build demo 1.3.0rc0 (0.0 s)", "  fix  0000000  a", "- duration: 0.0 s", "## v1 (2026-01-01)"]
    assert anonymous(lines) == told


def test_the_parser_knows_the_commands_of_the_page() -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([name, "--help"])
        assert ended.value.code == 0


def test_the_checks_of_the_page_print_what_it_shows(tmp_path: Path, ship: Speaker) -> None:
    repo = Repo(tmp_path / "p")
    repo.commit("chore: begin", {".cz.toml": CZ_TOML, "version.txt": "1.3.2\n"})
    repo.tag("v1.3.2")
    repo.commit("fix: a")
    shown = "".join(blocks("console", "docs/check.md"))
    commands = [line[2:] for line in shown.splitlines() if line.startswith("$ ")]
    printed = ""
    for command in commands:
        said = ship(repo.root, *shlex.split(command)[1:])
        printed += f"$ {command}\n{said.out}{said.err}"
    assert printed == shown
    assert len(commands) > 4


def test_the_pull_request_of_the_page_is_told_as_it_shows(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = Repo(tmp_path / "p")
    base = repo.commit("chore: begin", {".cz.toml": CZ_TOML, "version.txt": "1.3.2\n"})
    repo.tag("v1.3.2")
    shown = blocks("text", "docs/check.md")[0]
    messages = [line.split("  ")[-1] for line in shown.splitlines() if line.startswith("accepted")]
    shas = [repo.commit(message) for message in reversed(messages[1:])][::-1]
    ends = {"base": {"sha": base, "ref": "main"}, "head": {"sha": repo.head, "ref": "topic", "label": "ann:topic"}}
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "title": messages[0], **ends}}))
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    said = ship(repo.root, "check", "--event")
    assert said.code == 0, said.err
    for sha, name in zip(shas, re.findall(r"^accepted  ([0-9a-f]{7}) ", shown, re.MULTILINE), strict=True):
        shown = shown.replace(name, sha[:7])
    assert said.out == shown


def test_the_hooks_of_the_page_are_those_that_there_are() -> None:
    table = re.findall(r"^\| `(cz-ship-\w+)` \| ([\w-]+) \|", (ROOT / "docs" / "check.md").read_text(), re.MULTILINE)
    there = re.findall(r"- id: (\S+)\n(?:  .*\n)*?  stages: \[(\S+)\]", (ROOT / ".pre-commit-hooks.yaml").read_text())
    assert table == there
    assert [name for name, _ in table] == re.findall(r"- id: (\S+)", blocks("yaml", "docs/check.md")[1])
