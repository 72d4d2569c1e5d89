"""The commands: options in, a story told, an answer out."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from cz_ship.errors import Exit
from cz_ship.faces import answers
from cz_ship.faces.annotating import warn
from cz_ship.faces.opened import Opened
from cz_ship.faces.report import Talker
from cz_ship.world.git import open_repository
from cz_ship.world.live import LiveWorld

if TYPE_CHECKING:
    from cz_ship.flows.carry_out import Report


def run_command(options: argparse.Namespace) -> Exit:
    """Run the command that the options name."""
    deeds = {
        "init": _init,
        "plan": _plan,
        "version": _version,
        "decode": _decode,
        "changelog": _changelog,
        "amend": _amend,
        "build": _build,
        "verify": _verify,
        "candidate": _candidate,
        "release": _release,
        "status": _status,
        "doctor": _doctor,
        "event": _event,
        "rehearse": _rehearse,
    }
    options.talker = Talker(sys.stderr, quiet=getattr(options, "quiet", False))
    try:
        return deeds[options.command](options)
    finally:
        options.talker.close()


def _world(options: argparse.Namespace) -> LiveWorld:
    """The world of a command; gates stand in those that can leave some out."""
    return Opened(_folder(options), options.talker, getattr(options, "skip_gate", None)).world


def _folder(options: argparse.Namespace) -> str:
    return str(getattr(options, "folder", "."))


def _opened(options: argparse.Namespace) -> Opened:
    return Opened(_folder(options), options.talker)


def _plan(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.changelog import preview
    from cz_ship.flows.survey import dirty

    project = _opened(options)
    found = project.survey()
    outlook = found._replace(warnings=(*found.warnings, *dirty(project.world.repository)))
    answers.to_actions(version=outlook.current, next=outlook.next, tag=outlook.tag, candidate=outlook.candidate)
    if options.json:
        answers.document(answers.plan(outlook))
        if not answers.has_page():
            return Exit.DONE
    notes = preview(project, outlook)
    if answers.has_page():
        answers.page(answers.plan_markdown(outlook, notes))
    if options.markdown:
        print(answers.plan_markdown(outlook, notes))
    elif options.why:
        print(answers.plan_why(outlook, project.rules.rule_set))
    elif not options.json:
        print(answers.plan_text(outlook, notes, project.rules.rule_set))
    return Exit.DONE


def _version(options: argparse.Namespace) -> Exit:
    outlook = _opened(options).survey()
    if options.candidate:
        print(outlook.candidate)
    elif not options.next:
        print(outlook.current)
    elif outlook.next is not None:
        print(outlook.next)
    else:
        print("nothing to release", file=sys.stderr)
    return Exit.DONE


def _decode(options: argparse.Namespace) -> Exit:
    from cz_ship.errors import Failure
    from cz_ship.rules.candidate import decode

    found = decode(options.version)
    try:
        commit = open_repository(_folder(options)).resolve(found.short_hash)
    except Failure:
        commit = None  # outside a repository the digits can be read all the same
    answer = {
        "version": str(found.version),
        "base": str(found.base),
        "distance": found.distance,
        "short_hash": found.short_hash,
        "commit": commit,
    }
    if options.json:
        answers.document(answer)
    else:
        print(
            "\n".join(
                f"{key.replace('_', ' ')}: {'not in this repository' if value is None else value}"
                for key, value in answer.items()
            )
        )
    return Exit.DONE


def _changelog(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.changelog import run_changelog

    return run_changelog(options, _opened(options))


def _build(options: argparse.Namespace) -> Exit:
    from pathlib import Path

    from cz_ship.flows.candidate import build_candidate, build_commit

    world = _world(options)
    out = Path(_folder(options), options.out)
    make = build_candidate if options.candidate else build_commit
    outlook, artifacts = make(world, out)
    version = outlook.candidate if options.candidate else outlook.current
    answers.to_actions(version=version, candidate=outlook.candidate)
    if options.json:
        answers.document({"version": str(version), "files": answers.files(artifacts)})
    else:
        print(answers.sums(artifacts))
    return Exit.DONE


def _verify(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.verify import run_verify

    return run_verify(options, _folder(options))


def _candidate(options: argparse.Namespace) -> Exit:
    from pathlib import Path

    from cz_ship.flows.candidate import candidate
    from cz_ship.flows.truth import settling

    with settling():
        world = _world(options)
        elsewhere = _elsewhere(world)
    report = elsewhere or candidate(world, Path(options.dist).absolute() if options.dist else None)
    answers.to_actions(
        candidate=report.version, version=report.version, tag=None, released=str(report.released).lower()
    )
    return answers.report(report, options.json)


def _release(options: argparse.Namespace) -> Exit:
    from pathlib import Path

    from cz_ship.flows.release import release
    from cz_ship.flows.truth import settling
    from cz_ship.rules.plan import STAGES

    with settling():
        world = _world(options)
        elsewhere = _elsewhere(world)
    stages = tuple(stage for stage in STAGES if stage in options.stage) if options.stage else STAGES
    if not options.yes and not options.talker.agreed(f"release {world.repository.root.name} for everyone?"):
        print("nothing was done", file=sys.stderr)
        return Exit.REFUSED
    report = elsewhere or release(world, stages, Path(options.dist).absolute() if options.dist else None)
    mode = world.settings.mode
    answers.to_actions(version=report.version, tag=report.tag, released=str(report.released).lower(), mode=mode)
    if "tag" in stages:  # of the jobs of one run the first that can know says it
        warn(report.left)
    return answers.report(report, options.json)


def _elsewhere(world: LiveWorld) -> Report | None:
    """What a run comes to whose repository publishes nothing; None where it may."""
    from cz_ship.flows.carry_out import Report
    from cz_ship.rules.event import aside
    from cz_ship.world.ci import ci_run, read_event

    why = aside(ci_run(os.environ, read_event(os.environ)), world.settings.forge_repository)
    return Report(None, False, (), (), f"nothing is published from here: {why}") if why else None


def _status(options: argparse.Namespace) -> Exit:
    from packaging.version import InvalidVersion, Version

    from cz_ship.errors import usage
    from cz_ship.flows.status import status

    try:
        wanted = Version(options.version) if options.version else None
    except InvalidVersion as error:
        raise usage(f"{options.version!r} is not a version; one like 1.4.0 was wanted") from error
    found = status(_world(options), wanted)
    answers.document(answers.status(found)) if options.json else print(answers.status_text(found))
    return Exit.DONE


def _amend(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.amend import run_amend

    return run_amend(options, _opened(options))


def _doctor(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.doctor import run_doctor

    return run_doctor(options, _folder(options))


def _init(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.init import run_init

    return run_init(options, _folder(options))


def _event(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.event import run_event

    return run_event(options)


def _rehearse(options: argparse.Namespace) -> Exit:
    from pathlib import Path

    from cz_ship.faces.rehearse import run_rehearsal

    return run_rehearsal(options, Path(_folder(options)))
