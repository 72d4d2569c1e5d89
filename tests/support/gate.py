"""The gate: every passage is counted and named, and a test may step in before or after any of them."""

from collections.abc import Callable
from typing import NamedTuple, NoReturn, TypeVar

from cz_ship.errors import Failure

T = TypeVar("T")
Act = Callable[[], object]


class Killed(BaseException):
    """The end of a process, as SIGKILL brings it: no story catches it."""


class _Hook(NamedTuple):
    """An act and the passage it waits for: a number (from 0), or the beginning of a name."""

    key: int | str
    late: bool
    act: Act
    lasting: bool


class Gate:
    """What all effects, or all looks, of a fake world pass through, one by one."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._hooks: list[_Hook] = []

    def before(self, key: int | str, act: Act, *, lasting: bool = False) -> None:
        """Act before a passage; a `lasting` act stays, and for a number it acts from there on."""
        self._hooks.append(_Hook(key, False, act, lasting))

    def after(self, key: int | str, act: Act) -> None:
        """Act when a passage's effect is there, and its answer is not yet told."""
        self._hooks.append(_Hook(key, True, act, False))

    def reset(self) -> None:
        """Forget all passages and hooks, as a new process does."""
        self.names.clear()
        self._hooks.clear()

    def through(self, name: str, deed: Callable[[], T]) -> T:
        """Pass with a deed; what it answers."""
        number = len(self.names)
        self.names.append(name)
        self._act(number, name, late=False)
        answer = deed()
        self._act(number, name, late=True)
        return answer

    def _act(self, number: int, name: str, *, late: bool) -> None:
        for hook in [each for each in self._hooks if each.late is late and _meant(each, number, name)]:
            if not hook.lasting:
                self._hooks.remove(hook)
            hook.act()


def kill() -> NoReturn:
    """End the process here."""
    raise Killed


def interrupt() -> NoReturn:
    """Ctrl-C."""
    raise KeyboardInterrupt


def fail() -> NoReturn:
    """A door's failure: the outside refused, or its answer was lost."""
    raise Failure("the line went dead")


def falter() -> NoReturn:
    """A door's failure that may pass."""
    raise Failure("503 Back at noon", pause=0)


def _meant(hook: _Hook, number: int, name: str) -> bool:
    if isinstance(hook.key, str):
        return name.startswith(hook.key)
    return number == hook.key or (hook.lasting and number > hook.key)
