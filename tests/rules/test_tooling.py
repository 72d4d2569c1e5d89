"""Which commands judge style, types and pages, and where links of pages lead."""

import pytest

from cz_ship.gates import GateSettings, Hook, Remark
from cz_ship.rules.links import broken_links
from cz_ship.rules.tooling import Choice, docs_choice, placed, style_choice


def commands(choice: Choice) -> tuple[str, ...]:
    return tuple(tool.command for tool in choice.tools)


def chosen(gate: str, *hooks: Hook, tables: tuple[str, ...] = (), here: str = "", fetching: bool = True) -> Choice:
    """What a gate asks where those programs are here."""
    return style_choice(gate, hooks, tables, here.split().__contains__, fetching=fetching)


def test_every_linter_is_asked_that_a_hook_is_of() -> None:
    assert commands(chosen("lint", Hook("flake8"), Hook("black"), Hook("ruff-check"))) == (
        "pre-commit run flake8 --all-files",
        "pre-commit run ruff-check --all-files",
    )


@pytest.mark.parametrize(
    ("gate", "tables", "wanted"),
    [
        ("format", ("black", "isort"), ("black --check .", "isort --check .")),
        ("format", ("ruff", "isort"), ("ruff format --check .", "isort --check .")),
        ("format", ("ruff", "black"), ("black --check .",)),
        ("format", ("ruff", "black", "ruff.format"), ("ruff format --check .", "black --check .")),
        ("lint", ("pylint", "ruff"), ("ruff check .", "pylint --recursive=y .")),
        ("types", ("mypy", "mypy.files", "mypy.packages", "pyright"), ("mypy", "pyright")),
        ("types", ("mypy", "mypy.strict"), ()),
        ("types", ("ruff",), ()),
    ],
)
def test_every_tool_is_asked_that_a_table_is_of(gate: str, tables: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert commands(chosen(gate, tables=tables)) == wanted


def test_hooks_of_no_family_are_asked_by_lint_beside_what_it_asks_anyway() -> None:
    hooks = (Hook("typos"), Hook("mypy"), Hook("my own", "./ci/own.sh", local=True), Hook("typos"))
    own = ("pre-commit run typos --all-files", "pre-commit run 'my own' --all-files --config {local}")
    assert commands(chosen("lint", *hooks, tables=("ruff",), here="./ci/own.sh")) == (*own, "ruff check .")
    assert commands(chosen("types", *hooks)) == ("pre-commit run mypy --all-files",)


def test_a_tool_that_is_left_out_is_told_with_why() -> None:
    assert chosen("format", tables=("ruff", "black")).left_out == (
        ("ruff format", "[tool.black] is there, and no [tool.ruff.format]"),
    )
    assert chosen("types", tables=("mypy", "pyright")).left_out == (
        ("mypy", "[tool.mypy] does not say what it is to check: files, packages or modules"),
    )


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (".venv/bin/flake8 --strict", ".venv/bin/flake8 is neither in the tree nor on the path"),
        ("flake8", "flake8 is neither in the tree nor on the path"),
        ("  ", "its entry is empty"),
        ("flake8 'src", "its entry is no command: no closing quotation"),
    ],
)
def test_a_hook_that_cannot_run_takes_no_other_with_it(entry: str, why: str) -> None:
    found = chosen("lint", Hook("flake8", entry), Hook("own", "ruff check"), Hook("ruff"), here="ruff")
    assert commands(found) == ("pre-commit run ruff --all-files", "pre-commit run own --all-files")
    assert found.left_out == (("flake8", why),)


def test_hooks_that_would_have_to_be_fetched_are_left_out_where_nothing_is() -> None:
    found = chosen("lint", Hook("typos"), Hook("ruff"), Hook("own", "ruff check"), here="ruff", fetching=False)
    assert commands(found) == ("pre-commit run ruff --all-files", "pre-commit run own --all-files")
    assert found.left_out == (("typos", "without isolation nothing is fetched"),)


def test_where_nobody_names_a_tool_it_is_said_who_could() -> None:
    found = chosen("types")
    assert (found.tools, found.left_out) == ((), ())
    assert "gates.commands.types" in found.nobody


@pytest.mark.parametrize(
    ("paths", "command"),
    [(["mkdocs.yml"], "mkdocs build"), (["docs/conf.py"], "sphinx-build -W"), (["doc/conf.py"], "sphinx-build -W")],
)
def test_pages_are_built_by_what_their_settings_are_of(paths: list[str], command: str) -> None:
    assert commands(docs_choice(GateSettings(), paths))[0].startswith(command)
    assert commands(docs_choice(GateSettings(commands={"docs": "make docs"}), paths)) == ("make docs",)
    assert commands(docs_choice(GateSettings(), ["README.md"])) == ()


