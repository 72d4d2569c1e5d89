"""`cz-ship init`: shown, asked for, laid down, and left in peace."""

import sys
from pathlib import Path

import pytest

from cz_ship.rules.blueprint_files import PIPELINE
from tests.support.readme import blocks
from tests.support.repos import Repo, remote_of
from tests.support.said import Speaker
from tests.support.terminal import CTRL_C, terminal

PYPROJECT = blocks("toml", "docs/init.md")[0]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "your-package")
    made.commit("feat: begin", {"pyproject.toml": PYPROJECT, "src/your_package/__init__.py": ""})
    made.tag("v1.2.3")
    made.git("remote", "add", "origin", "git@git.example.org:ann/your-package.git")
    return made


def test_what_the_page_shows_is_what_is_said(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "init", "--yes")
    assert said.code == 0, said.err
    assert blocks("diff", "docs/init.md")[0] in said.out
    lines = [
        line[: len(line) - len(line.lstrip())] + "…/" + line.split("/", 3)[3] if "https://" in line else line
        for line in said.out[said.out.index("wrote ") :].splitlines()
    ]
    assert "\n".join(lines) + "\n" == blocks("text", "docs/init.md")[0]
    assert (repo.root / "version.txt").read_text() == "1.2.3\n"


def test_after_it_a_plan_can_be_made_and_a_second_one_changes_nothing(repo: Repo, ship: Speaker) -> None:
    assert ship(repo.root, "init", "--yes").code == 0
    repo.commit("feat: greet")
    there = repo.git("rev-parse", "HEAD^{tree}")
    again = ship(repo.root, "init")  # nothing is to be asked, so no terminal is missed
    assert (again.code, again.out.splitlines()[0]) == (0, "nothing to change: all is laid down")
    assert again.out.endswith("\nNext:\n  cz-ship rehearse\n"), "there is nothing to commit"
    assert repo.git("status", "--porcelain") == ""
    assert ship(repo.root, "plan", "--json").json["next"] == "1.3.0"
    assert repo.git("rev-parse", "HEAD^{tree}") == there


def test_without_a_terminal_and_a_yes_nothing_is_written(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "init")
    assert said.code == 1
    assert "hint: the same with --yes" in said.err
    assert "+++ b/pyproject.toml" in said.out
    assert repo.git("status", "--porcelain") == ""


@pytest.mark.parametrize(("answer", "code", "wrote"), [("n\r", 1, False), ("y\r", 0, True)])
def test_a_person_is_asked_once(repo: Repo, answer: str, code: int, wrote: bool) -> None:
    with terminal([sys.executable, "-m", "cz_ship", "init"], repo.root) as person:
        person.answer("write 9 files? [y/N]", answer)
        assert person.end() == code
    assert (repo.root / "version.txt").exists() is wrote
    row, more = person.text.partition("\n  changed  pyproject.toml")[2].splitlines()[:2]
    column = len(row) - len(row.lstrip()) + len("  changed  pyproject.toml")
    assert (more[:column].strip(), more[column : column + 6]) == ("", "build "), "reasons stay in their column"


def test_who_leaves_at_the_question_leaves_all_as_it_was(repo: Repo) -> None:
    with terminal([sys.executable, "-m", "cz_ship", "init"], repo.root) as person:
        person.answer("write 9 files? [y/N]", CTRL_C)
        assert person.end() == 130
    assert person.text.splitlines()[-1] == "interrupted: nothing was written"
    assert repo.git("status", "--porcelain") == ""


def test_all_that_is_in_the_way_is_told_at_once_and_nothing_written(repo: Repo, ship: Speaker) -> None:
    repo.commit("docs: a", {"version.txt": "built on a Tuesday\n", PIPELINE: "name: mine\n"})
    (repo.root / ".gitignore").symlink_to("../elsewhere")
    said = ship(repo.root, "init", "--yes")
    assert said.code == 1
    for word in ("'built on a Tuesday'", f"{PIPELINE} is there", ".gitignore is a symlink to ../elsewhere"):
        assert word in said.err
    assert repo.git("status", "--porcelain") == "?? .gitignore"


BROKEN = {
    "pyproject.toml": ("[project\n", "pyproject.toml is not TOML"),
    ".cz.toml": ("a = \n", ".cz.toml is not TOML"),
    ".pre-commit-config.yaml": ("a: [\n", ".pre-commit-config.yaml is not YAML"),
    ".releaserc": ("a: [\n", ".releaserc is not YAML"),
}


@pytest.mark.parametrize("path", BROKEN)
def test_a_file_that_cannot_be_read_as_what_it_is_stops_it(repo: Repo, ship: Speaker, path: str) -> None:
    text, told = BROKEN[path]
    repo.write({path: text})
    said = ship(repo.root, "init", "--yes")
    assert (said.code, told in said.err) == (1, True), said.err
    assert not (repo.root / "version.txt").exists()


def test_outside_of_a_repository_the_way_is_told(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "init", "--yes")
    assert (said.code, "run `git init`" in said.err) == (2, True)


def test_what_is_no_project_is_told_how_to_become_one(tmp_path: Path, ship: Speaker) -> None:
    made = Repo(tmp_path / "p")
    made.commit("docs: a", {"README.md": "a\n"})
    said = ship(made.root, "init", "--yes")
    assert (said.code, "neither pyproject.toml nor setup.py" in said.err, "--new NAME" in said.err) == (1, True, True)


def test_from_a_folder_below_it_is_the_repository_that_is_laid_out(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root / "src", "init", "--yes")
    assert said.code == 0
    assert f"the project is {repo.root}, the top of the repository" in said.err
    assert (repo.root / "version.txt").exists()


