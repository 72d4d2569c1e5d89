"""The workshop: programs with a log, a limit and an end; archives, trees and settings of tools looked into."""

import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.gates import Hook
from cz_ship.world.archive import artifact_at
from cz_ship.world.environments import files_of, pythons
from cz_ship.world.process import run
from cz_ship.world.tooling import tooling_of
from cz_ship.world.workshop import LiveWorkshop
from tests.support.repos import Repo
from tests.support.tiny import sdist, wheel

SHOP = LiveWorkshop(isolation=False)


def ran(tmp_path: Path, program: str, limit: float = 60) -> tuple[int | None, str, bytes]:
    """A Python program's end: its code, its last words, its whole log."""
    log = tmp_path / "gate.log"
    found = SHOP.run([sys.executable, "-c", program], log, cwd=tmp_path, limit=limit)
    return found.code, found.words, log.read_bytes()


def test_all_that_a_program_says_is_in_its_log_and_the_end_of_it_is_told(tmp_path: Path) -> None:
    code, words, log = ran(tmp_path, "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(3)")
    assert code == 3
    assert words == "one\ntwo"
    assert log.startswith(b"$ ")
    assert log.endswith(b"one\ntwo\n")


def test_a_log_can_be_read_along(tmp_path: Path) -> None:
    program = "import sys; print('here', flush=True)\nwhile 'here' not in open('gate.log').read(): pass"
    code, words, _ = ran(tmp_path, program.replace("'here'", "'he' + 're'"))
    assert (code, words) == (0, "here")


@pytest.mark.parametrize("name", ["PYPI_PASSWORD", "TWINE_PASSWORD", "GITHUB_TOKEN", "UV_PUBLISH_TOKEN"])
def test_no_program_is_handed_what_publishes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "hunter2")
    assert ran(tmp_path, f"import os; print(os.environ.get('{name}'))")[:2] == (0, "None")


def test_hooks_that_somebody_passes_over_are_not_passed_over_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKIP", "ruff")
    assert ran(tmp_path, "import os; print(repr(os.environ['SKIP']))")[1] == "''"


def test_no_program_is_told_where_the_shell_stood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PWD", "/project")
    monkeypatch.setenv("OLDPWD", "/project/src")
    assert ran(tmp_path, "import os; print(os.environ['PWD'], 'OLDPWD' in os.environ)")[1] == f"{tmp_path} False"


def test_ten_megabytes_of_output_are_kept_and_no_more_than_their_end_is_told(tmp_path: Path) -> None:
    code, words, log = ran(tmp_path, "for _ in range(10): print('x' * (1 << 20))\nprint('the end')")
    assert code == 0
    assert len(log) > 10 << 20
    assert words.endswith("\nthe end")
    assert len(words) <= 1 << 14


@pytest.mark.parametrize("more", ["", ", start_new_session=True"])
def test_at_its_limit_a_program_and_all_that_it_started_is_ended_and_its_output_kept(more: str, tmp_path: Path) -> None:
    sleep = "[sys.executable, '-c', 'import time; time.sleep(600)']"
    child = f"import subprocess, sys, time; p = subprocess.Popen({sleep}{more})"
    code, words, _ = ran(tmp_path, f"{child}; print('child', p.pid); time.sleep(600)", limit=1)
    assert code is None
    gone = int(words.split()[1])
    with pytest.raises(ProcessLookupError):
        _wait_for_the_end_of(gone)


def test_what_a_program_leaves_running_is_not_waited_for(tmp_path: Path) -> None:
    code, words, _ = ran(
        tmp_path,
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('child', p.pid)",
    )
    assert code == 0
    with pytest.raises(ProcessLookupError):
        _wait_for_the_end_of(int(words.split()[1]))


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot run no-such-program"):
        SHOP.run(["no-such-program"], tmp_path / "log", cwd=tmp_path, limit=5)
    assert SHOP.find("no-such-program") == ""
    assert SHOP.find("pytest")


@pytest.mark.parametrize("make", [wheel, sdist])
def test_the_members_of_an_archive_are_told_with_size_and_sum(make: Callable[..., object], tmp_path: Path) -> None:
    tiny = make("demo", "1.0")
    path = tmp_path / tiny.filename  # type: ignore[attr-defined]
    path.write_bytes(tiny.content)  # type: ignore[attr-defined]
    artifact = artifact_at(path)
    found = SHOP.members(artifact)
    assert found == tuple(sorted(found))
    stated = next(each for each in found if each.path.endswith(("METADATA", "PKG-INFO")))
    assert stated.size == len(SHOP.metadata(artifact))
    assert not any(each.path.startswith("demo-1.0/") for each in found)
    assert SHOP.artifacts(tmp_path) == (artifact,)


