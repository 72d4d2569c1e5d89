"""Patience: what passes is tried again after pauses, what does not is told at once, and all of it has an end."""

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.world.http import Backoff
from cz_ship.world.patience import LivePatience

SHORT = Backoff(attempts=3, first=0.001, longest=0.001, longest_asked=0.001)


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


def passing(pause: float = 0) -> Failure:
    return Failure("503 Back at noon", hint="wait", pause=pause, code=Exit.UNFINISHED)


@pytest.mark.parametrize("pause", [0, 0.0005, 3600])
def test_what_passes_is_tried_again(pause: float) -> None:
    deed = Deed(passing(pause), passing(pause))
    assert LivePatience(SHORT).keep_trying(deed) == "done"
    assert deed.times == 3


def test_the_last_failure_tells_how_often_and_how_long_it_was_tried() -> None:
    deed = Deed(*[passing()] * 9)
    with pytest.raises(Failure) as caught:
        LivePatience(SHORT, limit_seconds=60, try_seconds=1).keep_trying(deed)
    assert caught.value.text == "503 Back at noon (tried 3 times in at most 60 seconds)"
    assert (caught.value.hint, caught.value.code, deed.times) == ("wait", Exit.UNFINISHED, 3)


def test_what_waiting_does_not_mend_is_not_tried_again() -> None:
    refusal = Failure("400 Bad file")
    deed = Deed(passing(), refusal)
    with pytest.raises(Failure) as caught:
        LivePatience(SHORT).keep_trying(deed)
    assert caught.value is refusal
    assert deed.times == 2


def test_no_try_begins_that_could_end_too_late() -> None:
    deed = Deed(passing())
    with pytest.raises(Failure, match=r"tried 1 time in at most 10 seconds"):
        LivePatience(SHORT, limit_seconds=10, try_seconds=10).keep_trying(deed)
    assert deed.times == 1


def test_an_interrupt_is_not_a_fault_that_passes() -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LivePatience(SHORT).keep_trying(interrupted)
