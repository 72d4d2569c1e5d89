"""The laws of the house, each a function from modules to what offends against it."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeGuard

PACKAGE = "cz_ship"
GROUND = ("errors", "model", "settings", "ports", "forges", "gates", "theatre", "threads", "checkup", "site")
ROOMS = ("rules", "world", "flows", "faces")

# Which rooms a room may import from; its own room goes without saying.
DOWN: Mapping[str, tuple[str, ...]] = {
    "": (),
    "ground": (),
    "rules": ("ground",),
    "world": ("ground",),
    "flows": ("rules", "ground"),
    "faces": ("flows", "rules", "world", "ground"),
}

# Modules of the outside, and the files (or folders, with a slash) that own them: only there, and only inside functions.
DOORS: Mapping[str, tuple[str, ...]] = {
    "commitizen": ("world/commitizen", "faces/provider.py", "faces/plugin.py"),
    "jinja2": ("world/commitizen",),
    "build": ("world/dist",),
    "twine": ("world/dist.py", "world/index", "world/credentials.py"),
    "requests": ("world/http", "world/rehearsal/"),
    "pypi_simple": ("world/index", "world/http.py"),
    "stamina": ("world/",),
    "id": ("world/",),
    "pypi_attestations": ("world/attestations.py",),
    "sigstore": ("world/attestations.py",),
    "rich": ("faces/",),
    "questionary": (),
    "keyring": (),
}

# Commitizen loads these two itself, and so is there already; a class has to have its parent when it is made.
EAGER = {("commitizen", "faces/provider.py"), ("commitizen", "faces/plugin.py")}

# Modules of the standard library that reach out, and the files that own them.
REACHES: Mapping[str, tuple[str, ...]] = {
    "subprocess": ("world/process.py",),
    "multiprocessing": (),
    "pty": (),
    **dict.fromkeys(
        ("socket", "socketserver", "ssl", "http", "urllib.request", "ftplib", "smtplib", "asyncio"),
        ("world/http.py", "world/rehearsal/"),
    ),
}
STARTERS = ("os.system", "os.popen", "os.fork", "os.startfile", "os.exec", "os.spawn", "os.posix_spawn")

# What a decision may not look at: the clock, the environment, the working directory, files.
UNSEEN_MODULES = ("time", "os", "locale", "random", "secrets", "tempfile", "shutil")
UNSEEN_NAMES = (
    *("now", "utcnow", "today", "cwd", "home", "expanduser", "environ", "getenv", "getcwd"),
    *("read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "is_file", "is_dir", "exists"),
)


class Import(NamedTuple):
    """One imported name, as a full dotted path; `late` where it is not loaded with the module."""

    target: str
    line: int
    late: bool


class Module:
    """A file of the package: `place` is its path below the package, `name` its dotted name."""

    def __init__(self, package: Path, path: Path) -> None:
        self.place = path.relative_to(package).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text, self.place)
        parts = (PACKAGE, *Path(self.place).with_suffix("").parts)
        self.is_package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.is_package else parts)

    @property
    def room(self) -> str:
        """The room the file stands in: one of the four, `ground`, empty for the door, `nowhere` for none."""
        first = Path(self.place).parts[0]
        if first in ROOMS:
            return first
        if first == "__main__.py":
            return "faces"
        return {"__init__.py": "", **{f"{name}.py": "ground" for name in GROUND}}.get(first, "nowhere")

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Everything imported: anywhere, in any way, relative names made full."""
        return tuple(_imports(self.tree, self.name if self.is_package else self.name.rpartition(".")[0]))

    @cached_property
    def functions(self) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
        """Every function, methods and inner ones too."""
        return tuple(node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def stands_in(self, places: Sequence[str]) -> bool:
        """Whether this is one of the files, or in one of the folders, or begins as one of the names."""
        return any(self.place == place or (self.place.startswith(place) and place[-3:] != ".py") for place in places)


def read_package(package: Path) -> list[Module]:
    """Every module of a package; templates are text that is laid down, not code of ours."""
    paths = sorted(package.rglob("*.py"))
    return [Module(package, path) for path in paths if "templates" not in path.relative_to(package).parts]


def imports_go_down(modules: Sequence[Module]) -> list[str]:
    """Faces, flows, rules and world, ground: nothing imports upwards, and rules and world never meet."""
    rooms = {module.name: module.room for module in modules}
    found = [f"{module.place}: stands in no room" for module in modules if module.room == "nowhere"]
    for module in modules:
        for one in module.imports:
            target = _known(one.target, rooms)
            # A package's own door plate says nothing and may be read by all.
            if target is None or rooms[target] == module.room or (target == PACKAGE and module.room != "ground"):
                continue
            if rooms[target] not in DOWN.get(module.room, ()):
                found.append(f"{module.place}:{one.line}: {module.room or 'the door'} imports {target}")
    return found


def imports_are_no_circle(modules: Sequence[Module]) -> list[str]:
    """No module imports itself through others, be it late or for types alone."""
    names = {module.name: module.room for module in modules}
    edges = {
        module.name: sorted({target for one in module.imports if (target := _known(one.target, names))})
        for module in modules
    }
    return [f"circle: {' → '.join(circle)}" for circle in _circles(edges)]


def outside_has_doors(modules: Sequence[Module]) -> list[str]:
    """What is not ours is imported by its owner alone, and late."""
    found = []
    for module in modules:
        for one in module.imports:
            name = one.target.partition(".")[0]
            owners = DOORS.get(name)
            if owners is None:
                continue
            if not module.stands_in(owners):
                found.append(f"{module.place}:{one.line}: imports {name}, which {' and '.join(owners) or 'nobody'} may")
            elif not one.late and (name, module.place) not in EAGER:
                found.append(f"{module.place}:{one.line}: imports {name} outside of a function")
    return list(dict.fromkeys(found))


def programs_and_sockets_have_doors(modules: Sequence[Module]) -> list[str]:
    """Programs are started by world/process.py, sockets opened by world/http.py and the rehearsal."""
    found = []
    for module in modules:
        for one in module.imports:
            for name, owners in REACHES.items():
                if f"{one.target}.".startswith(f"{name}.") and not module.stands_in(owners):
                    found.append(f"{module.place}:{one.line}: imports {name}")
        if not module.stands_in(REACHES["subprocess"]):
            spoken = [(one.target, one.line) for one in module.imports]
            spoken += [(ast.unparse(node), node.lineno) for node in ast.walk(module.tree) if _is_attribute(node)]
            found += [f"{module.place}:{line}: {name}" for name, line in spoken if name.startswith(STARTERS)]
    return found


def only_faces_speak_and_exit(modules: Sequence[Module]) -> list[str]:
    """`print` and every way to end the process belong to the faces."""
    found = []
    for module in modules:
        if module.room == "faces":
            continue
        found += [
            f"{module.place}:{one.line}: imports {one.target}" for one in module.imports if one.target == "sys.exit"
        ]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name) and node.id in ("print", "exit", "quit", "SystemExit"):
                found.append(f"{module.place}:{node.lineno}: {node.id}")
            elif isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.exit", "os._exit", "os.abort"):
                found.append(f"{module.place}:{node.lineno}: {ast.unparse(node)}")
    return found