def test_the_modules_of_a_wheel_can_be_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "demo-1-py3-none-any.whl", "w") as made:
        made.writestr("demo/a.py", "# coding: latin-1\n# \xe4".encode("latin-1"))
        made.writestr("demo/a.txt", "")
    assert SHOP.sources(artifact_at(tmp_path / "demo-1-py3-none-any.whl")) == {
        "demo/a.py": b"# coding: latin-1\n# \xe4"
    }


def test_the_wheel_for_this_python_is_chosen_among_several(tmp_path: Path) -> None:
    made = []
    for tag in ("any", "win_amd64"):
        tiny = wheel("demo", "1.0", tag=tag)
        (tmp_path / tiny.filename).write_bytes(tiny.content)
        made.append(artifact_at(tmp_path / tiny.filename))
    fitting = SHOP.fitting(made)
    assert fitting is not None
    assert fitting.name.endswith("-any.whl")
    assert SHOP.fitting(made[1:]) is None


@pytest.mark.slow
def test_a_copy_of_the_project_that_is_installed_beside_does_not_stand_in_for_the_wheel(tmp_path: Path) -> None:
    tiny = wheel("demo", "1.0")
    file = tmp_path / tiny.filename
    file.write_bytes(tiny.content)
    zipfile.ZipFile(file).extractall(tmp_path / "beside")
    environment = SHOP.environment(tmp_path / "environment", tmp_path / "log", 120)
    (environment.site / "b_beside.pth").write_text(f"{tmp_path / 'beside'}\n")
    assert SHOP.install(environment, [f"{file}[test]", "pytest"], tmp_path / "log", 120).code == 0
    assert (environment.site / "demo-1.0.dist-info").is_dir()


def test_the_files_of_a_copy_beside_are_told_unless_it_is_the_tree_itself(tmp_path: Path) -> None:
    tiny = wheel("demo-ship", "1.0")
    file = tmp_path / tiny.filename
    file.write_bytes(tiny.content)
    zipfile.ZipFile(file).extractall(tmp_path / "site")
    found = files_of("Demo.Ship", str(tmp_path / "site"))
    assert "demo_ship-1.0.dist-info/METADATA" in found
    (tmp_path / "site/demo_ship-1.0.dist-info/direct_url.json").write_text('{"dir_info": {"editable": true}}')
    assert files_of("Demo.Ship", str(tmp_path / "site")) == ()
    assert LiveWorkshop().beside("pytest") == ()
    assert "pytest/__init__.py" in SHOP.beside("pytest")


