"""What a project's files tell pytest, wherever they do."""

from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.pytest_settings import pytest_settings


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\naddopts = "-q --cov-fail-under=90"\npython_files = "check_*.py"\n',
        ),
        ("pyproject.toml", '[tool.pytest]\naddopts = ["-q", "--cov-fail-under=90"]\npython_files = ["check_*.py"]\n'),
        ("pytest.toml", '[pytest]\naddopts = ["-q", "--cov-fail-under=90"]\npython_files = ["check_*.py"]\n'),
        ("pytest.ini", "[pytest]\naddopts = -q\n  --cov-fail-under=90\npython_files = check_*.py\n"),
        ("tox.ini", "[tox]\n[pytest]\naddopts = -q --cov-fail-under=90\npython_files = check_*.py\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = -q --cov-fail-under=90\npython_files = check_*.py\n"),
    ],
)
def test_what_pytest_is_told_is_known(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    assert pytest_settings(tmp_path) == (("-q", "--cov-fail-under=90"), ("check_*.py",))
    (tmp_path / ".pytest.ini").write_text("")
    assert (pytest_settings(tmp_path) == ((), ())) is (file not in ("pytest.toml", "pytest.ini"))


def test_without_a_word_to_pytest_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    (tmp_path / "setup.cfg").write_text("[metadata]\n")
    assert pytest_settings(tmp_path) == ((), ())
    (tmp_path / "setup.cfg").write_text("[tool:pytest]\naddopts = 'open\n")
    assert pytest_settings(tmp_path) == ((), ())


@pytest.mark.parametrize("file", ["pytest.ini", "pytest.toml"])
def test_settings_that_cannot_be_read_are_a_fault(file: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text("addopts")
    with pytest.raises(Failure, match=f"{file} cannot be read"):
        pytest_settings(tmp_path)
