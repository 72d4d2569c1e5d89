"""`event`: a CI run told in full, but for its secrets."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from cz_ship.faces.report import Talker
from tests.support.repos import CZ_TOML, Repo
from tests.support.said import Said, Speaker

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl"
VARIABLES = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_REF": "refs/pull/7/merge",
    "GITHUB_SHA": "b" * 40,
    "GITHUB_REPOSITORY": "ann/project",
    "GITHUB_ACTOR": "ann",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_TOKEN": "ghs_a-token-of-this-run",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": JWT,
    "PYPI_PASSWORD": "hunter2hunter2",
    "PYPI_USERNAME": "__token__",
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "p")
    made.commit("chore: begin", {".cz.toml": CZ_TOML, "version.txt": "1.3.2\n"})
    return made


class Host:
    """Runs `event` as in a CI job, with an event file."""

    def __init__(self, repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._repo, self._ship, self._monkeypatch, self.path = repo, ship, monkeypatch, folder / "event.json"

    def __call__(self, event: object, *options: str, **variables: str) -> Said:
        self.path.write_text(event if isinstance(event, str) else json.dumps(event))
        for name, value in {**VARIABLES, "GITHUB_EVENT_PATH": str(self.path), **variables}.items():
            self._monkeypatch.setenv(name, value)
        return self._ship(self._repo.root, "event", *options)


@pytest.fixture
def host(repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Host:
    return Host(repo, ship, monkeypatch, tmp_path)


def pull(title: str = "feat: a", source: str | None = "ann/project") -> Mapping[str, object]:
    head = {"sha": "a" * 40, "ref": "topic", "repo": {"full_name": source} if source else None}
    return {
        "action": "synchronize",
        "pull_request": {"number": 7, "title": title, "head": head, "base": {"ref": "main"}},
        "repository": {"default_branch": "trunk", "temp_clone_token": "a-token-for-a-clone"},
    }


def test_a_pull_request_is_told_with_what_follows(host: Host) -> None:
    said = host(pull(), "--json")
    assert said.code == 0, said.err
    told = said.json
    kind = "pull request from the same repository"
    assert (told["kind"], told["again"], told["commit"], told["allowed"]) == (kind, True, "a" * 40, ["candidate"])
    assert (told["name"], told["action"], told["attempt"], told["actor"]) == ("pull_request", "synchronize", 2, "ann")
    assert told["release_branch"] == "trunk"
    assert told["event"]["pull_request"]["title"] == "feat: a"
    assert told["variables"]["PYPI_USERNAME"] == "__token__"
    assert told["versions"]["commitizen"].startswith("4.")
    assert set(told["versions"]) == {
        "python",
        "git",
        "cz-ship",
        "commitizen",
        "build",
        "twine",
        "packaging",
        "id",
        "pip",
    }


def test_no_secret_is_told_even_where_the_event_repeats_it(host: Host) -> None:
    event = pull(f"fix: hunter2hunter2 and {JWT} and ghs_a-token-of-this-run")
    for options in ((), ("--json",)):
        said = host(event, *options)
        for secret in ("hunter2hunter2", JWT, "ghs_a-token-of-this-run", "a-token-for-a-clone"):
            assert secret not in said.out + said.err
        assert "fix: *** and *** and ***" in said.out


def test_in_actions_the_event_is_a_group_in_which_nobody_gives_commands(host: Host) -> None:
    lines = host(pull("x\n::add-mask::main\r::set-output name=a::b")).out.splitlines()
    assert lines[0] == "::group::cz-ship event"
    word = lines[1].removeprefix("::stop-commands::")
    assert len(word) == 32
    end = lines.index(f"::{word}::")
    assert lines[end + 1] == "::endgroup::"
    assert [line for line in lines if line.lstrip().startswith("::")] == [*lines[:2], *lines[end : end + 2]]
    assert lines[end + 2 :] == [
        "kind of run: pull request from the same repository, run again",
        f"commit: {'a' * 40}",
        "may publish: candidate",
        "because: its branch is in this repository; what merging it into main releases is tried before",
    ]
    assert host(pull()).out.splitlines()[1] != lines[1]


def test_the_head_of_a_fork_that_is_gone_is_no_branch_of_ours(host: Host) -> None:
    assert host(pull(source=None), "--json").json["kind"] == "pull request from a fork"


@pytest.mark.parametrize("event", ["", "[]", "{", '"x"', "[" * 100_000])
def test_an_event_that_cannot_be_read_is_told_and_all_else_as_well(host: Host, event: str) -> None:
    said = host(event, "--json")
    assert (said.code, said.json["event"], said.json["kind"]) == (0, {}, "pull request from a fork")
    assert "cannot be read" in said.json["fault"]


def test_an_odd_event_is_no_fault(host: Host) -> None:
    said = host(
        {"action": 1, "repository": [], "head_commit": None, "pull_request": {"head": "x"}}, GITHUB_RUN_ATTEMPT="x"
    )
    assert said.code == 0, said.err


def test_the_settings_name_the_release_branch_before_the_event_does(host: Host, repo: Repo) -> None:
    repo.commit("chore: branch", {".cz.toml": CZ_TOML + '[tool.cz-ship]\nbranch = "2.x"\n'})
    push = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/2.x"}
    assert (
        host({"repository": {"default_branch": "main"}}, "--json", **push).json["kind"] == "push to the release branch"
    )


def test_outside_of_ci_it_says_so(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "event")
    assert said.code == 0
    assert "::" not in said.out
    assert said.out.splitlines()[-4:-2] == ["kind of run: outside of CI: there is no event", f"commit: {repo.head}"]
    told = ship(repo.root, "event", "--json").json
    assert (told["ci"], told["kind"], told["event"], told["name"]) == (False, "outside", {}, None)


def test_outside_of_a_repository_it_still_tells(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "event", "--json")
    assert (said.code, said.json["commit"], said.json["release_branch"]) == (0, None, "main")
    assert "is not in a git repository" in said.err


@pytest.mark.parametrize(("in_actions", "said"), [("true", "::add-mask::pypi-secret\n"), ("", "")])
def test_a_secret_made_on_the_way_is_told_to_the_runner_and_to_nobody_else(
    in_actions: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", in_actions)
    out = io.StringIO()
    Talker(out, quiet=True).conceal("pypi-secret")
    assert out.getvalue() == said


@pytest.mark.parametrize(
    "command", [("release", "--json"), ("candidate", "--json"), ("release", "--stage", "tag", "--json")]
)
def test_from_a_fork_nothing_is_published_unless_it_says_so(
    command: tuple[str, ...], host: Host, repo: Repo, ship: Speaker
) -> None:
    event = {"repository": {"default_branch": "main", "fork": True}}
    assert host(event, "--json", GITHUB_EVENT_NAME="push", GITHUB_REF="refs/heads/main").json["allowed"] == []
    said = ship(repo.root, *command)
    assert (said.code, said.json) == (0, {"version": None, "released": False, "steps": [], "files": []})
    settings = f'{CZ_TOML}[tool.cz-ship.forge]\nrepository = "ann/project"\n'
    repo.commit("ci: releases of our own", {".cz.toml": settings})
    assert ship(repo.root, *command).code == 1, "there is no remote, and no identity"


def test_no_commit_commands_the_runner_of_a_job(repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("feat: ##[stop-commands]x")
    assert "##[stop-commands]x" in ship(repo.root, "plan").out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for options in ((), ("--why",), ("--markdown",), ("--json",)):
        said = ship(repo.root, "plan", *options)
        assert "stop-commands]x" in said.out
        assert "##[" not in said.out + said.err
    assert said.json["commits"][0]["subject"] == "feat: ##[stop-commands]x"


def test_what_a_run_may_do_stands_on_the_page_of_its_job(host: Host, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    host(pull(source="bob/project"), GITHUB_STEP_SUMMARY=str(page))
    head, *rows = page.read_text().splitlines()
    assert head == "### pull request from a fork, run again"
    assert "| may publish | nothing |" in rows
    assert any(row.startswith("| because | ") and "fork" in row for row in rows)
