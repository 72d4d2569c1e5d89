"""Concurrency: releases wait for each other and none is dropped; a pull request's newer push ends the older one."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.support.concurrency import Groups
from tests.support.pipeline import MAIN, WORKFLOW

TOLD: Mapping[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
JOBS: Mapping[str, Any] = TOLD["jobs"]
OF_PULL_REQUESTS = ("checks", "build", "test", "candidate")
MATRIX = {"os": "ubuntu-latest", "python": "3.13"}


def merge(run_id: int) -> dict[str, object]:
    return {"github": {"event_name": "push", "ref": MAIN, "run_id": str(run_id), "event": {}}, "matrix": MATRIX}


def pull(number: int, run_id: int) -> dict[str, object]:
    event = {"pull_request": {"number": number}}
    ref = f"refs/pull/{number}/merge"
    return {
        "github": {"event_name": "pull_request", "ref": ref, "run_id": str(run_id), "event": event},
        "matrix": MATRIX,
    }


def test_releases_queue_and_none_is_dropped() -> None:
    groups = Groups()
    (group,) = {groups.arrive(f"merge {each}", TOLD["concurrency"], merge(each)) for each in range(5)}
    assert list(groups.running.values()) == ["merge 0"]
    for _ in range(5):
        groups.finish(group)
    assert (groups.done, groups.cancelled) == ([f"merge {each}" for each in range(5)], [])


def test_without_the_queue_a_release_would_be_dropped() -> None:
    groups = Groups()
    for each in range(3):
        groups.arrive(f"merge {each}", {**TOLD["concurrency"], "queue": "single"}, merge(each))
    assert groups.cancelled == ["merge 1"]


def test_runs_of_pull_requests_wait_for_nobody_and_nobody_for_them() -> None:
    groups = Groups()
    groups.arrive("merge", TOLD["concurrency"], merge(1))
    for number, run_id in ((7, 2), (7, 3), (8, 4)):
        groups.arrive(f"pull {run_id}", TOLD["concurrency"], pull(number, run_id))
    assert len(groups.running) == 4
    assert groups.cancelled == []


@pytest.mark.parametrize("name", OF_PULL_REQUESTS)
def test_a_newer_push_ends_the_jobs_of_the_older_one_and_of_no_other(name: str) -> None:
    groups, concurrency = Groups(), JOBS[name]["concurrency"]
    for title, contexts in (
        ("merge", merge(1)),
        ("another merge", merge(2)),
        ("7", pull(7, 3)),
        ("8", pull(8, 4)),
        ("7 again", pull(7, 5)),
    ):
        groups.arrive(title, concurrency, contexts)
    assert groups.cancelled == ["7"]


def test_the_legs_of_a_matrix_end_each_other_not() -> None:
    groups = Groups()
    for os in ("ubuntu-latest", "macos-latest"):
        for python in ("3.10", "3.13"):
            contexts = {**pull(7, 1), "matrix": {"os": os, "python": python}}
            groups.arrive(f"{os} {python}", JOBS["test"]["concurrency"], contexts)
    assert groups.cancelled == []


def test_no_job_that_makes_a_release_public_can_be_cancelled_by_another() -> None:
    assert {name for name, job in JOBS.items() if "concurrency" in job} == set(OF_PULL_REQUESTS)
    assert TOLD["concurrency"]["cancel-in-progress"] is False
