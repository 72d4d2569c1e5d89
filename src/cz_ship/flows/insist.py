"""Insist: a deed that others see, done in spite of faults that pass, and never twice on a guess."""

from collections.abc import Callable
from contextlib import suppress

from cz_ship.errors import Failure
from cz_ship.ports import Patience

ARRIVED = "its answer was lost; it is there"


def insist(patience: Patience, deed: Callable[[], str], arrived: Callable[[], bool]) -> str:
    """Do a deed, again where its fault may pass; a look tells what each failed try came to.

    Raises the last `Failure` where the deed is not there, as far as can be seen.
    """
    tried = False

    def attempt() -> str:
        nonlocal tried
        if tried and arrived():
            return ARRIVED
        tried = True
        return deed()

    try:
        return patience.keep_trying(attempt)
    except Failure:
        with suppress(Failure):
            if arrived():
                return ARRIVED
        raise
