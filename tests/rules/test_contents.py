"""What archives may hold, and how two of them differ."""

import pytest

from cz_ship.gates import Member
from cz_ship.rules.contents import differences, essence, left_out, listing, sdist_faults, secrets, wheel_faults
from tests.support.fake_workshop import members


def named(*paths: str) -> tuple[Member, ...]:
    return members(dict.fromkeys(paths, ""))


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".env",
            "deploy/.env",
            ".env.production",
            ".pypirc",
            ".netrc",
            "id_rsa",
            ".ssh/id_ed25519",
            "x.key",
        ),
        *("pkg/__pycache__/a.cpython-311.pyc", ".pytest_cache/v/x", ".coverage", ".git/config", "node_modules/x.js"),
    ],
)
def test_credentials_keys_and_caches_are_found(path: str) -> None:
    assert secrets(named(path, "pkg/a.py")) == (path,)


@pytest.mark.parametrize("path", [".env.example", "environment.py", "monkey.py", ".envrc", "keys.py", "keyring.pub"])
def test_what_only_looks_like_a_secret_is_none(path: str) -> None:
    assert secrets(named(path)) == ()


def test_a_key_that_the_tree_has_is_public_already_and_a_dot_env_never_is_meant() -> None:
    tree = ["tests/server.key", ".env", "pkg/__pycache__/a.pyc"]
    assert secrets(named(*tree), named(*tree)) == (".env", "pkg/__pycache__/a.pyc")
    assert secrets(named(*tree), named(*tree), wheel=True) == tuple(sorted(tree))


@pytest.mark.parametrize(
    ("path", "key", "is_secret"),
    [
        ("certs/cacert.pem", -1, False),
        ("certs/server.pem", 0, True),
        ("certs/chain.pem", 5000, True),
        ("certs/chain.crt", 5000, True),
        ("deploy_key", 0, True),
        ("demo/keys.py", 300, False),
    ],
)
def test_a_certificate_is_no_secret_and_a_private_key_is_under_any_name(path: str, key: int, is_secret: bool) -> None:
    assert bool(secrets([Member(path, 9000, "sum", key)])) is is_secret


def test_a_wheel_may_have_a_key_of_the_tree_unless_it_is_called_one() -> None:
    tree = [Member("src/demo/sample", 9, "a", 0), Member("src/demo/server.pem", 9, "b", 0)]
    inside = [Member("demo/sample", 9, "a", 0), Member("demo/server.pem", 9, "b", 0)]
    assert secrets(inside, tree, wheel=True) == ("demo/server.pem",)


def test_an_sdist_holds_nothing_that_the_tree_does_not() -> None:
    tree = members({"a.py": "1", "b.py": "2", "pyproject.toml": "static"})
    sdist = members(
        {
            "PKG-INFO": "made",
            "src/demo.egg-info/SOURCES.txt": "made",
            "setup.cfg": "made",
            "pyproject.toml.orig": "made by uv_build",
            "src/demo/_version.py": "written",
            "pyproject.toml": "dynamic",
            "a.py": "1",
            "b.py": "other",
            "notes.txt": "mine",
        }
    )
    assert sdist_faults(sdist, tree) == (
        "the sdist holds notes.txt, which is not in the tree",
        "the sdist holds b.py with other bytes than the tree",
    )


def test_what_an_sdist_leaves_out_is_told_file_by_file_or_by_the_whole_folder() -> None:
    tree = named("src/a.py", "src/b.py", "tests/t.py", "tests/data/x", "tests/data/y", "docs/a/b.md", ".gitignore")
    assert left_out(named("src/a.py", "PKG-INFO", "tests/t.py"), tree) == (
        ".gitignore",
        "docs",
        "src/b.py",
        "tests/data",
    )
    assert left_out(tree, tree) == ()


def test_a_wheel_installs_no_package_called_tests() -> None:
    assert wheel_faults(named("demo/__init__.py", "tests/test_a.py", "demo-1.dist-info/METADATA")) == (
        "the wheel installs a package 'tests' at the top",
    )
    assert wheel_faults(named("demo.py", "demo-1.dist-info/METADATA")) == ()


