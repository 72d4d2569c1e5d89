"""How far each station on the way of a release is."""

import pytest

from cz_ship.model import Artifact
from cz_ship.rules.announcement import ForgeSeen
from cz_ship.rules.holdings import IndexSeen
from cz_ship.rules.plan import Build, CommitBump, CreateTag, Lag, Plan, Push, Seen, Upload
from cz_ship.rules.way import ahead, judged, stations

INDEXES = (IndexSeen("test", "", ()), IndexSeen("prod", "", ()))
SEEN = Seen("c", (Artifact("a.whl", "0", 1),), False, None, False, INDEXES, forge=ForgeSeen("", ()))
PUSH, TEST, PROD = Push("main", "v1"), Upload("test", "a.whl"), Upload("prod", "a.whl")
PREPARED = (CommitBump(), Build(), CreateTag("v1"))


@pytest.mark.parametrize(
    ("steps", "lags", "taken", "states"),
    [
        ((*PREPARED, PUSH, TEST, PROD), (), (), "owed owed owed owed there"),
        ((PUSH, TEST, PROD), (), ("prepare",), "done owed owed owed there"),
        ((TEST, PROD), (), ("prepare", "tag"), "done done owed owed there"),
        ((Build(), PROD), (), (), "there there there owed there"),
        ((), (Lag("prod", "a.whl"),), ("prod",), "there there there owed there"),
        ((), (), ("prod", "announce"), "there there there done done"),
        ((), (), (), "there there there there there"),
    ],
)
def test_a_station_is_done_there_or_owed(
    steps: tuple[object, ...], lags: tuple[Lag, ...], taken: tuple[str, ...], states: str
) -> None:
    way = stations(SEEN, Plan(steps, (), lags), taken)  # type: ignore[arg-type]
    assert " ".join(each.state for each in way) == states


def test_what_the_settings_switch_off_is_no_part_of_the_way() -> None:
    way = stations(SEEN._replace(indexes=INDEXES[1:], forge=None), Plan((), ()), ())
    assert [each.name for each in way if each.state == "off"] == ["test", "announce"]


def test_what_is_ahead_is_owed_and_red_gates_stop_it() -> None:
    assert {each.state for each in ahead()} == {"owed"}
    assert [each.state for each in judged(passed=False)][:3] == ["there", "failed", "owed"]
    assert [each.name for each in judged(passed=True)] == ["build", "gates", "tag", "test", "prod", "announce"]
