"""Verify: every gate over what was built, one after the other, whatever came of the one before."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from cz_ship.errors import Failure, usage
from cz_ship.flows.candidate import build_candidate
from cz_ship.flows.gates import artifacts, proof, tools
from cz_ship.flows.gates.inspection import Inspection
from cz_ship.flows.gates.installs import installs
from cz_ship.flows.survey import head_commit
from cz_ship.gates import GateResult, Judgement, Subject, Verification
from cz_ship.ports import Clone, World
from cz_ship.rules.gates import gates, set_aside
from cz_ship.rules.metadata import stated
from cz_ship.rules.pythons import supported

JUDGES: Mapping[str, Callable[[Inspection], Judgement]] = {
    "metadata": artifacts.metadata,
    "contents": artifacts.contents,
    "reproducible": artifacts.reproducible,
    "untaken": artifacts.untaken,
    "lint": tools.style,
    "format": tools.style,
    "types": tools.style,
    "tests": proof.run_tests,
    "coverage": proof.coverage,
    "docs": tools.docs,
    "installs": installs,
}


class Order(NamedTuple):
    """What is to be verified and how.

    `dist` is a folder with artifacts; None where the candidate of HEAD is built for it. `folder` takes logs and
    reports; `baseline` is an earlier coverage JSON to compare with.
    """

    folder: Path
    dist: Path | None = None
    baseline: Path | None = None


def verify(world: World, order: Order) -> Verification:
    """Judge the artifacts of a folder, or else the candidate of HEAD, by every gate.

    Raises `Failure` where there is nothing to judge.
    """
    subject = _built(world, order.folder / "dist") if order.dist is None else _found(world, order.dist)
    with world.clone_of_commit(subject.commit) as clone:
        return judge_all(world, order, subject._replace(time=clone.time(subject.commit)), clone)


def supported_pythons(world: World, dist: Path | None) -> tuple[str, ...]:
    """The Pythons that the artifacts of a folder support, or else what the working tree states.

    Raises `Failure` (usage) where neither tells it.
    """
    if dist is not None:
        told, faults = stated(world.workshop.metadata(_found(world, dist).artifacts[-1]))
        if told is None:
            raise Failure("; ".join(faults))
        return supported(told.requires_python, told.classifiers)
    tooling = world.workshop.tooling(world.repository.root)
    try:
        requires = SpecifierSet(tooling.requires_python)
    except InvalidSpecifier as error:
        raise usage(f"pyproject.toml: requires-python: {error}") from error
    if not tooling.requires_python and not tooling.classifiers:
        raise usage("pyproject.toml states no Pythons", "state requires-python, or hand the built files over: --dist")
    return supported(requires, tooling.classifiers)


def judge_all(world: World, order: Order, subject: Subject, clone: Clone) -> Verification:
    """Judge a subject by every gate; a private `clone` has its commit."""
    found: dict[str, GateResult] = {}
    workshop = world.workshop
    with world.folder() as room:
        for gate in gates(world.gates):
            world.talk.begin(f"gate {gate.name}")
            begun = workshop.seconds()
            judgement = set_aside(gate, world.gates, found)
            log = ""
            if judgement is None:
                inspection = Inspection(
                    world,
                    subject,
                    clone,
                    world.gates,
                    order.folder,
                    room,
                    gate,
                    found,
                    begun + gate.limit,
                    order.baseline,
                )
                judgement = _judged(inspection)
                workshop.note(inspection.log, _told(judgement))
                log = str(inspection.log)
            spent = workshop.seconds() - begun
            found[gate.name] = GateResult(gate.name, judgement.state, judgement.reason, spent, log, *judgement[2:])
            world.talk.judged(gate.name, judgement.state, judgement.reason)
    return Verification(subject, tuple(found.values()), order.folder)


def _judged(inspection: Inspection) -> Judgement:
    """A gate's word; what it raises is its failure, or, where that may pass, no judgement at all."""
    try:
        return JUDGES.get(inspection.gate.name, tools.own)(inspection)
    except Failure as failure:
        return Judgement("failed" if failure.pause is None else "unable", failure.text)


def _told(judgement: Judgement) -> str:
    lines = [f"{judgement.state}: {judgement.reason}", *(each.text for each in judgement.remarks)]
    return "\n".join(lines) + "\n"


def _built(world: World, out: Path) -> Subject:
    outlook, made = build_candidate(world, out)
    return Subject(outlook.project, outlook.candidate, outlook.commit, 0, made)


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
    if world.repository.resolve(commit) is None:
        raise Failure(f"commit {commit[:12]}, which {dist} was built at, is not in this repository")
    name, version = world.builder.identity(made[0])
    return Subject(name, Version(version), commit, 0, made)