def test_only_pythons_that_start_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, version in (("python3.9", "3.9"), ("python3.8", "2.7")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    here = f"3.{sys.version_info[1]}"
    wanted = ("3.8", "3.9", "3.77", here)
    assert pythons(wanted, alone=False) == {"3.9": str(tmp_path / "python3.9"), here: sys.executable}
    assert pythons(wanted, alone=True) == {here: sys.executable}


def test_a_tree_is_told_without_what_git_keeps(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    repo.write({"a.py": "1", "b/c.py": "2"})
    assert [each.path for each in SHOP.tree(repo.root)] == ["a.py", "b/c.py"]


@pytest.mark.parametrize(
    ("link", "target", "is_laid"),
    [
        ("alias", "data", True),
        ("tests/words", "../data/words", True),
        ("again", "alias", True),
        ("alias", "src/demo", False),
        ("src/data", "../data", False),
        ("alias", "/", False),
        ("alias", "nowhere", False),
    ],
)
def test_links_to_folders_are_laid_into_a_copy_that_has_those_folders(
    link: str, target: str, is_laid: bool, tmp_path: Path
) -> None:
    tree, into = tmp_path / "tree", tmp_path / "copy"
    Repo(tree).write({"src/demo/a.py": "", "data/words/a.txt": "", "tests/test_a.py": ""})
    (tree / link).symlink_to(target)
    if target == "alias":
        (tree / target).symlink_to("data")
    SHOP.copy(tree, ["data/words/a.txt", "tests/test_a.py"], into)
    SHOP.lay_links(tree, into)
    assert (into / link).is_symlink() is is_laid
    assert not is_laid or (into / link).resolve().is_relative_to(into / "data")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("-----BEGIN PRIVATE KEY-----\nMII\n", 0),
        ("-----BEGIN CERTIFICATE-----\nMII\n-----BEGIN OPENSSH PRIVATE KEY-----\n", 32),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n", 0),
        ("-----BEGIN CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\n", -1),
        ("HEAD = '-----BEGIN PRIVATE KEY-----'\n", -1),
    ],
)
def test_where_a_private_key_begins_is_told(text: str, key: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_text(text)
    assert SHOP.tree(tmp_path)[0].key == key


def test_what_a_projects_files_say_of_its_tools_is_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nrequires-python = ">=3.10"\nclassifiers = ["A :: B"]\n'
        '[dependency-groups]\nlint = ["ruff"]\ntest = ["hypothesis", {include-group = "lint"}]\n'
        "[tool.ruff]\n[tool.coverage.report]\nfail_under = 87.5\n"
    )
    (tmp_path / ".pre-commit-config.yaml").write_text(
        "repos:\n- repo: local\n  hooks:\n  - {id: mypy, entry: mypy --strict, language: system}\n"
        "  - {id: own, entry: ci/own.sh, language: script}\n  - {id: made, entry: made, language: python}\n"
        "  - {id: bare, language: system}\n"
        "- repo: elsewhere\n  hooks:\n  - {id: black, entry: blacker, language: system}\n"
    )
    found = tooling_of(tmp_path)
    assert (found.requires_python, found.classifiers) == (">=3.10", ("A :: B",))
    assert found.groups == {"lint": ("ruff",), "test": ("hypothesis", "ruff")}
    assert found.tables == ("ruff", "coverage", "coverage.report")
    assert SHOP.hooks(tmp_path) == (
        Hook("mypy", "mypy --strict", local=True),
        Hook("own", "./ci/own.sh", local=True),
        Hook("made", local=True),
        Hook("bare", "", local=True),
        Hook("black"),
    )
    assert (found.coverage, found.fail_under) == ("pyproject.toml", 87.5)


@pytest.mark.parametrize(
    ("name", "text", "fail_under"),
    [
        (".coveragerc", "[run]\nbranch = true\n[report]\nfail_under = 70\n", 70.0),
        (".coveragerc.toml", "[run]\nbranch = true\n[report]\nfail_under = 70\n", 70.0),
        (".coveragerc.toml", "[tool.coverage.report]\nfail_under = 72\n", 72.0),
        ("setup.cfg", "[metadata]\nname = x\n[coverage:report]\nfail_under = 71\n", 71.0),
        ("tox.ini", "[tox]\nenvlist = py\n[coverage:run]\nbranch = true\n", None),
    ],
)
def test_settings_of_coverage_are_found_where_coverage_finds_them(
    name: str, text: str, fail_under: float | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    found = tooling_of(tmp_path)
    assert (found.coverage, found.fail_under) == (name, fail_under)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (".pre-commit-config.yaml", "repos:\n- {repo: local, hooks: [foo]}\n", "pre-commit-config.yaml cannot be read"),
        ("pyproject.toml", "[project", "pyproject.toml cannot be read"),
        ("pyproject.toml", '[dependency-groups]\na = [{include-group = "b"}]\n', "dependency groups cannot be read"),
        (".pre-commit-config.yaml", "repos: [{]", "pre-commit-config.yaml cannot be read"),
        (".pre-commit-config.yaml", "hooks: []", "pre-commit-config.yaml cannot be read"),
        (".coveragerc", "[report]\nfail_under = high\n", "fail_under is 'high', a number"),
    ],
)
def test_files_of_tools_that_cannot_be_read_are_said(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    read = SHOP.hooks if name.startswith(".pre-commit") else SHOP.tooling
    with pytest.raises(Failure, match=said):
        read(tmp_path)


def _wait_for_the_end_of(process: int) -> None:
    """Ask until a process is gone; who took it over reaps it when it likes."""
    for _ in range(1000):
        os.kill(process, 0)
        if "Z" in run(["ps", "-o", "stat=", "-p", str(process)]).text:
            raise ProcessLookupError(process)
