"""Which commands judge style, types and pages, and where links of pages lead."""

import pytest

from cz_ship.gates import GateSettings, Hook, Remark, Tooling
from cz_ship.rules.links import broken_links
from cz_ship.rules.tooling import docs_choice, missing_entries, placed, style_choice


@pytest.mark.parametrize(
    ("gate", "settings", "tooling", "commands"),
    [
        ("lint", GateSettings(commands={"lint": "make lint"}), Tooling(hooks=(Hook("ruff"),)), ("make lint",)),
        (
            "lint",
            GateSettings(),
            Tooling(hooks=(Hook("flake8"), Hook("black"), Hook("ruff-check"))),
            ("pre-commit run flake8 --all-files", "pre-commit run ruff-check --all-files"),
        ),
        ("format", GateSettings(), Tooling(tables=("ruff", "black")), ("ruff format --check .",)),
        ("types", GateSettings(), Tooling(tables=("mypy", "mypy.files")), ("mypy",)),
        ("types", GateSettings(), Tooling(tables=("mypy", "mypy.strict")), ()),
        ("types", GateSettings(), Tooling(tables=("ruff",)), ()),
    ],
)
def test_a_tool_is_what_settings_hooks_or_tables_name(
    gate: str, settings: GateSettings, tooling: Tooling, commands: tuple[str, ...]
) -> None:
    assert style_choice(gate, settings, tooling).commands == commands


def test_where_nobody_names_a_tool_it_is_said_who_could() -> None:
    assert "gates.commands.types" in style_choice("types", GateSettings(), Tooling()).named_by


def test_a_hook_whose_program_is_not_in_the_tree_is_seen() -> None:
    hooks = (Hook("mypy", ".venv/bin/mypy --strict"), Hook("ruff-check", "ruff check"), Hook("pyright", "ci/pyright"))
    assert missing_entries(hooks, "types", ["ci/pyright"]) == (".venv/bin/mypy",)


@pytest.mark.parametrize(
    ("paths", "command"),
    [(["mkdocs.yml"], "mkdocs build"), (["docs/conf.py"], "sphinx-build -W"), (["doc/conf.py"], "sphinx-build -W")],
)
def test_pages_are_built_by_what_their_settings_are_of(paths: list[str], command: str) -> None:
    assert docs_choice(GateSettings(), paths).commands[0].startswith(command)
    assert docs_choice(GateSettings(commands={"docs": "make docs"}), paths).commands == ("make docs",)
    assert docs_choice(GateSettings(), ["README.md"]).commands == ()


def test_links_are_followed_without_a_network() -> None:
    page = """\
[there](docs/a.md#part) [folder](docs) [web](https://example.org/x) [here](#top) [mail](mailto:a@b)
[gone](docs/b.md) `[code](no.md)` ![picture](pic.png "title")
```
[fenced](no.md)
```
"""
    paths = ["README.md", "docs/a.md", "LICENSE", "a b.md"]
    assert broken_links({"README.md": page, "docs/a.md": "[up](../LICENSE) [s](../a%20b.md)"}, paths) == (
        Remark("a link leads to docs/b.md, which is not in the tree", "README.md", 2),
        Remark("a link leads to pic.png, which is not in the tree", "README.md", 2),
    )


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["a.py:2: error: no type  [x]"], [Remark("error: no type  [x]", "a.py", 2)]),
        (["src/b c.py:1:8: F401 unused"], [Remark("F401 unused", "src/b c.py", 1)]),
        (["F401 unused", " --> a.py:1:8", "  |"], [Remark("F401 unused", "a.py", 1), Remark("  |")]),
        (["Would reformat: a.py", "would reformat a.py"], [Remark("it would be reformatted", "a.py")] * 2),
        (["a.py:2: note: see there"], [Remark("a.py:2: note: see there")]),
        (["else.py:2: error"], [Remark("else.py:2: error")]),
        (["  --> a.py:1:8"], [Remark("  --> a.py:1:8")]),
        (["12:30:59 it began", "Found 1 error."], [Remark("12:30:59 it began"), Remark("Found 1 error.")]),
    ],
)
def test_what_a_tool_says_is_told_at_the_place_that_it_names(lines: list[str], wanted: list[Remark]) -> None:
    assert placed(lines, ["a.py", "src/b c.py"]) == tuple(wanted)
