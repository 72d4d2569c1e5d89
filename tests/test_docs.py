"""What the pages say is what happens."""

import shlex
import sys
from pathlib import Path

import pytest

from cz_ship.faces.cli import COMMANDS, parser
from cz_ship.settings import parse
from tests.support.readme import ROOT, blocks
from tests.support.repos import Repo, remote_of
from tests.support.said import Speaker
from tests.support.world import addresses, credentials

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_every_command_stands_in_the_readme_and_no_other() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = [line.split("`")[1].split()[1] for line in text.splitlines() if line.startswith("| `cz-ship ")]
    assert named == list(COMMANDS)


def test_the_readmes_settings_are_read_without_a_fault() -> None:
    tables = [tomllib.loads(block) for block in blocks("toml")]
    ours = [table["tool"]["cz-ship"] for table in tables if "cz-ship" in table.get("tool", {})]
    assert len(ours) == 1
    assert parse({"README.md": ours[0]}).branch == "main"


def test_the_readmes_decoding_prints_what_it_shows(tmp_path: Path, ship: Speaker) -> None:
    block = next(block for block in blocks("console") if "decode" in block)
    command, _, shown = block.partition("\n")
    assert ship(tmp_path, *shlex.split(command)[2:]).out == shown


@pytest.mark.registry
def test_a_project_laid_down_from_the_readme_goes_the_readmes_way(
    tmp_path: Path, ship: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cz_ship.world.rehearsal.serve import serve
    from cz_ship.world.rehearsal.warehouse import Warehouse

    for name, value in credentials("token").items():
        monkeypatch.setenv(name, value)
    pyproject, settings = blocks("toml")[:2]
    described = pyproject.replace('dynamic = ["version"]', 'dynamic = ["version"]\nreadme = "README.md"')
    with serve(Warehouse(["token"])) as test, serve(Warehouse(["token"])) as prod:
        repo = Repo(tmp_path / "project")
        files = {
            "pyproject.toml": described,
            ".cz.toml": settings + addresses(test.url, prod.url),
            "README.md": "# yours\n",
        }
        repo.write({**files, "version.txt": "0.0.0\n", "src/your_package/__init__.py": ""})
        repo.commit("chore: begin")
        remote_of(repo, tmp_path / "remote.git")
        commands = [line[2:] for line in next(each for each in blocks("console") if "git commit" in each).splitlines()]
        for command in commands:
            program, *arguments = shlex.split(command)
            if program == "git":
                repo.git(*arguments, "--allow-empty")
                repo.git("push", "--quiet")
            else:
                said = ship(repo.root, *arguments)
                assert said.code == 0, said.err
        assert sorted(prod.warehouse.files) == ["your_package-0.1.0-py3-none-any.whl", "your_package-0.1.0.tar.gz"]


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    import re

    for path in (ROOT / "README.md", ROOT / "docs" / page):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} leads to {target}"


def test_the_parser_knows_the_commands_of_the_page() -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([name, "--help"])
        assert ended.value.code == 0
