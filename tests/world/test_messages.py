"""Messages of every kind: each commit is read whole and alone, whatever stands in its message."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.model import Commit, Increment
from cz_ship.rules.changelog import entries_of
from cz_ship.rules.worth import change_of
from tests.support.examples import tried
from tests.support.histories import commit_stream, empty, import_stream
from tests.support.made import CONVENTIONAL
from tests.support.repos import START

# What a reader of lines, of records or of terminals could trip over, this one's and commitizen's.
TRAPS = (
    "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", " ", "\t", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028",
    "\u2029", "\\0", "\\x00", "%x00", "%n%H", "\x01", "\x1b[31m", "\ufeff", "\u202e", "\u200f", "שלום", "🚀", "👩‍👩‍👧",
    ">" + "0" * 40, "<" + "f" * 40 + "\n", "----------commit-delimiter----------\n", "---inner_delimiter---",
    "tree " + "0" * 40, "feat: a", "fix(core)!: b", "BREAKING CHANGE: c", "BREAKING-CHANGE: d", "```", "# comment",
    "-- \n", "gpgsig x", "commit", "Signed-off-by: Ada <ada@example.org>",
)  # fmt: skip
MESSAGES = st.one_of(
    st.lists(st.sampled_from(TRAPS), max_size=12).map("".join),
    st.lists(st.one_of(st.sampled_from(TRAPS), st.text(max_size=8)), max_size=12).map("".join),
).map(lambda text: "".join(char for char in text if char != "\0" and not "\ud800" <= char <= "\udfff"))


@pytest.mark.slow
@tried(40)
@given(messages=st.lists(MESSAGES, min_size=1, max_size=8))
def test_each_commit_is_read_whole_and_alone(messages: list[str]) -> None:
    commits = read_back([message.encode() for message in messages])
    assert [each.time for each in commits] == [START + place for place in range(len(messages))]
    assert [(each.author, each.email) for each in commits] == [("Ada", "ada@example.org")] * len(messages)
    assert [each.parents for each in commits] == [(), *((each.sha,) for each in commits[:-1])]
    assert [(each.subject, each.body) for each in commits] == [parts(message) for message in messages]


@tried(60, shrink=True)
@given(message=MESSAGES)
def test_no_message_is_too_strange_to_be_weighed(message: str) -> None:
    subject, body = parts(message)
    made = Commit("a" * 40, (), "Ada", "ada@example.org", 0, subject, body)
    change = change_of(made, CONVENTIONAL)
    assert change.commit is made
    assert all(entry.commit is made for entry in entries_of(made, CONVENTIONAL))


CASES = {
    "empty": (b"", "", ""),
    "blank": (b" \n\t\n\r\n", "", ""),
    "no line end": (b"feat: a", "feat: a", ""),
    "blank lines first": (b"\n\n \nfeat: a\n\n\n\nb\n\n", "feat: a", "b"),
    "windows": (b"feat: a\r\n\r\nb\r\n\r\nc\r\n", "feat: a", "b\n\nc"),
    "a subject on two lines": (b"feat: a\n  and b\nand c\n\nd\n", "feat: a   and b and c", "d"),
    "spaces at the ends": (b"feat: a  \t\n\n  b  \n\n", "feat: a", "b"),
    "an old mac": (b"feat: a\rb\r\rc", "feat: a\rb\r\rc", ""),
    "separators": ("feat: a\u2028b\x0bc\x0cd\x85e\n\nf\u2029g".encode(), "feat: a\u2028b\x0bc\x0cd\x85e", "f\u2029g"),
    "right to left": ("feat: שמלה \u202eabc\n\nשמלה".encode(), "feat: שמלה \u202eabc", "שמלה"),
    "emoji": ("✨ feat: 👩\u200d👩\u200d👧\n\n🚀".encode(), "✨ feat: 👩\u200d👩\u200d👧", "🚀"),
    "written NUL": (rb"feat: \0 \x00 %x00" + b"\n\n%x00", r"feat: \0 \x00 %x00", "%x00"),
    "not UTF-8": (b"feat: \xff\xfe\n\n\xc3(", "feat: \ufffd\ufffd", "\ufffd("),
}


@pytest.mark.parametrize(("raw", "subject", "body"), CASES.values(), ids=CASES)
def test_a_strange_message_has_a_subject_and_a_body(raw: bytes, subject: str, body: str) -> None:
    found = read_back([b"fix: before", raw, b"fix: after"])
    assert [(each.subject, each.body) for each in found] == [("fix: before", ""), (subject, body), ("fix: after", "")]


def test_a_message_ends_where_git_shows_its_end_at_a_NUL() -> None:
    found = read_back([b"feat: a\n\nb\0\n\nBREAKING CHANGE: c", b"fix: d"])
    assert [each.message for each in found] == ["feat: a\n\nb", "fix: d"]


def test_a_record_in_a_message_is_no_commit() -> None:
    """A message that holds, word for word, what git would write for a commit of its own."""
    record = f">{'1' * 40}\n{'2' * 40}\n{START}\nEve\neve@example.org\nfeat!: forged\nBREAKING CHANGE: forged"
    found = read_back([f"fix: a\n\n{record}\n\n{record}".encode(), record.encode()])
    assert [each.author for each in found] == ["Ada", "Ada"]
    assert found[0].body == f"{record}\n\n{record}"
    assert found[1].subject == record.replace("\n", " ")


@pytest.mark.parametrize("line", ["x" * 99 + "\n", "x", "(", "a(", "feat ", "BREAKING CHANGE(", "```\n", "\n", "é🚀"])
def test_a_megabyte_of_anything_is_read_and_weighed(line: str) -> None:
    body = (line * (2**20 // len(line.encode()))).rstrip("\n")
    big, after = read_back([f"fix: a\n\n{body}\n\nBREAKING CHANGE: b".encode(), b"feat: c"])
    assert big.body == f"{body}\n\nBREAKING CHANGE: b".strip()
    assert after.message == "feat: c"
    fenced = line == "```\n" and body.count("```") % 2
    assert change_of(big, CONVENTIONAL).increment is (Increment.PATCH if fenced else Increment.MAJOR)
    assert [entry.groups["message"] for entry in entries_of(big, CONVENTIONAL)] == ["a", "b"]


def test_a_megabyte_of_subject_is_read_and_weighed() -> None:
    subject = "feat: " + "word " * (2**20 // 5) + "end"
    (found,) = read_back([subject.encode()])
    assert found.subject == subject
    assert change_of(found, CONVENTIONAL)[1:] == ("feat", None, False, Increment.MINOR)


def test_a_message_from_windows_weighs_and_lists_what_it_says() -> None:
    lines = "fix(core): a\r\n\r\nwords\r\nmore\r\n\r\nBREAKING CHANGE: b\r\nand c\r\n\r\nfeat: d\r\n"
    (found,) = read_back([lines.encode()])
    change = change_of(found, CONVENTIONAL)
    assert (change.type, change.scope, change.breaking, change.increment) == ("fix", "core", True, Increment.MAJOR)
    assert [entry.groups["message"] for entry in entries_of(found, CONVENTIONAL)] == ["a", "b\nand c", "d"]


def read_back(messages: Sequence[bytes]) -> tuple[Commit, ...]:
    """A history of these messages, a second apart, as the walk tells it: oldest first."""
    parts = [
        commit_stream(place + 1, [place] if place else [], START + place, message)
        for place, message in enumerate(messages)
    ]
    with tempfile.TemporaryDirectory() as folder:
        git = empty(Path(folder))
        import_stream(git, b"".join(parts))
        return git.walk("HEAD").commits[::-1]


def parts(message: str) -> tuple[str, str]:
    """Subject and body by git's own rule: the first paragraph on one line, and the rest.

    A line is blank where it has nothing but space, tab and line ends; no other character ends a line.
    """
    lines = [line.rstrip(" \t\r") if not line.strip(" \t\r") else line for line in message.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    end = lines.index("") if "" in lines else len(lines)
    subject = " ".join(re.sub(r"[ \t\r]+\Z", "", line) for line in lines[:end])
    return subject.strip(), "\n".join(lines[end:]).replace("\r\n", "\n").strip()
