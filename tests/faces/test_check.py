"""`check`: the same verdict as commitizen's own, told in a line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.faces.foresee import outcome
from cz_ship.rules.verdict import asks_for
from cz_ship.rules.worth import increment_of
from tests.support.made import CONVENTIONAL
from tests.support.repos import CZ_TOML, Repo, project
from tests.support.said import Speaker

HEAVY = ("commitizen", "jinja2", "packaging", "subprocess", "typing", "pathlib", "rich", "tomllib", "dataclasses")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("feat: a", "a minor release; next release 1.3.2 → 1.4.0"),
        ("fix!: a", "a major release; next release 1.3.2 → 2.0.0"),
        ("perf: a", "a patch release; next release 1.3.2 → 1.3.3"),
        ("docs: a", "no release; nothing to release"),
        ("Merge branch 'x'", "no release; nothing to release"),
    ],
)
def test_an_accepted_message_is_told_with_what_it_does(tmp_path: Path, ship: Speaker, message: str, told: str) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")
    said = ship(repo.root, "check", "--message", message)
    assert (said.code, said.out) == (0, f"accepted: asks for {told}\n")
    assert ship(repo.root, "check", "--message", message).out == said.out


def test_what_is_not_released_yet_counts_in_what_a_message_does(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")

    def told(message: str) -> str:
        return ship(repo.root, "check", "--message", message).out.partition("; ")[2].strip()

    assert told("fix: a") == "next release 1.3.2 → 1.3.3"
    repo.commit("feat: b")
    assert told("fix: a") == "next release 1.3.2 → 1.4.0"
    assert told("docs: a") == "next release 1.3.2 → 1.4.0 all the same"
    repo.commit("bump: version 1.3.2 → 1.4.0", {"version.txt": "1.4.0\n"})
    repo.tag("v1.4.0")
    assert told("fix: a") == "next release 1.4.0 → 1.4.1"
    repo.write({".cz.toml": CZ_TOML + "major_version_zero = true\n"})
    assert told("fix!: a") == "next release 1.4.0 → 1.5.0"
    repo.write({".cz.toml": CZ_TOML + '[tool.cz-ship]\nmode = "branch"\n'})
    assert told("fix: a") == "none before the branch bumps its version, 1.4.0"
    repo.commit("bump: version 1.4.0 → 1.4.1", {"version.txt": "1.4.1\n"})
    bumped = "next release 1.4.1, as the branch bumped it"
    for _ in range(2):
        assert told("fix: a") == bumped
        assert told("feat: a") == f"{bumped}; that bump is too small: 1.5.0 was wanted"
    repo.commit("feat: c")
    assert told("docs: a") == f"{bumped}; that bump is too small: 1.5.0 was wanted"
    assert told("fix!: a") == f"{bumped}; that bump is too small: 2.0.0 was wanted"


def test_a_message_may_name_the_next_release(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")

    def told(message: str) -> str:
        return ship(repo.root, "check", "--message", message).out.partition(": ")[2].strip()

    assert told("docs: a\n\nRelease-As: 5.0.0") == "asks for release 5.0.0; next release 1.3.2 → 5.0.0"
    assert told("fix: a") == "asks for a patch release; next release 1.3.2 → 1.3.3"
    repo.commit("docs: b\n\nRelease-As: 4.0.0")
    assert told("fix: a") == "asks for a patch release; next release 1.3.2 → 4.0.0"


@pytest.mark.parametrize(
    ("footer", "told"),
    [
        ("Release-As: 1.0", "names no version that can follow; wanted: a version higher than 1.3.2"),
        ("release-as: next", "names not a PEP 440 version; wanted: one like 2.0.0"),
        ("Release-As:", "names not a PEP 440 version; wanted: one like 2.0.0"),
        ("Release-As: 2.0.0rc1", "names a pre-release; wanted: a release like 2.0.0"),
    ],
)
def test_a_version_that_cannot_follow_is_refused(tmp_path: Path, ship: Speaker, footer: str, told: str) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    asked = ("check", "--message", f"fix: a\n\nwhy\n\n{footer}\nRefs: 7")
    for _ in range(2):
        said = ship(repo.root, *asked)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(f"error: line 5, column 1: {footer!r} {told}\n  {footer}\n  ^^^")
    assert ship(repo.root, *asked, "--quiet").code == 1
    said = ship(repo.root, *asked, "--json")
    assert (said.code, said.json["ok"], said.json["messages"][0]["flaw"]["line"]) == (1, False, 5)
    assert outcome(str(repo.root), asked[2]) == f"cz-ship check refuses this: {footer!r} {told}"
    repo.write({".cz.toml": CZ_TOML + '[tool.cz-ship]\nmode = "branch"\n'})
    assert ship(repo.root, *asked).code == 0


def test_the_message_of_a_merge_is_told_without_what_it_brings(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("feat: a")
    repo.git("switch", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    said = ship(repo.root, "check", "--message", "Merge it")
    assert said.out == "accepted: asks for no release (the next one is not known: a merge is under way)\n"


def test_a_message_that_takes_the_place_of_the_last_one_is_told_without_it(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")

    def told() -> str:
        name, email, date = repo.git("show", "--no-patch", "--date=raw", "--format=%an%n%ae%n%ad").split("\n")
        for key, value in (("NAME", name), ("EMAIL", email), ("DATE", f"@{date}")):
            monkeypatch.setenv(f"GIT_AUTHOR_{key}", value)
        return ship(repo.root, "check", "--message", "fix: a").out.partition("a patch release")[2].strip()

    assert told() == "(the next one is not known: the commit that is amended is released)"
    repo.commit("feat: a")
    assert told() == "; next release 1.3.2 → 1.3.3"
    monkeypatch.setenv("GIT_AUTHOR_DATE", "@1 +0000")
    assert ship(repo.root, "check", "--message", "fix: a").out.endswith("next release 1.3.2 → 1.4.0\n")


def test_an_outlook_that_is_not_known_refuses_no_message(tmp_path: Path, ship: Speaker) -> None:
    repo = Repo(tmp_path / "p")
    repo.write({".cz.toml": CZ_TOML})
    for why in ("there are no commits yet", "there is no version.txt"):
        said = ship(repo.root, "check", "--message", "fix: a")
        assert (said.code, said.out) == (0, f"accepted: asks for a patch release (the next one is not known: {why})\n")
        repo.commit("chore: begin")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "feature(api): a",
            "error: column 1: 'feature' is not a type; wanted: one of build, bump, chore, ci, docs, feat, fix, perf, "
            'refactor, revert, style, test\n  feature(api): a\n  ^^^^^^^\nhint: did you mean "feat(api): a"?\n',
        ),
        (
            "修正:é",
            "error: column 1: '修正' is not a type; wanted: one of build, bump, chore, ci, docs, feat, fix, perf, "
            "refactor, revert, style, test\n  修正:é\n  ^^^^\n"
            "hint: <type>(<scope>): <subject>, as in: fix(parser): read empty files\n",
        ),
        (
            "feat(解析 器): a",
            "error: column 5: a space stands in the scope; wanted: none there\n  feat(解析 器): a\n      ^^^^^^^^^\n"
            'hint: did you mean "feat(解析-器): a"?\n',
        ),
        (
            "feat:a",
            "error: column 6: no space after the colon; wanted: one space\n  feat:a\n       ^\n"
            'hint: did you mean "feat: a"?\n',
        ),
        (
            "feat: a\nb",
            "error: line 2, column 1: the second line is not blank; wanted: a blank line between the first line and "
            "the body\n  b\n  ^\nhint: <type>(<scope>): <subject>, as in: fix(parser): read empty files\n",
        ),
        (
            "# feat: a",
            "error: column 1: the message is empty; wanted: a message\n"
            "hint: <type>(<scope>): <subject>, as in: fix(parser): read empty files\n",
        ),
    ],
)
def test_a_refused_message_is_told_where_it_is_wrong_and_what_would_be_right(
    tmp_path: Path, ship: Speaker, message: str, said: str
) -> None:
    assert ship(project(tmp_path / "p").root, "check", "--message", message) == (1, "", said)


def test_what_a_refused_message_says_moves_no_cursor(tmp_path: Path, ship: Speaker) -> None:
    said = ship(project(tmp_path / "p").root, "check", "--message", "feature: \x1b[2J\x07" + "x" * 200)
    assert "\x1b" not in said.err
    assert "\x07" not in said.err
    assert max(map(len, said.err.splitlines())) < 300


def test_a_file_is_read_as_git_will_keep_it(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    path = tmp_path / "COMMIT_EDITMSG"
    scissors = b"# ------------------------ >8 ------------------------"
    path.write_bytes(b"# a comment\r\nfix: \xc3\xa9\r\n\r\nbody\r\n" + scissors + b"\r\ndiff\r\n")
    assert ship(repo.root, "check", "--message-file", str(path)).out.startswith("accepted: asks for a patch release;")
    assert ship(repo.root, "check", "--message-file", str(tmp_path / "none")).code == 2
    path.write_bytes(b"fix: \xff")
    assert "cannot be read" in ship(repo.root, "check", "--message-file", str(path)).err


def test_rules_of_the_projects_own_decide(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    repo.write({".cz.toml": CZ_TOML + 'message_length_limit = 10\nallowed_prefixes = ["WIP"]\nallow_abort = true\n'})
    assert (
        "column 11: the first line has 13 characters; wanted: at most 10\n  feat: 1234567\n            ^^^\n"
        in ship(repo.root, "check", "--message", "feat: 1234567").err
    )
    assert ship(repo.root, "check", "--message", "WIP anything at all").code == 0
    assert ship(repo.root, "check", "--message", "").code == 0
    assert ship(repo.root, "check", "--message", "Merge branch").code == 1


@pytest.mark.slow
def test_known_rules_need_nothing_heavy(tmp_path: Path) -> None:
    repo = project(tmp_path / "p")
    script = (
        "import sys; from cz_ship.faces.cli import main; code = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {script}"]
    for fresh in (False, False, True):
        if fresh:
            repo.commit("fix: b")
        done = subprocess.run(
            [*command, "check", "--message", "feat: a"], cwd=repo.root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert [name for name in HEAVY if name in done.stderr.split()] == []


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["push", "branch"])
def test_what_is_told_after_new_commits_is_what_all_of_history_tells(tmp_path: Path, ship: Speaker, mode: str) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.write({".cz.toml": CZ_TOML + f'[tool.cz-ship]\nmode = "{mode}"\n'})
    repo.tag("v1.3.2")

    def told() -> list[str]:
        name, email, date = repo.git("show", "--no-patch", "--date=raw", "--format=%an%n%ae%n%ad").split("\n")
        lines = [ship(repo.root, "check", "--message", f"{kind}: a").out for kind in ("docs", "fix", "feat", "fix!")]
        with pytest.MonkeyPatch.context() as patch:
            for key, value in (("NAME", name), ("EMAIL", email), ("DATE", f"@{date}")):
                patch.setenv(f"GIT_AUTHOR_{key}", value)
            return [*lines, ship(repo.root, "check", "--message", "docs: in its place").out]

    told()
    wanted = "docs: f\n\nRelease-As: 3.0.0"
    for each in ("docs: b", "fix: c", "docs: d\n\nBREAKING CHANGE: e", wanted, "bump: version 1.3.0 → 1.3.2", "fix: g"):
        repo.commit(each)
        quick = told()
        (repo.root / ".git" / "cz-ship" / "foreseen.json").unlink()
        assert quick == told()


def test_a_tag_that_waited_for_its_commit_is_seen(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")
    repo.git("switch", "--quiet", "-c", "side")
    repo.commit("feat: b")
    repo.git("tag", "v1.4.0")
    repo.git("switch", "--quiet", "main")
    assert "next release 1.3.2" in ship(repo.root, "check", "--message", "fix: a").out
    repo.git("merge", "--quiet", "--ff-only", "side")
    assert "the later release v1.4.0 is in this history already" in ship(repo.root, "check", "--message", "fix: a").out


def test_a_linked_worktree_is_as_quick_and_knows_its_own_head(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.tag("v1.3.2")
    repo.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    side = Repo(tmp_path / "side")
    side.commit("feat: b")
    for _ in range(2):
        assert ship(side.root, "check", "--message", "fix: a").out.endswith("1.3.2 → 1.4.0\n")
        assert ship(repo.root, "check", "--message", "fix: a").out.endswith("1.3.2 → 1.3.3\n")
    kept = repo.root / ".git" / "worktrees" / "side" / "cz-ship" / "foreseen.json"
    kept.write_text(kept.read_text().replace('"1.4.0"', '"7.0.0"'))
    assert ship(side.root, "check", "--message", "fix: a").out.endswith("1.3.2 → 7.0.0\n")  # it was looked at


def test_a_merge_in_a_worktree_is_known_as_one_by_every_answer(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = project(tmp_path / "p", "1.3.2")
    repo.git("worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    side = Repo(tmp_path / "side")
    side.commit("feat: b")
    repo.commit("feat: c")
    side.git("merge", "--quiet", "--no-ff", "--no-commit", "main")
    for lent in (None, str(repo.root / ".git" / "worktrees" / "side")):
        if lent:
            monkeypatch.setenv("GIT_DIR", lent)
        assert "a merge is under way" in ship(side.root, "check", "--message", "Merge it").out
        document = ship(side.root, "check", "--json", "--message", "Merge it").json
        assert (document["ok"], document["next"]) == (True, None)
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.chdir(repo.root / ".git" / "worktrees" / "side")
    assert ship(repo.root, "check", "--message", "Merge it").code == 1
    assert ship(tmp_path, "check", "--message", "Merge it").code == 2


MESSAGES = st.one_of(
    st.text(max_size=40),
    st.from_regex(
        re.compile(r"(feat|fix|Feat|docs|bump|x|Merge|fixup! )(\([a-z ]{0,3}\))?!?:? ?[^\r]{0,12}"), fullmatch=True
    ),
    st.builds(
        "\n".join, st.lists(st.sampled_from(["feat: a", "#c", "", "BREAKING CHANGE: b", "words", " "]), max_size=6)
    ),
)


@given(text=MESSAGES)
def test_the_hook_and_the_release_agree_on_what_a_message_asks_for(text: str) -> None:
    increment = increment_of(text, CONVENTIONAL)
    assert asks_for(text, CONVENTIONAL.bump_pattern, CONVENTIONAL.bump_map) == (
        increment.name.lower() if increment else ""
    )
