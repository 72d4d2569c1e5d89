"""Moving in: what the settings of other tools say is taken over, and what has no match is named."""

import pytest

from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_moves import customs_of
from cz_ship.site import Custom
from tests.support.blueprints import CASES, proposed, seen


def custom(path: str, text: str) -> Custom:
    (found,) = customs_of(Draft(seen(CASES / "hatchling-static")._replace(texts={path: text})))
    return found


PSR = "[tool.semantic_release]\n"
PYPROJECT = "pyproject.toml"
UNMATCHED = [
    (PYPROJECT, PSR + 'commit_parser = "emoji"\n', ["commit_parser has no match here: types and their worth"]),
    (PYPROJECT, PSR + 'commit_parser = "conventional"\n', []),
    (PYPROJECT, PSR + 'tag_format = "rel-{version}-{foo}"\n', ["tag_format has no match here"]),
    (PYPROJECT, PSR + '[tool.semantic_release.changelog]\nexclude_commit_patterns = ["x"]\n',
     ["changelog.exclude_commit_patterns has no match here"]),
    (PYPROJECT, PSR + '[tool.semantic_release.branches.main]\nmatch = "main"\n'
     '[tool.semantic_release.branches.next]\nmatch = "next"\n', ["branches.next has no match here"]),
    (PYPROJECT, PSR + '[tool.semantic_release.branches.main]\nmatch = "(main|master)"\n',
     ["branches.main has no match here"]),
    (PYPROJECT, "[tool.bumpversion]\nsign_tags = true\n", ["sign_tags has no match here"]),
    (PYPROJECT, '[tool.bumpversion]\n[[tool.bumpversion.files]]\nglob = "src/**/*.py"\n',
     ["files: src/**/*.py has no match here"]),
    (PYPROJECT, '[tool.bumpversion]\n[[tool.bumpversion.files]]\nfilename = "README.md"\nsearch = "## Unreleased"\n',
     ["files: README.md has no match here"]),
    (".releaserc", "branches: [{name: master}, next]\nrepositoryUrl: a\n",
     ["branches: next has no match here", "repositoryUrl has no match here"]),
    (".releaserc", 'plugins: [["@semantic-release/commit-analyzer", {preset: angular}]]\n',
     ["plugins: @semantic-release/commit-analyzer: preset has no match here"]),
    (".versionrc", "{skip: {tag: true}}\n", ["skip has no match here"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "told"), UNMATCHED)
def test_what_has_no_match_is_named(path: str, text: str, told: list[str]) -> None:
    found = custom(path, text).unmatched
    assert len(found) == len(told), found
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True)), found


BUMP = "[tool.bumpversion]\n[[tool.bumpversion.files]]\n"
PLACES = [
    (PYPROJECT, PSR + 'version_variables = ["conf.py:release:nf"]\n', ("conf.py:release",)),
    (PYPROJECT, PSR + 'version_variable = "a.py:__version__,b.py:release"\n', ("a.py:__version__", "b.py:release")),
    (PYPROJECT, PSR + 'version_toml = ["other.toml:x.ver"]\n', ("other.toml:ver",)),
    ("setup.cfg", "[semantic_release]\nversion_variable = a.py:__version__\n", ("a.py:__version__",)),
    (PYPROJECT, BUMP + 'filename = "a.json"\nsearch = \'"version": "{current_version}"\'\n', ("a.json:version",)),
    (PYPROJECT, BUMP + 'filename = "a.toml"\nkey_path = "a.version"\n', ("a.toml:version",)),
    (PYPROJECT, BUMP + 'filename = "a.txt"\n', ("a.txt",)),
    (".bumpversion.cfg", "[bumpversion]\n[bumpversion:file (1):a]\n[bumpversion:file:b]\n", ("a", "b")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "places"), PLACES)
def test_places_of_the_version_are_taken_over(path: str, text: str, places: tuple[str, ...]) -> None:
    found = custom(path, text)
    assert (found.version_files, found.unmatched) == (places, ())


FORMATS = [
    (PYPROJECT, "[tool.bumpversion]\ntag = false\n", None),
    (PYPROJECT, '[tool.bumpversion]\ntag_name = "r{new_version}"\n', "r$version"),
    (PYPROJECT, PSR, None),
    (".releaserc", "{}", None),
    (".versionrc", "{}", None),
    (".versionrc", '{"tagPrefix": ""}', "$version"),
    ("package.json", '{"release": {"tagFormat": "r${version}"}}', "r$version"),
    ("package.json", '{"standard-version": {"tagPrefix": "r"}}', "r$version"),
    ("release-please-config.json", '{"packages": {}}', None),
    ("release-please-config.json", '{"component": "a", "tag-separator": "@"}', "a@v$version"),
]


@pytest.mark.parametrize(("path", "text", "tag_format"), FORMATS)
def test_a_tag_format_is_that_which_is_said_and_no_default(path: str, text: str, tag_format: str | None) -> None:
    assert custom(path, text).tag_format == tag_format


def test_the_branch_of_semantic_release_may_be_named_in_a_table() -> None:
    assert custom(".releaserc", "branches: [{name: master}]\n").branch == "master"


@pytest.mark.parametrize("path", ["release.config.cjs", ".versionrc.js", ".releaserc.js"])
def test_settings_that_are_a_program_are_named_as_not_read(path: str) -> None:
    view = seen(CASES / "hatchling-static")
    found = proposed(view._replace(paths=(*view.paths, path)))
    assert [each.text for each in found.findings if each.code == "unread"] == [
        f"{path} has settings of another release tool, and is a program: it was not read"
    ]
