"""Progress for people, on standard error: a line for each step, with what came of it."""

import os
import shutil
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from cz_ship.faces.answers import plain
from cz_ship.gates import State

if TYPE_CHECKING:
    from rich.status import Status


# Colour and sign of each state of a gate.
MARKS: Mapping[State, tuple[int, str]] = {
    "passed": (32, "✓"),
    "failed": (31, "✗"),
    "unable": (31, "?"),
    "skipped": (33, "-"),
}


class Talker:
    """Tells steps as they go. On a terminal a step is shown, turning, while it runs; elsewhere, when it is done."""

    def __init__(self, out: TextIO, *, quiet: bool = False) -> None:
        self._out = out
        self._quiet = quiet
        self._live = out.isatty() and not quiet and os.environ.get("TERM") != "dumb"
        self._colour = self._live and not os.environ.get("NO_COLOR")
        self._turning: Status | None = None
        self._begun: dict[str, float] = {}
        self._noted: set[str] = set()

    def act(self, title: str) -> None:
        self._write(f"\n{self._in(1, title)}\n")

    def begin(self, step: str) -> None:
        self._begun[step] = time.monotonic()
        if self._live:
            from rich.console import Console
            from rich.markup import escape

            self._stop()
            console = Console(file=self._out, no_color=not self._colour)
            self._turning = console.status(escape(step), spinner="dots")
            self._turning.start()

    def done(self, step: str, text: str) -> None:
        spent = self._since(step)
        self._stop()
        lines = "".join(f"    {self._in(2, each)}\n" for each in self._lines(plain(text)))
        self._write(f"{self._in(32, '✓')} {step} ({spent:.1f} s)\n{lines}")

    def judged(self, gate: str, state: State, text: str) -> None:
        spent = self._since(f"gate {gate}")
        self._stop()
        colour, mark = MARKS[state]
        line = f"{self._in(colour, mark)} {gate} {state} ({spent:.1f} s)\n"
        self._write(line + "".join(f"    {self._in(2, each)}\n" for each in self._lines(plain(text))))

    def note(self, text: str) -> None:
        """Say something once: what holds for a whole run is found again by each of its parts."""
        if text not in self._noted:
            self._noted.add(text)
            self._stop()
            lines = "\n    ".join(self._lines(plain(text)))
            self._write(f"{self._in(33, 'note:')} {lines}\n")

    def conceal(self, secret: str) -> None:
        """Let GitHub Actions hide a text in all that this job says from here on; elsewhere nothing is said.

        https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#masking-a-value-in-a-log
        """
        if os.environ.get("GITHUB_ACTIONS") == "true":
            self._stop()
            self._out.write(f"::add-mask::{secret}\n")
            self._out.flush()

    def close(self) -> None:
        """Leave the terminal as it was, whatever was under way."""
        self._stop()

    def agreed(self, question: str) -> bool:
        """Ask on a terminal; without one nobody is there to be asked, and the command line is the word."""
        if not (sys.stdin.isatty() and self._out.isatty()):
            return True
        self._out.write(f"{question} [y/N] ")
        self._out.flush()
        try:
            return sys.stdin.readline().strip().lower() in ("y", "yes")
        except KeyboardInterrupt:
            self._out.write("\n")
            raise

    def _lines(self, text: str) -> list[str]:
        """The lines of a text, on a terminal broken between words, so that they stay indented."""
        if not self._live:
            return text.splitlines()
        from textwrap import TextWrapper

        room = max(20, shutil.get_terminal_size().columns - len("note: "))
        wrapper = TextWrapper(room, break_long_words=False, break_on_hyphens=False)
        return [part for line in text.splitlines() for part in wrapper.wrap(line)]

    def _since(self, step: str) -> float:
        """Seconds since a step was begun: it may have steps of its own, as a build has its gates."""
        now = time.monotonic()
        return now - self._begun.pop(step, now)

    def _stop(self) -> None:
        if self._turning is not None:
            self._turning.stop()
            self._turning = None

    def _in(self, code: int, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def _write(self, text: str) -> None:
        if not self._quiet:
            self._out.write(text)
            self._out.flush()
