"""`cz-ship init`: what would be written as diffs, one question, and what is left to be done by a person."""

import argparse
import difflib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from cz_ship.errors import Exit, Failure, Interrupted
from cz_ship.faces.fitted import fitted
from cz_ship.faces.report import Talker
from cz_ship.flows.scaffold import lay_down, propose, propose_new
from cz_ship.rules.blueprint_by_hand import by_hand
from cz_ship.rules.blueprint_files import INSTALL
from cz_ship.rules.blueprint_new import package_of
from cz_ship.site import Blueprint, Edit
from cz_ship.world.git import open_repository
from cz_ship.world.index_forms import publisher_forms
from cz_ship.world.new_site import NewFolder
from cz_ship.world.project import load_settings
from cz_ship.world.site import ProjectFolder

_COLOURS = {"+": 32, "-": 31, "@": 36}
_COMMIT = 'git add --all && git commit -m "build: release with cz-ship"'
_HOOKS = "pre-commit install   # the hooks; where it is missing: pipx install pre-commit"
_REHEARSE = "cz-ship rehearse"


def run_init(options: argparse.Namespace, folder: str) -> Exit:
    """Propose, ask, lay down; exit 1 where the answer is no."""
    talk: Talker = options.talker
    if options.new is not None:
        return _new(options, Path(folder))
    repository = open_repository(folder)
    if not os.path.samefile(folder, repository.root):
        talk.note(f"the project is {repository.root}, the top of the repository")
    if repository.is_shallow():
        hint = "git fetch --unshallow --tags, and run init again"
        raise Failure("this clone is shallow: tags that tell the version may be cut off", hint=hint)
    with _whole_or_not_at_all():
        site = ProjectFolder(repository)
        found = propose(site, version("cz-ship"))
        remote = load_settings(repository.root).remote
        _show(found, talk)
        if found.edits and not _agreed(options, f"write {_count(found)}?"):
            return Exit.REFUSED
        lay_down(site, found)
    print(f"wrote {_count(found)}" if found.edits else "nothing to change: all is laid down")
    print(f"\n{by_hand(found, repository.remote_url(remote) or '', publisher_forms())}\n")
    hooks = INSTALL if any(each.code == "hook-types" for each in found.findings) else _HOOKS
    print(_next(_COMMIT, hooks, _REHEARSE) if repository.changed_files() else _next(_REHEARSE))
    return Exit.DONE


def _new(options: argparse.Namespace, folder: Path) -> Exit:
    """Propose a new project, ask, found it."""
    with _whole_or_not_at_all():
        package_of(options.new)  # a name first: a folder without one is this one
        ground = NewFolder(folder.absolute(), options.new)
        found = propose_new(options.new, time.gmtime().tm_year, ground, version("cz-ship"))
        _show(found, options.talker)
        if not _agreed(options, f"make {options.new} of {_count(found)}?"):
            return Exit.REFUSED
        ground.found(found.edits, found.branch, f"feat: begin {options.new}")
    print(f"made {ground.place}, a repository with one commit")
    print(f"\n{by_hand(found, '', publisher_forms())}\n\n{_next(f'cd {ground.place}', _HOOKS, _REHEARSE)}")
    return Exit.DONE


@contextmanager
def _whole_or_not_at_all() -> Iterator[None]:
    """What Ctrl-C cuts short in here is as it was before."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise Interrupted("nothing was written") from interrupt


def _next(*commands: str) -> str:
    return "\n  ".join(["Next:", *commands])


def _agreed(options: argparse.Namespace, question: str) -> bool:
    if options.yes:
        return True
    if not sys.stdin.isatty():
        raise Failure("nothing was written: nobody is there to be asked", hint="the same with --yes")
    if options.talker.agreed(question):
        return True
    print("nothing was written", file=sys.stderr)
    return False


def _show(found: Blueprint, talk: Talker) -> None:
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for title, edits in (("", found.edits), ("kept: ", found.kept)):
        for edit in edits:
            print(f"{title}{edit.path}: {'; '.join(edit.why)}")
            for line in _diff(edit):
                code = _COLOURS.get(line[:1])
                print(f"\x1b[{code}m{line}\x1b[0m" if colour and code else line)
            print()
    for row in _rows(found.edits):
        print(row)
    for each in found.findings:
        talk.note(f"{each.text} ({each.hint})" if each.hint else each.text)


def _rows(edits: Sequence[Edit]) -> Iterator[str]:
    """A row for each file, with its reasons."""
    width = max((len(edit.path) for edit in edits), default=0)
    for edit in edits:
        place = f"  {'new' if edit.before is None else 'changed':7}  {edit.path:{width}}  "
        yield fitted(place + "; ".join(edit.why), len(place))


def _diff(edit: Edit) -> Iterator[str]:
    before = (edit.before or "").splitlines()
    names = ("/dev/null" if edit.before is None else f"a/{edit.path}", f"b/{edit.path}")
    if not edit.after:
        yield from (f"--- {names[0]}", f"+++ {names[1]}", "(an empty file)")
    yield from difflib.unified_diff(before, edit.after.splitlines(), *names, lineterm="")


def _count(found: Blueprint) -> str:
    count = len(found.edits)
    return f"{count} files" if count > 1 else found.edits[0].path
