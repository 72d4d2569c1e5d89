"""Independent witnesses: the same release flow against indexes that others wrote."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from packaging.version import Version

from tests.support.repos import project, remote_of
from tests.support.said import Speaker
from tests.support.witnesses import SECRET, USER, Witness, devpi, pypiserver


@pytest.mark.slow
@pytest.mark.parametrize("start", [pypiserver, devpi])
def test_a_candidate_a_release_and_a_re_run(
    tmp_path: Path,
    ship: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    start: Callable[[Path], AbstractContextManager[Witness]],
) -> None:
    for prefix in ("PYPI", "TEST_PYPI"):
        monkeypatch.setenv(f"{prefix}_USERNAME", USER)
        monkeypatch.setenv(f"{prefix}_PASSWORD", SECRET)
    (tmp_path / "witness").mkdir()
    with start(tmp_path / "witness") as witness:
        indexes = "".join(
            f'[tool.cz-ship.indexes.{name}]\nupload_url = "{witness.upload_url}"\nsimple_url = "{witness.simple_url}"\n'
            f"enabled = {'true' if enabled else 'false'}\n"
            for name, enabled in (("test", True), ("prod", False))
        )
        repo = project(tmp_path / "p", settings=indexes)
        remote_of(repo, tmp_path / "remote.git")
        candidate = ship(repo.root, "candidate", "--json")
        assert candidate.code == 0, candidate.err
        assert "already there" in ship(repo.root, "candidate").out
        released = ship(repo.root, "release", "--json")
        assert (released.code, released.json["version"], released.json["released"]) == (0, "0.1.0", True), released.err
        held = {file.name: file.sha256 for file in witness.door().files("demo-ship", Version("0.1.0"))}
        assert held == {each["name"]: each["sha256"] for each in released.json["files"]}
        assert ship(repo.root, "status", "--json").json["state"] == "complete"
        assert ship(repo.root, "release", "--json").json["version"] is None