def test_links_are_followed_without_a_network() -> None:
    page = """\
[there](docs/a.md#part) [folder](docs) [web](https://example.org/x) [here](#top) [mail](mailto:a@b)
[gone](docs/b.md) `[code](no.md)` ![picture](pic.png "title")
```
[fenced](no.md)
```
"""
    paths = ["README.md", "docs/a.md", "LICENSE", "a b.md"]
    assert broken_links({"README.md": page, "docs/a.md": "# Part\n[up](../LICENSE) [s](../a%20b.md)"}, paths) == (
        Remark("a link leads to pic.png, which is not in the tree", "README.md", 2),
        Remark("a link leads to docs/b.md, which is not in the tree", "README.md", 2),
    )


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("[issues](../../issues)", ()),
        ("[wiki](docs/foo_(bar).md)", ()),
        ("[wiki](docs/lost_(bar).md)", ("docs/lost_(bar).md",)),
        (r"[wiki](docs/foo_\(bar\).md) [b](lost\_it.md)", ("lost_it.md",)),
        ("``[x](y)`` `` ` [x](y) ``", ()),
        ("`a` [x](y) `b`", ("y",)),
        ("``` [x](y) ```\n[x](y)", ("y",)),
        ("<!-- [old](old.md) --> [x](y)", ("y",)),
        ("<!--\n[old](old.md)\n--> [x](y)", ("y",)),
        ("`<!--` [x](y)", ("y",)),
        ("[![badge](https://example.org/z.svg)](lost.md)", ("lost.md",)),
        ("[![badge](lost.svg)](README.md)", ("lost.svg",)),
        ("[a [b]](lost.md)", ("lost.md",)),
        ("- [ ] [a](lost.md 'title')", ("lost.md",)),
        ("[a](<docs/a b.md>) [a](<lost b.md> (title))", ("lost b.md",)),
        ("    [code](code.md)\n\n    [code](code.md)\ntext [x](y)", ("y",)),
        ("text\n\n\t[code](code.md)", ()),
        ("text\n    [x](y)", ("y",)),
        ("1.  text\n\n    [x](y)\n\n    ```\n    [code](code.md)\n    ```\n\ntext\n\n    [code](code.md)", ("y",)),
        ("!!! note\n\n    [x](y)", ("y",)),
    ],
)
def test_links_are_what_a_forge_shows_as_such(text: str, leads: tuple[str, ...]) -> None:
    found = broken_links({"README.md": text}, ["README.md", "docs/foo_(bar).md", "docs/a b.md"])
    assert [each.text for each in found] == [f"a link leads to {each}, which is not in the tree" for each in leads]


@pytest.mark.parametrize(
    ("page", "target", "leads"),
    [
        ("docs/index.md", "reference/made.md", True),
        ("docs/index.md", "../lost.md", False),
        ("README.md", "docs/reference/made.md", False),
        ("README.md", "lost.md", False),
    ],
)
def test_links_between_pages_that_a_tool_has_built_are_left_to_it(page: str, target: str, leads: bool) -> None:
    pages = {page: f"[a]({target})"}
    assert (broken_links(pages, pages, built=True) == ()) is leads
    assert len(broken_links(pages, pages)) == 1


HEADINGS = """\
# One page: *its* `parts` & [more](b.md)
Set below
---------
## Twice
## Twice ##
### snake_case and _emphasis_
~~~~
~~~
## fenced
```
~~~~
## Ünï <a name="Given"></a>
"""


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("#one-page-its-parts--more", True),
        ("a.md#set-below", True),
        ("#twice-1", True),
        ("#twice-2", False),
        ("#snake_case-and-emphasis", True),
        ("#fenced", False),
        ("#%C3%BCn%C3%AF", True),
        ("#given", True),
        ("#top", True),
        ("b.md#part", False),
        ("b.md", True),
        ("c.txt#part", True),
        ("lost.md#part", False),
    ],
)
@pytest.mark.parametrize("link", ["[a]({})", "[a][b]\n\n[b]: {}\n[^b]: lost.md"])
def test_links_lead_to_headings_as_the_forge_names_them(target: str, leads: bool, link: str) -> None:
    pages = {"a.md": f"{HEADINGS}\n{link.format(target)}\n", "b.md": "text"}
    found = broken_links(pages, [*pages, "c.txt"])
    assert (found == ()) is leads
    named = broken_links(pages, [*pages, "c.txt"], built=True)
    assert (named == ()) is (not target.startswith("lost"))


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
