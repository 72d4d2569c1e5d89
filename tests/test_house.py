"""The laws of the house: what every file of ours keeps, and that breaking it would be seen."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import cz_ship
from cz_ship.world.process import run
from tests.support import laws

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(cz_ship.__file__).parent  # of the tree, or as installed where the tests run outside of it

Law = Callable[[Sequence[laws.Module]], list[str]]
LAWS: tuple[Law, ...] = (
    laws.imports_go_down,
    laws.imports_are_no_circle,
    laws.outside_has_doors,
    laws.programs_and_sockets_have_doors,
    laws.only_faces_speak_and_exit,
    laws.rules_touch_nothing,
    laws.files_and_functions_are_small,
    laws.modules_have_captions,
)

# Slow to load, or with a hand on logging and the terminal: the start of a command must do without.
HEAVY = {"commitizen", "jinja2", "questionary", "rich", "requests", "build", "twine", "pypi_attestations", "sigstore"}

CAPTION = '"""A caption."""\n'

# A house that keeps every law, with each of the permissions used once.
LAWFUL = {
    "__init__.py": "",
    "__main__.py": "import sys\nfrom cz_ship.faces.cli import main\nsys.exit(main())\n",
    "errors.py": "",
    "model.py": "",
    "settings.py": "from cz_ship.errors import usage\n",
    "ports.py": "from cz_ship.model import Commit\nfrom cz_ship.settings import Settings\n",
    "rules/plan.py": "from datetime import datetime\nfrom cz_ship import ports\nfrom cz_ship.rules import tags\n",
    "rules/tags.py": "from ..model import Tag\n",
    "world/process.py": "import os\nimport subprocess\nos.execv\n",
    "world/git.py": "import os\nfrom .process import run\nfrom cz_ship.ports import Repository\nos.environ\n",
    "world/http.py": "import http.client\ndef get():\n    import requests\n",
    "world/rehearsal/index.py": "import socket\nfrom cz_ship.world.http import get\n",
    "world/commitizen_notes.py": "def render():\n    import jinja2\n    from commitizen import changelog\n",
    "flows/release.py": "from cz_ship.rules.plan import plan\nfrom cz_ship.ports import World\n",
    "world/attestations.py": "def sign():\n    import sigstore\n    import pypi_attestations\n",
    "faces/provider.py": "from commitizen.providers.base_provider import VersionProvider\n",
    "faces/plugin.py": "from commitizen.cz.conventional_commits import ConventionalCommitsCz\n",
    "faces/cli.py": "import cz_ship\nfrom cz_ship.flows import release\nfrom cz_ship.world import git\nprint()\n",
    "templates/setup.py": "import subprocess, twine\nprint()\n",
}

# For each law: a file, what it says, and the words by which the offence is named.
CRIMES = [
    (laws.imports_go_down, "errors.py", "from cz_ship.rules import plan", "ground imports cz_ship.rules.plan"),
    (laws.imports_go_down, "model.py", "import cz_ship", "ground imports cz_ship"),
    (laws.imports_go_down, "rules/tags.py", "from cz_ship.world.git import x", "rules imports cz_ship.world.git"),
    (laws.imports_go_down, "rules/tags.py", "from ..flows import release", "rules imports cz_ship.flows.release"),
    (
        laws.imports_go_down,
        "world/git.py",
        "def f():\n    import cz_ship.rules.plan",
        "world imports cz_ship.rules.plan",
    ),
    (laws.imports_go_down, "world/git.py", "from cz_ship.flows import release", "world imports cz_ship.flows"),
    (laws.imports_go_down, "world/git.py", "from cz_ship.faces.cli import main", "world imports cz_ship.faces.cli"),
    (laws.imports_go_down, "flows/release.py", "from cz_ship.world import git", "flows imports cz_ship.world.git"),
    (laws.imports_go_down, "flows/release.py", "from cz_ship.faces import cli", "flows imports cz_ship.faces.cli"),
    (laws.imports_go_down, "utils.py", "", "utils.py: stands in no room"),
    (laws.imports_go_down, "attic/old.py", "", "attic/old.py: stands in no room"),
    (
        laws.imports_go_down,
        "rules/tags.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cz_ship.world.git import x",
        "rules imports cz_ship.world.git",
    ),
    (
        laws.imports_go_down,
        "rules/tags.py",
        "import importlib\nimportlib.import_module('cz_ship.faces.cli')",
        "rules imports cz_ship.faces.cli",
    ),
    (laws.imports_are_no_circle, "errors.py", "from cz_ship.settings import x", "cz_ship.errors → cz_ship.settings"),
    (laws.imports_are_no_circle, "rules/tags.py", "def f():\n    from . import plan", "cz_ship.rules.tags"),
    (
        laws.imports_are_no_circle,
        "world/process.py",
        "import typing\nif typing.TYPE_CHECKING:\n    from cz_ship.world.git import x",
        "cz_ship.world.git → cz_ship.world.process",
    ),
    (laws.outside_has_doors, "world/commitizen.py", "import commitizen", "imports commitizen outside of a function"),
    (laws.outside_has_doors, "world/dist.py", "from twine import utils", "imports twine outside of a function"),
    (laws.outside_has_doors, "world/git.py", "def f():\n    import commitizen.git", "git.py:3: imports commitizen"),
    (laws.outside_has_doors, "faces/cli.py", "def f():\n    from commitizen import cli", "imports commitizen, which"),
    (laws.outside_has_doors, "world/http.py", "def f():\n    import twine", "imports twine, which"),
    (laws.outside_has_doors, "world/live.py", "def f():\n    import build", "imports build, which"),
    (laws.outside_has_doors, "faces/cli.py", "def f():\n    import jinja2", "imports jinja2, which"),
    (laws.outside_has_doors, "flows/x.py", "def f():\n    __import__('requests')", "imports requests, which"),
    (
        laws.outside_has_doors,
        "world/index.py",
        "def f():\n    import pypi_attestations",
        "imports pypi_attestations, which",
    ),
    (laws.outside_has_doors, "world/attestations.py", "import sigstore.sign", "imports sigstore outside of a function"),
    (laws.outside_has_doors, "faces/report.py", "import rich", "imports rich outside of a function"),
    (laws.programs_and_sockets_have_doors, "world/git.py", "import subprocess", "git.py:2: imports subprocess"),
    (laws.programs_and_sockets_have_doors, "faces/cli.py", "from subprocess import run", "imports subprocess"),
    (laws.programs_and_sockets_have_doors, "world/git.py", "import os\nos.system('ls')", "git.py:3: os.system"),
    (laws.programs_and_sockets_have_doors, "world/git.py", "from os import execvp", "git.py:2: os.execvp"),
    (laws.programs_and_sockets_have_doors, "world/index.py", "import socket", "imports socket"),
    (laws.programs_and_sockets_have_doors, "world/index.py", "from urllib import request", "imports urllib.request"),
    (laws.programs_and_sockets_have_doors, "faces/cli.py", "def f():\n    import http.server", "imports http"),
    (laws.only_faces_speak_and_exit, "flows/release.py", "print('hello')", "flows/release.py:2: print"),
    (laws.only_faces_speak_and_exit, "world/git.py", "import sys\nsys.exit(1)", "world/git.py:3: sys.exit"),
    (laws.only_faces_speak_and_exit, "rules/plan.py", "from sys import exit", "imports sys.exit"),
    (laws.only_faces_speak_and_exit, "errors.py", "raise SystemExit(1)", "errors.py:2: SystemExit"),
    (laws.rules_touch_nothing, "rules/plan.py", "import time", "rules/plan.py:2: imports time"),
    (laws.rules_touch_nothing, "rules/plan.py", "from os import environ", "imports os.environ"),
    (laws.rules_touch_nothing, "rules/plan.py", "import datetime\ndatetime.datetime.now()", "plan.py:3: .now"),
    (laws.rules_touch_nothing, "rules/plan.py", "import pathlib\npathlib.Path.cwd()", "plan.py:3: .cwd"),
    (laws.rules_touch_nothing, "rules/plan.py", "open('x')", "rules/plan.py:2: open"),
    (laws.files_and_functions_are_small, "model.py", "\n" * 299, "model.py: 301 lines"),
    (
        laws.files_and_functions_are_small,
        "model.py",
        "class A:\n    def f(self):\n" + "        1\n" * 50,
        "f has 51 lines",
    ),
]


@pytest.fixture(scope="module")
def modules() -> list[laws.Module]:
    return laws.read_package(PACKAGE)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_house_keeps_its_laws(law: Law, modules: list[laws.Module]) -> None:
    assert len(modules) > len(laws.GROUND)
    assert law(modules) == []


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_lawful_house_is_left_in_peace(law: Law, tmp_path: Path) -> None:
    assert law(house(tmp_path, {})) == []


@pytest.mark.parametrize(
    ("law", "place", "said", "named"), CRIMES, ids=[f"{one[0].__name__}-{one[1]}" for one in CRIMES]
)
def test_an_offence_is_named(law: Law, place: str, said: str, named: str, tmp_path: Path) -> None:
    found = law(house(tmp_path, {place: said}))
    assert len(found) == 1, found
    assert named in found[0]


@pytest.mark.parametrize("opening", ["", "'''Two\nlines.'''\n", "# no docstring\n", "'''  '''\n"])
def test_a_file_without_a_caption_is_named(opening: str, tmp_path: Path) -> None:
    modules = house(tmp_path, {})
    (tmp_path / "cz_ship" / "model.py").write_text(opening)
    assert laws.modules_have_captions(modules) == []
    assert [fault.split(":")[0] for fault in laws.modules_have_captions(read(tmp_path))] == ["model.py"]


def test_every_law_has_a_crime_that_shows_it_bites() -> None:
    shown = {law for law, *_ in CRIMES} | {laws.modules_have_captions}
    assert shown == set(LAWS)


def test_the_version_is_told_without_loading_anything_heavy() -> None:
    told = run([sys.executable, "-X", "importtime", "-m", "cz_ship", "--version"])
    assert told.code == 0, told.words
    assert (ROOT / "version.txt").read_text().strip() in told.text
    loaded = loaded_packages(told.err.decode())
    assert "cz_ship" in loaded
    assert loaded & HEAVY == set()


def test_something_heavy_at_the_start_would_be_seen() -> None:
    told = run([sys.executable, "-X", "importtime", "-c", "import rich.text"])
    assert "rich" in loaded_packages(told.err.decode()) & HEAVY


def test_the_strictness_of_the_tools_is_switched_on() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert tools["mypy"]["strict"] is True
    assert tools["pytest"]["filterwarnings"][0] == "error"
    assert tools["pytest"]["strict_markers"] is True
    assert tools["pytest"]["strict_xfail"] is True


def test_no_file_names_the_host_of_a_package_registry() -> None:
    listed = run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    if (ROOT / ".git").exists():
        assert listed.code == 0, listed.words
        paths = [ROOT / name for name in listed.text.split("\0") if name]
    else:  # a copy of the tree, with nothing else in it
        paths = [path for path in ROOT.rglob("*") if path.suffix != ".pyc"]
    assert ROOT / "pyproject.toml" in paths
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()}
    assert [(path, found[0]) for path, text in texts.items() if (found := registry_hosts(text))] == []


def test_the_host_of_a_package_registry_would_be_seen() -> None:
    from twine.utils import TEST_REPOSITORY

    host = urlsplit(TEST_REPOSITORY).hostname
    assert registry_hosts(f"index-url = {TEST_REPOSITORY}") == [host]
    assert registry_hosts(f"see docs.{host}") == []


def registry_hosts(text: str) -> list[str]:
    """The hosts of package registries that a text names; their sites of documentation are others."""
    from pypi_simple import PYPI_SIMPLE_ENDPOINT
    from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

    addresses = (PYPI_SIMPLE_ENDPOINT, DEFAULT_REPOSITORY, TEST_REPOSITORY)
    hosts = "|".join(re.escape(str(urlsplit(address).hostname)) for address in addresses)
    return re.findall(rf"(?<![\w.-])(?:{hosts})", text)


def loaded_packages(times: str) -> set[str]:
    """The top packages in what `-X importtime` writes: one line for each module, its name last."""
    lines = (line for line in times.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def house(folder: Path, more: Mapping[str, str]) -> list[laws.Module]:
    """The lawful house with some files added to, or new."""
    for place, text in {**LAWFUL, **{place: LAWFUL.get(place, "") for place in more}}.items():
        path = folder / "cz_ship" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CAPTION + (f"{more[place]}\n{text}" if place in more else text), encoding="utf-8")
    return read(folder)


def read(folder: Path) -> list[laws.Module]:
    return laws.read_package(folder / "cz_ship")
