"""Tables of cases, of which each run of the tests takes some, and `-m sweep` takes the rest."""

from collections.abc import Mapping

import pytest


def sampled(cases: Mapping[str, object], *always: str) -> list[object]:
    """The cases as parameters, called by their names; those that are not always run are marked for the sweep."""
    assert set(always) <= set(cases)
    marks = {name: () if name in always else (pytest.mark.sweep,) for name in cases}
    return [pytest.param(case, id=name, marks=marks[name]) for name, case in cases.items()]
