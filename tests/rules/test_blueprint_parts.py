"""The parts of a blueprint: tags, what is left to a person, lists in YAML, an upgrade of cz-ship."""

import re
from pathlib import Path

import pytest
import yaml

from cz_ship.errors import Failure
from cz_ship.rules.blueprint_by_hand import by_hand, place
from cz_ship.rules.blueprint_files import HOOKS, PIPELINE
from cz_ship.rules.blueprint_yaml import with_entry
from cz_ship.settings import MODES
from cz_ship.site import Blueprint
from tests.support.blueprints import CASES, laid, proposed, seen, templates

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "remote",
    [
        "git@git.example.org:ann/demo.ship.git",
        "https://git.example.org/ann/demo.ship",
        "https://git.example.org/ann/demo.ship.git/",
        "ssh://git@git.example.org:22/ann/demo.ship.git",
    ],
)
def test_an_address_leads_to_an_owner_and_a_name(remote: str) -> None:
    assert place(remote) == ("ann", "demo.ship")


@pytest.mark.parametrize("remote", ["", "/srv/git/demo.git", "../demo.git", "file:///srv/ann/demo.git"])
def test_a_path_leads_to_no_forge(remote: str) -> None:
    assert place(remote) is None
    assert "OWNER" in by_hand(Blueprint("demo", "main", "push", (), (), ()), remote, {"test": "t", "prod": "p"})


def test_where_no_workflow_of_github_runs_that_is_told() -> None:
    blueprint = Blueprint("demo", "main", "push", (), (), ())
    forms = {"test": "t", "prod": "p"}
    assert "gitlab runs neither" in by_hand(blueprint, "https://gitlab.example.org/ann/demo", forms)
    assert "runs neither" not in by_hand(blueprint, "https://git.example.org/ann/demo", forms)


@pytest.mark.parametrize("mode", MODES)
def test_what_no_program_can_do_is_told_with_every_value(mode: str) -> None:
    said = by_hand(
        Blueprint("demo-ship", "trunk", mode, (), (), ()), "git@h:ann/demo.git", {"test": "TEST", "prod": "PROD"}
    )
    for word in ("TEST", "PROD", "demo-ship", "ann", "demo", "pipeline.yml", "testpypi", "pypi", "trunk", mode):
        assert word in said


def test_the_hooks_laid_down_are_those_that_there_are() -> None:
    there = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    hooks = yaml.safe_load(templates()["pre-commit.yaml"].replace("{version}", "1.4.0"))["repos"][0]["hooks"]
    assert all(hook.pop("additional_dependencies") == ["cz-ship==1.4.0"] for hook in hooks)
    for hook in there:
        del hook["description"]
    assert hooks == there


def test_the_example_of_secrets_is_our_own() -> None:
    assert templates()["env.example"] == (ROOT / ".env.example").read_text(encoding="utf-8")


YAML = [
    ("repos:\n- a: 1\n", "repos:\n- b: 2\n  c: 3\n- a: 1\n"),
    (
        "x: 1\nrepos:  # ours\n    # first\n    - a: 1\n",
        "x: 1\nrepos:  # ours\n    - b: 2\n      c: 3\n    # first\n    - a: 1\n",
    ),
    ("repos: []\n", "repos:\n  - b: 2\n    c: 3\n"),
    ("repos: []  # none yet\nx: 1\n", "repos:\n  - b: 2\n    c: 3\n  # none yet\nx: 1\n"),
]


@pytest.mark.parametrize(("before", "after"), YAML)
def test_an_entry_comes_to_the_front_of_a_list(before: str, after: str) -> None:
    assert with_entry(before, "repos", "- b: 2\n  c: 3\n") == after


@pytest.mark.parametrize(
    "before",
    [
        "",
        "repos: [{a: 1}]\n",
        "other:\n- a\n",
        "- repos\n",
        "? repos\n: - a: 1\n",
        "repos:\n- a: 1\nrepos:\n- c: 3\n",
    ],
)
def test_a_list_that_is_written_otherwise_is_left_and_told(before: str) -> None:
    with pytest.raises(Failure, match="is written in a way"):
        with_entry(before, "repos", "- b: 2\n")


def test_updates_go_into_the_file_that_is_there_whatever_its_ending() -> None:
    view = seen(CASES / "hatchling-static")
    there = ".github/dependabot.yaml"
    view = view._replace(texts={**view.texts, there: "version: 2\nupdates:\n  - package-ecosystem: pip\n"})
    made = laid(view, proposed(view).edits).texts
    assert ".github/dependabot.yml" not in made
    assert [each["package-ecosystem"] for each in yaml.safe_load(made[there])["updates"]] == ["github-actions", "pip"]


