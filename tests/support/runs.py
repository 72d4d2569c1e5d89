"""Runs of a workflow: what starts one, what came of its jobs, and whose repository it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

OWNER, NAME = "ann", "demo-ship"
REPOSITORY = f"{OWNER}/{NAME}"
TOKEN = "ghs_the-token-of-the-job"


class Event(NamedTuple):
    """What starts a run: its name, its payload, the ref and the commit that are checked out."""

    name: str
    payload: Mapping[str, object]
    ref: str
    sha: str

    @property
    def is_fork(self) -> bool:
        pull: Any = self.payload.get("pull_request")
        return pull is not None and pull["head"]["repo"]["full_name"] != REPOSITORY


class Done(NamedTuple):
    """What came of a job: its state, its outputs, what was said, its page, what it hid.

    The state is `success`, `failure`, `cancelled` or `skipped`.
    `spent` are its steps with the CPU seconds of the programs that they ran. `legs` are those of its matrix, by the
    names that people see; a job without a matrix has one.
    """

    state: str
    outputs: Mapping[str, str] = {}
    said: str = ""
    page: str = ""
    masked: tuple[str, ...] = ()
    spent: tuple[tuple[str, float], ...] = ()
    legs: Mapping[str, "Done"] = {}


class Run(NamedTuple):
    """A run of the workflow: its event, its jobs as they ended, and the artifacts that it keeps."""

    event: Event
    attempt: int
    group: str
    jobs: Mapping[str, Done]
    artifacts: Path

    def states(self) -> dict[str, str]:
        return {name: done.state for name, done in self.jobs.items()}

    def ran(self) -> list[str]:
        """The jobs that came to their turn, in their order."""
        return [name for name, done in self.jobs.items() if done.legs or done.state == "failure"]


def together(legs: Mapping[str, Done]) -> Done:
    """What a job came to, of its legs: one that failed counts for more than one that was cancelled."""
    states = {leg.state for leg in legs.values()}
    state = next((each for each in ("failure", "cancelled") if each in states), "success")
    told = list(legs.values())
    return Done(
        state,
        told[-1].outputs,
        "".join(leg.said for leg in told),
        "".join(leg.page for leg in told),
        tuple(secret for leg in told for secret in leg.masked),
        tuple(step for leg in told for step in leg.spent),
        legs,
    )
