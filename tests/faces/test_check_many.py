"""`check --range`, `check --event` and `check --json`: many messages, and what a merge makes of them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.repos import CZ_TOML, Repo, project
from tests.support.said import Said, Speaker


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Version 1.3.2, and a branch `topic` beside main."""
    made = project(tmp_path / "p", "1.3.2")
    made.tag("v1.3.2")
    made.git("switch", "--quiet", "-c", "topic")
    return made


def test_every_commit_of_a_range_is_checked_merges_too(repo: Repo, ship: Speaker) -> None:
    repo.commit("feat: a")
    repo.git("switch", "--quiet", "main")
    repo.commit("fix: b")
    repo.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'topic'", "topic")
    said = ship(repo.root, "check", "--range", "v1.3.2..main")
    assert said == (0, "accepted: 3 messages; the range asks for a minor release; next release 1.3.2 → 1.4.0\n", "")
    assert ship(repo.root, "check", "--range", "v1.3.2..main", "--quiet").out == ""
    # An old range tells nothing of a next release, and the syntax is git's own.
    assert (
        ship(repo.root, "check", "--range", "v1.3.2").out == "accepted: 1 message; the range asks for a minor release\n"
    )
    assert ship(repo.root, "check", "--range", "topic...main^").out.startswith("accepted: 2 messages;")


def test_each_refused_commit_of_a_range_is_named_with_its_place(repo: Repo, ship: Speaker) -> None:
    one, _, two = repo.commit("feature: a"), repo.commit("fix: b"), repo.commit("wip")
    said = ship(repo.root, "check", "--range", "main..")
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "error: 2 of 3 messages are refused\n"
        f"{two[:7]}  wip\n  column 1: no type and colon at the beginning; wanted: one of build, bump, chore, ci, docs, "
        "feat, fix, perf, refactor, revert, style, test\n    wip\n    ^^^\n"
        f"{one[:7]}  feature: a\n  column 1: 'feature' is not a type; wanted: one of build, bump, chore, ci, docs, "
        'feat, fix, perf, refactor, revert, style, test\n    feature: a\n    ^^^^^^^\n  did you mean "feat: a"?\n'
        "hint: git rebase --interactive rewords commits\n"
    )
    document = ship(repo.root, "check", "--range", "main..", "--json")
    assert document.code == 1
    assert document.json["ok"] is False
    assert [each["accepted"] for each in document.json["messages"]] == [False, True, False]
    assert document.json["messages"][2] == {
        "sha": one,
        "subject": "feature: a",
        "accepted": False,
        "increment": "minor",
        "release_as": None,
        "flaw": {
            **{"line": 1, "column": 1, "width": 7, "what": "'feature' is not a type", "guess": "feat: a"},
            "wanted": "one of build, bump, chore, ci, docs, feat, fix, perf, refactor, revert, style, test",
        },
    }


def test_a_version_by_name_is_told_of_a_range_and_of_each_way_to_merge(repo: Repo, ship: Speaker, pull: "Pull") -> None:
    repo.commit("docs: a\n\nRelease-As: 4.0.0")
    repo.commit("docs: b\n\nRelease-As: 5.0.0")
    repo.commit("fix: c")
    said = ship(repo.root, "check", "--range", "main..")
    assert said.out == "accepted: 3 messages; the range asks for release 5.0.0; next release 1.3.2 → 5.0.0\n"
    document = ship(repo.root, "check", "--range", "main..", "--json").json
    assert (document["release_as"], [each["release_as"] for each in document["messages"]]) == (
        "5.0.0",
        [None, "5.0.0", "4.0.0"],
    )
    assert "by a rebase: the 3 commits as they are; asks for release 5.0.0; next release 1.3.2 → 5.0.0" in (
        pull.check("feat: greet").out
    )
    assert [each["release_as"] for each in pull.check("feat: greet", "--json").json["ways"]] == ["5.0.0"] * 3


