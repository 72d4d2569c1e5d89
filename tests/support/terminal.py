"""A terminal for programs that talk with people: what stands on its screen, and what is typed into it."""

import fcntl
import os
import pty
import re
import selectors
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

WIDTH, HEIGHT = 110, 60
LIMIT = 60.0  # seconds that a prompt may take to appear
DOWN, ENTER, CTRL_C = "\x1b[B", "\r", "\x03"

# The terminal becomes the program's own, so that Ctrl-C reaches it, also where whoever runs the tests is deaf to it.
_OWNED = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""

_SEQUENCE = re.compile(r"\x1b\[[?>]?(?P<number>\d*)[\d;]*(?P<kind>[A-Za-z])|\x1b[=>78]")


class Screen:
    """The lines that a person sees: of the codes of a VT100 those that prompts use."""

    def __init__(self) -> None:
        self._lines = [""]
        self._row = self._column = 0

    @property
    def text(self) -> str:
        """Every line from the first on, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self._lines).rstrip("\n")

    def show(self, written: str) -> str:
        """Show what a program wrote; what is left of a code that is not whole yet."""
        place = 0
        while place < len(written):
            if written[place] == "\x1b":
                found = _SEQUENCE.match(written, place)
                if found is None:
                    return written[place:]
                self._obey(found["kind"], int(found["number"] or 0))
                place = found.end()
            else:
                self._put(written[place])
                place += 1
        return ""

    def _put(self, letter: str) -> None:
        if letter == "\n":
            self._row += 1
        elif letter == "\r":
            self._column = 0
        elif letter == "\b":
            self._column = max(0, self._column - 1)
        elif letter.isprintable():
            line = self._line().ljust(self._column)
            self._lines[self._row] = line[: self._column] + letter + line[self._column + 1 :]
            self._column += 1

    def _obey(self, kind: str | None, number: int) -> None:
        if kind in ("A", "B"):
            self._row = max(0, self._row + (number or 1) * (-1 if kind == "A" else 1))
        elif kind in ("C", "D"):
            self._column = max(0, self._column + (number or 1) * (-1 if kind == "D" else 1))
        elif kind in ("J", "K"):
            self._lines[self._row] = self._line()[: self._column]
            if kind == "J":
                del self._lines[self._row + 1 :]

    def _line(self) -> str:
        self._lines += [""] * (self._row + 1 - len(self._lines))
        return self._lines[self._row]


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, program: "subprocess.Popen[bytes]", line: int) -> None:
        self._program = program
        self._line = line
        self._screen = Screen()
        self._rest = ""
        self._seen = 0

    @property
    def text(self) -> str:
        """All that stands on the screen."""
        return self._screen.text

    def answer(self, prompt: str, keys: str) -> None:
        """Wait until a prompt stands on the screen that was not there at the last answer, and type."""
        self._until(lambda: prompt in self.text[self._seen :], prompt)
        self._seen = self.text.rindex(prompt) + len(prompt)
        os.write(self._line, keys.encode())

    def type(self, command: str, patience: float = LIMIT) -> None:
        """Wait so many seconds for the prompt of a shell (`$ `), and type a command."""
        self._until(lambda: self.text.endswith("\n$") or self.text == "$", "the shell's prompt", patience)
        self._seen = len(self.text)
        os.write(self._line, f"{command}{ENTER}".encode())
        self._until(lambda: command in self.text[self._seen :], "the shell's echo")

    def end(self) -> int:
        """Wait for the program's end; its exit code."""
        self._until(lambda: False, "its end")
        return self._program.wait(timeout=LIMIT)

    def _until(self, there: Callable[[], bool], wanted: str, patience: float = LIMIT) -> None:
        until = time.monotonic() + patience
        with selectors.DefaultSelector() as ready:
            ready.register(self._line, selectors.EVENT_READ)
            while not there():
                if not ready.select(max(0, until - time.monotonic())):
                    raise AssertionError(f"waited {patience:g} seconds for {wanted!r}; the screen has:\n{self.text}")
                if not self._read():
                    if wanted == "its end":
                        return
                    raise AssertionError(f"the program ended before {wanted!r}; the screen has:\n{self.text}")

    def _read(self) -> bool:
        try:
            part = os.read(self._line, 1 << 16)
        except OSError:  # Linux tells so that nobody is at the other end any more
            return False
        self._rest = self._screen.show(self._rest + part.decode("utf-8", "replace"))
        return bool(part)


@contextmanager
def terminal(command: Sequence[str | Path], folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run a program in a terminal; it is ended at the end of the `with`."""
    line, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    # A terminal of ours does not tell where its cursor is.
    environment = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **(env or {})}
    program = subprocess.Popen(
        [sys.executable, "-ISc", _OWNED, *map(str, command)],
        cwd=folder,
        env=environment,
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    try:
        yield Terminal(program, line)
    finally:
        program.kill()
        program.wait()
        os.close(line)
