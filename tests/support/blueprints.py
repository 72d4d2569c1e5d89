"""Case folders of `init`: `in/` is a project, `view.json` what git says of it, `proposed.txt` what init proposes."""

import difflib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from cz_ship.rules import blueprint_files
from cz_ship.rules.blueprint import blueprint, readable
from cz_ship.site import Blueprint, Edit, View

CASES = Path(__file__).resolve().parent.parent / "cases" / "init"
SHIP = "1.4.0"
# Files that are laid down whole, and the same for everybody: a case tells only that they are.
_WHOLE = (
    *(blueprint_files.HOOKS, blueprint_files.PIPELINE, blueprint_files.DEPENDABOT, blueprint_files.SECRETS),
    *(".gitignore", "CHANGELOG.md"),
)


def cases() -> list[Path]:
    """Every case's folder."""
    return sorted(path.parent for path in CASES.glob("*/in"))


def seen(case: Path) -> View:
    """The project of a case, as the door would hand it over."""
    root = case / "in"
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    told = json.loads((case / "view.json").read_text()) if (case / "view.json").exists() else {}
    return View(
        folder="some-folder",
        paths=tuple(paths),
        texts={path: (root / path).read_bytes().decode() for path in readable(paths) if path in paths},
        ignored=frozenset(told.get("ignored", ())),
        changed=frozenset(told.get("changed", ())),
        tags=tuple(told.get("tags", ())),
        branch=str(told.get("branch", "main")),
        remote=str(told.get("remote", "")),
    )


def templates() -> dict[str, str]:
    """What is laid down, by name."""
    folder = files("cz_ship").joinpath("templates")
    names = ("github/pipeline.yml", "github/dependabot.yml", "init/pre-commit.yaml", "init/env.example")
    return {name.rpartition("/")[2]: folder.joinpath(name).read_text(encoding="utf-8") for name in names}


def proposed(view: View, ship: str = SHIP) -> Blueprint:
    """What init proposes."""
    return blueprint(view, ship, templates())


def laid(view: View, edits: tuple[Edit, ...]) -> View:
    """The project after it."""
    texts = {**view.texts, **{edit.path: edit.after for edit in edits}}
    return view._replace(texts=texts, paths=tuple(dict.fromkeys([*view.paths, *texts])))


def shown(found: Blueprint) -> str:
    """A proposal as a case tells it."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Blueprint) -> Iterator[str]:
    yield f"{found.project}, branch {found.branch}, mode {found.mode}"
    for edit in found.edits:
        yield f"{'new' if edit.before is None else 'changed'} {edit.path}: {'; '.join(edit.why)}"
        if edit.before is not None or edit.path not in _WHOLE:
            before, after = (edit.before or "").splitlines(), edit.after.splitlines()
            yield from (f"    {line}".rstrip() for line in [*difflib.unified_diff(before, after, n=1, lineterm="")][2:])
    yield from (f"kept {edit.path}" for edit in found.kept)
    yield from (
        f"{each.level} {each.code}: {each.text}" + f" ({each.hint})" * bool(each.hint) for each in found.findings
    )
