"""The named differences in what a release commits: both commits for real, as the page has them."""

import sys
from pathlib import Path

from packaging.version import Version

from cz_ship.faces.report import Talker
from cz_ship.flows.apply import apply
from cz_ship.flows.observe import Bench, remote_tip
from cz_ship.flows.obtain import Room
from cz_ship.rules.plan import CommitBump, Due
from cz_ship.rules.tags import tag_name
from cz_ship.settings import parse
from cz_ship.world.git import Git, open_repository
from cz_ship.world.live import LiveWorld
from tests.support.repos import remote_of
from tests.support.twins import Twins, small

NOTES = "## v1.0.1 (2026-01-01)\n\n### Fix\n\n- a"


def test_dirty_files_are_never_swept_in(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p", "update_changelog_on_bump = true\n")
    repo.commit("fix: a", {"code.py": "whole = True\n", "CHANGELOG.md": ""})
    remote_of(repo, tmp_path / "remote.git")
    repo.write({"code.py": "half ="})
    assert bump_of_ship(repo.root) == {"version.txt": "1.0.1", "CHANGELOG.md": NOTES}
    assert twin.cz(repo.root, "bump", "--yes").code == 0
    assert set(changed(Git(repo.root), "HEAD")) == {"version.txt", "CHANGELOG.md", "code.py"}
    assert repo.git("show", "HEAD:code.py") == "half ="


def test_version_files_are_relative_to_the_projects_root(twin: Twins, tmp_path: Path) -> None:
    settings = '[tool.commitizen]\nversion = "{}"\ntag_format = "v$version"\nversion_files = ["code.py"]\n'
    repo = small(tmp_path / "p")
    repo.commit("fix: a", {".cz.toml": settings.format("1.0.0"), "code.py": 'v = "1.0.0"\n', "sub/readme": "hi\n"})
    remote_of(repo, tmp_path / "remote.git")
    ours = bump_of_ship(repo.root / "sub")
    assert (ours.pop("CHANGELOG.md"), ours[".cz.toml"]) == (NOTES, settings.format("1.0.1").rstrip())
    assert ours["code.py"] == 'v = "1.0.1"'
    assert twin.cz(repo.root / "sub", "bump", "--yes").code == 0
    assert changed(Git(repo.root), "HEAD") == {".cz.toml": ours[".cz.toml"]}


def test_every_release_brings_its_notes(twin: Twins, tmp_path: Path) -> None:
    repo = small(tmp_path / "p")
    repo.commit("fix: a")
    remote_of(repo, tmp_path / "remote.git")
    assert bump_of_ship(repo.root) == {"version.txt": "1.0.1", "CHANGELOG.md": NOTES}
    assert twin.cz(repo.root, "bump", "--yes").code == 0
    assert changed(Git(repo.root), "HEAD") == {"version.txt": "1.0.1"}


def bump_of_ship(folder: Path) -> dict[str, str]:
    """The files that the commit of release 1.0.1 changes, made as from a folder in the project."""
    world = LiveWorld(open_repository(folder), parse({}), Talker(sys.stderr, quiet=True), {})
    with world.clone_of_remote() as clone, world.folder() as scratch:
        tip = remote_tip(clone, "main")
        clone.checkout(tip)
        bench, version = Bench(clone, world.rules(clone.root)), Version("1.0.1")
        tag = tag_name(version, bench.rules.rule_set)
        due = Due("p", version, tag, "main", tip, clone.time(tip), Version("1.0.0"))
        bench, _ = apply(world, bench, due, CommitBump(), Room(scratch))
        return changed(Git(clone.root), bench.commit or "")


def changed(git: Git, commit: str) -> dict[str, str]:
    """The files that a commit changes, as they stand in it."""
    names = git.ask("diff-tree", "--no-commit-id", "--name-only", "-r", commit).splitlines()
    return {name: git.ask("show", f"{commit}:{name}") for name in names}
