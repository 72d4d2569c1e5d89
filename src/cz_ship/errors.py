"""The one error of the house: what is, what was wanted, what to do."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes promised to users."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    FAULT = 3
    UNFINISHED = 4
    PERSON = 5
    INTERRUPTED = 130


class Failure(Exception):
    """A command that cannot go on, told to a person.

    `text` says what is and what was wanted; `hint` what to do next; `code` is the exit code.
    `pause` is the seconds after which the same may succeed, 0 where nobody said how many; None where
    waiting mends nothing.
    """

    def __init__(self, text: str, *, hint: str = "", code: Exit = Exit.REFUSED, pause: float | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.code = code
        self.pause = pause


class Unmendable(Failure):
    """A release that no re-run can finish, whoever runs it: only the next one goes on."""

    def __init__(self, text: str, *, hint: str = "") -> None:
        super().__init__(text, hint=hint, code=Exit.PERSON)


class Settled(Failure):
    """A failure whose last line says what is true in the world now."""


def usage(text: str, hint: str = "") -> Failure:
    """A `Failure` for a wrong command line, a wrong folder or wrong settings."""
    return Failure(text, hint=hint, code=Exit.USAGE)


def tampered(index: str, name: str, came: str, told: str) -> Failure:
    """A `Failure` for an index that gives other bytes (sha256 `came`) than its pages tell (sha256 `told`)."""
    text = f"{index} gives {name} with sha256 {came}, its page tells {told}"
    return Failure(text, hint="the index keeps other bytes than it took: ask its keepers", code=Exit.PERSON)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, with a sentence on what is true in the world now."""

    def __init__(self, truth: str) -> None:
        super().__init__(truth)
        self.truth = truth
