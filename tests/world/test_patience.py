"""Patience: what passes is tried again after pauses, what does not is told at once, and all of a run has one end."""

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.world.http import Backoff
from cz_ship.world.patience import LivePatience

SHORT = Backoff(attempts=3, first=0.001, longest=0.001)


class Deed:
    """Fails as told, time after time, then succeeds; counts how often it was done."""

    def __init__(self, *failures: Failure) -> None:
        self._failures = list(failures)
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        if self._failures:
            raise self._failures.pop(0)
        return "done"


class Waiting:
    """A run's patience, on a clock that goes only as told; what it noted."""

    def __init__(self, limit_seconds: float = 600, try_seconds: float = 1) -> None:
        self.now = 0.0
        self.notes: list[str] = []
        self.patience = LivePatience(
            self.notes.append, SHORT, limit_seconds=limit_seconds, try_seconds=try_seconds, clock=lambda: self.now
        )

    def slow(self, *failures: Failure, seconds: float = 20) -> Deed:
        """A deed that takes its time each time."""
        return Slow(self, seconds, *failures)


class Slow(Deed):
    def __init__(self, waiting: Waiting, seconds: float, *failures: Failure) -> None:
        super().__init__(*failures)
        self._waiting = waiting
        self._seconds = seconds

    def __call__(self) -> str:
        self._waiting.now += self._seconds
        return super().__call__()


def passing(pause: float = 0) -> Failure:
    return Failure("503 Back at noon", hint="wait", pause=pause, code=Exit.UNFINISHED)


@pytest.mark.parametrize("pause", [0, 0.0005])
def test_what_passes_is_tried_again(pause: float) -> None:
    deed = Deed(passing(pause), passing(pause))
    assert Waiting().patience.keep_trying(deed) == "done"
    assert deed.times == 3


def test_the_last_failure_tells_how_often_it_was_tried_and_how_long_a_run_waits() -> None:
    deed = Deed(*[passing()] * 9)
    with pytest.raises(Failure) as caught:
        Waiting(60).patience.keep_trying(deed)
    assert caught.value.text == "503 Back at noon (tried 3 times; a run waits 60 seconds in all)"
    assert (caught.value.hint, caught.value.code, deed.times) == ("wait", Exit.UNFINISHED, 3)


def test_what_waiting_does_not_mend_is_not_tried_again() -> None:
    refusal = Failure("400 Bad file")
    deed = Deed(passing(), refusal)
    with pytest.raises(Failure) as caught:
        Waiting().patience.keep_trying(deed)
    assert caught.value is refusal
    assert deed.times == 2


def test_no_try_begins_that_could_end_too_late() -> None:
    deed = Deed(passing())
    with pytest.raises(Failure, match=r"tried 1 time; the 10 seconds that a run waits in all are spent"):
        Waiting(10, try_seconds=10).patience.keep_trying(deed)
    assert deed.times == 1


def test_nothing_is_asked_before_a_pause_that_was_asked_for_is_over() -> None:
    waiting, deed = Waiting(600), Deed(passing(3000))
    with pytest.raises(Failure, match=r"tried 1 time; a pause of 3000 seconds is asked for, a run waits 600 seconds "):
        waiting.patience.keep_trying(deed)
    assert (deed.times, waiting.notes) == (1, [])


def test_all_deeds_of_a_run_wait_within_one_limit() -> None:
    waiting = Waiting(60)
    for _ in range(2):
        assert waiting.patience.keep_trying(waiting.slow(passing())) == "done"
    with pytest.raises(Failure, match=r"tried 2 times; the 60 seconds that a run waits in all are spent"):
        waiting.patience.keep_trying(waiting.slow(*[passing()] * 9))
    last = Deed(passing())
    with pytest.raises(Failure, match=r"tried 1 time; the 60 seconds that a run waits in all are spent"):
        waiting.patience.keep_trying(last)


def test_what_succeeds_at_once_is_no_waiting() -> None:
    waiting = Waiting(60)
    assert waiting.patience.keep_trying(waiting.slow(seconds=3600)) == "done"
    assert waiting.patience.keep_trying(waiting.slow(passing())) == "done"


def test_a_wait_is_told_when_it_begins_with_what_is_left() -> None:
    waiting = Waiting(60)
    for _ in range(2):
        waiting.patience.keep_trying(waiting.slow(passing(), passing(), seconds=10))
    told = "503 Back at noon: this is tried again; a run waits 60 seconds in all"
    assert waiting.notes == [f"{told}, 60 of 60 are left", f"{told}, 40 of 60 are left"]


def test_a_wait_within_a_wait_is_counted_once() -> None:
    waiting = Waiting(60)
    inner = waiting.slow(passing(), passing(), passing(), passing(), seconds=10)

    def outer() -> str:
        try:
            return waiting.patience.keep_trying(inner)
        except Failure as failure:
            raise passing() from failure

    assert waiting.patience.keep_trying(outer) == "done"
    waiting.patience.keep_trying(waiting.slow(passing(), seconds=0))
    assert [note.rpartition(", ")[2] for note in waiting.notes] == [
        "60 of 60 are left",
        "40 of 60 are left",
        "20 of 60 are left",
    ]


def test_an_interrupt_is_not_a_fault_that_passes() -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Waiting().patience.keep_trying(interrupted)
