"""`check`: the same verdict as commitizen's own, told in a line."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.rules.verdict import accepts, asks_for, without_comments
from cz_ship.rules.worth import increment_of
from cz_ship.world.commitizen import Commitizen
from tests.support.made import CONVENTIONAL
from tests.support.repos import CZ_TOML, Repo, project
from tests.support.said import Speaker

HEAVY = ("commitizen", "jinja2", "packaging", "subprocess", "typing", "pathlib", "rich", "tomllib", "dataclasses")


def test_an_accepted_message_is_told_with_what_it_asks_for(tmp_path: Path, ship: Speaker) -> None:
    repo = project(tmp_path / "p")
    for message, worth in (("feat: a", "a minor"), ("fix!: a", "a major"), ("perf: a", "a patch"), ("docs: a", "no")):
        said = ship(repo.root, "check", "--message", message)
        assert (said.code, said.out) == (0, f"accepted: asks for {worth} release\n")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "feature(api): a",
            "error: column 1: 'feature' is not a type; wanted: one of build, bump, chore, ci, docs, feat, fix, perf, "
            'refactor, revert, style, test\n  feature(api): a\n  ^^^^^^^\nhint: did you mean "feat(api): a"?\n',
        ),
        (
            "feat:a",
            "error: column 6: no space after the colon; wanted: one space\n  feat:a\n       ^\n"
            'hint: did you mean "feat: a"?\n',
        ),
        (
            "feat: a\nb",
            "error: line 2: the second line is not blank; wanted: a blank line between the first line and the body\n"
            "  b\n  ^\nhint: <type>(<scope>): <subject>, as in: fix(parser): read empty files\n",
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
    assert ship(repo.root, "check", "--message-file", str(path)).out == "accepted: asks for a patch release\n"
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


def test_known_rules_need_nothing_heavy(tmp_path: Path) -> None:
    repo = project(tmp_path / "p")
    script = (
        "import sys; from cz_ship.faces.cli import main; code = main(sys.argv[1:]);"
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {script}"]
    for _ in range(2):
        done = subprocess.run(
            [*command, "check", "--message", "feat: a"], cwd=repo.root, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert [name for name in HEAVY if name in done.stderr.split()] == []


MESSAGES = st.one_of(
    st.text(max_size=40),
    st.from_regex(
        re.compile(r"(feat|fix|Feat|docs|bump|x|Merge|fixup! )(\([a-z ]{0,3}\))?!?:? ?[^\r]{0,12}"), fullmatch=True
    ),
    st.builds(
        "\n".join, st.lists(st.sampled_from(["feat: a", "#c", "", "BREAKING CHANGE: b", "words", " "]), max_size=6)
    ),
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Commitizen:
    root = Repo(tmp_path_factory.mktemp("rules")).root
    (root / ".cz.toml").write_text(CZ_TOML + "message_length_limit = 20\n")
    return Commitizen(root)


@given(text=MESSAGES)
def test_the_verdict_is_commitizens(own: Commitizen, text: str) -> None:
    message, rules = without_comments(text), own.rule_set
    ours = accepts(message, rules.schema_pattern, rules.allowed_prefixes, rules.allow_abort, rules.message_length_limit)
    assert ours is own.accepts(message)


@given(text=MESSAGES)
def test_the_hook_and_the_release_agree_on_what_a_message_asks_for(text: str) -> None:
    increment = increment_of(text, CONVENTIONAL)
    assert asks_for(text, CONVENTIONAL.bump_pattern, CONVENTIONAL.bump_map) == (
        increment.name.lower() if increment else ""
    )
