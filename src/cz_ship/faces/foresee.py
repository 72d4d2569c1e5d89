"""What git and the project's rules say of messages, and of what they would lead to."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.faces.opened import Opened
from cz_ship.faces.report import Talker
from cz_ship.flows.foresight import Foresight, foresight
from cz_ship.flows.survey import head_commit, wish
from cz_ship.model import Commit
from cz_ship.rules.judgement import Judged, judged, judged_commits, unfit_version
from cz_ship.rules.message import version_named
from cz_ship.rules.slip import Flaw
from cz_ship.rules.verdict import asks_for, foretold
from cz_ship.world.git import Git
from cz_ship.world.record import is_merging


def opened(folder: str) -> Opened:
    """The project that a folder lies in."""
    return Opened(Path(folder), Talker(sys.stderr))


def outcome(folder: str, message: str) -> str:
    """What a message that is not committed yet would do, in a line."""
    try:
        project = opened(folder)
        worth = worth_by_plugin(project, message)
        if wrong := unfit_release(project, message):
            return f"cz-ship check refuses this: {wrong.what}; wanted: {wrong.wanted}"
    except Failure as failure:
        return f"what this does to the version is not known: {failure.text}"
    named = version_named(message) or ""
    return foretold(worth, named, foresee(folder, message))


def foresee(folder: str, message: str) -> dict[str, object]:
    """The version that stands and the next ones, as plain texts; or `why` they cannot be known.

    `author` is who made the last commit and when, as git tells a hook.
    """
    try:
        project = opened(folder)
        found = _foresight(project, None, (message,))
    except Failure as failure:
        return {"why": failure.text.partition("\n")[0]}
    form = ("--no-patch", "--no-show-signature", "--date=raw", "--format=%an%n%ae%n@%ad")
    return {
        "why": "",
        "current": str(found.current),
        "following": _texts(found.following),
        "amended": _texts(found.amended),
        "needed": _texts(found.needed),
        "author": Git(project.world.repository.root).ask("show", *form, "HEAD", "--"),
    }


def _texts(versions: Mapping[str, Version | None]) -> dict[str, str | None]:
    return {worth: str(version) if version else None for worth, version in versions.items()}


def worth_by_plugin(project: Opened, message: str) -> str:
    """What a message asks for, where the plugin lets it count."""
    rules = project.rules.rule_set
    subject, _, body = message.partition("\n")
    commit = Commit("0" * 40, (), "", "", 0, subject, body.strip())
    return asks_for(message, rules.bump_pattern, rules.bump_map) if project.rules.bump_commits([commit]) else ""


def judged_message(project: Opened, message: str, *, merges: bool = False) -> Judged:
    """A message that is no commit's yet; `merges` where it is known to be that of a merge."""
    found = judged(message, project.rules.rule_set, own=_own(project), merges=merges)
    return found._replace(worth=worth_by_plugin(project, message))


def unfit_release(project: Opened, message: str) -> Flaw | None:
    """What is wrong where a message names a version (`Release-As`) that cannot follow; None where that is not known.

    In mode `branch` no message names the version.
    """
    world = project.world
    if world.settings.mode == "branch":
        return None
    try:
        current = wish(world.repository, project.rules, head_commit(world.repository))
    except Failure:
        return None
    return unfit_version(message, current)


def judged_span(project: Opened, commits: Sequence[Commit]) -> tuple[Judged, ...]:
    """Commits that stand in the history, merges too."""
    return judged_commits(commits, project.rules.bump_commits(commits), project.rules.rule_set, _own(project))


def is_merging_in(folder: str | Path) -> bool:
    """Whether a merge is under way in the working tree that a folder lies in; elsewhere none is."""
    asked = Git(folder).git("rev-parse", "--absolute-git-dir")
    return asked.code == 0 and is_merging(asked.text.rstrip("\n"))


def foreseen(project: Opened, commit: str | None = None, messages: Sequence[str] = ()) -> Foresight | None:
    """What follows a commit (HEAD unless told) with some messages; None where that cannot be known."""
    try:
        return _foresight(project, commit, messages)
    except Failure:
        return None


def _foresight(project: Opened, commit: str | None, messages: Sequence[str]) -> Foresight:
    world = project.world
    return foresight(world.repository, project.rules, project.name, world.settings, commit, messages)


def _own(project: Opened) -> Callable[[str], bool] | None:
    """The plugin's own validation, where it has one."""
    return project.rules.commitizen.accepts if "validate_commit_message" in project.rules.rule_set.hooks else None
