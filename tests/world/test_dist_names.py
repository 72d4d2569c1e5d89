"""What an artifact and a tree say of themselves, and what twine says of it."""

import zipfile
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.model import Artifact
from cz_ship.world.archive import artifact_at
from cz_ship.world.dist import LiveBuilder
from tests.support.projects import flit_project, stranger_project, undescribed_project

EPOCH = 1_700_000_000
FAST = LiveBuilder(isolation=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Artifact, ...]:
    folder = tmp_path_factory.mktemp("built")
    return FAST.build(flit_project(folder / "tree"), folder / "out", EPOCH)


def test_twine_accepts_what_is_described(built: tuple[Artifact, ...]) -> None:
    FAST.check(built)


@pytest.mark.slow
def test_twine_refuses_what_is_not_described_in_its_own_words(tmp_path: Path) -> None:
    made = FAST.build(undescribed_project(tmp_path / "tree"), tmp_path / "out", EPOCH)
    with pytest.raises(Failure, match=r"^twine check --strict refused the artifacts\n") as caught:
        FAST.check(made)
    assert "`long_description` missing." in caught.value.text
    assert 'readme = "README.md" in [project]' in caught.value.hint
    assert "\x1b" not in caught.value.text


def test_nothing_to_check_is_a_failure() -> None:
    with pytest.raises(Failure, match=r"nothing to check"):
        FAST.check(())


def test_wheel_and_sdist_state_the_same_name_and_version(built: tuple[Artifact, ...]) -> None:
    assert [FAST.identity(artifact) for artifact in built] == [("demo-ship", "1.2.3")] * 2


@pytest.mark.slow
def test_what_a_stranger_builds_states_the_stranger(tmp_path: Path) -> None:
    tree = stranger_project(tmp_path / "tree")
    made = FAST.build(tree, tmp_path / "out", EPOCH)
    assert {FAST.identity(artifact) for artifact in made} == {("stranger", "9.9.9")}
    assert FAST.project_name(tree) == "demo-ship"


def wheel(folder: Path, file: str, metadata: str) -> Artifact:
    with zipfile.ZipFile(folder / file, "w") as archive:
        archive.writestr("it.dist-info/METADATA", metadata)
    return artifact_at(folder / file)


@pytest.mark.parametrize(
    ("file", "name", "version", "wanted"),
    [
        ("Demo_Ship-1.0.0-py3-none-any.whl", "Demo.Ship", "1.0.0", ("demo-ship", "1.0.0")),
        ("demo-1.0rc1-py3-none-any.whl", "demo", "1.0-RC.1", ("demo", "1.0rc1")),
        ("demo-1.4.0rc3027325108-py3-none-any.whl", "demo", "1.4.0rc3027325108", ("demo", "1.4.0rc3027325108")),
        ("demo-1.0-py3-none-any.whl", "demo", "1.0.0", ("demo", "1.0.0")),
    ],
)
def test_an_identity_is_normalised(tmp_path: Path, file: str, name: str, version: str, wanted: tuple[str, str]) -> None:
    artifact = wheel(tmp_path, file, f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    assert FAST.identity(artifact) == wanted


@pytest.mark.parametrize(
    ("file", "metadata", "words"),
    [
        ("demo-1.0-py3-none-any.whl", "Name: demo\nVersion: 1.1\n", r"holds demo 1.1, demo 1.0 was wanted"),
        ("demo-1.0-py3-none-any.whl", "Name: other\nVersion: 1.0\n", r"holds other 1.0, demo 1.0 was wanted"),
        ("demo-1.0-py3-none-any.whl", "Name: demo\n", r"the version None"),
        ("demo-1.0-py3-none-any.whl", "Version: 1.0\n", r"the name None"),
        ("demo-1.0-py3-none-any.whl", "Name: demo\nVersion: one\n", r"no usable name and version: .*'one'"),
        ("demo-1.0-py3-none-any.whl", "Name: -demo\nVersion: 1.0\n", r"no usable name and version: .*-demo"),
        ("demo.whl", "Name: demo\nVersion: 1.0\n", r"no usable name and version: .*filename"),
    ],
)
def test_an_identity_in_doubt_is_a_failure(tmp_path: Path, file: str, metadata: str, words: str) -> None:
    with pytest.raises(Failure, match=words):
        FAST.identity(wheel(tmp_path, file, f"Metadata-Version: 2.1\n{metadata}"))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[project]\nname = "Demo_Ship"\n[tool.poetry]\nname = "other"\n'),
        ("pyproject.toml", '[tool.poetry]\nname = "demo.ship"\n[tool.flit.metadata]\nmodule = "other"\n'),
        ("pyproject.toml", '[tool.flit.metadata]\ndist-name = "demo-ship"\nmodule = "other"\n'),
        ("pyproject.toml", '[tool.flit.metadata]\nmodule = "demo_ship"\n'),
        ("setup.cfg", "[metadata]\nname = demo_ship\nversion = attr: demo.%s\n"),
    ],
)
def test_a_projects_name_is_found_where_it_is_stated(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert FAST.project_name(tmp_path) == "demo-ship"


def test_a_name_in_pyproject_comes_before_one_in_setup_cfg(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "demo"\n', encoding="utf-8")
    (tmp_path / "setup.cfg").write_text("[metadata]\nname = other\n", encoding="utf-8")
    assert FAST.project_name(tmp_path) == "demo"


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("README.md", "", r"no name found in pyproject.toml or setup.cfg"),
        ("pyproject.toml", '[project]\nversion = "1"\n', r"no name found in pyproject.toml or setup.cfg"),
        ("pyproject.toml", "tool = 3\n", r"no name found in pyproject.toml or setup.cfg"),
        ("pyproject.toml", "[project]\nname = 3\n", r"pyproject.toml: project.name is 3, a text was wanted"),
        ("pyproject.toml", '[project]\nname = "demo ship"\n', r"the project's name is 'demo ship', letters"),
        ("pyproject.toml", "[project\n", r"pyproject.toml cannot be read: ."),
        ("setup.cfg", "metadata\n", r"setup.cfg cannot be read: ."),
    ],
)
def test_a_name_that_is_missing_or_wrong_is_a_matter_of_settings(
    tmp_path: Path, file: str, text: str, words: str
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(Failure, match=words) as caught:
        FAST.project_name(tmp_path)
    assert caught.value.code == Exit.USAGE


def test_a_missing_name_comes_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        FAST.project_name(tmp_path)
    assert "[project]" in caught.value.hint
