"""The gate that every effect passes: what a run starts, writes or sends is named here, before and after it is done."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

# What git does without leaving a trace.
_LOOKS = frozenset(
    {
        *(
            "cat-file",
            "check-ignore",
            "config",
            "diff",
            "for-each-ref",
            "log",
            "ls-files",
            "ls-remote",
            "merge-base",
            "remote",
        ),
        *("rev-parse", "show", "show-ref", "status", "symbolic-ref"),
    }
)


class Gate(Protocol):
    """Somebody who watches effects. `before` and `after` are called in the thread that has the effect."""

    def before(self, effect: str) -> None: ...
    def after(self, effect: str) -> None:
        """The effect is there, and whoever had it does not know yet. Not called for one that failed."""
        ...


_gates: list[Gate] = []


def watch(gate: Gate) -> None:
    """Let a gate see every effect of this process from now on."""
    _gates.append(gate)


@contextmanager
def passing(effect: str | None) -> Iterator[None]:
    """Have an effect inside of the `with`; None for what has none."""
    gates = _gates if effect else ()
    for gate in gates:
        gate.before(effect or "")
    yield
    for gate in gates:
        gate.after(effect or "")


def of_program(command: Sequence[str]) -> str | None:
    """The name of the effect that a program has: `git push`, `twine upload`; None where it only looks."""
    program, *rest = command
    name = os.path.basename(program)
    if rest[:1] == ["-m"]:
        name, rest = rest[1].removeprefix("cz_ship.world.index_"), rest[2:]
    if name not in ("git", "twine"):
        return name
    word = _command(rest)
    return None if name == "git" and word in _LOOKS else f"{name} {word}"


def _command(arguments: Sequence[str]) -> str:
    words = iter(arguments)
    for word in words:
        if word in ("-c", "-C"):
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""
