"""Where a project keeps what its wheel installs, whatever its layout."""

import pytest

from cz_ship.rules.layout import files_of_tests, import_names, inner_tests, lost, outside, package_root

DIST = "demo-1.dist-info/METADATA"
SRC = ["pyproject.toml", "src/demo/__init__.py", "src/demo/lost.py", "src/other/__init__.py", "tests/test_a.py"]
FLAT = ["pyproject.toml", "demo/__init__.py", "demo/lost.py", "tests/test_a.py", "tests/__init__.py"]


@pytest.mark.parametrize(
    ("members", "paths", "root", "kept"),
    [
        (["demo/__init__.py", DIST], SRC, "src", ["pyproject.toml", "tests/test_a.py"]),
        (
            ["demo/__init__.py", DIST],
            [*SRC, "src/tests/test_b.py", "src/test_c.py", "src/conftest.py", "src/lost.py", "src/test_d/a.py"],
            "src",
            ["pyproject.toml", "tests/test_a.py", "src/tests/test_b.py", "src/test_c.py", "src/conftest.py"],
        ),
        (["demo/__init__.py", DIST], FLAT, "", ["pyproject.toml", "tests/test_a.py", "tests/__init__.py"]),
        (["demo.py", DIST], ["demo.py", "test_demo.py"], "", ["test_demo.py"]),
        (["ns/demo/a.py", DIST], ["lib/py/ns/demo/a.py", "t/test_a.py"], "lib/py", ["t/test_a.py"]),
        (["made/__init__.py", DIST], ["setup.py", "tests/test_a.py"], None, ["setup.py", "tests/test_a.py"]),
        ([DIST], SRC, None, ["pyproject.toml", "tests/test_a.py"]),
        (["a/x.py", "a/z.py", "b/y.py"], ["src/a/x.py", "src/a/z.py", "b/y.py", "t/b/y.py"], "src", ["t/b/y.py"]),
        (
            ["demo/__init__.py", "demo/tests/__init__.py", "demo/tests/test_a.py"],
            ["tests/__init__.py", "demo/__init__.py", "demo/tests/__init__.py", "demo/tests/test_a.py"],
            "",
            ["tests/__init__.py"],
        ),
    ],
)
def test_what_lies_beside_the_sources_of_a_wheel_is_known(
    members: list[str], paths: list[str], root: str | None, kept: list[str]
) -> None:
    assert package_root(members, paths) == root
    assert outside(paths, root, members) == tuple(kept)


@pytest.mark.parametrize(
    ("path", "is_lost"),
    [
        ("other/__init__.py", True),
        ("other/inner/a.py", True),
        ("other/tests/test_a.py", True),
        ("other.py", True),
        ("demo/lost.py", False),
        ("t/test_a.py", False),
        ("checks/conftest.py", False),
        ("test_a.py", False),
        ("testing/a.py", False),
        ("docs/conf.py", False),
        ("setup.py", False),
        ("_build/a.py", False),
        ("other/notes.txt", False),
        ("not-a-name/a.py", False),
    ],
)
def test_a_package_that_the_wheel_has_nothing_of_is_lost(path: str, is_lost: bool) -> None:
    top = path.partition("/")[0]
    assert lost([path], "", ["demo/__init__.py", DIST]) == ((top,) if is_lost else ())
    assert lost([path], "src", ["demo/__init__.py", DIST]) == ()


@pytest.mark.parametrize(("root", "above"), [("", ""), ("src", "src/")])
def test_what_the_wheel_imports_is_lost_whatever_its_name(root: str, above: str) -> None:
    paths = [f"{above}demo/__init__.py", "_fast.py", "utils/a.py", "utils/b.py", "tests/unit/a.py", "t/test_a.py"]
    imported = ("_fast", "utils", "tests", "t", "demo")
    assert lost(paths, root, ["demo/__init__.py", DIST], imported) == ("_fast.py", "utils")
    assert outside(paths, root, ["demo/__init__.py", DIST], imported) == ("tests/unit/a.py", "t/test_a.py")


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (["demo/__init__.py", "demo/inner/__init__.py", "demo/a.py", DIST], ("demo",)),
        (["demo.py", "other/__init__.py"], ("demo", "other")),
        (["ns/demo/__init__.py", "ns/demo/a.py", "ns/loose.py"], ("ns.demo", "ns.loose")),
        (["demo-1.data/scripts/run.py", DIST], ()),
        (["my-script.py", "class.py", "ns/__main__.py", "ns/a.py", "demo/my-script.py"], ("ns.a",)),
    ],
)
def test_what_a_wheel_lets_one_import(members: list[str], names: tuple[str, ...]) -> None:
    assert import_names(members) == names


def test_tests_are_known_by_their_names() -> None:
    assert files_of_tests(
        ["test_a.py", "tests/b_test.py", "tests/conftest.py", "src/attest_a.py", "tests/test_data.txt"]
    ) == (
        "test_a.py",
        "tests/b_test.py",
    )


@pytest.mark.parametrize(
    ("path", "named", "is_one"),
    [
        ("checks/check_a.py", ("check_*.py",), True),
        ("test_a.py", ("check_*.py",), False),
        ("demo/tests.py", ("tests.py", "test_*.py"), True),
        ("unit/a.py", ("unit/*.py",), True),
        ("a/unit/b/c.py", ("unit/*.py",), True),
        ("a/subunit/c.py", ("unit/*.py",), False),
        ("a.txt", ("*",), False),
    ],
)
def test_tests_are_called_as_pytest_is_told(path: str, named: tuple[str, ...], is_one: bool) -> None:
    assert files_of_tests([path], named) == ((path,) if is_one else ())


def test_a_folder_that_begins_with_tests_of_other_names_is_no_source() -> None:
    paths, members = ["demo/__init__.py", "checks/check_a.py", "other/a.py"], ["demo/__init__.py", DIST]
    assert lost(paths, "", members, named=("check_*.py",)) == ("other",)
    assert outside(paths, "", members, named=("check_*.py",)) == ("checks/check_a.py",)
    assert lost(paths, "", members, named=("*.py",)) == ("checks", "other"), "any module is called so"


def test_tests_within_a_package_that_its_wheel_leaves_out_are_known() -> None:
    members = ["demo/__init__.py", "demo/tests/test_in.py"]
    inside = ["__init__.py", "lost.py", "tests/__init__.py", "tests/test_in.py", "tests/data/a.txt", "test.py"]
    for root in ("", "src/"):
        paths = [*(f"{root}demo/{name}" for name in inside), "tests/test_out.py"]
        assert inner_tests(paths, root.rstrip("/"), members) == ("demo/tests/__init__.py", "demo/tests/data/a.txt")
