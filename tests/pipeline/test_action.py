"""The action: one command in a job of one's own, with nothing that a shell could take for more."""

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cz_ship.world.process import run
from cz_ship.world.rehearsal.mint import Job, Provider, provide
from tests.support.host import Host
from tests.support.machine import ACTION
from tests.support.readme import blocks
from tests.support.repos import project, remote_of
from tests.support.runs import NAME, OWNER, Event, Run

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

EXAMPLE = blocks("yaml", "docs/pipeline.md")[0].replace("OWNER/cz-ship@COMMIT", f"ann/cz-ship@{'0' * 40}")
TOLD: Any = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
LOCK, DEVELOPMENT = ACTION.with_name("requirements.txt"), ACTION.with_name("requirements-dev.txt")


def played(place: Path, workflow: str) -> Run:
    """A workflow, played for a push of a project that owes its first release."""
    repo = project(place / "project")
    remote = remote_of(repo, place / "remote.git")
    file = place / "next.yml"
    file.write_text(workflow, encoding="utf-8")
    with provide(Provider(Job(OWNER, NAME, file.name))) as ci:
        return Host(file, remote, ci, place / "host").run(Event("push", {}, "refs/heads/main", repo.head))


@pytest.mark.slow
def test_the_example_of_the_page_tells_the_next_version(tmp_path: Path) -> None:
    done = played(tmp_path, EXAMPLE).jobs["next"]
    assert done.state == "success", done.said
    assert done.outputs == {"next": "0.1.0"}


@pytest.mark.parametrize(
    "more", ["; touch here", "$(touch here)", "`touch here`", "| touch here", "&& touch here", "*"]
)
def test_no_shell_reads_the_command(more: str, tmp_path: Path) -> None:
    workflow = yaml.safe_load(EXAMPLE)
    workflow["jobs"]["next"]["steps"][-1]["with"]["command"] = f"plan {more}"
    done = played(tmp_path, yaml.safe_dump(workflow)).jobs["next"]
    assert done.state == "failure"
    assert "unrecognized arguments" in done.said
    assert more.split()[-1] in done.said
    assert list(tmp_path.rglob("here")) == []


def test_values_come_through_the_environment_alone() -> None:
    for step in TOLD["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    assert set(TOLD["outputs"]) == {"version", "tag", "released", "candidate", "next", "mode", "matrix"}


@pytest.mark.slow
def test_the_schema_of_actions_is_kept() -> None:
    told = run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", ACTION])
    assert told.code == 0, told.words


def test_what_the_action_installs_is_locked_to_what_the_tests_run_with() -> None:
    ours, theirs = ({*re.findall(r"^([\w.-]+==\S+)", path.read_text(), re.MULTILINE)} for path in (LOCK, DEVELOPMENT))
    assert ours <= theirs
    stated = tomllib.loads(ACTION.with_name("pyproject.toml").read_text(encoding="utf-8"))
    extra = stated["project"]["optional-dependencies"]["attestations"]
    wanted = [*stated["project"]["dependencies"], *stated["build-system"]["requires"], *extra]
    names = {each.partition("==")[0] for each in ours}
    assert {canonicalize_name(Requirement(each).name) for each in wanted} <= names
    assert len(re.findall(r"^    --hash=sha256:", LOCK.read_text(), re.MULTILINE)) >= len(ours)


@pytest.mark.registry
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_action_installs_cz_ship_from_its_own_checkout(tmp_path: Path) -> None:
    (install,) = [step["run"] for step in TOLD["runs"]["steps"] if "pip install" in step.get("run", "")]
    checkout = tmp_path / "action"
    shutil.copytree(ACTION.parent / "src", checkout / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("requirements.txt", "pyproject.toml", "version.txt", "README.md", "LICENSE"):
        shutil.copy(ACTION.with_name(name), checkout)
    told = run(
        ["bash", "-eo", "pipefail", "-c", install],
        cwd=tmp_path,
        env={
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_ACTION_PATH": str(checkout),
            # As setup-python leaves it.
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        },
        limit=500,
    )
    assert told.code == 0, told.words
    told = run([tmp_path / "cz-ship" / "bin" / "cz-ship", "--version"], cwd=tmp_path)
    assert ACTION.with_name("version.txt").read_text().strip() in told.text
