"""Moving in: what other tools say is taken over, and not a key of theirs is lost without a word."""

import json

import pytest

from cz_ship.rules.blueprint import readable
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_moves import customs_of
from cz_ship.rules.blueprint_places import Places, of_file, of_key, of_variable
from cz_ship.site import Custom, View
from tests.support.blueprints import proposed

STATIC = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo"\n'
STATIC += 'version = "1.2.0"\nreadme = "README.md"\n'


def view(files: dict[str, str], *tags: str) -> View:
    """A project of these files on the branch main."""
    paths = tuple(files)
    texts = {path: files[path] for path in readable(paths) if path in files}
    return View("demo", paths, texts, frozenset(), frozenset(), tags, "main", "")


def custom(path: str, text: str) -> Custom:
    """What the one tool says that has settings here."""
    (found,) = customs_of(Draft(view({path: text})))
    return found


# A file, a table of keys as it is written there, and the tool that reads it.
HOMES = [
    ("pyproject.toml", "[tool.semantic_release]\n{0} = 7", "python-semantic-release"),
    ("releaserc.toml", "[semantic_release]\n{0} = 7", "python-semantic-release"),
    ("setup.cfg", "[semantic_release]\n{0} = 7", "python-semantic-release"),
    ("pyproject.toml", "[tool.semantic_release.changelog]\n{0} = 7", "python-semantic-release"),
    ("pyproject.toml", "[tool.semantic_release.changelog.default_templates]\n{0} = 7", "python-semantic-release"),
    ("pyproject.toml", '[tool.semantic_release.branches.main]\nmatch = "main"\n{0} = 7', "python-semantic-release"),
    ("pyproject.toml", "[tool.bumpversion]\n{0} = 7", "bump-my-version"),
    (".bumpversion.toml", "[tool.bumpversion]\n{0} = 7", "bump-my-version"),
    ("pyproject.toml", '[[tool.bumpversion.files]]\nfilename = "a.py"\n{0} = 7', "bump-my-version"),
    (".bumpversion.cfg", "[bumpversion]\n{0} = 7", "bump2version"),
    ("setup.cfg", "[bumpversion]\n[bumpversion:file:a.py]\n{0} = 7", "bump2version"),
    (".releaserc", "{0}: 7", "semantic-release"),
    (".releaserc.json", '{{"plugins": [["@semantic-release/git", {{"{0}": 7}}]]}}', "semantic-release"),
    ("package.json", '{{"release": {{"{0}": 7}}}}', "semantic-release"),
    (".versionrc", '{{"{0}": 7}}', "standard-version"),
    ("package.json", '{{"standard-version": {{"{0}": 7}}}}', "standard-version"),
    ("release-please-config.json", '{{"{0}": 7}}', "release-please"),
    ("release-please-config.json", '{{"packages": {{".": {{"{0}": 7}}}}}}', "release-please"),
]


@pytest.mark.parametrize(("path", "written", "tool"), HOMES)
def test_a_key_that_nobody_here_ever_heard_of_is_told(path: str, written: str, tool: str) -> None:
    found = custom(path, written.format("new-in-9"))
    assert found.tool == tool
    assert [line for line in found.unmatched if "new-in-9 has no match here" in line], found.unmatched


PSR, BUMP = "[tool.semantic_release]\n", "[tool.bumpversion]\n"
TOLD = [
    ("pyproject.toml", PSR + 'commit_parser = "emoji"', "commit_parser"),
    ("pyproject.toml", PSR + 'tag_format = "rel-{version}-{foo}"', "tag_format 'rel-{version}-{foo}'"),
    ("pyproject.toml", PSR + 'branches.next = {match = "next", prerelease = true}', "branches.next"),
    ("pyproject.toml", PSR + 'version_variables = ["a.yml:*:tf"]', "version_variables: a.yml:*:tf"),
    ("pyproject.toml", PSR + 'remote = {name = "upstream"}', "remote"),
    ("pyproject.toml", BUMP + "tag = false", "tag"),
    (
        "pyproject.toml",
        BUMP + 'tag_name = "{current_version}-{new_version}"',
        "tag_name '{current_version}-{new_version}'",
    ),
    (".bumpversion.cfg", "[bumpversion]\n[bumpversion:part:release]\nvalues = a", "[bumpversion:part:release]"),
    (".releaserc", "branches: [main, {name: next, prerelease: true}]", "branches: next"),
    (".releaserc", 'plugins: [["@semantic-release/commit-analyzer", {preset: eslint}]]', "commit-analyzer: preset"),
    (".versionrc", '{"skip": {"tag": true}}', "skip"),
]


@pytest.mark.parametrize(("path", "written", "told"), TOLD)
def test_a_setting_that_means_something_else_here_is_told(path: str, written: str, told: str) -> None:
    assert [line for line in custom(path, written).unmatched if f"{told} has no match here" in line]


