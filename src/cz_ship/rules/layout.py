"""Where a project keeps what its wheel installs, and which of its files are tests."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from keyword import iskeyword

# What pytest takes for files of tests, unless told otherwise.
# https://docs.pytest.org/en/stable/reference/reference.html#confval-python_files
NAMED = ("test_*.py", "*_test.py")
_TESTS = frozenset(("test", "tests"))
_ASIDE = re.compile(r"\.(dist-info|data)/")
# Folders and modules at the top of a tree that help with a project and are no part of what it ships.
# https://setuptools.pypa.io/en/latest/userguide/package_discovery.html#flat-layout
_HELPERS = re.compile(
    r"tests?|testing|test_\w+|\w+_tests?|conftest|docs?|documentation|examples?|exercises?|bench|benchmarks?"
    r"|bin|ci|scripts|tools|utils?|build|dist|env|venv|requirements|setup|manage|tasks|fabfile|noxfile|toxfile|_\w*"
)


def package_root(members: Iterable[str], paths: Iterable[str]) -> str | None:
    """The folder of the tree that most of a wheel's modules come from: `src`, empty for the top, None for none."""
    by_name = defaultdict(list)
    for path in paths:
        by_name[path.rpartition("/")[2]].append(path)
    counted: Counter[str] = Counter()
    for member in modules(members):
        for path in by_name[member.rpartition("/")[2]]:
            if path == member or path.endswith(f"/{member}"):
                counted[path[: -len(member)].rstrip("/")] += 1
    return min(counted, key=lambda root: (-counted[root], len(root))) if counted else None


def modules(members: Iterable[str]) -> tuple[str, ...]:
    """The Python files of a wheel, as they are installed."""
    return tuple(
        path for path in members if path.endswith(".py") and ".dist-info/" not in path and ".data/" not in path
    )


def import_names(members: Iterable[str]) -> tuple[str, ...]:
    """What a wheel lets one import: its packages and modules, below namespaces that have no module of their own.

    A file whose name is no module's (`my-script.py`) is run and not imported, and so is a `__main__`.
    """
    inside = modules(members)
    packages = {path.rpartition("/")[0] for path in inside if path.endswith("__init__.py")}
    found = set()
    for path in inside:
        folders = path.split("/")[:-1]
        above = ("/".join(folders[: count + 1]) for count in range(len(folders)))
        found.add(next((each for each in above if each in packages), path.removesuffix(".py")))
    named = (each for each in found if all(map(_is_name, each.split("/"))) and not each.endswith("__main__"))
    return tuple(sorted(each.replace("/", ".") for each in named))


def outside(
    paths: Iterable[str],
    root: str | None,
    members: Sequence[str],
    imported: Collection[str] = (),
    named: Sequence[str] = NAMED,
) -> tuple[str, ...]:
    """The files of a tree without those from which the wheel could be made: where they lie, nothing may be imported.

    Of a project without a folder of its own for them, those are the packages and modules that the wheel has, and
    those that it should have had (`lost`).
    """
    every = tuple(paths)
    gone = set(lost(every, root, members, imported, named))
    if root:
        made = {path.partition("/")[0] for path in modules(members) if path in every} | gone
        installed = {path.partition("/")[0] for path in modules(members)}
        below = f"{root}/"
        kept = [
            each for each in every if not each.startswith(below) or _is_beside(each[len(below) :], installed, named)
        ]
        return tuple(path for path in kept if path.partition("/")[0] not in made)
    tops = {path.partition("/")[0] for path in modules(members)} | gone
    return tuple(path for path in every if path.partition("/")[0] not in tops)


def lost(
    paths: Sequence[str],
    root: str | None,
    members: Sequence[str],
    imported: Collection[str] = (),
    named: Sequence[str] = NAMED,
) -> tuple[str, ...]:
    """What at the top of a tree looks like a source of the wheel, and is not in it at all.

    That is what the wheel's own modules import (`imported`), whatever its name; and without a folder for sources what
    does not go by a helper's name. A folder that begins with tests of its own (files as `named`) is none.
    """
    installed = {path.partition("/")[0] for path in modules(members)}
    tested = {path.partition("/")[0] for path in paths if path.count("/") == 1 and _is_of_tests(path, named)}
    tops = {path.partition("/")[0] for path in paths if path.endswith(".py")} - installed - tested - _TESTS
    is_flat = not root
    return tuple(sorted(top for top in tops if _stem(top) in imported or (is_flat and _is_importable(_stem(top)))))


def inner_tests(paths: Iterable[str], root: str | None, members: Sequence[str]) -> tuple[str, ...]:
    """Files of tests that lie within the wheel's packages and that it leaves out, as paths below `root`."""
    above = f"{root}/" if root else ""
    tops = {path.partition("/")[0] for path in modules(members)}
    below = [path[len(above) :] for path in paths if path.startswith(above)]
    return tuple(
        path
        for path in below
        if path not in members and path.partition("/")[0] in tops and not _TESTS.isdisjoint(path.split("/")[1:-1])
    )


def files_of_tests(paths: Iterable[str], named: Sequence[str] = NAMED) -> tuple[str, ...]:
    """Files that pytest takes for tests by their names: Python files whose name, or path, is as a pattern."""
    return tuple(path for path in paths if path.endswith(".py") and any(_is_named(path, each) for each in named))


def is_of_tests(path: str) -> bool:
    """Whether a file of a wheel is a test, or lies among the tests of a package."""
    return _is_of_tests(f"/{path}", NAMED) or not _TESTS.isdisjoint(path.split("/")[1:-1])


def _is_beside(path: str, installed: Collection[str], named: Sequence[str]) -> bool:
    """Whether a path below the folder of sources is of tests that lie beside the packages there."""
    top = path.partition("/")[0]
    return top not in installed and (top in _TESTS or ("/" not in path and _is_of_tests(f"/{path}", named)))


def _is_of_tests(path: str, named: Sequence[str]) -> bool:
    """By a name that tells tests from modules, as `*.py` does not."""
    telling = [each for each in named if not _is_named("demo/__init__.py", each)]
    return bool(files_of_tests([path], telling)) or path.endswith("/conftest.py")


def _is_named(path: str, pattern: str) -> bool:
    return fnmatchcase(f"/{path}", f"*/{pattern}") if "/" in pattern else fnmatchcase(path.rpartition("/")[2], pattern)


def _stem(top: str) -> str:
    return top.removesuffix(".py")


def _is_name(part: str) -> bool:
    return part.isidentifier() and not iskeyword(part)


def _is_importable(name: str) -> bool:
    return name.isidentifier() and _HELPERS.fullmatch(name) is None
