"""The commands: options in, a story told, an answer out."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cz_ship.errors import Exit
from cz_ship.faces import answers
from cz_ship.faces.opened import Opened
from cz_ship.faces.report import Talker
from cz_ship.world.git import open_repository
from cz_ship.world.live import LiveWorld

if TYPE_CHECKING:
    from cz_ship.model import Section
    from cz_ship.ports import Rules
    from cz_ship.rules.outlook import Outlook


def run_command(options: argparse.Namespace) -> Exit:
    """Run the command that the options name."""
    deeds = {
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


def _survey(options: argparse.Namespace) -> tuple[LiveWorld, Outlook, Rules]:
    from cz_ship.flows.survey import survey

    project = Opened(_folder(options), options.talker)
    world = project.world
    outlook = survey(world.repository, project.rules, project.name, world.settings, world.commit())
    project.remember()
    return world, outlook, project.rules


def _plan(options: argparse.Namespace) -> Exit:
    from cz_ship.flows.survey import dirty

    world, outlook, rules = _survey(options)
    outlook = outlook._replace(warnings=(*outlook.warnings, *dirty(world.repository)))
    answers.to_actions(version=outlook.current, next=outlook.next, tag=outlook.tag, candidate=outlook.candidate)
    if options.json:
        answers.document(answers.plan(outlook))
        if not answers.has_page():
            return Exit.DONE
    preview = _preview(world, outlook, rules)
    if answers.has_page():
        answers.page(answers.plan_markdown(outlook, preview))
    if options.markdown:
        print(answers.plan_markdown(outlook, preview))
    elif options.why:
        print(answers.plan_why(outlook, rules.rule_set))
    elif not options.json:
        print(answers.plan_text(outlook, preview, rules.rule_set))
    return Exit.DONE


def _preview(world: LiveWorld, outlook: Outlook, rules: Rules) -> str:
    from cz_ship.flows.notes import rendered, upcoming

    if outlook.tag is None:
        return ""
    commits = [change.commit for change in outlook.changes]
    section = upcoming(rules, outlook.tag, world.repository.time(outlook.commit), commits)
    return rendered(rules, [section], incremental=True).strip()


def _version(options: argparse.Namespace) -> Exit:
    _, outlook, _ = _survey(options)
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
    from packaging.version import InvalidVersion, Version

    from cz_ship.errors import usage
    from cz_ship.flows import notes
    from cz_ship.flows.survey import head_commit, whole_history

    if not options.version and not options.all:
        return _unreleased(options)
    project = Opened(_folder(options), options.talker)
    world, rules = project.world, project.rules
    head = head_commit(world.repository)
    whole_history(world.repository, world.settings)
    if options.all and not options.write:
        project.remember()
        return _shown(notes.whole(world.repository, rules, head, project.past()))
    sections: tuple[Section, ...]
    if options.all:
        sections = notes.all_sections(world.repository, rules, head)
    else:
        try:
            wanted = Version(options.version)
        except InvalidVersion as error:
            raise usage(f"{options.version!r} is not a version; one like 1.4.0 was wanted") from error
        sections = (notes.section_of(world.repository, rules, head, wanted),)
    project.remember()
    if options.write:
        return _write(world, rules, sections)
    return _shown(rules.finish(notes.rendered(rules, sections, incremental=True), ""))


def _shown(text: str) -> Exit:
    print(answers.plain(text) if sys.stdout.isatty() else text, end="")
    return Exit.DONE


def _unreleased(options: argparse.Namespace) -> Exit:
    from cz_ship.errors import usage

    if options.write:
        raise usage(
            "what is not released yet is not written: the release writes its section itself",
            "name a VERSION, or --all, to write sections of releases",
        )
    world, outlook, rules = _survey(options)
    if outlook.tag is None:
        print("nothing to release", file=sys.stderr)
        return Exit.DONE
    return _shown(rules.finish(f"{_preview(world, outlook, rules)}\n", ""))


def _write(world: LiveWorld, rules: Rules, sections: tuple[Section, ...]) -> Exit:
    from cz_ship.flows import notes
    from cz_ship.world.files import replace

    path = world.repository.root / rules.rule_set.changelog_file
    before = path.read_bytes() if path.is_file() else None
    after = notes.put_all(rules, before, sections)
    changed = after != before and replace(path, after)
    print(f"{path.name}: {'updated' if changed else 'nothing to add'}", file=sys.stderr)
    return Exit.DONE


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
    report = candidate(world, Path(options.dist).absolute() if options.dist else None)
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
    stages = tuple(stage for stage in STAGES if stage in options.stage) if options.stage else STAGES
    if not options.yes and not options.talker.agreed(f"release {world.repository.root.name} for everyone?"):
        print("nothing was done", file=sys.stderr)
        return Exit.REFUSED
    report = release(world, stages, Path(options.dist).absolute() if options.dist else None)
    answers.to_actions(version=report.version, tag=report.tag, released=str(report.released).lower())
    return answers.report(report, options.json)


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

    return run_amend(options, Opened(_folder(options), options.talker))


def _doctor(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.doctor import run_doctor

    return run_doctor(options, _folder(options))


def _event(options: argparse.Namespace) -> Exit:
    from cz_ship.faces.event import run_event

    return run_event(options)


def _rehearse(options: argparse.Namespace) -> Exit:
    from pathlib import Path

    from cz_ship.faces.rehearse import run_rehearsal

    return run_rehearsal(options, Path(_folder(options)))
