"""A wheel proves itself in an environment that knows nothing else."""

import os
import zipfile
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.world.install import LiveInstaller, python_of
from tests.support.tiny import wheel


def wheel_that_needs(requirement: str, folder: Path) -> Path:
    """A wheel of demo 1.0 with one dependency."""
    path = folder / "demo-1.0-py3-none-any.whl"
    metadata = f"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: {requirement}\n"
    members = {
        "demo.py": "",
        "demo-1.0.dist-info/METADATA": metadata,
        "demo-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "demo-1.0.dist-info/RECORD"
    members[record] = "".join(f"{member},,\n" for member in (*members, record))
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return path


@pytest.mark.slow
def test_the_version_is_what_the_environment_reports(tmp_path: Path) -> None:
    path = wheel("Demo.Ship", "1.2.0rc1").laid(tmp_path)

    assert LiveInstaller().installed_version(path, "demo-ship") == "1.2.0rc1"


@pytest.mark.slow
def test_a_relative_path_is_one_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = wheel().laid(tmp_path)

    assert LiveInstaller().installed_version(Path(path.name), "demo") == "1.0"


@pytest.mark.slow
def test_without_a_pip_beside_us_the_environment_brings_its_own(tmp_path: Path) -> None:
    path = wheel().laid(tmp_path)

    assert LiveInstaller(own_pip=True).installed_version(path, "demo") == "1.0"


@pytest.mark.slow
def test_the_users_pip_settings_decide_where_dependencies_come_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wheel("engine", "2.0").laid(shelf)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    path = wheel_that_needs("engine>=2", tmp_path)

    # What is asked for is the dependency: it came from where the settings say.
    assert LiveInstaller().installed_version(path, "engine") == "2.0"


@pytest.mark.slow
def test_a_dependency_that_cannot_be_had_is_told_in_pips_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    path = wheel_that_needs("engine-of-nobody", tmp_path)

    with pytest.raises(Failure, match=r"does not install into a clean environment\n[\s\S]*engine-of-nobody") as caught:
        LiveInstaller().installed_version(path, "demo")
    assert "ERROR" in caught.value.text
    assert len(caught.value.text.splitlines()) <= 13


@pytest.mark.slow
def test_a_file_that_is_no_wheel_is_told(tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    path.write_bytes(b"no zip at all")

    with pytest.raises(Failure, match=r"demo-1\.0-py3-none-any\.whl does not install"):
        LiveInstaller().installed_version(path, "demo")


@pytest.mark.slow
def test_a_wheel_of_another_project_is_told(tmp_path: Path) -> None:
    path = wheel("stranger").laid(tmp_path)

    with pytest.raises(Failure, match=r"then knows no demo; its version was wanted\n[\s\S]*PackageNotFoundError"):
        LiveInstaller().installed_version(path, "demo")


@pytest.mark.slow
def test_the_source_tree_around_us_is_not_mistaken_for_the_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = tmp_path / "tree" / "engine-2.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: engine\nVersion: 2.0\n")
    (metadata / "RECORD").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(metadata.parent))
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    with pytest.raises(Failure, match=r"does not install into a clean environment\n[\s\S]*engine"):
        LiveInstaller().installed_version(wheel_that_needs("engine", tmp_path), "demo")


@pytest.mark.slow
def test_programs_of_the_working_directory_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("venv.py", "pip.py"):
        (tmp_path / name).write_text("raise SystemExit('not what you wanted')\n")
    monkeypatch.chdir(tmp_path)

    assert LiveInstaller().installed_version(wheel().laid(tmp_path), "demo") == "1.0"


@pytest.mark.slow
def test_a_user_who_installs_into_the_home_by_habit_is_served_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_USER", "1")

    assert LiveInstaller().installed_version(wheel().laid(tmp_path), "demo") == "1.0"


def test_an_installation_ends_within_its_limit(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"did not end within 0\.01 seconds"):
        LiveInstaller(install_seconds=0.01).installed_version(wheel().laid(tmp_path), "demo")


@pytest.mark.slow
def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attic = tmp_path / "attic"
    attic.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(attic))

    LiveInstaller().installed_version(wheel().laid(tmp_path), "demo")

    assert list(attic.iterdir()) == []


@pytest.mark.parametrize(("system", "place"), [("nt", "Scripts/python.exe"), ("posix", "bin/python")])
def test_each_system_has_its_place_for_an_environments_interpreter(system: str, place: str) -> None:
    assert python_of(Path("environment"), system).as_posix() == f"environment/{place}"
    assert python_of(Path("environment")) == python_of(Path("environment"), os.name)
