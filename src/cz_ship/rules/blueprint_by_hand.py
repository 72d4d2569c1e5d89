"""What no program can do for a project: publishers, environments, the branch's ruleset, with the values for each."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cz_ship.rules.blueprint_files import PIPELINE
from cz_ship.site import Blueprint

_ADDRESS = re.compile(r"[:/]([^/:]+)/([^/]+?)(?:\.git)?/?")
# Hosts of code that run no workflow of GitHub's.
_OTHERS = re.compile(r"gitlab|bitbucket|codeberg|sr\.ht")
# Environment of the workflow's jobs, by index.
ENVIRONMENTS = {"test": "testpypi", "prod": "pypi"}
_ASKED = "a pull request, and its checks `checks` and `build`, before a merge"
_RULES = {
    "push": (
        "no rule that wants a pull request: a job's own token cannot pass it",
        "(or let a GitHub App pass, and hand its token to the job `tag`)",
    ),
    "pull-request": (
        _ASKED,
        "and in the settings, under Actions, General:",
        "allow GitHub Actions to create pull requests",
    ),
    "branch": (_ASKED,),
}


class Place(NamedTuple):
    """A repository on the forge: its owner and its name."""

    owner: str
    name: str


def place(remote: str) -> Place | None:
    """Where an address leads to; None where it is none of a forge."""
    told = ("://" in remote or "@" in remote) and not remote.startswith("file:")
    match = _ADDRESS.search(remote) if told else None
    match = re.search(_ADDRESS.pattern + r"\Z", remote) if match else None
    return Place(match[1], match[2]) if match else None


def by_hand(found: Blueprint, remote: str, pages: Mapping[str, str]) -> str:
    """The three things, each with what is to be filled in; `pages` are the indexes' forms, by index."""
    there = place(remote)
    owner, name = there or ("OWNER", "REPOSITORY")
    lines = [
        "Three things that no program can do:",
        "",
        "1. A pending publisher on each index",
        "   (where the project is there already: in its settings, under Publishing):",
    ]
    for index, environment in ENVIRONMENTS.items():
        lines += [
            f"     {pages[index]}",
            f"       PyPI project name: {found.project}",
            f"       owner: {owner}   repository name: {name}",
            f"       workflow name: {PIPELINE.rpartition('/')[2]}   environment name: {environment}",
        ]
    lines += [
        "2. Two environments in the repository's settings:",
        "       testpypi: nobody has to approve",
        f"       pypi: you as required reviewer, and {found.branch} as its only branch",
        f"3. A ruleset for {found.branch} (mode {found.mode}):",
        *(f"       {line}" for line in _RULES[found.mode]),
        "       forbid force pushes and deletion",
    ]
    if other := _OTHERS.search(remote):
        lines += ["", f"(This is for GitHub, and so is pipeline.yml: {other[0]} runs neither. There, stages of",
                  "`cz-ship release` go into jobs of your own, with a token for each index.)"]  # fmt: skip
    if there is None:
        lines += ["", "(There is no remote on a forge yet: its address tells OWNER and REPOSITORY.)"]
    return "\n".join(lines)
