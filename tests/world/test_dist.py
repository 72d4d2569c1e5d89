"""The same tree gives the same bytes on any day, at any place; what fails says why and leaves nothing."""

import os
import shutil
import stat
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import cz_ship
from cz_ship.errors import Exit, Failure
from cz_ship.gates import GateWord, Watch
from cz_ship.model import Artifact
from cz_ship.world.archive import artifact_at
from cz_ship.world.dist import LiveBuilder
from cz_ship.world.process import run
from tests.support.projects import failing_project, flit_project, hatchling_project, setuptools_project

EPOCH = 1_700_000_000
SDIST = "demo_ship-1.2.3.tar.gz"
WHEEL = "demo_ship-1.2.3-py3-none-any.whl"
FAST = LiveBuilder(isolation=False)

Lay = Callable[[Path], Path]
BACKENDS = [
    pytest.param(lay, id=lay.__name__, marks=pytest.mark.xdist_group(lay.__name__))
    for lay in (setuptools_project, hatchling_project, flit_project)
]


@contextmanager
def elsewhere() -> Iterator[None]:
    """Another machine's umask and environment."""
    umask = os.umask(0o077)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}.items():
                patch.setenv(name, value)
            yield
    finally:
        os.umask(umask)


def laid(lay: Lay, folder: Path, *, private: bool, time: int) -> Path:
    """A project with one executable file, as a checkout with umask 022 or 077 leaves it at `time`."""
    tree = lay(folder)
    for path in (tree, *tree.rglob("*")):
        mode = 0o755 if path.is_dir() or path.suffix == ".sh" else 0o644
        path.chmod(mode & 0o700 if private else mode)
        os.utime(path, (time, time))
    return tree


@pytest.fixture(scope="module", params=BACKENDS)
def twins(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lay, Path, Path]:
    """The same project built at two places, on two days, by two users."""
    lay: Lay = request.param
    here = tmp_path_factory.mktemp("here")
    there = tmp_path_factory.mktemp("there") / "zwei Häuser" / "größe ❄"
    FAST.build(laid(lay, here / "tree", private=False, time=EPOCH), here / "out", EPOCH)
    with elsewhere():
        FAST.build(laid(lay, there / "tree", private=True, time=EPOCH + 86_400_007), there / "out", EPOCH)
    return lay, here, there


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Artifact, ...]:
    folder = tmp_path_factory.mktemp("built")
    return FAST.build(flit_project(folder / "tree"), folder / "out", EPOCH)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
def test_two_builds_on_two_days_at_two_places_give_the_same_bytes(twins: tuple[Lay, Path, Path]) -> None:
    _, here, there = twins
    for name in (SDIST, WHEEL, "SHA256SUMS"):
        assert (here / "out" / name).read_bytes() == (there / "out" / name).read_bytes(), name


@pytest.mark.slow
def test_the_wheel_is_the_one_that_a_direct_build_makes(twins: tuple[Lay, Path, Path], tmp_path: Path) -> None:
    lay, here, _ = twins
    tree = laid(lay, tmp_path / "tree", private=False, time=EPOCH + 5_000_000)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        tmp_path / "out",
        tree,
    ]
    outcome = run(command, cwd=tmp_path, env={"SOURCE_DATE_EPOCH": str(EPOCH)})
    assert outcome.code == 0, outcome.words
    assert artifact_at(tmp_path / "out" / WHEEL).sha256 == artifact_at(here / "out" / WHEEL).sha256


@pytest.mark.slow
def test_a_second_build_in_the_same_tree_gives_the_same_bytes(twins: tuple[Lay, Path, Path], tmp_path: Path) -> None:
    _, here, _ = twins
    FAST.build(here / "tree", tmp_path / "out", EPOCH)
    for name in (SDIST, WHEEL):
        assert (tmp_path / "out" / name).read_bytes() == (here / "out" / name).read_bytes(), name


@pytest.mark.slow
def test_the_wheel_keeps_the_executable_bit_and_nothing_of_the_umask(twins: tuple[Lay, Path, Path]) -> None:
    _, _, there = twins
    with zipfile.ZipFile(there / "out" / WHEEL) as wheel:
        modes = {entry.filename: stat.S_IMODE(entry.external_attr >> 16) for entry in wheel.infolist()}
    assert modes["demo_ship/run.sh"] == 0o755
    assert {mode for name, mode in modes.items() if name.endswith(".py")} == {0o644}


@pytest.mark.slow
def test_the_artifacts_are_one_sdist_and_one_wheel_with_their_sums(twins: tuple[Lay, Path, Path]) -> None:
    _, here, _ = twins
    assert names(here / "out") == ["SHA256SUMS", WHEEL, SDIST]
    if shutil.which("sha256sum"):
        outcome = run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=here / "out")
        assert outcome.text.splitlines() == [f"{WHEEL}: OK", f"{SDIST}: OK"]


