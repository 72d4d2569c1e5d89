"""What is remembered of the rules: used where every part of its key holds, else made anew."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.settings import CommitSettings, IndexSettings, Settings
from cz_ship.world.memory import Known, Memory, mark
from tests.support.made import CONVENTIONAL

SETTINGS = Settings(
    branch="trunk",
    prod=IndexSettings("prod", False, "http://127.0.0.1/legacy/", None, attestations=True),
    commit=CommitSettings(("feat", "fix"), ("api",)),
)
KNOWN = Known(CONVENTIONAL, SETTINGS, "demo", {sys.prefix: "1-1"})


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    (tmp_path / "commitizen-4.0.dist-info").mkdir()
    (tmp_path / "commitizen-4.0.dist-info" / "METADATA").write_text("Name: commitizen\n")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / ".cz.toml").write_bytes(b"[tool.commitizen]\n# \xff\n")
    made = Memory(tmp_path / "root", str(tmp_path / "git"))
    made.keep(known(tmp_path))
    return made


def known(tmp_path: Path) -> Known:
    folder = str(tmp_path / "commitizen-4.0.dist-info")
    return KNOWN._replace(installed={folder: mark(folder)})


def known_file(tmp_path: Path) -> Path:
    return tmp_path / "git" / "cz-ship" / "known.json"


def test_what_is_kept_comes_back_equal(memory: Memory, tmp_path: Path) -> None:
    assert memory.recall() == known(tmp_path)


def test_nothing_kept_is_nothing_known(tmp_path: Path) -> None:
    assert Memory(tmp_path, str(tmp_path / "git")).recall() is None


@pytest.mark.parametrize("name", [".cz.toml", "cz.yaml", "pyproject.toml", "setup.cfg", "CHANGELOG.md.j2"])
def test_a_changed_or_a_new_source_is_read_anew(memory: Memory, tmp_path: Path, name: str) -> None:
    with (tmp_path / "root" / name).open("a") as file:
        file.write("# one more\n")
    assert memory.recall() is None


def test_a_source_that_is_gone_is_read_anew(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "root" / ".cz.toml").unlink()
    assert memory.recall() is None


def test_an_upgrade_of_commitizen_is_seen(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "commitizen-4.0.dist-info").rename(tmp_path / "commitizen-4.1.dist-info")
    assert memory.recall() is None


def test_the_same_version_installed_anew_is_seen(memory: Memory, tmp_path: Path) -> None:
    metadata = tmp_path / "commitizen-4.0.dist-info" / "METADATA"
    os.utime(metadata, (1, 1))
    assert memory.recall() is None


def test_another_place_to_look_for_modules_is_seen(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    assert memory.recall() is None


def test_an_editable_plugin_is_never_kept(tmp_path: Path) -> None:
    memory = Memory(tmp_path, str(tmp_path / "git"))
    memory.keep(KNOWN._replace(installed={}))
    assert not known_file(tmp_path).exists()


def _without(key: str) -> Callable[[dict[str, object]], object]:
    return lambda record: {name: value for name, value in record.items() if name != key}


@pytest.mark.parametrize(
    "damage",
    [
        lambda record: [],
        lambda record: None,
        lambda record: "words",
        lambda record: {**record, "form": 99},
        lambda record: {**record, "python": ["another"]},
        lambda record: {**record, "installed": {}},
        lambda record: {**record, "installed": {"/nowhere": "1-1"}},
        lambda record: {**record, "project": 7},
        lambda record: {**record, "rules": {**record["rules"], "hooks": "all"}},
        lambda record: {**record, "rules": {**record["rules"], "hooks": [1]}},
        lambda record: {**record, "rules": {**record["rules"], "bump_pattern": None}},
        lambda record: {**record, "rules": {**record["rules"], "bump_map": [["^feat"]]}},
        lambda record: {**record, "rules": {**record["rules"], "change_type_map": {"feat": 1}}},
        lambda record: {**record, "rules": {**record["rules"], "more": "x"}},
        lambda record: {**record, "settings": {**record["settings"], "isolation": "yes"}},
        lambda record: {**record, "settings": {**record["settings"], "test": {"name": "test"}}},
        *(_without(key) for key in ("form", "python", "installed", "sources", "rules", "settings", "project")),
    ],
)
def test_a_damaged_or_foreign_file_is_ignored(
    memory: Memory, tmp_path: Path, damage: Callable[[object], object]
) -> None:
    path = known_file(tmp_path)
    path.write_text(json.dumps(damage(json.loads(path.read_text()))))
    assert memory.recall() is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_what_is_no_json_is_ignored(memory: Memory, tmp_path: Path, content: bytes) -> None:
    known_file(tmp_path).write_bytes(content)
    assert memory.recall() is None


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "git").write_text("a file, not a folder")
    Memory(tmp_path, str(tmp_path / "git")).keep(KNOWN)
    assert (tmp_path / "git").read_text() == "a file, not a folder"
