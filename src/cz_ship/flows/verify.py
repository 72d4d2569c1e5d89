"""Verify: the story of one command, from a folder of artifacts or a candidate made for it to a verification."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from cz_ship.errors import Failure, usage
from cz_ship.flows.apply import shown
from cz_ship.flows.candidate import build_candidate
from cz_ship.flows.guard import refuse_tracked_env
from cz_ship.flows.judging import judge_all, vouch
from cz_ship.flows.remade import clone_with
from cz_ship.flows.survey import dirty, head_commit
from cz_ship.gates import Subject, Verification
from cz_ship.ports import Clone, World
from cz_ship.rules.coverage import Coverage, coverage_of
from cz_ship.rules.metadata import stated
from cz_ship.rules.pythons import none_supported, supported

WRITTEN = "an earlier run wrote one into the folder of its reports: coverage/coverage.json"


class Order(NamedTuple):
    """What is to be verified and how.

    `dist` is a folder with artifacts; None where HEAD is built for it: its candidate, or, where no setting of
    commitizen names a version, what its own metadata state. `folder` takes logs and reports; `baseline` is an earlier
    coverage JSON to compare with.
    """

    folder: Path
    dist: Path | None = None
    baseline: Path | None = None


def verify(world: World, order: Order) -> Verification:
    """Judge the artifacts of a folder, or else what HEAD builds to, by every gate.

    Raises `Failure` where there is nothing to judge, or nothing to compare with.
    """
    # Read before any gate writes: it may lie in the very folder that takes the reports of this run.
    earlier = _earlier(order.baseline) if order.baseline else None
    subject = _built(world, order.folder / "dist") if order.dist is None else _found(world, order.dist)
    with clone_with(world, subject.commit, subject.version) as clone:
        found = judge_all(world, subject._replace(time=clone.time(subject.commit)), clone, order.folder, earlier)
    vouch(world, found, order.dist or order.folder / "dist")
    return found


def supported_pythons(world: World, dist: Path | None) -> tuple[str, ...]:
    """The Pythons that the artifacts of a folder support, or else what the working tree states.

    Raises `Failure` (usage) where neither tells it, or none is.
    """
    if dist is not None:
        told, faults = stated(world.workshop.metadata(_found(world, dist).artifacts[-1]))
        if told is None:
            raise Failure("; ".join(faults))
        return _some(told.requires_python, told.classifiers)
    tooling = world.workshop.tooling(world.repository.root)
    try:
        requires = SpecifierSet(tooling.requires_python)
    except InvalidSpecifier as error:
        raise usage(f"pyproject.toml: requires-python: {error}") from error
    if not tooling.requires_python and not tooling.classifiers:
        raise usage("pyproject.toml states no Pythons", "state requires-python, or hand the built files over: --dist")
    return _some(requires, tooling.classifiers)


def _some(requires: SpecifierSet, classifiers: Sequence[str]) -> tuple[str, ...]:
    """The supported Pythons; `Failure` (usage) where there are none: no forge takes an empty matrix."""
    found = supported(requires, classifiers)
    if not found:
        raise usage(none_supported(requires, classifiers), "name the supported ones in the classifiers")
    return found


def _earlier(baseline: Path) -> Coverage:
    try:
        return coverage_of(baseline.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"the baseline {baseline} cannot be read: {error}", WRITTEN) from error
    except Failure as failure:
        raise usage(f"the baseline {baseline}: {failure.text}", WRITTEN) from failure


def _built(world: World, out: Path) -> Subject:
    commit = world.commit() or head_commit(world.repository)
    with world.clone_of_commit(commit) as clone:
        clone.checkout(commit)
        if _is_unnamed(world, clone):
            return _stated(world, clone, commit, out)
    outlook, made = build_candidate(world, out)
    return Subject(outlook.project, outlook.candidate, outlook.commit, 0, made)


def _is_unnamed(world: World, clone: Clone) -> bool:
    """Whether no setting of commitizen names a version: its own provider, the default, has none."""
    rules = world.rules(clone.root)
    if rules.rule_set.version_provider != "commitizen":
        return False
    try:
        return not rules.read_version(clone.root)
    except Failure:
        return True


def _stated(world: World, clone: Clone, commit: str, out: Path) -> Subject:
    """The artifacts of HEAD as it stands, under the version that its own metadata state; gates judge it."""
    refuse_tracked_env(clone)
    for warning in dirty(world.repository):
        world.talk.note(warning.text)
    step = f"build {world.builder.project_name(clone.root)}"
    world.talk.begin(step)
    with world.folder() as room:
        built = world.builder.build(clone.root, room, clone.time(commit))
        project, version = world.builder.identity(built[0])
        made = world.builder.deliver(built, out, commit)
    world.talk.done(step, ", ".join(shown(each) for each in made))
    world.talk.note(
        f"no setting of commitizen names a version: {version} is judged, as the project's metadata state it"
    )
    return Subject(project, Version(version), commit, 0, made)


def _found(world: World, dist: Path) -> Subject:
    """The artifacts that lie in a folder, built at the commit that its SHA256SUMS tells, or else at HEAD."""
    delivery = world.builder.found(dist)
    made = delivery.artifacts if delivery else world.workshop.artifacts(dist)
    if not made:
        raise usage(f"{dist} holds no wheel and no sdist", "cz-ship build --out DIR, or leave --dist away")
    commit = delivery.commit if delivery else ""
    if not commit:
        commit = head_commit(world.repository)
        world.talk.note(f"{dist} does not tell its commit: HEAD's tree is taken for its source")
    name, version = world.builder.identity(made[0])
    return Subject(name, Version(version), commit, 0, made)
