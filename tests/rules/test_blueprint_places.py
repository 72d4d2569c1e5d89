"""Places that say the version too are kept in step: modules, and what commitizen keeps in settings of its own."""

import pytest

from tests.support.blueprints import CASES, laid, proposed, seen

STATIC = """\
[build-system]
requires = ["{backend}"]
build-backend = "{backend}.build"

[project]
name = "demo-ship"
version = "1.2.0"
"""
MODULES = [
    ("src/demo_ship/__init__.py", "1.2.0", ["src/demo_ship/__init__.py:__version__"]),
    ("src/demo_ship/__init__.py", "1.1.0", None),
    ("other/__init__.py", "1.2.0", ["other/__init__.py:__version__"]),
    ("other/__init__.py", "1.1.0", None),
]


@pytest.mark.parametrize("backend", ["hatchling", "unknown"])
@pytest.mark.parametrize(("path", "version", "places"), MODULES)
def test_a_module_that_says_the_same_version_goes_on_saying_it(
    path: str, version: str, places: list[str] | None, backend: str
) -> None:
    texts = {"pyproject.toml": STATIC.format(backend=backend), path: f'__version__ = "{version}"\n'}
    view = seen(CASES / "hatchling-static")._replace(texts=texts, paths=tuple(texts))
    settings = laid(view, proposed(view).edits).texts[".cz.toml"]
    assert ("version_files = " in settings) is bool(places)
    assert all(place in settings for place in places or ())


COMMITIZEN = '\n[tool.commitizen]\nversion = "1.2.0"\n'


def test_a_version_of_commitizens_own_is_taken_to_the_line_that_the_backend_reads() -> None:
    view = seen(CASES / "hatchling-static")
    view = view._replace(texts={"pyproject.toml": STATIC.format(backend="hatchling") + COMMITIZEN})
    made = laid(view, proposed(view).edits)
    assert 'version_files = ["pyproject.toml:^version"]\n' in made.texts["pyproject.toml"]
    assert proposed(made).edits == ()


def test_a_version_of_commitizens_own_that_nothing_reads_is_refused() -> None:
    view = seen(CASES / "hatchling-static")
    text = STATIC.format(backend="hatchling").replace('version = "1.2.0"', 'dynamic = ["version"]')
    found = proposed(view._replace(texts={"pyproject.toml": text + COMMITIZEN}))
    assert [each.code for each in found.findings if each.level == "error"] == ["no-home"]
