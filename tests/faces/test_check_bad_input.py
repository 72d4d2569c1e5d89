"""Messages that are none: a clear word, exit 1 or 2, whatever the bytes."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.repos import CZ_TOML, Repo, project
from tests.support.said import Speaker

MEGABYTE = 1 << 20
UNREADABLE = "the message cannot be read: 'utf-8' codec can't decode byte 0xff in position 5"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return project(tmp_path / "p")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", 1, "the message is empty; wanted: a message"),
        (b"\n \n\t\n", 1, "the message is empty"),
        (b"# Please enter the commit message\n#\n", 1, "the message is empty"),
        (b"# ------------------------ >8 ------------------------\nfeat: a\n", 1, "the message is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 2, "the message cannot be read: 'utf-8' codec can't decode byte 0x89"),
        (b"fix: caf\xe9", 2, "the message cannot be read: 'utf-8' codec can't decode byte 0xe9"),
        ("fix: a".encode("utf-16"), 2, "the message cannot be read"),
        ("\ufefffix: a".encode(), 1, "column 1: a byte order mark (U+FEFF) stands before the type"),
        (b"PK\x03\x04\x00\x00", 1, "column 5: a NUL byte; wanted: text: git takes no message with one"),
        (b"fix: a\n\nb\x00c", 1, "line 3, column 2: a NUL byte"),
        (b"x" * MEGABYTE, 1, "column 1: no type and colon at the beginning"),
        (b"feat(" * (MEGABYTE // 5), 1, "the scope is not closed"),
        (b"feat" + b" " * MEGABYTE + b"a", 1, "no colon after 'feat'"),
        (b"x: " * (MEGABYTE // 3), 1, "'x' is not a type"),
        (b"x" * MEGABYTE + b": a", 1, f"'{'x' * 40}' is not a type"),
        (b"fix: a\n" + b"body\n" * (MEGABYTE // 5), 1, "line 2, column 1: the second line is not blank"),
    ],
    ids=range(16),
)
def test_a_message_that_is_none_is_told(
    repo: Repo, ship: Speaker, tmp_path: Path, content: bytes, code: int, words: str
) -> None:
    path = tmp_path / "message"
    path.write_bytes(content)
    for options in ((), ("--json",)):
        said = ship(repo.root, "check", "--message-file", str(path), *options)
        assert said.code == code
        assert "fault" not in said.err
        assert len(said.err) < 1000
        assert words in said.err or (options and code == 1 and said.json["ok"] is False)


def test_a_megabyte_of_body_is_a_message_like_any_other(repo: Repo, ship: Speaker, tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_bytes(b"fix: a\n\n" + b"words and more of them\n" * (MEGABYTE // 23))
    assert ship(repo.root, "check", "--message-file", str(path)).code == 0


def test_a_file_that_cannot_be_read_is_told(repo: Repo, ship: Speaker, tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none", "[Errno 2] No such file"), (tmp_path, "[Errno 21] Is a directory")):
        said = ship(repo.root, "check", "--message-file", str(path))
        assert (said.code, said.err.startswith(f"error: the message cannot be read: {words}")) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "code", "words"),
    [(b"fix: a\n# c\n", 0, "accepted"), (b"", 1, "the message is empty"), (b"fix: \xff", 2, UNREADABLE)],
)
def test_a_message_on_standard_input(repo: Repo, content: bytes, code: int, words: str) -> None:
    command = [sys.executable, "-m", "cz_ship", "check"]
    done = subprocess.run(command, cwd=repo.root, input=content, capture_output=True, check=False)
    assert (done.returncode, words in (done.stdout + done.stderr).decode()) == (code, True), done


@pytest.mark.parametrize("options", [(), ("--json",), ("amend", "HEAD")], ids=["check", "json", "amend"])
def test_bytes_that_are_no_text_are_told_wherever_they_come_from(
    repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    amends = "amend" in options
    escaped = b"fix: \xff".decode("utf-8", "surrogateescape")  # as Python hands on what it was called with
    said = ship(repo.root, *(options if amends else ("check", *options)), "-m" if amends else "--message", escaped)
    assert (said.code, UNREADABLE in said.err) == (2, True), said
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"fix: \xff"), "utf-8", errors="surrogateescape"))
    said = ship(repo.root, *(("amend", "HEAD", "-F", "-") if amends else ("check", *options)))
    assert (said.code, UNREADABLE in said.err) == (2, True), said


def test_standard_input_is_read_in_the_projects_encoding(
    repo: Repo, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write({".cz.toml": CZ_TOML + 'encoding = "latin-1"\nmessage_length_limit = 6\n'})
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"fix: \xff"), "utf-8", errors="surrogateescape"))
    assert ship(repo.root, "check", "--json").json["messages"][0]["subject"] == "fix: \xff"


@pytest.mark.parametrize("pattern", ["schema_pattern", "bump_pattern"])
def test_rules_that_are_no_pattern_are_told(repo: Repo, ship: Speaker, pattern: str) -> None:
    rules = {"bump_pattern": "^(x)", "schema_pattern": ".*", pattern: "("}
    lines = [f"{key} = '{value}'" for key, value in rules.items()]
    own = ["[tool.commitizen.customize]", *lines, 'bump_map = {x = "PATCH"}']
    repo.write({".cz.toml": "\n".join(["[tool.commitizen]", 'name = "cz_customize"', *own])})
    for _ in range(2):
        said = ship(repo.root, "check", "--message", "x: a")
        assert (said.code, f"{pattern} of the commitizen settings is not usable" in said.err) == (2, True), said