NOTHING = [
    (
        "pyproject.toml",
        PSR + 'commit_parser = "conventional"\nbuild_command = ""\nbranches.main.match = "(main|master)"',
    ),
    ("pyproject.toml", BUMP + 'commit = true\ntag = true\nsign_tags = false\nsearch = "{current_version}"'),
    (".bumpversion.cfg", "[bumpversion]\ncurrent_version = 1.0\ncommit = True\ntag = True"),
    (".releaserc", 'branches: main\nplugins: ["@semantic-release/git"]'),
    ("release-please-config.json", '{"$schema": "x", "packages": {".": {"package-name": "demo"}}}'),
]


@pytest.mark.parametrize(("path", "written"), NOTHING)
def test_what_happens_here_anyway_is_not_worth_a_word(path: str, written: str) -> None:
    assert custom(path, written).unmatched == ()


PATHS = ("src/demo/__init__.py", "src/demo/inner/a.py", "src/demo/inner/b.txt", "README.md")
FILES: list[tuple[dict[str, object], tuple[str, ...], int]] = [
    ({"filename": "README.md"}, ("README.md",), 0),
    ({"filename": "a.py", "search": '__version__ = "{current_version}"'}, ("a.py:__version__",), 0),
    ({"filename": "package.json", "search": '"version": "{current_version}"'}, (r'package.json:"version": "\d',), 0),
    ({"filename": "a", "search": "v{current_version} is out"}, (r"a:v\d\S* is out",), 0),
    ({"filename": "README.md", "search": "## Unreleased", "replace": "## {new_version}"}, (), 1),
    ({"filename": "a", "search": "one\ntwo {current_version}"}, (), 1),
    ({"filename": "a", "search": "v{current_version}", "replace": "w{new_version}"}, (), 1),
    ({"filename": "a", "search": "v{current_version} of {now}"}, (), 1),
    ({"filename": "a", "search": "{current_version} is out"}, (), 1),
    ({"filename": "a", "search": "a.{current_version}", "regex": True}, (), 2),
    ({"filename": "pyproject.toml"}, (), 0),
    ({"filename": "pyproject.toml", "search": 'version = "{current_version}"'}, (), 0),
    ({"filename": "pyproject.toml", "search": 'fallback = "{current_version}"'}, (), 1),
    ({"filename": "x.toml", "key_path": "a.version"}, (r"x.toml:\bversion\s*=",), 1),
    ({"glob": "src/**/*.py"}, ("src/*/*.py", "src/*/*/*.py"), 0),
    ({"glob": "*.md"}, ("*.md",), 0),
    ({"glob": "src/**/*.py", "glob_exclude": ["src/demo/inner/a.py"]}, (), 2),
]


@pytest.mark.parametrize(("said", "entries", "lines"), FILES)
def test_a_place_is_taken_as_narrow_as_it_was_or_named(
    said: dict[str, object], entries: tuple[str, ...], lines: int
) -> None:
    found = of_file(said, PATHS)
    assert (found.entries, len(found.unmatched)) == (entries, lines), found


@pytest.mark.parametrize("said", ["conf.py:release", "conf.py:release:nf", " conf.py:release:tf"])
def test_the_format_of_a_variable_is_no_part_of_its_name(said: str) -> None:
    assert of_variable(said) == Places(("conf.py:release",))


def test_a_key_of_another_toml_file_is_found_by_its_line_and_that_is_told() -> None:
    assert of_key("pyproject.toml", "project.version") == Places()
    entries, lines = of_key("other.toml", "x.ver")
    assert (entries, len(lines)) == ((r"other.toml:\bver\s*=",), 1)


def test_variables_with_commas_between_them_are_several() -> None:
    old = "[semantic_release]\nversion_variable = a.py:__version__,docs/conf.py:release\nbranch = stable\n"
    found = custom("setup.cfg", old + "version_toml = pyproject.toml:project.version\nmajor_on_zero = false")
    assert found.version_files == ("a.py:__version__", "docs/conf.py:release")
    assert (found.branch, found.zero, found.unmatched) == ("stable", True, ())


def test_a_section_with_a_suffix_is_a_file_too() -> None:
    suffix = '[bumpversion:file (one):a.py]\nsearch = __version__ = "{current_version}"\n'
    found = custom(".bumpversion.cfg", f"[bumpversion]\n{suffix}[bumpversion:glob:*.md]\n[bumpversion:file(2):b]\n")
    assert found.version_files == ("a.py:__version__", "b")  # there is no *.md


def test_two_places_of_one_file_are_both_taken() -> None:
    files = '[[tool.bumpversion.files]]\nfilename = "demo.py"\nsearch = "other = {current_version}"\n'
    module = '__version__ = "1.2.0"\nother = 1.2.0\n'
    found = proposed(
        view({"pyproject.toml": STATIC.replace("hatchling", "flit_core") + BUMP + files, "demo.py": module})
    )
    assert r"demo.py:other = \d" in str([edit.after for edit in found.edits if edit.path == ".cz.toml"]).replace(
        "\\\\", "\\"
    )


