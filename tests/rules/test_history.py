"""Which release first contained each commit."""

from packaging.version import Version

from cz_ship.model import Commit, Tag
from cz_ship.rules.changelog import sections
from cz_ship.rules.history import labelled
from tests.support.made import CONVENTIONAL, commit, first_releases


def _line(*names: str) -> tuple[Commit, ...]:
    """Commits newest first, each the child of the one after it."""
    return tuple(commit(name, sha=name, parents=names[at + 1 : at + 2]) for at, name in enumerate(names))


def _tag(version: str, sha: str) -> Tag:
    return Tag(f"v{version}", sha, Version(version))


def test_a_line_is_cut_at_its_tags() -> None:
    labels = first_releases(_line("d", "c", "b", "a"), [_tag("1.0", "b"), _tag("1.1", "c")])
    assert labels == {"a": "v1.0", "b": "v1.0", "c": "v1.1", "d": None}


def test_a_branch_merged_after_a_release_belongs_to_the_next_one() -> None:
    # a - b(1.0) - m(1.1), and side - m; side starts at a
    commits = (
        commit("m", sha="m", parents=("b", "side")),
        commit("side", sha="side", parents=("a",)),
        commit("b", sha="b", parents=("a",)),
        commit("a", sha="a"),
    )
    labels = first_releases(commits, [_tag("1.0", "b"), _tag("1.1", "m")])
    assert labels == {
        "m": "v1.1",
        "side": "v1.1",
        "b": "v1.0",
        "a": "v1.0",
    }


def test_two_tags_on_one_commit_keep_both_sections_and_the_lower_gets_the_commits() -> None:
    commits = (commit("fix: b", sha="b", parents=("a",)), commit("fix: a", sha="a"))
    tags = (_tag("1.0", "a"), _tag("1.1", "a"))
    found = sections(labelled(commits, tags), tags, CONVENTIONAL)
    shown = [(each.title, [entry.commit.sha for entry in each.entries]) for each in found]
    assert shown == [("Unreleased", ["b"]), ("v1.1", []), ("v1.0", ["a"])]


def test_versions_not_dates_order_the_releases() -> None:
    # 1.0 was tagged on top of 2.0: the older version contains both, so it claims them first
    labels = first_releases(_line("b", "a"), [_tag("1.0", "b"), _tag("2.0", "a")])
    assert labels == {"b": "v1.0", "a": "v1.0"}