def test_an_empty_wheel_is_a_fault() -> None:
    assert wheel_faults(named("demo-1.dist-info/METADATA")) == ("the wheel holds nothing but its metadata",)


def test_two_wheels_differ_file_by_file() -> None:
    left = members({"a.py": "1", "b.py": "2", "d.dist-info/RECORD": "x", "d/_version.py": "commit = None"})
    right = members({"a.py": "1", "b.py": "3", "c.py": "", "d.dist-info/RECORD": "y", "d/_version.py": "commit = 1"})
    assert differences(left, right, ("one", "the other")) == ("c.py is only in the other", "b.py has other bytes")
    assert differences(left, left, ("one", "the other")) == ()


def test_an_archive_is_listed_as_a_tree_with_sizes() -> None:
    found = listing(
        "demo.whl", members({"demo/a.py": "x" * 1500, "demo/inner/b.py": "", "demo.dist-info/RECORD": "12"})
    )
    assert found.splitlines() == [
        "```",
        "demo.whl (3 files, 1.5 kB unpacked)",
        "  demo.dist-info/",
        "    RECORD  2 B",
        "  demo/",
        "    a.py  1.5 kB",
        "    inner/",
        "      b.py  0 B",
        "```",
    ]


def test_of_a_big_archive_the_first_files_are_listed() -> None:
    found = listing("demo.whl", members({f"{number:04}.py": "" for number in range(1234)})).splitlines()
    assert found[1] == "demo.whl (1234 files, 0 B unpacked)"
    assert found[-3:] == ["  0999.py  0 B", "  and 234 more", "```"]


OWN = ("METADATA", "RECORD", "WHEEL")
PATHS = (*(f"demo-1.dist-info/{name}" for name in OWN), "PKG-INFO", "src/demo.egg-info/PKG-INFO", "demo.py")
WHEEL = tuple(Member(path, 1, "a") for path in PATHS)
METADATA = b"Metadata-Version: 2.4\nName: demo\n"


@pytest.mark.parametrize(
    ("path", "is_same"),
    [
        ("demo-1.dist-info/METADATA", True),
        ("demo-1.dist-info/WHEEL", True),
        ("demo-1.dist-info/RECORD", True),
        ("PKG-INFO", True),
        ("src/demo.egg-info/PKG-INFO", True),
        ("demo-1.dist-info/entry_points.txt", False),
        ("src/demo.egg-info/requires.txt", False),
        ("demo/dist-info/WHEEL", False),
        ("demo/PKG-INFO", False),
        ("demo.py", False),
    ],
)
def test_of_a_file_counts_what_no_build_tool_says_of_itself(path: str, is_same: bool) -> None:
    changed = {**{each.path: each for each in WHEEL}, path: Member(path, 2, "b")}
    assert (essence(changed.values(), METADATA) == essence(WHEEL, METADATA)) is is_same


def test_of_the_wheels_own_word_counts_all_but_who_made_it() -> None:
    told = b"Wheel-Version: 1.0\nGenerator: x 1\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    assert essence(WHEEL, METADATA, told.replace(b"x 1", b"x 2")) == essence(WHEEL, METADATA, told)
    for ours, theirs in ((b"true", b"false"), (b"any", b"linux_x86_64"), (b"1.0", b"9.0")):
        assert essence(WHEEL, METADATA, told.replace(ours, theirs)) != essence(WHEEL, METADATA, told)


def test_files_that_build_tools_write_of_themselves_are_there_or_not() -> None:
    for more in ("other-6.6.dist-info/METADATA", "src/other.egg-info/PKG-INFO"):
        assert essence((*WHEEL, Member(more, 1, "a")), METADATA) != essence(WHEEL, METADATA)


def test_of_metadata_counts_all_but_their_version() -> None:
    assert essence(WHEEL, METADATA.replace(b"2.4", b"2.5")) == essence(WHEEL, METADATA)
    assert essence(WHEEL, METADATA + b"Requires-Dist: evil\n") != essence(WHEEL, METADATA)
