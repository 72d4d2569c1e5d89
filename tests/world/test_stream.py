"""A program's output, handed on as it comes: whole, with its end, and with no child left behind."""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.process import SECRET, Outcome, stream


def python(code: str, *, limit: float = 60, without: tuple[str, ...] = ()) -> Generator[bytes, None, Outcome]:
    return stream([sys.executable, "-c", f"import os, sys\n{code}"], limit=limit, without=without)


def drained(parts: Generator[bytes, None, Outcome]) -> tuple[bytes, Outcome]:
    ends: list[Outcome] = []

    def whole() -> Generator[bytes, None, None]:
        ends.append((yield from parts))

    return b"".join(whole()), ends[0]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_every_byte_arrives_however_the_program_writes_it() -> None:
    written, outcome = drained(python("for at in range(3000): os.write(1, bytes([at % 256]) * at)"))
    assert written == b"".join(bytes([at % 256]) * at for at in range(3000))
    assert outcome == Outcome(0, b"", b"")


def test_a_program_that_fails_is_told_with_its_words() -> None:
    written, outcome = drained(python("os.write(1, b'half'); os.write(2, b'why'); sys.exit(3)"))
    assert (written, outcome) == (b"half", Outcome(3, b"", b"why"))


def test_much_on_standard_error_stops_nothing() -> None:
    written, outcome = drained(python("os.write(2, b'x' * 1_000_000); os.write(1, b'end')"))
    assert (written, len(outcome.err)) == (b"end", 1_000_000)


def test_a_program_that_outlives_its_limit_is_ended() -> None:
    parts = python("os.write(1, b'%d' % os.getpid()); os.read(os.pipe()[0], 1)", limit=1)
    pid = int(next(parts))
    with pytest.raises(Failure, match="did not end within 1 seconds"):
        next(parts)
    assert gone(pid)


def test_a_program_that_closes_its_output_and_stays_is_ended_too() -> None:
    parts = python("os.write(1, b'%d' % os.getpid()); os.close(1); os.close(2); os.read(os.pipe()[0], 1)", limit=1)
    pid = int(next(parts))
    with pytest.raises(Failure, match="did not end within 1 seconds"):
        next(parts)
    assert gone(pid)


def test_a_reader_who_leaves_early_leaves_no_child_behind() -> None:
    parts = python("os.write(1, b'%d' % os.getpid())\nwhile True: os.write(1, b'x' * 1000)")
    pid = int(next(parts).partition(b"x")[0])
    parts.close()
    assert gone(pid)


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"cannot run .*nowhere"):
        next(stream([tmp_path / "nowhere"]))


def test_variables_are_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZ_SHIP_SECRET", "word")
    code = "os.write(1, os.environ.get('CZ_SHIP_SECRET', 'none').encode())"
    assert drained(python(code))[0] == b"word"
    assert drained(python(code, without=("CZ_SHIP_",)))[0] == b"none"


def test_other_peoples_code_gets_no_credentials_and_has_no_say_in_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["PYPI_PASSWORD", "TEST_PYPI_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"]
    names += ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"]
    for name in (*names, "GITHUB_REPOSITORY"):
        monkeypatch.setenv(name, "word")
    code = f"os.write(1, ' '.join(each for each in {[*names, 'GITHUB_REPOSITORY']} if each in os.environ).encode())"
    assert drained(python(code, without=SECRET))[0] == b"GITHUB_REPOSITORY"