def test_changes_that_are_not_committed_are_kept_and_told(repo: Repo, ship: Speaker) -> None:
    repo.write({"pyproject.toml": PYPROJECT.replace('>=3.10"', '>=3.11"')})
    said = ship(repo.root, "init", "--yes")
    assert "pyproject.toml has changes of yours" in said.err
    assert '>=3.11"' in (repo.root / "pyproject.toml").read_text()


def test_the_remotes_branch_is_the_release_branch(tmp_path: Path, ship: Speaker) -> None:
    made = Repo(tmp_path / "p", branch="trunk")
    made.commit("feat: begin", {"pyproject.toml": PYPROJECT})
    remote_of(made, tmp_path / "remote.git")
    made.git("remote", "set-head", "origin", "trunk")
    made.git("switch", "--quiet", "-c", "topic")
    assert ship(made.root, "init", "--yes").code == 0
    assert 'branch = "trunk"' in (made.root / ".cz.toml").read_text()
    assert "branches: [trunk]" in (made.root / PIPELINE).read_text()


def test_a_new_package_is_a_repository_with_one_commit_that_init_leaves_in_peace(tmp_path: Path, ship: Speaker) -> None:
    said = ship(tmp_path, "init", "--new", "New.Parcel", "--yes")
    assert said.code == 0, said.err
    assert said.err == ""
    root = tmp_path / "New.Parcel"
    git = Repo(root).git
    assert (git("log", "--format=%s"), git("status", "--porcelain")) == ("feat: begin New.Parcel", "")
    assert ship(root, "init").out.startswith("nothing to change: all is laid down\n")
    assert ship(root, "plan", "--json").json["next"] == "0.1.0"
    assert 'f"hello, {name}"' in (root / "src/new_parcel/__init__.py").read_text()
    assert "from new_parcel import greeting" in (root / "tests/test_new_parcel.py").read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["New.Parcel"]


@pytest.mark.slow
@pytest.mark.registry
def test_a_new_package_can_be_rehearsed_at_once(tmp_path: Path, ship: Speaker) -> None:
    assert ship(tmp_path, "init", "--new", "new-parcel", "--yes").code == 0
    told = ship(tmp_path / "new-parcel", "rehearse", "--json")
    assert told.code == 0, told.err
    assert [(act["act"], act["ok"]) for act in told.json["acts"]] == [
        ("candidate", True),
        ("release", True),
        ("rerun", True),
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("-a", "'-a' is no project's name"),
        ("", "'' is no project's name"),
        ("class", "Python cannot import"),
        ("2to3", "Python cannot import"),
        ("json", "one of Python's own"),
        ("taken", "is there already"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(tmp_path: Path, ship: Speaker, name: str, told: str) -> None:
    (tmp_path / "taken").mkdir()
    said = ship(tmp_path, "init", f"--new={name}", "--yes")
    assert (said.code, told in said.err) == (2, True), said.err
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_new_package_is_not_put_into_another_repository(repo: Repo, ship: Speaker) -> None:
    said = ship(repo.root, "init", "--new", "parcel", "--yes")
    assert (said.code, "is in a repository" in said.err) == (2, True)


def test_a_new_package_that_cannot_be_committed_leaves_nothing(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".parcel.cz-ship").mkdir()  # of a run that was killed
    monkeypatch.setenv("GIT_AUTHOR_DATE", "no date")
    said = ship(tmp_path, "init", "--new", "parcel", "--yes")
    assert (said.code, "git makes no commit" in said.err) == (1, True), said.err
    assert list(tmp_path.iterdir()) == []


SCM = PYPROJECT.replace('["hatchling"]', '["setuptools", "setuptools-scm"]').replace(
    'version = "1.2.3"', 'dynamic = ["version"]'
)
SCM = (
    SCM.replace("hatchling.build", "setuptools.build_meta")
    + '\n[tool.setuptools_scm]\nversion_file = "src/your_package/_version.py"\n'
)


@pytest.mark.parametrize("there", [True, False])
def test_a_module_that_git_ignored_and_builds_wrote_is_committed_from_now_on(
    repo: Repo, ship: Speaker, there: bool
) -> None:
    module = repo.root / "src/your_package/_version.py"
    repo.commit("build: by tags", {"pyproject.toml": SCM, ".gitignore": "_version.py\n"})
    if there:
        module.write_text('__version__ = version = "1.2.4.dev1+g0123456"\n')
    said = ship(repo.root, "init", "--yes")
    assert said.code == 0, said.err
    assert '__version__ = version = "1.2.3"\n' in module.read_text()
    repo.git("add", "--all")
    assert "src/your_package/_version.py" in repo.git("ls-files").splitlines()
    again = ship(repo.root, "init")
    assert again.out.startswith("nothing to change: all is laid down\n"), again.err


def test_publishers_are_told_of_the_remote_that_the_settings_name(repo: Repo, ship: Speaker) -> None:
    repo.git("remote", "add", "upstream", "git@git.example.org:team/real.git")
    repo.commit("build: settings", {".cz.toml": '[tool.cz-ship]\nremote = "upstream"\n'})
    assert "owner: team   repository name: real" in ship(repo.root, "init", "--yes").out


def test_a_shallow_clone_does_not_tell_the_version(repo: Repo, tmp_path: Path, ship: Speaker) -> None:
    repo.commit("feat: greet")
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.root}", str(tmp_path / "clone"))
    said = ship(tmp_path / "clone", "init", "--yes")
    assert (said.code, "git fetch --unshallow --tags" in said.err) == (1, True), said.err
    assert not (tmp_path / "clone/version.txt").exists()