def test_the_returned_artifacts_are_the_files_in_the_folder(built: tuple[Artifact, ...]) -> None:
    assert [artifact.name for artifact in built] == [WHEEL, SDIST]
    assert built == tuple(artifact_at(Path(artifact.path)) for artifact in built)


@pytest.mark.slow
@pytest.mark.registry
def test_an_isolated_build_fetches_its_own_backend(tmp_path: Path) -> None:
    tree = setuptools_project(tmp_path / "tree")
    # An older packaging than the one installed here: only a fetched one can be it.
    stated = tree / "pyproject.toml"
    text = stated.read_text(encoding="utf-8").replace('"setuptools>=61"', '"setuptools>=61", "packaging==24.1"')
    stated.write_text(text, encoding="utf-8")
    (tree / "setup.py").write_text(
        "import packaging\nimport setuptools\n\nassert packaging.__version__ == '24.1'\nsetuptools.setup()\n",
        encoding="utf-8",
    )
    LiveBuilder(isolation=True).build(tree, tmp_path / "out", EPOCH)
    assert names(tmp_path / "out") == ["SHA256SUMS", WHEEL, SDIST]


def test_without_isolation_a_missing_backend_is_named(tmp_path: Path) -> None:
    tree = setuptools_project(tmp_path / "tree")
    stated = tree / "pyproject.toml"
    stated.write_text(stated.read_text(encoding="utf-8").replace("setuptools>=61", "setuptools>=61, <62"))
    with pytest.raises(Failure, match=r"the build failed\n(.|\n)*setuptools<62,>=61"):
        FAST.build(tree, tmp_path / "out", EPOCH)


