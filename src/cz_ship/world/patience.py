"""Patience: what passes by itself is tried again, with pauses, within a time limit that is told."""

import time
from collections.abc import Callable
from typing import TypeVar

from cz_ship.errors import Failure
from cz_ship.world.http import Backoff

T = TypeVar("T")

# Ten tries take some three minutes: what is longer is an outage, and the next run's.
_PAUSES = Backoff(attempts=10, first=1, longest=30, longest_asked=120)


class LivePatience:
    """Tries with growing, jittered pauses between them.

    No try begins that could end later than `limit_seconds` after the first began, where one takes
    `try_seconds` at most.
    """

    def __init__(self, backoff: Backoff = _PAUSES, *, limit_seconds: float = 900, try_seconds: float = 300) -> None:
        self._backoff = backoff
        self._limit_seconds = limit_seconds
        self._try_seconds = try_seconds

    def keep_trying(self, deed: Callable[[], T]) -> T:
        """See `Patience`."""
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        set_on_retry_hooks(())  # its default writes every retry to the log, and so to the user's terminal
        last_begin = time.monotonic() + self._limit_seconds - self._try_seconds
        tries = 0

        def once() -> T:
            nonlocal tries
            tries += 1
            return deed()

        def pause_after(fault: Exception) -> bool | float:
            if not isinstance(fault, Failure) or fault.pause is None:
                return False
            pause = min(fault.pause, self._backoff.longest_asked)
            if time.monotonic() + (pause or self._backoff.longest) > last_begin:
                return False
            return pause or True

        retried = stamina.RetryingCaller(
            attempts=self._backoff.attempts,
            timeout=None,
            wait_initial=self._backoff.first,
            wait_jitter=self._backoff.first,
            wait_max=self._backoff.longest,
        )
        try:
            return retried(pause_after, once)
        except Failure as failure:
            if failure.pause is None:
                raise
            told = f"{failure.text} (tried {tries} time{'s' * (tries > 1)} in at most {self._limit_seconds:g} seconds)"
            raise Failure(told, hint=failure.hint, code=failure.code) from failure
