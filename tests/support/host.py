"""A host for the pipeline: reads the very workflow, decides which jobs run with which rights, runs their commands."""

import sys
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cz_ship.world.rehearsal.mint import Job, Runner
from tests.support.expressions import filled
from tests.support.machine import Machine
from tests.support.repos import Repo
from tests.support.runs import NAME, OWNER, REPOSITORY, TOKEN, Done, Event, Run, together
from tests.support.workflow import ancestors, goes_ahead, in_order, legs, permission

# This machine, with this Python, stands in for those of the host; legs of other Pythons are left out.
SYSTEMS = {"ubuntu-latest": "Linux", "macos-latest": "macOS"}
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


class Mishaps(NamedTuple):
    """What befalls a run from outside.

    Environments in `refused` are not approved. `ends` says of jobs, or of legs by their names, how they end in place of
    their last step: `failure`, or `cancelled`, as what `timeout-minutes` stops does. The run is `cancelled` by a person
    while the job of that name is at its last step. Before a job of `meanwhile` its deed is done.
    """

    refused: Sequence[str] = ()
    ends: Mapping[str, str] = {}
    cancelled: str = ""
    meanwhile: Mapping[str, Callable[[], object]] = {}


_UNDISTURBED = Mishaps()


class _Course(NamedTuple):
    """A run on its way: what its conditions can ask for, the jobs that have ended, and whether it was cancelled."""

    event: Event
    github: Mapping[str, object]
    artifacts: Path
    mishaps: Mishaps
    jobs: dict[str, Done]

    @property
    def is_cancelled(self) -> bool:
        return self.mishaps.cancelled in self.jobs


class Host:
    """Plays a workflow on this machine, against a bare remote.

    `ci` issues identities to the jobs that may have one; `permit` lets the forge know what the token of a job may
    write: `contents`, `pull-requests`, `actions`.
    """

    def __init__(
        self,
        workflow: Path,
        remote: Repo,
        ci: Runner,
        place: Path,
        permit: Callable[[Set[str]], None] = lambda rights: None,
    ) -> None:
        self._permit = permit
        self._workflow: Mapping[Any, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        self._name = workflow.name
        self._remote, self._ci, self._place = remote, ci, place
        self._count = 0

    def starts(self, name: str, ref: str, action: str = "") -> bool:
        """Whether an event starts the workflow at all."""
        triggers = self._workflow[True]  # YAML 1.1 takes the key `on` for a truth
        if name not in triggers:
            return False
        wanted = triggers[name] or {}
        if set(wanted) - {"branches", "types"}:
            raise AssertionError(f"filters {sorted(wanted)} are not played")
        if "branches" in wanted and (not ref.startswith("refs/heads/") or ref[11:] not in wanted["branches"]):
            return False
        return not action or action in wanted.get("types", ("opened", "synchronize", "reopened"))

    def run(
        self, event: Event, mishaps: Mishaps = _UNDISTURBED, *, again: Run | None = None, failed: bool = False
    ) -> Run:
        """Run the workflow to its end.

        `again`: run that one again, all of it, or with `failed` the jobs and legs that did not succeed, and what waits
        for them.
        """
        self._count += 1
        run_id = str(1000 + self._count) if again is None else again.artifacts.name
        artifacts = self._place / "artifacts" / run_id
        artifacts.mkdir(parents=True, exist_ok=True)
        attempt = again.attempt + 1 if again else 1
        github = _github(event, run_id, attempt)
        group = filled(self._workflow.get("concurrency", {"group": ""})["group"], {"github": github})
        course = _Course(event, github, artifacts, mishaps, {})
        for name, job in in_order(self._workflow["jobs"]):
            if name in mishaps.meanwhile:
                mishaps.meanwhile[name]()
            before = again.jobs[name] if again and failed else Done("")
            course.jobs[name] = before if before.state == "success" else self._job(name, job, course, before)
        return Run(event, attempt, group, course.jobs, artifacts)

    def _job(self, name: str, job: Mapping[str, Any], course: _Course, before: Done) -> Done:
        needs = {each: _result(course.jobs[each]) for each in job.get("needs", ())}
        contexts = {"github": course.github, "needs": needs}
        states = {course.jobs[each].state for each in ancestors(self._workflow["jobs"], name)}
        if not goes_ahead(job.get("if", "true"), contexts, states, is_cancelled=course.is_cancelled):
            return Done("cancelled" if course.is_cancelled else "skipped")
        if job.get("environment") in course.mishaps.refused:
            return Done("failure", said="the deployment was not approved")
        done: dict[str, Done] = {}
        for number, leg in enumerate(_played(name, job, contexts)):
            title = filled(job.get("name", name), {**contexts, "matrix": leg})
            if before.legs and before.legs[title].state == "success":
                done[title] = before.legs[title]
                continue
            end = course.mishaps.ends.get(name) or course.mishaps.ends.get(title, "")
            end = "cancelled" if name == course.mishaps.cancelled else end
            place = self._place / f"{self._count}-{name}-{number}"
            machine = Machine(self._remote, place, course.event, course.artifacts)
            done[title] = machine.play(job, {**contexts, "matrix": leg}, self._variables(name, job, course, leg), end)
        return together(done)

    def _variables(
        self, name: str, job: Mapping[str, Any], course: _Course, leg: Mapping[str, object]
    ) -> dict[str, str]:
        """What a job finds in its environment; indexes and forge are told what it may do."""
        event = course.event
        rights = {
            what: permission(self._workflow, job, what, is_fork=event.is_fork)
            for what in ("id-token", "contents", "pull-requests", "actions")
        }
        self._ci.provider.permitted = rights["id-token"] == "write"
        self._permit({what for what, granted in rights.items() if granted == "write"})
        self._ci.provider.job = Job(
            OWNER, NAME, self._name, job.get("environment", ""), event.ref, event.sha, event.name
        )
        return {
            "GITHUB_JOB": name,
            "HOST_CONTENTS": rights["contents"],
            "GITHUB_RUN_ATTEMPT": str(course.github["run_attempt"]),
            "RUNNER_OS": SYSTEMS[str(leg.get("os", "ubuntu-latest"))],
            **(self._ci.environment() if self._ci.provider.permitted else {}),
        }


def _played(name: str, job: Mapping[str, Any], contexts: Mapping[str, Any]) -> list[dict[str, object]]:
    """The legs of a job that can be played here."""
    assert len(legs(job, contexts)) == 1 or job["strategy"].get("fail-fast") is False, "legs that end each other"
    found = [
        leg
        for leg in legs(job, contexts)
        if leg.get("os", "ubuntu-latest") in SYSTEMS and leg.get("python", HERE) == HERE
    ]
    assert found, f"{name}: no leg of its matrix can be played here"
    return found


def _github(event: Event, run_id: str, attempt: int) -> dict[str, object]:
    return {
        "event_name": event.name,
        "event": event.payload,
        "ref": event.ref,
        "ref_name": event.ref.split("/", 2)[2],
        "sha": event.sha,
        "repository": REPOSITORY,
        "run_id": run_id,
        "run_attempt": str(attempt),
        "token": TOKEN,
    }


def _result(done: Done) -> dict[str, object]:
    return {"result": done.state, "outputs": done.outputs}
