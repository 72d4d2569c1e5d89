"""A host for the pipeline: reads the very workflow, decides which jobs run with which rights, runs their commands."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cz_ship.world.rehearsal.mint import Job, Runner
from tests.support.expressions import as_text, evaluate, filled, is_true, value_of
from tests.support.repos import Repo
from tests.support.workflow import bare, composite, handed_on, in_order, legs, outputs, permission

OWNER, NAME = "ann", "demo-ship"
REPOSITORY = f"{OWNER}/{NAME}"
TOKEN = "ghs_the-token-of-the-job"
ACTION = Path(__file__).resolve().parent.parent.parent / "action.yml"
MASK = "::add-mask::"
OURS = re.compile(r"[\w-]+/cz-ship@[0-9a-f]{40}")
# What stands in for the machines of the host: this one, with this Python.
HERE = {"os": "ubuntu-latest", "python": f"{sys.version_info.major}.{sys.version_info.minor}"}


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
    """What came of a job: `success`, `failure` or `skipped`, its outputs, what was said, its page, what it hid."""

    state: str
    outputs: Mapping[str, str] = {}
    said: str = ""
    page: str = ""
    masked: tuple[str, ...] = ()


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
        """The jobs that were not skipped, in their order."""
        return [name for name, done in self.jobs.items() if done.state != "skipped"]


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
        self,
        event: Event,
        *,
        refused: Sequence[str] = (),
        meanwhile: Mapping[str, Callable[[], object]] | None = None,
        again: Run | None = None,
        failed: bool = False,
    ) -> Run:
        """Run the workflow to its end. Environments in `refused` are not approved; before a job of `meanwhile` its
        deed is done.

        `again`: run that one again, all of it, or with `failed` the jobs that failed and what waits for them.
        """
        self._count += 1
        run_id = str(1000 + self._count) if again is None else again.artifacts.name
        artifacts = self._place / "artifacts" / run_id
        artifacts.mkdir(parents=True, exist_ok=True)
        attempt = again.attempt + 1 if again else 1
        github = _github(event, run_id, attempt)
        group = filled(self._workflow.get("concurrency", {"group": ""})["group"], {"github": github})
        jobs: dict[str, Done] = {}
        for name, job in in_order(self._workflow["jobs"]):
            kept = again.jobs[name] if again and failed and again.jobs[name].state == "success" else None
            contexts = {"github": github, "needs": _needs(job, jobs)}
            if meanwhile and name in meanwhile:
                meanwhile[name]()
            jobs[name] = kept or self._job(name, job, event, contexts, artifacts, refused)
        return Run(event, attempt, group, jobs, artifacts)

    def _job(
        self,
        name: str,
        job: Mapping[str, Any],
        event: Event,
        contexts: Mapping[str, Any],
        artifacts: Path,
        refused: Sequence[str],
    ) -> Done:
        results = {need["result"] for need in contexts["needs"].values()}
        condition = bare(job.get("if", "true"))
        # As on the host: a condition that asks for the state of the run is all that counts.
        asked = condition.replace("cancelled()", "false")
        if asked == condition and results - {"success"}:
            return Done("skipped")
        if not is_true(evaluate(asked, contexts)):
            return Done("skipped")
        if job.get("environment") in refused:
            return Done("failure", said="the deployment was not approved")
        played = [leg for leg in legs(job, contexts) if all(HERE.get(key) == each for key, each in leg.items())]
        if not played:
            raise AssertionError(f"{name}: no leg of its matrix can be played here")
        rights = {
            what: permission(self._workflow, job, what, is_fork=event.is_fork)
            for what in ("id-token", "contents", "pull-requests", "actions")
        }
        self._ci.provider.permitted = rights["id-token"] == "write"
        self._permit({what for what, granted in rights.items() if granted == "write"})
        self._ci.provider.job = Job(
            OWNER, NAME, self._name, job.get("environment", ""), event.ref, event.sha, event.name
        )
        playing = _Playing(self._remote, self._place / f"{self._count}-{name}", event, artifacts)
        variables = {
            "GITHUB_JOB": name,
            "HOST_CONTENTS": rights["contents"],
            "GITHUB_RUN_ATTEMPT": contexts["github"]["run_attempt"],
            **(self._ci.environment() if self._ci.provider.permitted else {}),
        }
        return playing.play(job, {**contexts, "matrix": played[0]}, variables)


class _Playing:
    """One job on its machine: a folder with nothing in it, until a step puts something there."""

    def __init__(self, remote: Repo, place: Path, event: Event, artifacts: Path) -> None:
        self._remote, self._place, self._event, self._artifacts = remote, place, event, artifacts
        self._work = place / "work"
        self._said: list[str] = []
        self.masked: list[str] = []
        self._page = place / "page"

    def play(self, job: Mapping[str, Any], contexts: Mapping[str, Any], variables: Mapping[str, str]) -> Done:
        self._work.mkdir(parents=True)
        (self._place / "event.json").write_text(json.dumps(self._event.payload))
        outcomes: dict[str, Any] = {}
        seen = {**contexts, "steps": outcomes}
        state = "success"
        for number, step in enumerate(job["steps"]):
            if not is_true(evaluate(bare(step.get("if", "true")), seen)):
                continue
            output = self._place / f"output-{number}"
            output.touch()
            environ = {name: as_text(value_of(raw, seen)) for name, raw in step.get("env", {}).items()}
            if not self._step(step, seen, {**variables, **environ, "GITHUB_OUTPUT": str(output)}):
                state = "failure"
                break
            said = outputs(output)
            said = handed_on(ACTION, said) if OURS.fullmatch(step.get("uses", "")) else said
            outcomes[step.get("id", f"-{number}")] = {"outputs": said}
        told = {name: filled(raw, seen) for name, raw in job.get("outputs", {}).items()} if state == "success" else {}
        page = self._page.read_text() if self._page.exists() else ""
        return Done(state, told, "".join(self._said), page, tuple(self.masked))

    def _step(self, step: Mapping[str, Any], seen: Mapping[str, Any], variables: Mapping[str, str]) -> bool:
        wanted = {name: value_of(raw, seen) for name, raw in step.get("with", {}).items()}
        if "run" in step:
            if "${{" in step["run"]:
                raise AssertionError(f"an expression in a command: {step['run']}")
            return self._command(shlex.split(step["run"]), variables)
        if OURS.fullmatch(step["uses"]):
            return self._our_action(wanted, variables)
        found = re.fullmatch(r"actions/([\w-]+)@[0-9a-f]{40}", step["uses"])
        deeds = {
            "checkout": self._check_out,
            "setup-python": self._set_up,
            "upload-artifact": self._upload,
            "download-artifact": self._download,
        }
        if found is None or found[1] not in deeds:
            raise AssertionError(f"{step['uses']} is not played")
        deeds[found[1]](wanted)
        return True

    def _check_out(self, wanted: Mapping[str, object]) -> None:
        """As actions/checkout does with all of history: every branch and tag, and the event's own commit."""
        assert wanted == {"fetch-depth": 0, "persist-credentials": False}, f"a checkout with {wanted} is not played"
        repo = Repo(self._work)
        repo.git("remote", "add", "origin", str(self._remote.root))
        repo.git("fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
        _, kind, name = self._event.ref.split("/", 2)
        if kind == "heads":
            repo.git("update-ref", f"refs/remotes/origin/{name}", self._event.sha)
            repo.git("checkout", "--quiet", "-B", name, f"refs/remotes/origin/{name}")
        else:
            repo.git("fetch", "--quiet", "origin", f"+{self._event.sha}:refs/remotes/{kind}/{name}")
            repo.git("checkout", "--quiet", "--detach", f"refs/remotes/{kind}/{name}")

    def _set_up(self, wanted: Mapping[str, object]) -> None:
        """The Python that the tests run with stands in for every one."""
        assert set(wanted) == {"python-version"}

    def _upload(self, wanted: Mapping[str, object]) -> None:
        assert wanted["if-no-files-found"] == "error"
        source = self._work / str(wanted["path"])
        assert any(source.iterdir()), "there is nothing to upload"
        there = self._artifacts / str(wanted["name"])
        if wanted.get("overwrite"):
            shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(source, there)  # what a run has it has in all of its attempts: the name may be taken

    def _download(self, wanted: Mapping[str, object]) -> None:
        shutil.copytree(self._artifacts / str(wanted["name"]), self._work / str(wanted["path"]))

    def _our_action(self, wanted: Mapping[str, object], variables: Mapping[str, str]) -> bool:
        """action.yml, by the shell that it names; in place of its installing, what is installed here."""
        temporary = self._place / "temporary"
        programs = temporary / "cz-ship" / "bin"
        programs.mkdir(parents=True, exist_ok=True)
        (programs / "cz-ship").unlink(missing_ok=True)
        (programs / "cz-ship").symlink_to(Path(sys.executable).with_name("cz-ship"))
        more = {"GITHUB_ACTION_PATH": str(ACTION.parent), "RUNNER_TEMP": str(temporary)}
        return all(
            self._run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run], {**variables, **environ, **more})
            for run, environ in composite(ACTION, wanted, {"github": {"token": TOKEN}})
            if "pip install" not in run
        )

    def _command(self, command: list[str], variables: Mapping[str, str]) -> bool:
        if command[:4] == ["python", "-m", "pip", "install"]:
            return True  # cz-ship is here already
        assert command[0] == "cz-ship", f"{command} is not one of ours"
        return self._run([sys.executable, "-m", "cz_ship", *command[1:]], variables)

    def _run(self, command: list[str], variables: Mapping[str, str]) -> bool:
        event = self._event
        environ = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(self._place / "event.json"),
            "GITHUB_REF": event.ref,
            "GITHUB_SHA": event.sha,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_ACTOR": "ann",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_STEP_SUMMARY": str(self._page),
            "RUNNER_OS": "Linux",
        }
        done = subprocess.run(
            command,
            cwd=self._work,
            env={**os.environ, **environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=170,
            check=False,
        )
        lines = done.stdout.splitlines(keepends=True)
        hidden = [line.removeprefix(MASK).strip() for line in lines if line.startswith(MASK)]
        shown = "".join(line for line in lines if not line.startswith(MASK))
        assert not any(secret in shown for secret in hidden), "a secret that the runner would have to hide"
        self.masked += hidden
        self._said.append(f"$ {shlex.join(command)}\n{shown}exit {done.returncode}\n")
        return done.returncode == 0


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


def _needs(job: Mapping[str, Any], jobs: Mapping[str, Done]) -> dict[str, Any]:
    return {name: {"result": jobs[name].state, "outputs": jobs[name].outputs} for name in job.get("needs", ())}