def test_a_build_that_fails_tells_the_last_words_and_leaves_nothing(tmp_path: Path) -> None:
    builder = LiveBuilder(isolation=False, scratch=tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    with pytest.raises(Failure, match=r"the backend gave up") as caught:
        builder.build(failing_project(tmp_path / "tree"), tmp_path / "out", EPOCH)
    lines = caught.value.text.splitlines()
    assert lines[0] == "the build failed"
    assert "word 99" in lines
    assert "word 50" not in lines
    assert len(lines) <= 21
    assert caught.value.code == Exit.REFUSED
    assert not (tmp_path / "out").exists()
    assert names(tmp_path / "scratch") == []


def test_a_build_that_outlives_its_limit_is_ended_and_its_log_stays(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="the build did not end within 0 seconds"):
        FAST.build(flit_project(tmp_path / "tree"), tmp_path / "out", EPOCH, Watch(tmp_path / "log", 0))
    assert "-m build --outdir" in (tmp_path / "log").read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()


def test_a_build_that_works_leaves_no_temporary_folder(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    LiveBuilder(False, tmp_path / "scratch").build(flit_project(tmp_path / "tree"), tmp_path / "out", EPOCH)
    assert names(tmp_path / "scratch") == []


def test_stale_files_stay_and_are_not_ours(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    stale = ["demo_ship-1.2.2.tar.gz", "notes.txt"]
    for name in [*stale, "SHA256SUMS", SDIST]:
        (out / name).write_text("stale", encoding="utf-8")
    made = FAST.build(flit_project(tmp_path / "tree"), out, EPOCH)
    assert names(out) == sorted([*stale, "SHA256SUMS", SDIST, WHEEL])
    assert [(out / name).read_text(encoding="utf-8") for name in stale] == ["stale"] * 2
    listed = (out / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert listed == [f"{artifact.sha256}  {artifact.name}" for artifact in made]
    assert [artifact.name for artifact in made] == [WHEEL, SDIST]


def test_a_temporary_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    builder = LiveBuilder(isolation=False, scratch=tmp_path / "missing")
    with pytest.raises(Failure, match=r"the build cannot use its folders: .*missing") as caught:
        builder.build(flit_project(tmp_path / "tree"), tmp_path / "out", EPOCH)
    assert "temporary folder" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_a_read_only_temporary_folder_is_a_failure(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o500)
    if os.access(scratch, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(Failure, match=r"the build cannot use its folders: .*scratch"):
        LiveBuilder(isolation=False, scratch=scratch).build(flit_project(tmp_path / "tree"), tmp_path / "out", EPOCH)


def test_an_output_folder_that_is_a_file_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(Failure, match=r"the build cannot use its folders: .*out"):
        FAST.build(flit_project(tmp_path / "tree"), tmp_path / "out", EPOCH)


def test_a_move_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out" / SDIST).mkdir(parents=True)
    with pytest.raises(Failure, match=r"the build cannot use its folders: .*" + SDIST):
        FAST.build(flit_project(tmp_path / "tree"), tmp_path / "out", EPOCH)
    assert names(tmp_path / "out") == [SDIST]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
def test_a_disk_that_takes_no_more_is_a_failure(tmp_path: Path) -> None:
    # A limit on file size plays the full disk; it needs a process of its own.
    script = """
import resource, sys
from pathlib import Path
from cz_ship.errors import Failure
from cz_ship.world.dist import LiveBuilder
resource.setrlimit(resource.RLIMIT_FSIZE, (600, resource.RLIM_INFINITY))
try:
    LiveBuilder(isolation=False).build(Path(sys.argv[1]), Path(sys.argv[2]), 1_700_000_000)
except Failure as failure:
    print(failure.text)
"""
    tree = flit_project(tmp_path / "tree")
    paths = os.pathsep.join((str(Path(cz_ship.__file__).parents[1]), os.environ.get("PYTHONPATH", "")))
    outcome = run([sys.executable, "-c", script, tree, tmp_path / "out"], env={"PYTHONPATH": paths})
    assert outcome.text.startswith("the build cannot use its folders: "), outcome.words
    assert "File too large" in outcome.text
    assert not (tmp_path / "out").exists()


def test_the_backend_feels_nothing_of_the_callers_day_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = tmp_path / "poison"
    poison.mkdir()
    for module in ("build", "setuptools", "sitecustomize"):
        (poison / f"{module}.py").write_text("raise SystemExit('poisoned')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(poison))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    tree = setuptools_project(tmp_path / "tree")
    asked = ("SOURCE_DATE_EPOCH", "TZ", "LC_ALL", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "NO_COLOR", "PYTHONPATH")
    told = f"import os\nraise SystemExit('felt ' + ' '.join(repr(os.environ.get(n)) for n in {asked}))\n"
    (tree / "setup.py").write_text(told, encoding="utf-8")
    with pytest.raises(Failure, match=r"felt '1700000000' 'UTC' 'C.UTF-8' '0' '1' '1' ''"):
        FAST.build(tree, tmp_path / "out", EPOCH)


def test_modules_in_the_tree_do_not_shadow_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = flit_project(tmp_path / "tree")
    (tree / "build.py").write_text("raise SystemExit('the tree was run')", encoding="utf-8")
    monkeypatch.chdir(tree)
    made = FAST.build(Path(), Path("../out"), EPOCH)
    assert [Path(artifact.path).is_absolute() for artifact in made] == [True, True]
    assert names(tmp_path / "out") == ["SHA256SUMS", WHEEL, SDIST]


def test_modes_are_settled_in_the_tree_alone(tmp_path: Path) -> None:
    tree = flit_project(tmp_path / "tree")
    outside, kept = tmp_path / "outside.txt", tree / ".git" / "object"
    kept.parent.mkdir()
    outside.touch(0o600)
    kept.touch(0o400)
    (tree / "link.txt").symlink_to(outside)
    (tree / "README.md").chmod(0o600)
    FAST.build(tree, tmp_path / "out", EPOCH)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (outside, kept, tree / "README.md")]
    assert modes == [0o600, 0o400, 0o644]


def test_a_build_that_makes_two_sdists_is_a_failure(tmp_path: Path) -> None:
    tree = flit_project(tmp_path / "tree")
    stated = tree / "pyproject.toml"
    text = stated.read_text(encoding="utf-8").replace('"flit_core.buildapi"', '"twice"\nbackend-path = ["."]')
    # The wheel is built from the sdist, which has to bring the backend along.
    text = text.replace("[tool.flit.module]", '[tool.flit.sdist]\ninclude = ["twice.py"]\n\n[tool.flit.module]')
    stated.write_text(text, encoding="utf-8")
    (tree / "twice.py").write_text(
        "from pathlib import Path\n"
        "from flit_core import buildapi\n"
        "from flit_core.buildapi import *\n"
        "def build_wheel(folder, *rest):\n"
        "    Path(folder, 'other-1.0.tar.gz').touch()\n"
        "    return buildapi.build_wheel(folder, *rest)\n",
        encoding="utf-8",
    )
    with pytest.raises(Failure, match=r"the build made .*, other-1.0.tar.gz; one .tar.gz and at least one .whl were"):
        FAST.build(tree, tmp_path / "out", EPOCH)
    assert not (tmp_path / "out").exists()


def test_a_folder_says_that_the_gates_have_passed_its_files(tmp_path: Path) -> None:
    made = FAST.build(flit_project(tmp_path / "tree"), tmp_path / "out", EPOCH)
    FAST.deliver(made, tmp_path / "dist", "a" * 40, "b" * 40)
    before = FAST.found(tmp_path / "dist")
    words = GateWord("tests", "passed", "12 passed\nand more"), GateWord("docs", "skipped", "")
    FAST.vouch(tmp_path / "dist", words)
    FAST.vouch(tmp_path / "dist", words)
    after = FAST.found(tmp_path / "dist")
    assert before is not None
    told = words[0]._replace(reason="12 passed and more"), words[1]
    assert (before.verified, after) == (False, before._replace(verified=True, gates=told))
    assert (before.commit, before.tip) == ("a" * 40, "b" * 40)
    assert (tmp_path / "dist/SHA256SUMS").read_text().count("have passed") == 1
    assert run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "dist").code == 0
