"""Judging: every gate over a subject, one after the other, whatever came of the one before."""

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.flows.gates import artifacts, proof, tools
from cz_ship.flows.gates.inspection import Inspection
from cz_ship.flows.gates.installs import installs
from cz_ship.gates import GateResult, GateWord, Judgement, Subject, Verification
from cz_ship.ports import Clone, World
from cz_ship.rules.coverage import Coverage
from cz_ship.rules.gates import gates, red, refuse_red, set_aside, verdict, words

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


class Passed(NamedTuple):
    """What the gates let pass: a sentence on it, empty where this world has no gates, and what each came to."""

    text: str = ""
    gates: tuple[GateWord, ...] = ()


def let_pass(world: World, clone: Clone, subject: Subject, dist: Path | None = None) -> Passed:
    """Judge what is about to be made public.

    Bytes are judged once: files of `dist` of which its SHA256SUMS says so are not judged again, and it says so
    of those that pass now. Raises `Failure` (refused) where a gate lets nothing pass.
    """
    order = gates(world.gates)
    if all(gate.name in world.gates.off for gate in order):
        return Passed()
    delivery = world.builder.found(dist) if dist else None
    if delivery and delivery.verified:
        return Passed("the gates have passed these very bytes before", delivery.gates)
    found = judge_all(world, subject, clone, world.workshop.kept_folder())
    refuse_red(found.results)
    if dist:
        vouch(world, found, dist)
    aside = [f"{each.name} ({each.reason})" for each in found.results if each.name in world.gates.skip]
    text = f"gates: {verdict(found.results)}" + (f", left out: {', '.join(aside)}" if aside else "")
    return Passed(text, words(found.results))


def vouch(world: World, found: Verification, dist: Path) -> None:
    """Let a folder say that its files were judged, where they were, by all gates that the settings want."""
    if not red(found.results) and not world.gates.skip and world.builder.found(dist):
        world.builder.vouch(dist, words(found.results))


def judge_all(
    world: World, subject: Subject, clone: Clone, folder: Path, baseline: Coverage | None = None
) -> Verification:
    """Judge a subject by every gate. A private `clone` has its commit; `folder` takes logs and reports."""
    found: dict[str, GateResult] = {}
    workshop = world.workshop
    with world.folder() as room:
        for gate in gates(world.gates):
            world.talk.begin(f"gate {gate.name}")
            begun = workshop.seconds()
            until = begun + gate.limit
            looking = Inspection(world, subject, clone, world.gates, folder, room, gate, found, until, baseline)
            looking.log.unlink(missing_ok=True)  # of an earlier run into the same folder
            judgement = set_aside(gate, world.gates, found) or _judged(looking)
            workshop.note(looking.log, _told(judgement))
            spent = workshop.seconds() - begun
            found[gate.name] = GateResult(
                gate.name, judgement.state, judgement.reason, spent, str(looking.log), *judgement[2:]
            )
            world.talk.judged(gate.name, judgement.state, judgement.reason)
    return Verification(subject, tuple(found.values()), folder)


def _judged(inspection: Inspection) -> Judgement:
    """A gate's word; what it raises is its failure, or, where that may pass, no judgement at all."""
    try:
        return JUDGES.get(inspection.gate.name, tools.own)(inspection)
    except Failure as failure:
        return Judgement("failed" if failure.pause is None else "unable", failure.text)
    except Exception as fault:  # a fault of ours in one gate takes no other gate's word away
        inspection.world.workshop.note(inspection.log, traceback.format_exc())
        return Judgement("unable", f"fault in cz-ship: {type(fault).__name__}: {fault}", broke=True)


def _told(judgement: Judgement) -> str:
    lines = [f"{judgement.state}: {judgement.reason}", *map(str, judgement.remarks)]
    return "\n".join(lines) + "\n"
