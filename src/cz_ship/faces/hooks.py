"""What pre-commit runs: `python -m cz_ship.faces.hooks branch`, before a push, and `… files`, before a commit."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from cz_ship.errors import Exit, Failure
from cz_ship.faces.check_many import run_check_many
from cz_ship.faces.cli import answered, parser
from cz_ship.faces.foresee import opened
from cz_ship.faces.opened import Opened
from cz_ship.flows.survey import since_release
from cz_ship.rules.proposal import proposal_branch
from cz_ship.rules.staging import Staged, staging_faults
from cz_ship.rules.tags import unusable
from cz_ship.rules.wish import FILE
from cz_ship.world.record import is_merging
from cz_ship.world.staged import Index


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a hook; its exit code."""
    reader = argparse.ArgumentParser(prog="python -m cz_ship.faces.hooks", description=__doc__)
    reader.add_argument("hook", choices=("branch", "files"))
    hook = reader.parse_args(arguments).hook
    return answered(lambda: _branch(os.environ) if hook == "branch" else _files(os.environ))


def _branch(environ: Mapping[str, str]) -> Exit:
    """Check what the remote would get, as pre-commit tells it.

    Where it tells nothing, the remote has nothing yet (a first push), or pre-commit was started by hand. Of a first
    push, what is released already is let by: its messages decide nothing any more.
    """
    project = opened(".")
    repository = project.world.repository
    ends = [environ.get(f"PRE_COMMIT_{end}_REF", "") for end in ("FROM", "TO")]
    tip = environ.get("PRE_COMMIT_LOCAL_BRANCH", "")
    if all(ends):
        span = "..".join(ends)
    elif not tip and repository.resolve("@{upstream}"):
        span = "@{upstream}..HEAD"
    else:
        span = _unreleased(project, tip or "HEAD")
    if next(repository.commits(span), None) is None:
        return Exit.DONE
    return run_check_many(parser().parse_args(["check", "--range", span]))


def _unreleased(project: Opened, tip: str) -> str:
    """The commits of a tip since the last release; all of them where none is known."""
    repository = project.world.repository
    try:
        last = since_release(repository, project.rules, project.world.settings, repository.resolve(tip)).last_tag
    except Failure:
        return tip
    return f"refs/tags/{last.name}..{tip}" if last else tip


def _files(environ: Mapping[str, str]) -> Exit:
    """Refuse what should not come into the commit, and settings that cannot be read. Tells all of it at once."""
    project = opened(".")
    rules, settings = project.rules.rule_set, project.world.settings
    project.remember()
    index = Index(project.world.repository.root, environ)
    found = staging_faults(
        Staged(index.changes(), index.holds(".env"), project.world.repository.read("HEAD", FILE), index.staged(FILE)),
        mode=settings.mode,
        changelog=rules.changelog_file,
        owns_version=rules.version_provider == "version_txt",
        merging=is_merging(index.git_directory),
        proposing=settings.mode == "pull-request" and _on_proposal(project),
    )
    told = [line for each in found for line in (f"  {each.text}", f"    {each.hint}")]
    if why := unusable(rules):
        told.append(f"  {why}")
    if told:
        raise Failure("\n".join(["this should not be committed", *told]))
    return Exit.DONE


def _on_proposal(project: Opened) -> bool:
    """Whether HEAD is the branch on which the next release is proposed."""
    world = project.world
    return world.repository.head().branch == proposal_branch(world.repository.branch(world.settings))


if __name__ == "__main__":
    sys.exit(main())
