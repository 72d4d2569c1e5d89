"""Merging: which messages a pull request puts on its branch by a merge, a squash or a rebase."""

# Source: GitHub's pages "About merge methods" and "Configuring commit squashing for pull requests", and its REST
# reference on a repository's settings. What a person types into the form instead cannot be known.

from collections.abc import Sequence
from typing import NamedTuple

from cz_ship.model import Commit, PullRequest


class Landing(NamedTuple):
    """What comes onto the branch in one way: commits as they are, then a message that the forge makes.

    `made` is empty where it makes none; `origin` says where its first line comes from.
    """

    way: str
    commits: tuple[Commit, ...]
    made: str
    origin: str


def landings(pull: PullRequest, commits: Sequence[Commit]) -> tuple[Landing, ...]:
    """Every allowed way; `commits` are those of the pull request, newest first."""
    straight = tuple(each for each in commits if len(each.parents) < 2)
    every = (
        Landing("merge", tuple(commits), *_merged(pull)),
        Landing("squash", (), *_squashed(pull, commits)),
        Landing("rebase", straight, "", ""),
    )
    return tuple(each for each in every if each.way in pull.ways)


def _merged(pull: PullRequest) -> tuple[str, str]:
    by_title = pull.merge_title == "PR_TITLE"
    title = f"{pull.title} (#{pull.number})" if by_title else f"Merge pull request #{pull.number} from {pull.source}"
    bodies = {"PR_TITLE": pull.title, "PR_BODY": pull.body}
    return _message(title, bodies.get(pull.merge_message, "")), "the title" if by_title else "the merge"


def _squashed(pull: PullRequest, commits: Sequence[Commit]) -> tuple[str, str]:
    alone = len(commits) == 1 and pull.squash_title == "COMMIT_OR_PR_TITLE"
    title = commits[0].subject if alone else pull.title
    listed = "\n\n".join(f"* {each.message}" for each in reversed(commits))
    bodies = {"COMMIT_MESSAGES": commits[0].body if alone else listed, "PR_BODY": pull.body}
    origin = "the message of its one commit" if alone else "the title"
    return _message(f"{title} (#{pull.number})", bodies.get(pull.squash_message, "")), origin


def _message(title: str, body: str) -> str:
    return f"{title}\n\n{body}".replace("\r\n", "\n").strip()
