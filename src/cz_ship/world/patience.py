"""Patience: what passes by itself is tried again, with pauses, within one time limit for all of a run."""

import time
from collections.abc import Callable
from typing import TypeVar

from cz_ship.errors import Failure
from cz_ship.world.http import Backoff

T = TypeVar("T")

# Ten tries take some three minutes: what is longer is an outage, and the next run's.
_PAUSES = Backoff(attempts=10, first=1, longest=30)


class LivePatience:
    """The patience of one run: tries with growing, jittered pauses between them.

    From a deed's first fault to its end a run waits, `limit_seconds` in all of its deeds. No try begins that could
    end later, where one takes `try_seconds` at most, and none before a pause that was asked for is over. `note` is
    told of each wait when it begins; `clock` tells seconds.
    """

    def __init__(
        self,
        note: Callable[[str], None],
        backoff: Backoff = _PAUSES,
        *,
        limit_seconds: float = 900,
        try_seconds: float = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._note = note
        self._backoff = backoff
        self._limit_seconds = limit_seconds
        self._try_seconds = try_seconds
        self._clock = clock
        self._waited = 0.0
        self._waiting_since: float | None = None

    def keep_trying(self, deed: Callable[[], T]) -> T:
        """See `Patience`. A deed may itself keep trying: the same seconds are counted once."""
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        set_on_retry_hooks(())  # its default writes every retry to the log, and so to the user's terminal
        outermost = self._waiting_since is None
        tries = 0

        def once() -> T:
            nonlocal tries
            tries += 1
            return deed()

        def pause_after(fault: Exception) -> bool | float:
            if not isinstance(fault, Failure) or fault.pause is None:
                return False
            if not self._allows(fault.pause):
                return False
            if self._waiting_since is None:
                self._begin_waiting(fault)
            return fault.pause or True

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
            told = f"{failure.text} (tried {tries} time{'s' * (tries > 1)}; {self._limit(failure.pause)})"
            raise Failure(told, hint=failure.hint, code=failure.code) from failure
        finally:
            if outermost:
                self._end_waiting()

    def _begin_waiting(self, fault: Failure) -> None:
        what, limit = fault.text.splitlines()[0].rstrip(":"), f"{self._limit_seconds:g}"
        left = f"{self._limit_seconds - self._waited:.0f} of {limit}"
        self._note(f"{what}: this is tried again; a run waits {limit} seconds in all, {left} are left")
        self._waiting_since = self._clock()

    def _end_waiting(self) -> None:
        self._waited, self._waiting_since = self._so_far(), None

    def _so_far(self) -> float:
        """The seconds that this run has waited."""
        since = self._waiting_since
        return self._waited + (0 if since is None else self._clock() - since)

    def _allows(self, pause: float) -> bool:
        """Whether a try after a pause is still within the limit; 0 stands for a pause of our own."""
        return self._so_far() + (pause or self._backoff.longest) + self._try_seconds <= self._limit_seconds

    def _limit(self, pause: float) -> str:
        limit = f"{self._limit_seconds:g} seconds"
        if self._allows(pause):
            return f"a run waits {limit} in all"
        if self._allows(0):
            return f"a pause of {pause:.0f} seconds is asked for, a run waits {limit} in all"
        return f"the {limit} that a run waits in all are spent"