TUPLES = [("1.4.0", (1, 4, 0)), ("1.4.0rc3027325108", (1, 4, 0, "rc3027325108")), ("1.2.post1", (1, 2, "post1"))]


@pytest.mark.parametrize(("version", "parts"), TUPLES)
def test_a_module_that_setuptools_scm_wrote_goes_on_saying_all_its_names(
    version: str, parts: tuple[object, ...]
) -> None:
    said: dict[str, object] = {}
    view = seen(CASES / "setuptools-scm")
    made = {edit.path: edit.after for edit in proposed(view._replace(tags=(version,))).edits}
    exec(made["src/demo_ship/_version.py"], said)
    assert (said["__version__"], said["version"]) == (version, version)
    assert (said["__version_tuple__"], said["version_tuple"]) == (parts, parts)
    assert (said["__commit_id__"], said["commit_id"]) == (None, None)


GROUPED = """\
[project]
name = "demo"
version = "1.0.0"

[dependency-groups]
dev = [{include-group = "packing"}, "ruff"]
packing = ["build", {include-group = "dev"}]
"""


def test_what_an_included_group_asks_for_is_not_asked_for_twice() -> None:
    view = seen(CASES / "hatchling-static")
    pyproject = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n' + GROUPED
    made = laid(view, proposed(view._replace(texts={"pyproject.toml": pyproject})).edits).texts["pyproject.toml"]
    assert 'dev = [{include-group = "packing"}, "ruff", "twine"]\n' in made


