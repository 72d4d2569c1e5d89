"""The pipeline's files: the project's own and the templates are one, and hold what they promise."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

import cz_ship
from cz_ship.faces.cli import parser
from cz_ship.world.process import run
from tests.support.expressions import evaluate

ROOT = Path(__file__).resolve().parent.parent.parent
OWN = ROOT / ".github" / "workflows" / "pipeline.yml"
# Of the package that is imported: a wheel's tests run in a copy of the tree without its sources.
TEMPLATES = Path(cz_ship.__file__).parent / "templates" / "github"
INSTALLED = """\
      - run: python -m pip install --require-hashes --requirement requirements-dev.txt
      - run: python -m pip install --no-deps --no-build-isolation .
"""
JOBS: Mapping[str, Any] = yaml.safe_load(OWN.read_text(encoding="utf-8"))["jobs"]
PUBLISHING = {"candidate": "testpypi", "test-index": "testpypi", "prod-index": "pypi"}


def steps() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, job in JOBS.items():
        for step in job["steps"]:
            yield name, step


def installation(extra: str | None) -> str:
    """The step that installs cz-ship for a user, with an extra where the job needs one."""
    name = f"'cz-ship[{extra}]=={{version}}'" if extra else "cz-ship=={version}"
    return f"      - run: python -m pip install {name}\n"


def test_the_template_is_our_own_pipeline_but_for_how_cz_ship_is_installed() -> None:
    own = OWN.read_text(encoding="utf-8")
    template = (TEMPLATES / "pipeline.yml").read_text(encoding="utf-8")
    assert own.count(INSTALLED) == len(JOBS)
    jobs = re.split(r"(?m)^(?=  [a-z-]+:\n    name: )", own)
    assert [each.partition(":")[0].strip() for each in jobs[1:]] == list(JOBS)
    # The jobs that judge have what the gates ask, those that publish what signs: requirements-dev.txt has both.
    extras = {"build": "gates", "test": "gates", **dict.fromkeys(PUBLISHING, "attestations")}
    assert template == "".join(
        job.replace(INSTALLED, installation(extras.get(job.partition(":")[0].strip()))) for job in jobs
    )
    assert {name for name, step in steps() if "verify" in step.get("run", "")} == {"build", "test"}
    assert (TEMPLATES / "dependabot.yml").read_bytes() == (ROOT / ".github" / "dependabot.yml").read_bytes()


def test_each_command_is_one_of_ours_that_the_command_line_knows() -> None:
    said = [
        step["run"] for _, step in steps() if "run" in step and not step["run"].startswith("python -m pip install ")
    ]
    assert len(said) > len(JOBS)
    for line in said:
        program, *arguments = line.split(" ")
        assert program == "cz-ship"
        assert re.fullmatch(r"[\w. -]+", line), "no shell, no expression"
        assert parser().parse_args(arguments).command


def test_whatever_asks_the_remote_has_the_token_that_a_private_repository_wants() -> None:
    asking = [step for _, step in steps() if re.search("cz-ship (verify|release|candidate)", step.get("run", ""))]
    without = [step["run"] for step in asking if step.get("env") != {"GITHUB_TOKEN": "${{ github.token }}"}]
    assert (len(asking), without) == (10, ["cz-ship verify --matrix --dist dist"]), "which reads the files alone"


def test_every_job_has_the_permissions_that_it_needs_and_no_other() -> None:
    writing = {name: job["permissions"] for name, job in JOBS.items()}
    identity = {"contents": "read", "id-token": "write"}
    assert {name: each for name, each in writing.items() if each != {"contents": "read"}} == {
        "tag": {"contents": "write"},
        "announce": {"contents": "write"},
        **dict.fromkeys(PUBLISHING, identity),
        "candidate": {**identity, "pull-requests": "write"},
    }
    assert yaml.safe_load(OWN.read_text(encoding="utf-8"))["permissions"] == {}
    assert {name: job["environment"] for name, job in JOBS.items() if "environment" in job} == PUBLISHING


@pytest.mark.parametrize("late", ["failure", "cancelled", "skipped"])
@pytest.mark.parametrize("job", ["checks", "build", "test"])
@pytest.mark.parametrize("mode", ["push", "pull-request"])
def test_nothing_is_tagged_unless_all_that_comes_before_succeeded(job: str, late: str, mode: str) -> None:
    condition = JOBS["tag"]["if"].replace("cancelled()", "false")
    assert "()" not in condition, "a job that timed out is told by its result alone"
    event = {"ref": "refs/heads/main"}
    outputs = {"version": "1.0.0", "mode": mode}
    needs = {name: {"result": "success", "outputs": outputs} for name in ("checks", "build", "test")}
    assert evaluate(condition, {"github": event, "needs": needs})
    assert not evaluate(condition, {"github": event, "needs": {**needs, job: {"result": late, "outputs": outputs}}})
    assert not evaluate(condition, {"github": {"ref": "refs/tags/main"}, "needs": needs})


@pytest.mark.parametrize(("mode", "proposes"), [("pull-request", True), ("push", False), ("branch", False)])
def test_where_nothing_is_owed_a_release_is_proposed_in_its_mode_alone(mode: str, proposes: bool) -> None:
    condition = JOBS["tag"]["if"].replace("cancelled()", "false")
    event = {"ref": "refs/heads/main"}
    built = {"result": "success", "outputs": {"version": "", "mode": mode}}
    needs = {"checks": {"result": "success"}, "build": built, "test": {"result": "skipped"}}
    assert evaluate(condition, {"github": event, "needs": needs}) is proposes


def test_actions_are_pinned_and_checkouts_keep_no_token() -> None:
    text = OWN.read_text(encoding="utf-8")
    assert text.count("uses: ") == len(re.findall(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+\n", text))
    for _, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"fetch-depth": 0, "persist-credentials": False}
        assert "cache" not in step.get("with", {})
    assert "secrets." not in text


@pytest.mark.parametrize("folder", [ROOT / ".github", TEMPLATES], ids=["own", "templates"])
def test_zizmor_finds_nothing(folder: Path, tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    for file in folder.rglob("*.yml"):
        (tmp_path / ".github" if file.name == "dependabot.yml" else workflows).joinpath(file.name).write_bytes(
            file.read_bytes()
        )
    if folder.name == ".github":
        (tmp_path / "action.yml").write_bytes((ROOT / "action.yml").read_bytes())
    zizmor: list[str | Path] = [
        Path(sys.executable).with_name("zizmor"),
        "--persona",
        "auditor",
        "--offline",
        "--no-progress",
    ]
    told = run([*zizmor, "--strict-collection", tmp_path])
    assert told.code == 0, told.words
    assert "No findings to report" in told.words
    bad = workflows / "pipeline.yml"
    bad.write_text(bad.read_text().replace("persist-credentials: false", "persist-credentials: true", 1))
    assert run([*zizmor, tmp_path]).code != 0


@pytest.mark.slow
@pytest.mark.parametrize("folder", [ROOT / ".github" / "workflows", TEMPLATES], ids=["own", "templates"])
def test_the_schema_of_workflows_is_kept(folder: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    told = run([*check, "vendor.github-workflows", *sorted(folder.glob("pipeline.yml"))])
    assert told.code == 0, told.words
    told = run([*check, "vendor.dependabot", ROOT / ".github" / "dependabot.yml"])
    assert told.code == 0, told.words
