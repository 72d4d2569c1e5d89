"""What a pull request is told of its candidate, and which comment it is told in."""

import re

import pytest
from packaging.version import Version

from cz_ship.gates import GateWord
from cz_ship.model import Change, Increment, IndexFile, Tag
from cz_ship.rules.outlook import Outlook
from cz_ship.rules.remark import (
    CANDIDATE,
    LIMIT,
    candidate_comment,
    code,
    own_comment,
    released_comment,
    released_marker,
)
from cz_ship.threads import Comment
from tests.support.made import commit
from tests.support.readme import ROOT

SHA = "ab" * 32
NAME = "demo-1.1.0rc1-py3-none-any.whl"
WHEEL = IndexFile(NAME, SHA, f"https://files.example/ab/{NAME}")
FEATURE = Change(commit("feat: sing"), "feat", None, breaking=False, increment=Increment.MINOR)
OUTLOOK = Outlook(
    "demo",
    "push",
    "main",
    "1" * 40,
    Version("1.0.0"),
    Tag("v1.0.0", "0" * 40, Version("1.0.0")),
    Version("1.1.0"),
    Increment.MINOR,
    "v1.1.0",
    Version("1.1.0rc1"),
    (FEATURE,),
    (),
)


def told(outlook: Outlook = OUTLOOK, wheel: IndexFile | None = WHEEL, *gates: GateWord) -> str:
    return candidate_comment(outlook, "test.example", wheel, SHA, gates)


def test_a_comment_tells_the_candidate_the_install_line_the_release_and_the_gates() -> None:
    text = told(OUTLOOK, WHEEL, GateWord("tests", "passed", "12 passed\nin 3 s"), GateWord("docs", "skipped", ""))
    assert text.splitlines() == [
        CANDIDATE,
        "### `demo 1.1.0rc1`",
        "",
        f"The candidate of {'1' * 40} is on `test.example`.",
        "",
        "```",
        f'pip install "demo @ https://files.example/ab/{NAME}#sha256={SHA}"',
        "```",
        "This very wheel, by its hash; all that it needs comes from PyPI alone.",
        "",
        "**A merge releases 1.1.0** (minor): 1 commit since v1.0.0, tag `v1.1.0`.",
        "",
        "| worth | commit | subject |",
        "|---|---|---|",
        f"| minor | {FEATURE.commit.sha[:7]} | `feat: sing` |",
        "",
        "| | gate | |",
        "|---|---|---|",
        "| ✓ | tests | passed: `12 passed` |",
        "| - | docs | skipped |",
    ]


def test_the_comment_of_the_page_is_one_of_these() -> None:
    page = (ROOT / "docs/pipeline.md").read_text(encoding="utf-8")
    shown = re.findall(r"^````markdown\n(.*?)\n````$", page, re.MULTILINE | re.DOTALL)
    change = FEATURE._replace(commit=commit("feat: sing", sha="1" * 40))
    text = told(OUTLOOK._replace(changes=(change,)), WHEEL, GateWord("tests", "passed", "12 passed"))
    assert [f"{CANDIDATE}\n{each}" for each in shown] == [text]


def test_a_merge_that_releases_nothing_is_told_as_such() -> None:
    assert "**A merge releases nothing** (1 commit since v1.0.0)." in told(OUTLOOK._replace(next=None, tag=None))
    assert "**A merge releases 1.1.0** (first): 1 commit in all" in told(
        OUTLOOK._replace(last_tag=None, increment=None)
    )


@pytest.mark.parametrize("mark", ['"', "$(id)", "`id`", "\n", " ", "\\", "!", "';"])
def test_an_address_that_a_shell_would_read_makes_no_install_line(mark: str) -> None:
    assert "pip install" not in told(wheel=WHEEL._replace(url=f"https://files.example/{mark}/{NAME}"))


def test_without_a_wheel_there_is_no_install_line() -> None:
    assert "pip install" not in told(wheel=None)


def test_the_hash_is_that_of_the_built_file_and_not_the_one_that_the_index_tells() -> None:
    assert f"#sha256={SHA}" in told(wheel=WHEEL._replace(sha256=""))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("feat: sing", "`feat: sing`"),
        ("thank @ada, see #7", "`thank @ada, see #7`"),
        ("a `b` c", "`` a `b` c ``"),
        ("``` | <b>", "```` ``` \\| <b> ````"),
        ("a\nb\x1b[2J", "`a\ufffdb\ufffd[2J`"),
        ("", ""),
    ],
)
def test_what_others_say_is_shown_and_not_rendered(text: str, shown: str) -> None:
    assert code(text) == shown


def test_of_many_commits_some_are_told_and_a_comment_never_is_too_long() -> None:
    changes = tuple(FEATURE._replace(commit=commit(f"feat: {'x' * 300} {each}")) for each in range(100))
    text = told(OUTLOOK._replace(changes=changes))
    assert "| | | and 70 more |" in text
    gates = [GateWord(f"own-{each}", "passed", "y" * 300) for each in range(400)]
    long = told(OUTLOOK, WHEEL, *gates)
    assert len(long) <= LIMIT + 3
    assert long.endswith("|\n\n…")


def test_only_our_own_comment_that_begins_with_the_marker_is_taken() -> None:
    quoted = Comment(1, f"> {CANDIDATE}", own=True)
    strange = Comment(2, f"{CANDIDATE}\nby another", own=False)
    first, second = Comment(3, f"{CANDIDATE}\nours", own=True), Comment(4, f"{CANDIDATE}\nours too", own=True)
    assert own_comment([quoted, strange], CANDIDATE) is None
    assert own_comment([quoted, strange, first, second], CANDIDATE) == first


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "https://ghe.example/ann/demo/releases/tag/v1.1.0",
            "[1.1.0](https://ghe.example/ann/demo/releases/tag/v1.1.0)",
        ),
        ("", "1.1.0"),
        ("https://ghe.example/) [evil](x", "1.1.0"),
    ],
)
def test_a_pull_request_is_told_of_its_release(address: str, said: str) -> None:
    version = Version("1.1.0")
    text = released_comment("demo", version, address)
    assert text == f"{released_marker('demo', version)}\nReleased in `demo` {said}."
    own = Comment(1, text, own=True)
    assert own_comment([own], released_marker("demo", version)) == own
    assert own_comment([own], released_marker("demo", Version("1.1"))) is None
    assert own_comment([own], CANDIDATE) is None
