"""How many examples a property is tried on: few by default, as many as CZ_SHIP_EXAMPLES says in a long sweep."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings

# Read when the tests are collected: once they run, none of them sees a variable of ours.
_SWEEP = int(os.environ.get("CZ_SHIP_EXAMPLES") or 0)


def tried(few: int, *, shrunk: bool = True) -> Callable[[Any], Any]:
    """A decorator for a property: `few` examples, or those of a long sweep where one is asked for.

    A property that asks other programs would spend minutes on making a failing example small: it is told as found.
    """
    slow = (HealthCheck.too_slow, HealthCheck.data_too_large)
    phases = tuple(Phase) if shrunk else (Phase.explicit, Phase.generate)
    count = _SWEEP or few
    return settings(max_examples=count, deadline=None, database=None, suppress_health_check=slow, phases=phases)