@pytest.mark.parametrize("span", ["nowhere..main", "--all", "0" * 40, "main..nowhere", "a b", "", "\n"])
def test_a_range_that_does_not_exist_is_told(repo: Repo, ship: Speaker, span: str) -> None:
    said = ship(repo.root, "check", f"--range={span}")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"error: {span!r} names no commits that are here\nhint: ")


def test_a_range_without_commits_is_refused(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "check", "--range", "main..topic")
    assert (said.code, "there are no commits in main..topic" in said.err) == (1, True)


def test_one_message_is_told_as_json_too(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "check", "--message", "fix: a", "--json")
    assert said.json == {
        "ok": True,
        "messages": [
            {
                **{"sha": None, "subject": "fix: a", "accepted": True, "increment": "patch", "flaw": None},
                "release_as": None,
            }
        ],
        "increment": "patch",
        "release_as": None,
        "current": "1.3.2",
        "next": "1.3.3",
    }
    assert ship(repo.root, "check", "--message", "wip", "--json").code == 1


class Pull:
    """A pull request from `topic` to main, as its event tells it."""

    def __init__(self, repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._repo, self._ship, self.path = repo, ship, folder / "event.json"
        monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(self.path))

    def check(self, title: str, *options: str, **settings: object) -> Said:
        """Check it; `settings` are those of the repository it goes to."""
        base = {"sha": self._repo.git("rev-parse", "main"), "ref": "main", "repo": settings}
        head = {"sha": self._repo.git("rev-parse", "topic"), "ref": "topic", "label": "ann:topic"}
        self.tell({"pull_request": {"number": 7, "title": title, "body": None, "base": base, "head": head}})
        return self._ship(self._repo.root, "check", "--event", *options)

    def tell(self, event: object) -> None:
        self.path.write_text(event if isinstance(event, str) else json.dumps(event))


@pytest.fixture
def pull(repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pull:
    return Pull(repo, ship, monkeypatch, tmp_path)


def test_a_pull_request_is_told_what_each_way_to_merge_puts_on_the_branch(repo: Repo, pull: Pull) -> None:
    one, two = repo.commit("fix: a"), repo.commit("docs: b")
    said = pull.check("feat: greet")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "accepted  title  feat: greet\n"
        f"accepted  {two[:7]}  docs: b\n"
        f"accepted  {one[:7]}  fix: a\n"
        "what would come onto main:\n"
        '  by a merge: the 2 commits as they are and "Merge pull request #7 from ann/topic", from the merge; '
        "asks for a minor release; next release 1.3.2 → 1.4.0\n"
        '  by a squash: "feat: greet (#7)", from the title; asks for a minor release; next release 1.3.2 → 1.4.0\n'
        "  by a rebase: the 2 commits as they are; asks for a patch release; next release 1.3.2 → 1.3.3\n"
    )


def test_a_squash_of_one_commit_takes_the_commits_message(repo: Repo, pull: Pull) -> None:
    repo.commit("fix: a")
    ways = {each["way"]: each for each in pull.check("feat: greet", "--json").json["ways"]}
    assert (ways["squash"]["made"]["subject"], ways["squash"]["next"]) == ("fix: a (#7)", "1.3.3")
    ways = {
        each["way"]: each for each in pull.check("feat: a", "--json", squash_merge_commit_title="PR_TITLE").json["ways"]
    }
    assert (ways["squash"]["made"]["subject"], ways["squash"]["next"]) == ("feat: a (#7)", "1.4.0")


def test_a_title_that_nobody_checked_is_refused(repo: Repo, pull: Pull) -> None:
    repo.commit("fix: a")
    repo.commit("fix: b")
    said = pull.check("feature: greet", allow_merge_commit=False, allow_rebase_merge=False)
    assert said.code == 1
    assert "refused   title  feature: greet\n" in said.out
    assert "error: 1 of 3 messages is refused\ntitle  feature: greet\n  column 1: 'feature' is not a type" in said.err
    assert 'did you mean "feat: greet"?' in said.err


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, 1),
        ({"allow_merge_commit": False}, 1),
        ({"allow_rebase_merge": False}, 1),
        ({"allow_merge_commit": False, "allow_rebase_merge": False}, 0),
    ],
)
def test_a_commit_counts_where_an_allowed_way_puts_it_on_the_branch(
    repo: Repo, pull: Pull, settings: Mapping[str, bool], code: int
) -> None:
    repo.commit("wip")
    repo.commit("fix: b")
    said = pull.check("fix: b", **settings)
    assert (said.code, "  wip   (does not come onto main as it is)\n" in said.out) == (code, not code)


