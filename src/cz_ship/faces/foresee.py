"""What git and the project's rules say of messages, and of what they would lead to."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.faces.opened import Opened
from cz_ship.faces.report import Talker
from cz_ship.flows.foresight import Foresight, foresight
from cz_ship.model import Commit
from cz_ship.rules.judgement import Judged, judged, judged_commits
from cz_ship.rules.message import release_as
from cz_ship.rules.release_as import unfit
from cz_ship.rules.verdict import asked, asks_for, told


def opened(folder: str) -> Opened:
    """The project that a folder lies in."""
    return Opened(Path(folder), Talker(sys.stderr))


def outcome(folder: str, message: str) -> str:
    """What a message that is not committed yet would do, in a line."""
    try:
        project = opened(folder)
        worth = worth_by_plugin(project, message)
    except Failure as failure:
        return f"what this does to the version is not known: {failure.text}"
    found = foresee(folder, message)
    if found["why"]:
        return f"{asked(worth)} (the next one is not known: {found['why']})"
    current = str(found["current"])
    wanted = release_as(message.partition("\n")[2])
    if wanted is not None and project.world.settings.mode == "push":
        return _by_name(wanted, current)
    following: Mapping[str, str | None] = found["following"]  # type: ignore[assignment]
    return told(worth, current, following[worth])


def _by_name(wanted: str, current: str) -> str:
    if why := unfit(wanted, Version(current)):
        return f"Release-As: {wanted[:60]!r} {why}: no release can be planned with it"
    return f"names the next release: {current} → {Version(wanted)}"


def foresee(folder: str, message: str) -> dict[str, object]:
    """The version that stands and the next ones, as plain texts; or `why` they cannot be known."""
    try:
        found = _foresight(opened(folder), None, (message,))
    except Failure as failure:
        return {"why": failure.text.partition("\n")[0]}
    following = {worth: str(version) if version else None for worth, version in found.following.items()}
    return {"why": "", "current": str(found.current), "following": following}


def worth_by_plugin(project: Opened, message: str) -> str:
    """What a message asks for, where the plugin lets it count."""
    rules = project.rules.rule_set
    subject, _, body = message.partition("\n")
    commit = Commit("0" * 40, (), "", "", 0, subject, body.strip())
    return asks_for(message, rules.bump_pattern, rules.bump_map) if project.rules.bump_commits([commit]) else ""


def judged_message(project: Opened, message: str) -> Judged:
    """A message that is no commit's yet."""
    found = judged(message, project.rules.rule_set, own=_own(project))
    return found._replace(worth=worth_by_plugin(project, message))


def judged_span(project: Opened, commits: Sequence[Commit]) -> tuple[Judged, ...]:
    """Commits that stand in the history, merges too."""
    return judged_commits(commits, project.rules.bump_commits(commits), project.rules.rule_set, _own(project))


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
