"""What a wheel's modules import and the tree alone has, wherever they do, and not where they can do without."""

import pytest

from cz_ship.rules.imports import Unshipped, unshipped

PATHS = ("demo/__init__.py", "_fast.py", "utils/__init__.py", "plugins/loud.py", "src/other.py", "tests/__init__.py")


def found(
    source: str, *, module: str = "demo/__init__.py", root: str = "", requires: tuple[str, ...] = ()
) -> list[str]:
    members = (module, "shipped.abi3.so", "demo-1.data/purelib/laid/__init__.py", "demo-1.dist-info/METADATA")
    paths = (*PATHS, "shipped.py", "laid/a.py", "json.py")
    return [each.name for each in unshipped({module: source.encode()}, members, paths, root, requires)]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import _fast", ["_fast"]),
        ("from _fast import sing", ["_fast"]),
        ("def sing():\n    if True:\n        import utils.words as words", ["utils"]),
        ("from utils.words import *", ["utils"]),
        ("from plugins import loud", ["plugins"]),
        ("import plugins.loud", ["plugins"]),
        ("from plugins import soft", []),
        ("import plugins", []),
        ("import os, json, numpy, demo.lost, shipped, laid.a", []),
        ("from . import _fast\nfrom .utils import words", []),
        ("try:\n    import _fast\nexcept ImportError:\n    _fast = None", []),
        ("try:\n    import _fast\nexcept (KeyError, ModuleNotFoundError):\n    pass\nelse:\n    import _fast.b", []),
        ("try:\n    import numpy\nexcept ImportError:\n    import _fast", ["_fast"]),
        ("try:\n    import _fast\nexcept KeyError:\n    pass", ["_fast"]),
        ("try:\n    import _fast\nexcept:\n    pass\nfinally:\n    import utils", ["utils"]),
        ("with contextlib.suppress(ImportError):\n    import _fast", []),
        ("with suppress(KeyError):\n    import _fast", ["_fast"]),
        ("if TYPE_CHECKING:\n    import _fast\nelse:\n    import utils", ["utils"]),
        ("if typing.TYPE_CHECKING:\n    import _fast", []),
        ("if not TYPE_CHECKING:\n    import _fast", ["_fast"]),
        ("this is no Python: import _fast", []),
        ("\0", []),
    ],
)
def test_an_import_of_what_the_tree_alone_has_is_found_unless_the_module_can_do_without(
    source: str, names: list[str]
) -> None:
    assert found(source) == names


def test_what_lies_in_the_folder_of_the_sources_is_in_the_tree_too() -> None:
    assert found("import other", root="src") == ["other"]
    assert found("import other") == []
    assert found("import _fast", root="src") == ["_fast"]


def test_what_a_requirement_brings_is_not_missed() -> None:
    assert found("import _fast, utils", requires=("Utils>=2; extra == 'more'",)) == ["_fast"]


@pytest.mark.parametrize("module", ["demo/tests/a.py", "demo/test_a.py", "demo/conftest.py"])
def test_what_the_wheels_tests_import_is_left_to_them(module: str) -> None:
    assert found("import _fast", module=module) == []


def test_each_is_told_once_for_a_module_with_its_first_line() -> None:
    sources = {"demo/b.py": b"import _fast", "demo/a.py": b"\nimport _fast\nimport _fast\n"}
    assert unshipped(sources, sources, PATHS, "") == (
        Unshipped("_fast", "demo/a.py", 2),
        Unshipped("_fast", "demo/b.py", 1),
    )
