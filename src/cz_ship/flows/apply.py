"""Apply: one step of a plan, done."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.flows.guard import refuse_tracked_env
from cz_ship.flows.notes import put, upcoming
from cz_ship.flows.observe import Bench
from cz_ship.model import Artifact
from cz_ship.ports import Builder, World
from cz_ship.rules.outlook import bump_message
from cz_ship.rules.plan import Build, CommitBump, CreateTag, Due, Push, Step, Upload
from cz_ship.rules.promise import promise
from cz_ship.rules.tags import find_tag


class Outrun(Exception):
    """The remote moved while this release was made; it has to be thought of anew."""


class Room(NamedTuple):
    """Where a run builds, and where the person wants the files, if anywhere."""

    private: Path
    dist: Path | None = None


def apply(world: World, bench: Bench, due: Due, step: Step, room: Room) -> tuple[Bench, str]:
    """Do one step; the bench after it, and a sentence for people.

    Raises `Outrun` where the remote moved, `Failure` where the step failed.
    """
    match step:
        case CommitBump():
            try:
                sha = _commit_bump(bench, due)
            except OSError as error:
                raise Failure(f"the bump cannot be written: {error.strerror or error}") from error
            return bench._replace(commit=sha), f"{sha[:12]} on {due.tip[:12]}: {due.current} → {due.version}"
        case Build():
            artifacts = _given(world, bench, due, room) or _build(world, bench, due, room)
            return bench._replace(artifacts=artifacts), ", ".join(shown(each) for each in artifacts)
        case CreateTag():
            message = promise(due.project, due.version, bench.artifacts)
            bench.clone.create_tag(due.tag, _commit(bench, due), message, due.time)
            return bench, f"{due.tag} on {_commit(bench, due)[:12]}"
        case Push():
            if not bench.clone.push(due.branch, _commit(bench, due), due.tip, due.tag):
                raise Outrun
            return bench, f"{due.branch} is {_commit(bench, due)[:12]}, with {due.tag}, in one transaction"
        case Upload():
            return bench, _upload(world, bench, due, step)


def build_at(builder: Builder, tree: Path, out: Path, time: int, project: str, version: object) -> tuple[Artifact, ...]:
    """Build a laid-out tree into a private folder and check the result."""
    artifacts = builder.build(tree, out, time)
    check(builder, artifacts, project, version)
    return artifacts


def check(builder: Builder, artifacts: Sequence[Artifact], project: str, version: object) -> None:
    """Name and version as planned, and `twine check --strict`. Raises `Failure` with what differs."""
    for artifact in artifacts:
        name, built = builder.identity(artifact)
        if (name, built) != (project, str(version)):
            raise Failure(
                f"{artifact.name} says it is {name} {built}; {project} {version} was planned",
                hint="the build backend must read its version from where the version provider writes it "
                '(setuptools: [tool.setuptools.dynamic] version = {file = "version.txt"})',
            )
    builder.check(artifacts)


def shown(artifact: Artifact) -> str:
    """A file's kind and the beginning of its hash, for people."""
    return f"{'wheel' if artifact.name.endswith('.whl') else 'sdist'} sha256 {artifact.sha256[:12]}…"


def _commit(bench: Bench, due: Due) -> str:
    commit = bench.commit or due.commit
    if commit is None:
        raise AssertionError("the plan puts the bump commit before all that needs it")
    return commit


def _commit_bump(bench: Bench, due: Due) -> str:
    clone, rules = bench.clone, bench.rules
    clone.checkout(due.tip)
    last = find_tag(due.current, dict(clone.tags()), rules.rule_set)
    commits = clone.walk(due.tip, last.commit if last else None).commits
    changelog = rules.rule_set.changelog_file
    path = clone.root / changelog
    content = path.read_bytes() if path.is_file() else None
    clone.write(changelog, put(rules, content, upcoming(rules, due.tag, due.time, commits), due.version))
    rules.write_version(clone.root, str(due.current), str(due.version))
    return clone.commit_all(bump_message(due.current, due.version, rules.rule_set), due.time)


def _given(world: World, bench: Bench, due: Due, room: Room) -> tuple[Artifact, ...]:
    """The artifacts that the person handed over, where they are of this very commit and as promised."""
    given = world.builder.found(room.dist) if room.dist else None
    if given is None or given.commit != _commit(bench, due):
        return ()
    if due.promise and {each[:2] for each in due.promise} != {each[:2] for each in given.artifacts}:
        return ()
    check(world.builder, given.artifacts, due.project, due.version)
    return given.artifacts


def _build(world: World, bench: Bench, due: Due, room: Room) -> tuple[Artifact, ...]:
    bench.clone.checkout(_commit(bench, due))
    refuse_tracked_env(bench.clone)
    built = build_at(world.builder, bench.clone.root, room.private, due.time, due.project, due.version)
    return world.builder.deliver(built, room.dist, _commit(bench, due)) if room.dist else built


def _upload(world: World, bench: Bench, due: Due, step: Upload) -> str:
    index = next(index for index in world.indexes() if index.name == step.index)
    artifact = next(each for each in bench.artifacts if each.name == step.file)
    index.upload(artifact)
    return f"{shown(artifact)} → {index.address}"
