"""The host that plays the pipeline refuses what it does not know, and gives a job no more than its permissions."""

from pathlib import Path

import pytest

from cz_ship.world.rehearsal.mint import Job, Provider, provide
from tests.support.expressions import Unknown
from tests.support.host import NAME, OWNER, Event, Host, Run
from tests.support.repos import Repo
from tests.support.workflow import permission

PINNED = f"actions/checkout@{'0' * 40}"
FORK = {"pull_request": {"head": {"repo": {"full_name": "bob/demo-ship"}}}}
JOB = {"permissions": {"contents": "write", "id-token": "write", "checks": "read"}}


def played(place: Path, job: str) -> Run:
    """A workflow with one job, played for an event."""
    workflow = place / "pipeline.yml"
    workflow.write_text(f"on: push\npermissions: {{}}\nconcurrency: {{group: g}}\njobs:\n  only: {job}\n")
    remote = Repo(place / "remote.git", bare=True)
    with provide(Provider(Job(OWNER, NAME, workflow.name))) as ci:
        return Host(workflow, remote, ci, place / "host").run(Event("push", {}, "refs/heads/main", "0" * 40))


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ("{steps: [{uses: someone/else@v1}]}", "someone/else@v1 is not played"),
        ("{steps: [{uses: actions/checkout@v6}]}", "actions/checkout@v6 is not played"),
        (f"{{steps: [{{uses: {PINNED}, with: {{persist-credentials: true}}}}]}}", "persist-credentials"),
        ("{steps: [{run: 'echo ${{ github.ref }}'}]}", "an expression in a command"),
        ("{steps: [{run: rm -r dist}]}", "is not one of ours"),
        ("{strategy: {matrix: {os: [plan9]}}, steps: []}", "no leg of its matrix"),
    ],
)
def test_what_the_host_does_not_know_is_an_error(job: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=words.replace("(", r"\(")):
        played(tmp_path, job)


def test_a_condition_that_is_not_understood_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="function hashFiles"):
        played(tmp_path, "{if: hashFiles('x') != '', steps: []}")


def test_a_condition_skips_a_job(tmp_path: Path) -> None:
    assert played(tmp_path, "{if: github.event_name == 'push', steps: []}").ran() == ["only"]
    (tmp_path / "other").mkdir()
    assert played(tmp_path / "other", "{if: github.event_name != 'push', steps: []}").ran() == []


@pytest.mark.parametrize(
    ("what", "ours", "forks"),
    [
        ("contents", "write", "read"),
        ("id-token", "write", "none"),
        ("checks", "read", "read"),
        ("pages", "none", "none"),
    ],
)
def test_a_fork_reads_at_most_and_has_no_identity(what: str, ours: str, forks: str) -> None:
    assert Event("pull_request", FORK, "refs/pull/7/merge", "0" * 40).is_fork
    assert permission({"permissions": {}}, JOB, what, is_fork=True) == forks
    assert permission({"permissions": {}}, JOB, what, is_fork=False) == ours
    assert permission({"permissions": {}}, {}, what, is_fork=False) == "none"
