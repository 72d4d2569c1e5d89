"""`cz-ship changelog`: the notes of releases, printed or written into the file."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from cz_ship.errors import Exit
from cz_ship.faces.answers import plain
from cz_ship.faces.opened import Opened

if TYPE_CHECKING:
    from cz_ship.model import Section
    from cz_ship.rules.outlook import Outlook


def run_changelog(options: argparse.Namespace, project: Opened) -> Exit:
    """Print the notes that the options ask for, or put them into the changelog file."""
    from packaging.version import InvalidVersion, Version

    from cz_ship.errors import usage
    from cz_ship.flows import notes
    from cz_ship.flows.survey import head_commit, whole_history

    if not options.version and not options.all:
        return _unreleased(options, project)
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
        return _write(project, sections)
    return _shown(rules.finish(notes.rendered(rules, sections, incremental=True), ""))


def preview(project: Opened, outlook: Outlook) -> str:
    """The notes that the next release would have; empty where there is none."""
    from cz_ship.flows.notes import rendered, upcoming

    if outlook.tag is None:
        return ""
    commits = [change.commit for change in outlook.changes]
    section = upcoming(project.rules, outlook.tag, project.world.repository.time(outlook.commit), commits)
    return rendered(project.rules, [section], incremental=True).strip()


def _shown(text: str) -> Exit:
    print(plain(text) if sys.stdout.isatty() else text, end="")
    return Exit.DONE


def _unreleased(options: argparse.Namespace, project: Opened) -> Exit:
    from cz_ship.errors import usage

    if options.write:
        raise usage(
            "what is not released yet is not written: the release writes its section itself",
            "name a VERSION, or --all, to write sections of releases",
        )
    outlook = project.survey()
    if outlook.tag is None:
        print("nothing to release", file=sys.stderr)
        return Exit.DONE
    return _shown(project.rules.finish(f"{preview(project, outlook)}\n", ""))


def _write(project: Opened, sections: tuple[Section, ...]) -> Exit:
    from cz_ship.flows import notes
    from cz_ship.world.files import replace

    world, rules = project.world, project.rules
    path = world.repository.root / rules.rule_set.changelog_file
    before = path.read_bytes() if path.is_file() else None
    after = notes.put_all(rules, before, sections)
    changed = after != before and replace(path, after)
    print(f"{path.name}: {'updated' if changed else 'nothing to add'}", file=sys.stderr)
    return Exit.DONE