BRANCHES = [
    (
        ".releaserc",
        "branches: ['+([0-9])?(.{+([0-9]),x}).x', {name: next, prerelease: true}, {name: master}]",
        "master",
    ),
    (".releaserc", "branches: stable", "stable"),
    ("pyproject.toml", PSR + 'branches.main.match = "(main|master)"', "main"),
    (
        "pyproject.toml",
        PSR + 'branches.next = {match = "next", prerelease = true}\nbranches.b.match = "stable"',
        "stable",
    ),
    ("pyproject.toml", PSR + 'branches.main.match = "release/.*"', None),
]


@pytest.mark.parametrize(("path", "written", "branch"), BRANCHES)
def test_the_branch_is_the_one_that_makes_plain_releases(path: str, written: str, branch: str | None) -> None:
    assert custom(path, written).branch == branch


@pytest.mark.parametrize(
    ("said", "tag_format"),
    [
        ({"tag-separator": "@", "include-v-in-tag": False, "package-name": "m"}, "m@$version"),
        ({"package-name": "m"}, "m-v$version"),
        ({"component": "c", "include-component-in-tag": False}, "v$version"),
        ({}, None),
    ],
)
def test_a_tag_of_release_please_is_put_together(said: dict[str, object], tag_format: str | None) -> None:
    assert custom("release-please-config.json", json.dumps({"packages": {".": said}})).tag_format == tag_format


@pytest.mark.parametrize("path", ["release.config.cjs", ".versionrc.js", ".releaserc.js"])
def test_settings_that_are_a_program_are_named_as_not_read(path: str) -> None:
    found = proposed(view({"pyproject.toml": STATIC, path: "module.exports = {}"}))
    assert [each.text for each in found.findings if each.code == "unread"] == [
        f"{path} has settings of another release tool, and is a program: it was not read"
    ]


FORMATS = [
    (".versionrc", '{"tagPrefix": ""}', "$version"),
    ("package.json", '{"release": {"tagFormat": "r${version}"}}', "r$version"),
    ("package.json", '{"standard-version": {"tagPrefix": "r"}}', "r$version"),
    ("pyproject.toml", BUMP + 'tag_name = "r{new_version}"', "r$version"),
    ("pyproject.toml", PSR + 'tag_format = "{version}"', "$version"),
]


@pytest.mark.parametrize(("path", "written", "tag_format"), FORMATS)
def test_a_format_that_is_said_is_taken_over(path: str, written: str, tag_format: str) -> None:
    assert custom(path, written).tag_format == tag_format


DEFAULTS = [
    ("pyproject.toml", STATIC + PSR + 'branch = "main"'),
    ("pyproject.toml", STATIC + BUMP + "tag = false"),
    (".bumpversion.cfg", "[bumpversion]\ntag = False"),
    (".releaserc", "branches: main"),
    (".versionrc", '{"infile": "CHANGELOG.md"}'),
    ("release-please-config.json", "{}"),
]


@pytest.mark.parametrize(("path", "written"), DEFAULTS)
def test_a_format_that_is_only_a_tools_default_does_not_beat_the_tags_in_use(path: str, written: str) -> None:
    found = proposed(view({"pyproject.toml": STATIC, path: written}, "1.1.0", "1.2.0"))
    (settings,) = (edit.after for edit in found.edits if edit.path == ".cz.toml")
    assert 'tag_format = "$version"\n' in settings
    assert "legacy_tag_formats" not in settings


VCS = STATIC.replace('"hatchling"]', '"hatchling", "hatch-vcs"]').replace('version = "1.2.0"', 'dynamic = ["version"]')
HATCH = [
    (
        VCS + '[tool.hatch.version]\nsource = "vcs"\ntag-pattern = "x"\nfallback-version = "1"\n',
        ["tag-pattern", "fallback-version"],
    ),
    (VCS + '[tool.hatch.version]\nsource = "vcs"\n[tool.hatch.version.raw-options]\na = "b"\n', ["raw-options"]),
    (VCS + '[tool.hatch.build.hooks.vcs]\nversion-file = "a.py"\nnew-in-9 = 7\n', ["new-in-9"]),
    (VCS.replace(', "hatch-vcs"', "") + '[tool.hatch.version]\nsource = "code"\nexpression = "V"\n', ["expression"]),
]


@pytest.mark.parametrize(("pyproject", "told"), HATCH)
def test_what_goes_with_the_source_of_hatchling_is_told(pyproject: str, told: list[str]) -> None:
    found = proposed(view({"pyproject.toml": pyproject}, "v1.2.0")).findings
    lines = [each.text for each in found if each.code == "unmatched"]
    assert [line.partition(": ")[2].partition(" has no match")[0] for line in lines] == told
