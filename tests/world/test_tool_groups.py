"""Dependency groups as poetry, pdm and uv wrote them before there was a standard."""

from pathlib import Path

import pytest

from cz_ship.world.tooling import tooling_of

POETRY = """\
[tool.poetry.group.test.dependencies]
pytest-mock = "*"
a = "^1.2"
b = "^0.2.3"
c = "~2.1"
d = ">=1,<3"
e = "1.4"
f = {version = "^2", extras = ["x", "y"], markers = "os_name == 'nt'"}
g = {git = "https://example.invalid/g.git"}
h = "^1 || ^2"
"""
WANTED = (
    *("pytest-mock", "a>=1.2,<2", "b>=0.2.3,<0.3", "c>=2.1,<2.2", "d>=1,<3", "e==1.4"),
    *("f[x,y]>=2,<3; os_name == 'nt'", "g", "h"),
)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        (POETRY, {"test": WANTED}),
        ('[tool.poetry.dev-dependencies]\npytest = "^8"\n', {"dev": ("pytest>=8,<9",)}),
        ('[tool.pdm.dev-dependencies]\ntest = ["pytest-mock", "-e file:///x"]\n', {"test": ("pytest-mock",)}),
        ('[tool.uv]\ndev-dependencies = ["tox>=4"]\n', {"dev": ("tox>=4",)}),
        ('[tool.uv]\ndev-dependencies = ["tox"]\n[dependency-groups]\ndev = ["nox"]\n', {"dev": ("nox",)}),
        ('[tool]\npoetry = 1\nuv = "a"\n', {}),
    ],
)
def test_groups_are_read_and_the_standards_come_first(text: str, groups: object, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert tooling_of(tmp_path).groups == groups


@pytest.mark.parametrize(
    ("file", "text", "wanted"),
    [
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.10"\n', ">=3.10,<4"),
        ("setup.cfg", "[options]\npython_requires = >=3.11\n", ">=3.11"),
        ("setup.cfg", "[metadata]\n", ""),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.12"\n[tool.poetry.dependencies]\npython = "*"', ">=3.12"),
    ],
)
def test_the_pythons_are_those_of_the_standard_or_else_as_tools_state_them(
    file: str, text: str, wanted: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(text)
    assert tooling_of(tmp_path).requires_python == wanted
