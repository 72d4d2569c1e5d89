"""A version that pyproject.toml states, and modules that state one beside it."""

import pytest

from cz_ship.site import View
from tests.support.blueprints import CASES, laid, proposed, seen

ALIKE = [
    (
        "hatchling-static",
        {"src/demo_ship/__init__.py": '__version__ = "{0}"\n'},
        "src/demo_ship/__init__.py:__version__",
    ),
    ("hatchling-static", {"demo_ship.py": "VERSION: str = '{0}'\n"}, "demo_ship.py:VERSION"),
    ("flit-static", {"src/demo_ship/_version.py": '__version__ = "{0}"\n'}, "src/demo_ship/_version.py:__version__"),
    (
        "unknown-backend-static",
        {"src/imported/__init__.py": '__version__ = "{0}"\n'},
        "src/imported/__init__.py:__version__",
    ),
]
OTHERS = [
    (
        {"src/demo_ship/__init__.py": '__version__ = "0.0.7"\n'},
        ["src/demo_ship/__init__.py says 0.0.7, the project {0}"],
    ),
    ({"src/demo_ship/about.py": 'VERSION = "2"\n'}, []),
    ({"src/vendored/__init__.py": '__version__ = "0.0.7"\n'}, []),
    ({"src/demo_ship/__init__.py": "", "src/vendored/__init__.py": '__version__ = "{0}"\n'}, []),
]


def case(name: str, modules: dict[str, str]) -> tuple[str, View]:
    """A case with other modules, and its version, which stands in their texts."""
    view = seen(CASES / name)
    version = view.texts["pyproject.toml"].partition('version = "')[2].partition('"')[0]
    kept = {path: text for path, text in view.texts.items() if not path.endswith(".py")}
    made = {path: text.replace("{0}", version) for path, text in modules.items()}
    return version, view._replace(texts={**kept, **made}, paths=(*kept, *made))


@pytest.mark.parametrize(("name", "modules", "place"), ALIKE)
def test_a_module_that_states_the_version_too_is_kept_in_step(name: str, modules: dict[str, str], place: str) -> None:
    _, view = case(name, modules)
    found = proposed(view)
    made = laid(view, found.edits)
    assert f'version_files = ["{place}"]' in made.texts[".cz.toml"]
    assert proposed(made).edits == ()


@pytest.mark.parametrize(("modules", "told"), OTHERS)
def test_a_package_that_states_another_version_is_told_of(modules: dict[str, str], told: list[str]) -> None:
    version, view = case("hatchling-static", modules)
    found = proposed(view)
    texts = [each.text.partition(":")[0] for each in found.findings if each.code == "astray"]
    assert texts == [each.format(version) for each in told]
    assert "version_files" not in laid(view, found.edits).texts[".cz.toml"]


@pytest.mark.parametrize(("tag", "told"), [("v97.0", ["raises what says 97.0 alone"]), ("v0.0.1", [])])
def test_a_module_behind_the_version_is_told_of(tag: str, told: list[str]) -> None:
    _, view = case("hatchling-static", {"src/demo_ship/__init__.py": '__version__ = "{0}"\n'})
    found = proposed(view._replace(tags=(tag,))).findings
    assert [each.text.partition("version_files ")[2] for each in found if each.code == "astray"] == told
