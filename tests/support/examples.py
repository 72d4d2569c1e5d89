"""How many examples a property is tried on: few by default, as many as CZ_SHIP_EXAMPLES says in a long sweep."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings

# Read when the tests are collected: once they run, none of them sees a variable of ours.
_SWEEP = int(os.environ.get("CZ_SHIP_EXAMPLES") or 0)
SWEEPING = _SWEEP > 0
_AS_FOUND = (Phase.explicit, Phase.generate)


def tried(few: int, *, shrink: bool = False) -> Callable[[Any], Any]:
    """A decorator for a property: `few` examples, or those of a long sweep where one is asked for.

    A failing example is told as it was found unless `shrink` is set: where each try starts programs,
    to make it small would outlast the time that a test has.
    """
    return settings(
        max_examples=_SWEEP or few,
        deadline=None,
        database=None,
        phases=(*_AS_FOUND, Phase.shrink) if shrink else _AS_FOUND,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
