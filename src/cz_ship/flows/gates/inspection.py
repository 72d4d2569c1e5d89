"""What a gate has in its hands: the subject, the tree it was built of, and where it may work."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.gates import Gate, GateResult, GateSettings, Judgement, Ran, Remark, Subject, Watch
from cz_ship.model import Artifact
from cz_ship.ports import Clone, Rules, World
from cz_ship.rules.candidate import decode
from cz_ship.rules.coverage import Coverage

# How tools that gates ask, and that the project does not need to run, come here.
INSTALL = "pip install 'cz-ship[gates]'"
SHOWN = 5  # faults in a reason; all of them stand in the details


class Inspection(NamedTuple):
    """One gate's look at a subject.

    `clone` is private: every gate lays its tree out anew. `folder` takes logs and reports, and stays; `room`
    is private and goes. `before` are the results so far; `until` is when the gate's time is over, by the workshop's
    clock; `baseline` is what an earlier run covered.
    """

    world: World
    subject: Subject
    clone: Clone
    settings: GateSettings
    folder: Path
    room: Path
    gate: Gate
    before: Mapping[str, GateResult]
    until: float
    baseline: Coverage | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.gate.name}.log"

    def lay(self) -> Path:
        """Lay out the very tree that the artifacts were built of: with a candidate's version in it, committed."""
        self.clone.checkout(self.subject.commit)
        if is_candidate(self.subject.version):
            rules: Rules = self.world.rules(self.clone.root)
            rules.write_version(self.clone.root, rules.read_version(self.clone.root), str(self.subject.version))
            if self.clone.changed_files():
                self.clone.commit_all(f"chore: build {self.subject.project} {self.subject.version}", self.subject.time)
        return self.clone.root

    @property
    def watch(self) -> Watch:
        """The gate's log, and what is left of its time."""
        return Watch(self.log, max(0.0, self.until - self.world.workshop.seconds()))

    def run(self, command: Sequence[str | Path], cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
        """Run a program within what is left of the gate's time."""
        log, limit = self.watch
        return self.world.workshop.run(command, log, cwd=cwd, limit=limit, env=env)


def is_candidate(version: object) -> bool:
    """Whether a version is a candidate's, which no commit's tree says."""
    try:
        decode(str(version))
    except Failure:
        return False
    return True


def judge(faults: Sequence[str | Remark], good: str, notes: Sequence[str] = ()) -> Judgement:
    """Passed where there is no fault; notes are told either way."""
    remarks = tuple(each if isinstance(each, Remark) else Remark(each) for each in faults)
    told = (*remarks, *map(Remark, notes))
    if not faults:
        return Judgement("passed", good, told)
    more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return Judgement("failed", "; ".join(each.text for each in remarks[:SHOWN]) + more, told)


def judge_run(ran: Ran, gate: Gate, good: str) -> Judgement:
    """What a program's end says: passed where its exit code is 0."""
    if ran.code == 0:
        return Judgement("passed", good)
    remarks = tuple(map(Remark, ran.words.splitlines()))
    if ran.code is None:
        return Judgement("failed", f"it did not end within {gate.limit:g} seconds, and was ended", remarks)
    return Judgement("failed", f"exit code {ran.code}: {last_line(ran.words)}", remarks)


def last_line(words: str) -> str:
    """The last line that was said."""
    return (words.splitlines() or ["it said nothing"])[-1].strip()


def kind(artifact: Artifact) -> str:
    """`wheel` or `sdist`."""
    return "wheel" if artifact.name.endswith(".whl") else "sdist"
