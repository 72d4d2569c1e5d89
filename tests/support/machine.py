"""A machine of the host: one job, or a leg of one, in a folder of its own, step by step."""

import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.expressions import as_text, evaluate, filled, is_true, value_of
from tests.support.repos import Repo
from tests.support.runs import REPOSITORY, TOKEN, Done, Event
from tests.support.workflow import bare, composite, handed_on, outputs

ACTION = Path(__file__).resolve().parent.parent.parent / "action.yml"
MASK = "::add-mask::"
OURS = re.compile(r"[\w-]+/cz-ship@[0-9a-f]{40}")


def programs_seconds() -> float:
    """The CPU seconds, user and system, of all programs that this process has started and awaited."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Machine:
    """One job on its machine: a folder with nothing in it, until a step puts something there."""

    def __init__(self, remote: Repo, place: Path, event: Event, artifacts: Path) -> None:
        self._remote, self._place, self._event, self._artifacts = remote, place, event, artifacts
        self._work = place / "work"
        self._said: list[str] = []
        self.masked: list[str] = []
        self._page = place / "page"

    def play(
        self, job: Mapping[str, Any], contexts: Mapping[str, Any], variables: Mapping[str, str], end: str = ""
    ) -> Done:
        """Play the steps of a job; with `end` its last step is not run, and the job comes to that."""
        self._work.mkdir(parents=True)
        (self._place / "event.json").write_text(json.dumps(self._event.payload))
        outcomes: dict[str, Any] = {}
        seen = {**contexts, "steps": outcomes}
        state, spent = "success", list[tuple[str, float]]()
        for number, step in enumerate(job["steps"]):
            if end and step is job["steps"][-1]:
                state = end
                self._said.append(f"{end} in its last step\n")
                break
            # Of the state of a job no step asks here: the first that fails ends it.
            if not is_true(evaluate(bare(step.get("if", "true")), seen)):
                continue
            output = self._place / f"output-{number}"
            output.touch()
            environ = {name: as_text(value_of(raw, seen)) for name, raw in step.get("env", {}).items()}
            before = programs_seconds()
            ended_well = self._step(step, seen, {**variables, **environ, "GITHUB_OUTPUT": str(output)})
            spent.append((step.get("run", step.get("uses", "").partition("@")[0]), programs_seconds() - before))
            if not ended_well:
                state = "failure"
                break
            said = outputs(output)
            said = handed_on(ACTION, said) if OURS.fullmatch(step.get("uses", "")) else said
            outcomes[step.get("id", f"-{number}")] = {"outputs": said}
        told = {name: filled(raw, seen) for name, raw in job.get("outputs", {}).items()} if state == "success" else {}
        page = self._page.read_text() if self._page.exists() else ""
        return Done(state, told, "".join(self._said), page, tuple(self.masked), tuple(spent))

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
