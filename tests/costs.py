"""`python -m tests.costs`: what the pipeline's own steps cost beside checkout, build and tests, in a played run."""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.support.machine import programs_seconds
from tests.support.pipeline import Theatre, theatre
from tests.support.runs import Run

# A suite that takes a second, and the gate that runs it: beside tests that take longer the rest is less.
SUITE = """\
import time

from demo_ship.words import GREETING


def test_a_second_of_work():
    until = time.process_time() + 1
    while time.process_time() < until:
        assert GREETING
"""
# Which commands build, run the tests, and install the wheel into an environment of its own.
BUILDS = ("cz-ship build --candidate --out dist", "cz-ship release --stage prepare --dist dist")
JUDGE = (BUILDS[1], "cz-ship verify --dist dist")
INSTALL = (*JUDGE, "cz-ship candidate --dist dist")
CHECKOUT = "actions/checkout"


class Reference(NamedTuple):
    """CPU seconds of what any pipeline does: sdist and wheel, an environment with the wheel, the tests, each once."""

    build: float
    environment: float
    tests: float


def main() -> None:
    """Play a pull request and its merge; print a table of each, in CPU seconds."""
    with tempfile.TemporaryDirectory(prefix="cz-ship-costs-") as folder, theatre(Path(folder)) as stage:
        reference = prepared(stage)
        stage.repo.git("switch", "--quiet", "-c", "topic")
        stage.repo.commit("feat: greet")
        pull = stage.host.run(stage.pull("feat: greet"))
        merge = stage.host.run(stage.merge())
    print("\n".join([*table("a pull request", pull, reference), "", *table("its merge", merge, reference)]))


def prepared(stage: Theatre) -> Reference:
    """Give the project its tests; what its build and they take by themselves."""
    settings = (stage.repo.root / ".cz.toml").read_text(encoding="utf-8").replace('"tests", ', "")
    stage.repo.commit("test: words", {"tests/test_words.py": SUITE, ".cz.toml": settings})
    stage.repo.git("push", "--quiet")
    out = stage.repo.root.parent / "reference"
    build = _seconds(stage, sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out))
    (wheel,) = out.glob("*.whl")
    environment = _seconds(stage, sys.executable, "-m", "venv", str(out / "venv"))
    environment += _seconds(stage, str(out / "venv/bin/python"), "-m", "pip", "install", "--no-index", str(wheel))
    tests = _seconds(stage, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.")
    return Reference(build, environment, tests)


def _seconds(stage: Theatre, *command: str) -> float:
    before = programs_seconds()
    environ = {"PYTHONPATH": "src", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
    subprocess.run(
        command, cwd=stage.repo.root, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    return programs_seconds() - before


def table(title: str, run: Run, reference: Reference) -> Iterator[str]:
    """Each command of a run, and what all of them come to without the builds and the tests that are in them."""
    steps = [
        (name, step.partition(" --skip-gate")[0], seconds)
        for name, done in run.jobs.items()
        for step, seconds in done.spent
    ]
    ours = [each for each in steps if each[1].startswith("cz-ship")]
    whole = sum(seconds for *_, seconds in ours)
    built, tested = _count(ours, BUILDS) * reference.build, _count(ours, JUDGE) * reference.tests
    yield f"| {title} | step | CPU s |"
    yield "|---|---|---:|"
    yield from (f"| `{name}` | `{step}` | {seconds:.2f} |" for name, step, seconds in ours)
    checkouts = sum(seconds for _, step, seconds in steps if step == CHECKOUT)
    yield f"| | {_count(steps, (CHECKOUT,))} checkouts | {checkouts:.2f} |"
    yield f"| | builds in these: {_count(ours, BUILDS)}, {reference.build:.2f} each | {built:.2f} |"
    yield f"| | the tests in these: {_count(ours, JUDGE)} times, {reference.tests:.2f} each | {tested:.2f} |"
    installs = f"{_count(ours, INSTALL)} environments with the wheel (by venv and pip {reference.environment:.2f} each)"
    yield f"| | all of the rest, with {installs} | **{whole - built - tested:.2f}** |"


def _count(steps: Iterable[tuple[str, str, float]], wanted: tuple[str, ...]) -> int:
    return sum(step in wanted for _, step, _ in steps)


if __name__ == "__main__":
    main()