def test_a_message_that_the_squash_makes_too_long_is_refused(repo: Repo, pull: Pull) -> None:
    repo.write({".cz.toml": CZ_TOML + "message_length_limit = 10\n"})
    repo.commit("fix: 12345")
    said = pull.check("fix: 12345", allow_merge_commit=False)
    assert said.code == 1
    assert "by a squash  fix: 12345 (#7)\n  column 11: the first line has 15 characters; wanted: at most 10" in said.err


def test_a_break_in_the_body_of_a_squashed_commit_counts(repo: Repo, pull: Pull) -> None:
    repo.commit("fix: a\n\nBREAKING CHANGE: b")
    repo.commit("fix: c")
    ways = {each["way"]: each["increment"] for each in pull.check("fix: a", "--json").json["ways"]}
    assert ways == {"merge": "major", "squash": "major", "rebase": "major"}


def test_a_pull_request_whose_commits_are_not_here_is_told(repo: Repo, pull: Pull, ship: Speaker) -> None:
    repo.commit("fix: a")
    pull.check("fix: a")
    ends = {"base": {"sha": repo.head, "ref": "main"}, "head": {"sha": "1" * 40, "ref": "x"}}
    pull.tell({"pull_request": {"number": 7, "title": "fix: a", **ends}})
    said = ship(repo.root, "check", "--event")
    assert said.code == 1
    assert said.err == (
        "error: the head of the pull request, 111111111111, is not in this clone\n"
        "hint: in a workflow, check out with fetch-depth: 0\n"
    )


@pytest.mark.parametrize(
    ("name", "event", "words"),
    [
        ("pull_request", None, "the event cannot be read"),
        ("pull_request", "{", "is not JSON (JSONDecodeError"),
        ("pull_request", "\ud800", "is not JSON (UnicodeDecodeError"),
        ("pull_request", "[" * 100_000, "is not JSON (RecursionError"),
        (
            "pull_request",
            '{"pull_request": {"number": 7, "title": "a", "base": {"sha": "-\\u0000", "ref": "main"}, "head": {}}}',
            "tells of no pull request (ValueError: '-\\x00' where the hash of a commit was wanted)",
        ),
        ("pull_request", "[]", "tells of no pull request"),
        ("pull_request", "{}", "tells of no pull request (KeyError: 'pull_request')"),
        ("pull_request", '{"pull_request": {"number": "x", "title": 3}}', "tells of no pull request"),
        ("schedule", "{}", "the event is 'schedule'; one of pull_request, pull_request_review, pull_request_target"),
        ("", "{}", "the event is 'of no name'"),
        ("push", '{"before": "12ab", "after": "34cd"}', "hint: cz-ship check --range 12ab..34cd"),
        ("push", '{"before": "0000", "after": "34cd"}', "hint: cz-ship check --range A..B"),
    ],
)
def test_an_event_that_is_missing_or_of_another_kind_is_told(
    repo: Repo, pull: Pull, ship: Speaker, monkeypatch: pytest.MonkeyPatch, name: str, event: str | None, words: str
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", name)
    if event is not None:
        Path(pull.path).write_bytes(event.encode("utf-8", "surrogatepass"))
    said = ship(repo.root, "check", "--event")
    assert (said.code, said.out) == (2, "")
    assert words in said.err


def test_outside_of_actions_there_is_no_event(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "check", "--event")
    assert (said.code, "GITHUB_EVENT_PATH is not set" in said.err) == (2, True)
