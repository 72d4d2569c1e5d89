"""git in a CI job: the job's token goes to the job's host, and to no other."""

import os
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.access import as_variables, job_access
from cz_ship.world.clone import clone_remote
from cz_ship.world.git import open_repository
from cz_ship.world.process import run
from tests.support.readme import blocks
from tests.support.repos import START, project, remote_of

JOB = {"GITHUB_SERVER_URL": "https://forge.example", "GITHUB_TOKEN": "ghs_of-the-job"}


def shown(folder: Path, host: str, environ: dict[str, str]) -> str:
    """What git would show a host of itself."""
    told = run(
        ["git", "credential", "fill"],
        cwd=folder,
        env={**os.environ, **environ, **as_variables(job_access(environ)), "GIT_ASKPASS": "true"},
        input=f"protocol=https\nhost={host}\n\n".encode(),
    )
    return told.text


def test_the_token_is_shown_to_the_jobs_host_alone(tmp_path: Path) -> None:
    told = shown(tmp_path, "forge.example", JOB)
    assert "username=x-access-token\npassword=ghs_of-the-job\n" in told
    assert "ghs_of-the-job" not in shown(tmp_path, "elsewhere.example", JOB)
    assert "password=an-app's" in shown(tmp_path, "forge.example", {**JOB, "GH_TOKEN": "an-app's"})


def test_the_token_stands_in_no_setting() -> None:
    assert "ghs_of-the-job" not in str(as_variables(job_access(JOB)))


@pytest.mark.parametrize("missing", sorted(JOB))
def test_outside_of_a_job_git_is_left_as_it_is(missing: str) -> None:
    assert job_access({name: value for name, value in JOB.items() if name != missing}) == ()
    assert as_variables(()) == {}


def test_the_private_clone_has_the_checkouts_access_and_the_jobs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = project(tmp_path / "p")
    remote_of(repo, tmp_path / "remote.git")
    repo.git("config", "http.https://forge.example/.extraheader", "x: y")
    for name, value in JOB.items():
        monkeypatch.setenv(name, value)
    near = open_repository(repo.root)
    assert near.remote_refs("origin")["refs/heads/main"] == repo.head
    clone = clone_remote(near, "origin", tmp_path / "clone")
    assert clone.ask("config", "--get-all", "credential.https://forge.example.helper").startswith("!f()")
    assert clone.ask("config", "--get-all", "http.https://forge.example/.extraheader") == "x: y"


@pytest.mark.parametrize(
    ("words", "in_actions", "hint"),
    [
        ("error: GH013: Repository rule violations found for refs/heads/main.", True, "let a GitHub App"),
        ("error: GH006: Protected branch update failed", False, 'mode = "pull-request" or "branch"'),
        ("Permission denied to github-actions[bot].", True, "`permissions: contents: write`"),
        ("the freeze lasts until Monday", False, "must be allowed to write to main"),
    ],
)
def test_a_refused_push_names_the_ways_out(
    words: str, in_actions: bool, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = project(tmp_path / "p")
    remote = remote_of(repo, tmp_path / "remote.git")
    hook = remote.root / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\necho "{words}" >&2\nexit 1\n')
    hook.chmod(0o755)
    if in_actions:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
    clone = clone_remote(open_repository(repo.root), "origin", tmp_path / "clone")
    clone.checkout(repo.head)
    clone.create_tag("v1.0.0", repo.head, "a release", START)
    with pytest.raises(Failure, match="the remote refused the push of main and v") as caught:
        clone.push("main", repo.head, repo.head, "v1.0.0")
    assert words in caught.value.text
    assert hint in caught.value.hint
    if "GH013" in words:
        assert blocks("text", "docs/pipeline.md")[1].strip() in caught.value.hint