def rules_touch_nothing(modules: Sequence[Module]) -> list[str]:
    """A decision looks at its arguments: no clock, environment, working directory or file."""
    found = []
    for module in modules:
        if module.room != "rules":
            continue
        found += [
            f"{module.place}:{one.line}: imports {one.target}"
            for one in module.imports
            if one.target.partition(".")[0] in UNSEEN_MODULES
        ]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in UNSEEN_NAMES:
                found.append(f"{module.place}:{node.lineno}: .{node.attr}")
            elif isinstance(node, ast.Name) and node.id in ("open", "input"):
                found.append(f"{module.place}:{node.lineno}: {node.id}")
    return found


def files_and_functions_are_small(modules: Sequence[Module], *, lines: int = 300, body: int = 50) -> list[str]:
    """A file has at most 300 lines, a function 50."""
    found = []
    for module in modules:
        count = len(module.text.splitlines())
        if count > lines:
            found.append(f"{module.place}: {count} lines, at most {lines} were wanted")
        for function in module.functions:
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > body:
                found.append(f"{module.place}:{function.lineno}: {function.name} has {length} lines, wanted ≤ {body}")
    return found


def modules_have_captions(modules: Sequence[Module]) -> list[str]:
    """Each file opens with one line that could be its caption."""
    docstrings = ((module.place, ast.get_docstring(module.tree, clean=False)) for module in modules)
    return [
        f"{place}: opens with {'no docstring' if not text else 'a docstring of several lines'}"
        for place, text in docstrings
        if not text or not text.strip() or "\n" in text
    ]


def _imports(tree: ast.Module, package: str) -> Iterator[Import]:
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, late = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*up, *([node.module] if node.module else [])])
            yield from (Import(f"{source}.{alias.name}", node.lineno, late) for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (
                Import(str(word.value), node.lineno, late) for word in node.args if isinstance(word, ast.Constant)
            )
        inner = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            # What stands there for the type checker is not loaded; the arrows of the house count it all the same.
            for_types = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and child in node.body
            waiting.append((child, inner or for_types))


def _is_attribute(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute)


def _known(target: str, names: Mapping[str, str]) -> str | None:
    """The module of ours that an imported name is, or is in; None for the outside."""
    while target:
        if target in names:
            return target
        target = target.rpartition(".")[0]
    return None


def _circles(edges: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """One circle through each module that is met again on its own path."""
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if name in path:
            yield (*path[path.index(name) :], name)
        elif name not in done:
            for target in edges.get(name, ()):
                yield from walk(target, (*path, name))
            done.add(name)

    for start in edges:
        yield from walk(start, ())
