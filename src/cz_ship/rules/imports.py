"""What the modules of a wheel import, and what of that lies in the tree and was not shipped."""

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from cz_ship.rules.layout import is_of_tests

# Who catches one of these does without the module.
_CAUGHT = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException"))
# https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory
_DATA = re.compile(r"[^/]+\.data/(purelib|platlib)/")


class Unshipped(NamedTuple):
    """A top-level name that a module of a wheel imports, at a line of it (from 1), and that the tree alone has."""

    name: str
    module: str
    line: int


def unshipped(
    sources: Mapping[str, bytes],
    members: Iterable[str],
    paths: Collection[str],
    root: str | None,
    requires: Iterable[str] = (),
) -> tuple[Unshipped, ...]:
    """What modules of a wheel (`sources`, by their paths there) import and the tree has, at its top or in `root`.

    What the wheel's tests import is left to them. A name of the standard library's, or of a requirement, is meant for
    what those bring.
    """
    shipped = {_DATA.sub("", path).partition("/")[0].partition(".")[0] for path in members}
    brought = {canonicalize_name(Requirement(each).name) for each in requires}
    known = frozenset(paths)
    above = {"", f"{root}/" if root else ""}
    found: dict[tuple[str, str], Unshipped] = {}
    for module, source in sorted(sources.items()):
        if is_of_tests(module):
            continue
        for name, line in _imports(source):
            top = name.partition(".")[0]
            is_meant = top in shipped or top in sys.stdlib_module_names or canonicalize_name(top) in brought
            if not is_meant and any(f"{place}{way}" in known for place in above for way in _ways(name)):
                found.setdefault((top, module), Unshipped(top, module, line))
    return tuple(found.values())


def _ways(name: str) -> Iterator[str]:
    """The files that a dotted name, or what stands before one of its dots, may be read from."""
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        way = "/".join(parts[:count])
        yield from (f"{way}.py", f"{way}/__init__.py")


def _imports(source: bytes) -> Iterator[tuple[str, int]]:
    """The absolute names that a module imports wherever it does, unless it can do without; with the line of each.

    Nothing is told of what this Python cannot read: it may be meant for another.
    """
    try:
        waiting: list[ast.AST] = [ast.parse(source)]
    except (SyntaxError, ValueError, RecursionError):
        return
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Import):
            yield from ((each.name, node.lineno) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((f"{node.module}.{each.name}", node.lineno) for each in node.names)
        waiting += _indispensable(node)


def _indispensable(node: ast.AST) -> Iterable[ast.AST]:
    """What of a node is not left out where types are not checked, or where a module is not there."""
    if isinstance(node, ast.If) and _last_names(node.test) == {"TYPE_CHECKING"}:
        return node.orelse
    if isinstance(node, ast.With) and any(_suppresses(each.context_expr) for each in node.items):
        return ()
    handlers = getattr(node, "handlers", ())  # of `try`, and of `try` with `except*`, which Python 3.10 has not
    if any(each.type is None or _last_names(each.type) & _CAUGHT for each in handlers):
        return [*handlers, *getattr(node, "finalbody", ())]
    return ast.iter_child_nodes(node)


def _suppresses(call: ast.expr) -> bool:
    is_one = isinstance(call, ast.Call) and _last_names(call.func) == {"suppress"}
    return is_one and any(_last_names(each) & _CAUGHT for each in getattr(call, "args", ()))


def _last_names(expression: ast.expr) -> set[str]:
    """The names in an expression (of `typing.TYPE_CHECKING` the last one), where it is one, or a tuple of such."""
    if isinstance(expression, ast.Tuple):
        return {name for each in expression.elts for name in _last_names(each)}
    if isinstance(expression, ast.Attribute):
        return {expression.attr}
    return {expression.id} if isinstance(expression, ast.Name) else set()
