"""Which points of a run are tried, and the table of what came of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.model import Point
from cz_ship.rules.sweep import WAYS, Fate, Row, sample, table

WELL: dict[str, tuple[str, ...]] = dict.fromkeys(WAYS, ())


def door(*effects: str) -> tuple[Point, ...]:
    """The points of a run with these effects."""
    return tuple(
        Point("door", number, effect, moment) for number, effect in enumerate(effects) for moment in ("before", "after")
    )


RUN = (*door("git fetch", "GET /", "GET /", "git push", "GET /"), Point("host", 0, "wheel arrives", "lost"))


def test_all_points_are_tried_where_so_many_may_be() -> None:
    assert sample(RUN, len(RUN)) == RUN


@given(st.integers(1, len(RUN)))
def test_a_sample_has_the_wanted_number_and_no_point_twice(most: int) -> None:
    chosen = sample(RUN, most)
    assert len(chosen) == len(set(chosen)) == most
    assert set(chosen) <= set(RUN)


def test_a_sample_has_one_of_each_kind_before_it_has_two_of_any() -> None:
    kinds = {(point.effect, point.moment) for point in RUN}
    assert {(point.effect, point.moment) for point in sample(RUN, len(kinds))} == kinds


def test_the_smallest_sample_kills_a_run_where_its_answer_is_lost() -> None:
    assert sample(RUN, 1)[0].moment == "lost"


@pytest.mark.parametrize(("offences", "converged"), [((), True), (("exit 4",), False)])
def test_a_point_has_converged_where_every_way_did(offences: tuple[str, ...], converged: bool) -> None:
    assert Fate(RUN[0], {**WELL, WAYS[-1]: offences}).converged is converged


def test_the_table_counts_by_effect_in_the_order_of_the_run() -> None:
    fates = [Fate(point, WELL) for point in reversed(RUN)]
    fates[-3] = Fate(fates[-3].point, {**WELL, WAYS[0]: ("two tags",)})
    assert table(fates) == (
        Row("git fetch", {"before": (1, 1), "after": (1, 1)}),
        Row("GET /", {"before": (3, 2), "after": (3, 3)}),
        Row("git push", {"before": (1, 1), "after": (1, 1)}),
        Row("wheel arrives", {"lost": (1, 1)}),
    )
