"""The file of released history: it comes back as it was kept, or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.model import Past
from cz_ship.world.past import PastFile

PAST = Past((("v1.0.0", "a" * 40),), (("v2.0.0", "b" * 40),), "aaaaaaaa", "## v1.0.0 (2026-01-01)\n\n- résumé\n\n")
KEY = [{"commitizen": "1-1"}, ("^feat", {"feat": "Feat"})]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    PastFile(str(tmp_path), KEY).keep(PAST)
    return tmp_path / "cz-ship" / "released"


def test_what_is_kept_comes_back_equal(path: Path, tmp_path: Path) -> None:
    assert PastFile(str(tmp_path), KEY).recall() == PAST
    assert [each.name for each in path.parent.iterdir()] == ["released"]


@pytest.mark.parametrize("key", [[{"commitizen": "2-1"}, KEY[1]], [KEY[0], ("^fix", {"feat": "Feat"})], [], None])
def test_other_rules_find_nothing(path: Path, tmp_path: Path, key: object) -> None:
    assert PastFile(str(tmp_path), key).recall() is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"words",
        lambda content: content[:-1],
        lambda content: content + b"\n",
        lambda content: content.replace(b"v1.0.0 (", b"v1.0.1 ("),
        lambda content: content.replace(b'"aaaaaaaa"', b'"aaaaaaab"'),
        lambda content: content.partition(b"\n")[2],
        lambda content: b"00000000\n" + content.partition(b"\n")[2],
        lambda content: b"00000000\n",
        lambda content: b"\xff" * 1000,
    ],
)
def test_a_damaged_file_is_ignored(path: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path.write_bytes(damage(path.read_bytes()))
    assert PastFile(str(tmp_path), KEY).recall() is None


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "git").write_text("a file, not a folder")
    PastFile(str(tmp_path / "git"), KEY).keep(PAST)
    (tmp_path / "cz-ship" / "released").mkdir(parents=True)
    PastFile(str(tmp_path), KEY).keep(PAST)
    assert PastFile(str(tmp_path), KEY).recall() is None
    assert [each.name for each in (tmp_path / "cz-ship").iterdir()] == ["released"]