_POETRY = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\n'
READMES = [
    ({"pyproject.toml": '[project]\nname = "a"\nversion = "1"\n'}, 'readme = "README.rst" in [project]'),
    ({"pyproject.toml": '[project]\nname = "a"\nversion = "1"\nreadme = "README.rst"\n'}, ""),
    ({"pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndynamic = ["readme"]\n'}, ""),
    ({"pyproject.toml": f'{_POETRY}name = "a"\nversion = "1"\n'}, 'readme = "README.rst" in [tool.poetry]'),
    ({"pyproject.toml": f'{_POETRY}name = "a"\nversion = "1"\nreadme = "README.rst"\n'}, ""),
    ({"setup.py": 'setup(name="a", version="1")\n'}, "long_description and long_description_content_type"),
    ({"setup.py": 'setup(name="a", version="1", long_description_content_type="text/x-rst")\n'}, ""),
]


@pytest.mark.parametrize(("texts", "hint"), READMES)
def test_a_package_that_does_not_say_what_its_readme_is_is_told_before_twine_refuses_it(
    texts: dict[str, str], hint: str
) -> None:
    view = seen(CASES / "hatchling-static")._replace(texts=texts, paths=(*texts, "README.rst"))
    found = [each.hint for each in proposed(view).findings if each.code == "no-readme"]
    assert [each.startswith(hint) for each in found] == ([True] if hint else [])


def test_a_pipeline_of_other_hands_is_given_a_name_that_is_free() -> None:
    view = seen(CASES / "pipeline-of-somebody-else")
    taken = view._replace(
        paths=(*view.paths, ".github/workflows/ci.yml"),
        texts={**view.texts, PIPELINE: "jobs: {up: {steps: [{run: twine upload dist/*}]}}\n"},
    )
    (hint,) = (each.hint for each in proposed(taken).findings if each.code == "foreign")
    assert hint.startswith(f"git mv {PIPELINE} .github/workflows/checks.yml, and run init again; ")
    assert "tell the new name there" in hint


def test_the_pipeline_has_the_permissions_of_the_mode() -> None:
    view = seen(CASES / "hatchling-static")
    settings = '[tool.cz-ship]\nmode = "pull-request"\n'
    asked = view._replace(texts={**view.texts, ".cz.toml": settings})
    jobs = [
        yaml.safe_load(laid(each, proposed(each).edits).texts[PIPELINE])["jobs"]["tag"]["permissions"]
        for each in (view, asked)
    ]
    assert jobs == [{"contents": "write"}, {"contents": "write", "pull-requests": "write", "actions": "write"}]
    assert proposed(laid(asked, proposed(asked).edits)).edits == ()


def test_a_newer_cz_ship_raises_what_nobody_changed_and_keeps_the_rest() -> None:
    view = seen(CASES / "hatchling-static")
    view = laid(view, proposed(view, "1.4.0").edits)
    newer = proposed(view, "1.5.0")
    assert [edit.path for edit in newer.edits] == [PIPELINE, HOOKS]
    assert newer.kept == ()
    assert all("1.4.0" not in edit.after and "cz-ship==1.5.0" in edit.after for edit in newer.edits)
    own = view.texts[PIPELINE].replace("macos-latest", "windows-latest")
    mine = proposed(view._replace(texts={**view.texts, PIPELINE: own}), "1.4.0")
    assert [(edit.path, edit.before) for edit in mine.kept] == [(PIPELINE, own)], "doctor sends whoever drifted here"
    assert "edited" in [each.code for each in mine.findings]
    edited = proposed(view._replace(texts={**view.texts, PIPELINE: own}), "1.5.0")
    assert [edit.path for edit in edited.edits] == [HOOKS]
    assert [(edit.path, edit.before) for edit in edited.kept] == [(PIPELINE, own)]
    assert [each.code for each in edited.findings if each.code == "edited"] == ["edited"]


def test_what_a_person_changed_is_shown_and_restored_once_it_is_removed() -> None:
    fresh = seen(CASES / "hatchling-static")
    view = laid(fresh, proposed(fresh).edits)
    template, own = view.texts[PIPELINE], view.texts[PIPELINE].replace("fetch-depth: 0", "fetch-depth: 1")
    found = proposed(view._replace(texts={**view.texts, PIPELINE: own}))
    assert found.edits == ()
    assert [(edit.path, edit.before, edit.after) for edit in found.kept] == [(PIPELINE, own, template)]
    (told,) = [each for each in found.findings if each.code == "edited"]
    assert f"git rm {PIPELINE}, and run init again" in told.hint
    removed = view._replace(
        texts={path: text for path, text in view.texts.items() if path != PIPELINE},
        paths=tuple(path for path in view.paths if path != PIPELINE),
    )
    assert [(edit.path, edit.after) for edit in proposed(removed).edits] == [(PIPELINE, template)]


@pytest.mark.parametrize(
    ("mode", "more"), [("push", {}), ("pull-request", {"pull-requests": "write", "actions": "write"})]
)
def test_the_pipeline_is_that_of_the_branch_and_of_the_mode(mode: str, more: dict[str, str]) -> None:
    view = seen(CASES / "hatchling-static")
    settings = f'[tool.cz-ship]\nmode = "{mode}"\nbranch = "1.x\'s"\n'
    view = view._replace(texts={**view.texts, ".cz.toml": settings}, paths=(*view.paths, ".cz.toml"))
    laid_down = laid(view, proposed(view).edits).texts[PIPELINE]
    workflow = yaml.safe_load(laid_down)
    assert workflow[True]["push"] == {"branches": ["1.x's"]}
    assert "main" not in "".join(re.findall(r"refs/heads/[^ ]*", laid_down))
    conditions = [str(job.get("if", "")) for job in workflow["jobs"].values()]
    assert sum("'refs/heads/1.x''s'" in each for each in conditions) == 2
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()}["tag"] == {"contents": "write", **more}


def test_a_package_that_is_called_as_what_builds_leave_is_not_ignored() -> None:
    view = seen(CASES / "hatchling-static")
    ignored = laid(view, proposed(view).edits).texts[".gitignore"].splitlines()
    assert ignored == [".env", "/dist/", "/build/", "*.egg-info/"]
    named = view._replace(paths=(*view.paths, "build/__init__.py"))
    assert "/build/" not in laid(named, proposed(named).edits).texts[".gitignore"]


@pytest.mark.parametrize(("there", "told"), [("pre-commit", ["commit-msg", "pre-push"]), (None, [])])
def test_hooks_that_pre_commit_would_not_install_are_told(there: str | None, told: list[str]) -> None:
    view = seen(CASES / "hatchling-static")
    types = f"default_install_hook_types: [{there}]\n" if there else ""
    view = view._replace(texts={**view.texts, HOOKS: f"{types}repos:\n- repo: local\n  hooks: []\n"})
    for _ in range(2):
        found = proposed(view)
        hints = [each.text for each in found.findings if each.code == "hook-types"]
        assert hints == [
            f"default_install_hook_types is without {' and '.join(told)}, where cz-ship's hooks are"
        ] * bool(told)
        view = laid(view, found.edits)


@pytest.mark.parametrize("branch", ["3.10", "1e3", "on", "main", "a,b", "it's"])
def test_a_branch_is_a_text_for_the_pipeline_whatever_its_name(branch: str) -> None:
    view = seen(CASES / "hatchling-static")._replace(branch=branch)
    workflow = yaml.safe_load(laid(view, proposed(view).edits).texts[PIPELINE])
    assert workflow[True]["push"] == {"branches": [branch]}
