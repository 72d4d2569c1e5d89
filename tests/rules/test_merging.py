"""What each way to merge a pull request puts on its branch, by the settings of its repository."""

import pytest

from cz_ship.model import PullRequest
from cz_ship.rules.merging import landings
from tests.support.made import commit

ONE = commit("fix: a", "why\n\nBREAKING CHANGE: b")
TWO = commit("docs: c")
MERGE = commit("Merge branch 'main'", parents=("1", "2"))
PULL = PullRequest(
    7, "feat: greet", "as asked\r\nby Ann", "0" * 40, "1" * 40, "main", "ann/topic", ("merge", "squash", "rebase")
)


def made(pull: PullRequest, *commits: object) -> dict[str, str]:
    """The message that each way makes."""
    return {each.way: each.made for each in landings(pull, commits)}  # type: ignore[arg-type]


def test_by_default_a_squash_takes_the_title_and_lists_the_commits() -> None:
    assert made(PULL, TWO, ONE) == {
        "merge": "Merge pull request #7 from ann/topic\n\nfeat: greet",
        "squash": "feat: greet (#7)\n\n* fix: a\n\nwhy\n\nBREAKING CHANGE: b\n\n* docs: c",
        "rebase": "",
    }


def test_by_default_a_squash_of_one_commit_takes_its_message() -> None:
    assert made(PULL, ONE)["squash"] == "fix: a (#7)\n\nwhy\n\nBREAKING CHANGE: b"


@pytest.mark.parametrize(
    ("title", "message", "squash"),
    [
        ("PR_TITLE", "BLANK", "feat: greet (#7)"),
        ("PR_TITLE", "PR_BODY", "feat: greet (#7)\n\nas asked\nby Ann"),
        ("COMMIT_OR_PR_TITLE", "BLANK", "fix: a (#7)"),
    ],
)
def test_the_repository_says_what_a_squash_takes(title: str, message: str, squash: str) -> None:
    assert made(PULL._replace(squash_title=title, squash_message=message), ONE)["squash"] == squash


@pytest.mark.parametrize(
    ("title", "message", "merge"),
    [
        ("PR_TITLE", "BLANK", "feat: greet (#7)"),
        ("PR_TITLE", "PR_BODY", "feat: greet (#7)\n\nas asked\nby Ann"),
        ("MERGE_MESSAGE", "BLANK", "Merge pull request #7 from ann/topic"),
    ],
)
def test_the_repository_says_what_a_merge_is_called(title: str, message: str, merge: str) -> None:
    assert made(PULL._replace(merge_title=title, merge_message=message), ONE)["merge"] == merge


def test_a_rebase_leaves_merges_out() -> None:
    ways = {each.way: each.commits for each in landings(PULL, (MERGE, ONE))}
    assert ways == {"merge": (MERGE, ONE), "squash": (), "rebase": (ONE,)}


def test_only_what_is_allowed_is_told() -> None:
    assert list(made(PULL._replace(ways=("squash",)), ONE)) == ["squash"]
