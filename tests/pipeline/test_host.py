"""The host that plays the pipeline refuses what it does not know, and gives a job no more than its permissions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cz_ship.world.rehearsal.mint import Job, Provider, provide
from tests.support.expressions import Unknown
from tests.support.host import Host, Mishaps
from tests.support.repos import Repo
from tests.support.runs import NAME, OWNER, Event, Run
from tests.support.workflow import permission

PINNED = f"actions/checkout@{'0' * 40}"
FORK = {"pull_request": {"head": {"repo": {"full_name": "bob/demo-ship"}}}}
JOB = {"permissions": {"contents": "write", "id-token": "write", "checks": "read"}}


EVENT = Event("push", {}, "refs/heads/main", "0" * 40)
NOTHING = "steps: [{run: python -m pip install nothing}]"
LEGS = "{fail-fast: false, matrix: {os: [ubuntu-latest, macos-latest]}}"


@contextmanager
def hosted(place: Path, **jobs: str) -> Iterator[Host]:
    """A host with a workflow of these jobs."""
    place.mkdir(exist_ok=True)
    workflow = place / "pipeline.yml"
    told = "".join(f"  {name}: {job}\n" for name, job in jobs.items())
    workflow.write_text(f"on: push\npermissions: {{}}\nconcurrency: {{group: g}}\njobs:\n{told}")
    remote = Repo(place / "remote.git", bare=True)
    with provide(Provider(Job(OWNER, NAME, workflow.name))) as ci:
        yield Host(workflow, remote, ci, place / "host")


def played(place: Path, job: str) -> Run:
    """A workflow with one job, played for an event."""
    with hosted(place, only=job) as host:
        return host.run(EVENT)


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
    assert played(tmp_path / "other", "{if: github.event_name != 'push', steps: []}").ran() == []


@pytest.mark.parametrize(
    ("condition", "after_skipped", "after_late", "after_failed", "when_cancelled"),
    [
        ("github.ref != ''", "skipped", "skipped", "skipped", "cancelled"),
        ("success()", "skipped", "skipped", "skipped", "cancelled"),
        ("failure()", "skipped", "skipped", "success", "cancelled"),
        ("!cancelled()", "success", "success", "success", "cancelled"),
        ("!cancelled() && !failure()", "success", "success", "skipped", "cancelled"),
        ("cancelled()", "skipped", "skipped", "skipped", "success"),
        ("always()", "success", "success", "success", "success"),
    ],
)
def test_a_condition_asks_for_the_state_of_all_that_comes_before(
    condition: str, after_skipped: str, after_late: str, after_failed: str, when_cancelled: str, tmp_path: Path
) -> None:
    # The job between goes ahead whatever came before, and succeeds: it does not hide that.
    between = f"{{needs: [first], if: always(), {NOTHING}}}"
    last = f"{{needs: [between], if: {condition!r}, {NOTHING}}}"
    cases = (
        (after_skipped, "if: false, ", Mishaps()),
        (after_late, "", Mishaps(ends={"first": "cancelled"})),
        (after_failed, "", Mishaps(ends={"first": "failure"})),
        (when_cancelled, "", Mishaps(cancelled="first")),
    )
    for number, (wanted, skip, mishaps) in enumerate(cases):
        with hosted(tmp_path / str(number), first=f"{{{skip}{NOTHING}}}", between=between, last=last) as host:
            states = host.run(EVENT, mishaps).states()
            assert (states["between"], states["last"]) == ("success", wanted), (mishaps, states)


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ({}, "success"),
        ({"macos-latest": "cancelled"}, "cancelled"),
        ({"ubuntu-latest": "failure"}, "failure"),
        ({"ubuntu-latest": "failure", "macos-latest": "cancelled"}, "failure"),
    ],
)
def test_a_job_is_what_the_worst_of_its_legs_is_and_those_alone_are_run_again(
    ends: dict[str, str], state: str, tmp_path: Path
) -> None:
    job = f"{{name: '${{{{ matrix.os }}}}', strategy: {LEGS}, {NOTHING}}}"
    with hosted(tmp_path, only=job) as host:
        run = host.run(EVENT, Mishaps(ends=ends))
        assert run.states() == {"only": state}
        assert {name: leg.state for name, leg in run.jobs["only"].legs.items()} == {
            each: ends.get(each, "success") for each in ("ubuntu-latest", "macos-latest")
        }
        again = host.run(EVENT, Mishaps(ends={"only": "failure"}), again=run, failed=True)
        assert {name for name, leg in again.jobs["only"].legs.items() if leg.state == "failure"} == set(ends)


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
