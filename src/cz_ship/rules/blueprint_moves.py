"""Moving in: what the settings of other release tools say, in our words, and what has no match."""

import configparser
import re
from collections.abc import Callable, Mapping, Sequence

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules import blueprint_yaml as yaml
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.site import Custom

_RELEASERC = (".releaserc", ".releaserc.json", ".releaserc.yaml", ".releaserc.yml")
_VERSIONRC = (".versionrc", ".versionrc.json")
_PLEASE = "release-please-config.json"
_MANIFEST = ".release-please-manifest.json"

Table = Mapping[str, object]


def customs_of(draft: Draft) -> tuple[Custom, ...]:
    """What each tool that has settings here says. Raises `Failure` for settings that cannot be read."""
    readers: tuple[Callable[[Draft], Custom | None], ...] = (
        _python_semantic_release,
        _bump_my_version,
        _bumpversion,
        _semantic_release,
        _standard_version,
        _release_please,
    )
    return tuple(found for read in readers if (found := read(draft)) is not None)


def _python_semantic_release(draft: Draft) -> Custom | None:
    """https://python-semantic-release.readthedocs.io/en/latest/configuration/configuration.html"""
    home, raw = "pyproject.toml", draft.value("tool", "semantic_release")
    if not isinstance(raw, Mapping):
        home, raw = "releaserc.toml", toml.value_at(draft.toml("releaserc.toml"), "semantic_release")
    if not isinstance(raw, Mapping):
        return None
    changelog = toml.value_at(raw, "changelog", "default_templates", "changelog_file")
    changelog = changelog or toml.value_at(raw, "changelog", "changelog_file") or raw.get("changelog_file")
    branch = toml.value_at(raw, "branches", "main", "match") or raw.get("branch")
    told = {
        "build_command": "cz-ship builds with the project's build backend alone",
        "commit_parser_options": "types and their worth are commitizen's; see [tool.commitizen] and its bump_map",
        "commit_author": "bump commits are made by cz-ship, always the same bytes",
        "commit_message": "bump commits have a message of cz-ship's own",
        "assets": "only the version's places and the changelog are in a bump commit",
        "prerelease": "candidates have versions of their own, with the commit in them",
    }
    return Custom(
        tool="python-semantic-release",
        file=home,
        tag_format=_replaced(raw.get("tag_format", "v{version}"), "{version}"),
        branch=branch if isinstance(branch, str) and re.fullmatch(r"[\w./-]+", branch) else None,
        version_files=_texts(raw.get("version_variables", raw.get("version_variable"))),
        changelog=changelog if isinstance(changelog, str) else None,
        zero=not raw["major_on_zero"] if isinstance(raw.get("major_on_zero"), bool) else None,
        unmatched=_unmatched(raw, told),
    )


def _bump_my_version(draft: Draft) -> Custom | None:
    """https://callowayproject.github.io/bump-my-version/reference/configuration/"""
    home, raw = "pyproject.toml", draft.value("tool", "bumpversion")
    if not isinstance(raw, Mapping):
        home, raw = ".bumpversion.toml", toml.value_at(draft.toml(".bumpversion.toml"), "tool", "bumpversion")
    if not isinstance(raw, Mapping):
        return None
    files = raw.get("files", [])
    return _bumped(
        "bump-my-version",
        home,
        raw,
        [each for each in files if isinstance(each, Mapping)] if isinstance(files, list) else [],
    )


def _bumpversion(draft: Draft) -> Custom | None:
    """https://github.com/c4urself/bump2version"""
    for home in (".bumpversion.cfg", "setup.cfg"):
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(draft.text(home) or "")
        except configparser.Error:
            continue
        if parser.has_section("bumpversion"):
            named = [name for name in parser.sections() if name.startswith("bumpversion:file:")]
            files = [{"filename": name.removeprefix("bumpversion:file:"), **parser[name]} for name in named]
            return _bumped("bump2version", home, parser["bumpversion"], files)
    return None


def _bumped(tool: str, home: str, raw: Table, files: Sequence[Table]) -> Custom:
    told = {
        "parse": "versions are read as PEP 440 has them",
        "serialize": "versions are written as PEP 440 has them",
        "message": "bump commits have a message of cz-ship's own",
        "pre_commit_hooks": "nothing is run before a bump commit",
    }
    version = raw.get("current_version")
    return Custom(
        tool=tool,
        file=home,
        version=str(version) if version else None,
        tag_format=_replaced(raw.get("tag_name", "v{new_version}"), "{new_version}"),
        version_files=tuple(_place(each) for each in files if each.get("filename")),
        unmatched=_unmatched(raw, told),
    )


def _place(file: Table) -> str:
    """A file as commitizen's `version_files` names it, with the words before the version if they are plain."""
    before = str(file.get("search", "")).partition("{current_version}")[0].strip().splitlines()
    word = re.match(r"[A-Za-z_]+", before[-1]) if before else None
    return f"{file['filename']}:{word[0]}" if word else str(file["filename"])


def _semantic_release(draft: Draft) -> Custom | None:
    """https://semantic-release.gitbook.io/semantic-release/usage/configuration"""
    home, raw = _read(draft, _RELEASERC)
    if raw is None:
        return None
    plugins = {each[0]: each[1] for each in _list(raw.get("plugins")) if isinstance(each, list) and len(each) > 1}
    names = [str(each[0] if isinstance(each, list) and each else each) for each in _list(raw.get("plugins"))]
    log = toml.value_at(plugins, "@semantic-release/changelog", "changelogFile")
    ours = ("commit-analyzer", "release-notes-generator", "changelog", "git", "github")
    foreign = [
        name for name in names if name.rpartition("/")[2] not in ours or not name.startswith("@semantic-release/")
    ]
    branches = [each for each in _list(raw.get("branches")) if isinstance(each, str)]
    return Custom(
        tool="semantic-release",
        file=home,
        tag_format=_replaced(raw.get("tagFormat", "v${version}"), "${version}"),
        branch=branches[0] if branches and re.fullmatch(r"[\w./-]+", branches[0]) else None,
        changelog=log if isinstance(log, str) else None,
        unmatched=tuple(f"plugins: {name} has no match here" for name in foreign),
    )


def _standard_version(draft: Draft) -> Custom | None:
    """https://github.com/conventional-changelog/conventional-changelog-config-spec"""
    home, raw = _read(draft, _VERSIONRC)
    if raw is None:
        return None
    told = {
        "types": "what a type is worth, and its heading, are commitizen's",
        "scripts": "nothing is run around a bump",
        "bumpFiles": "name the files in version_files of [tool.commitizen]",
        "packageFiles": "the version lives in one place",
    }
    log = raw.get("infile")
    return Custom(
        tool="standard-version",
        file=home,
        tag_format=f"{raw.get('tagPrefix', 'v')}$version",
        changelog=log if isinstance(log, str) else None,
        unmatched=_unmatched(raw, told),
    )


def _release_please(draft: Draft) -> Custom | None:
    """https://github.com/googleapis/release-please/blob/main/docs/manifest-releaser.md"""
    home, raw = _read(draft, (_PLEASE,))
    if raw is None:
        return None
    packages = raw.get("packages")
    packages = packages if isinstance(packages, Mapping) else {}
    root = packages.get(".", {})
    said = {**raw, **(root if isinstance(root, Mapping) else {})}
    _, versions = _read(draft, (_MANIFEST,))
    version = (versions or {}).get(".")
    v = "v" if said.get("include-v-in-tag", True) else ""
    # A component stands in the tag where there is one, unless that is switched off.
    name = said.get("component") or said.get("package-name")
    named = f"{name}-" if name and said.get("include-component-in-tag", True) else ""
    told = {
        "changelog-sections": "what a type is worth, and its heading, are commitizen's",
        "extra-files": "name the files in version_files of [tool.commitizen]",
        "release-type": "the version's home follows the build backend",
        "plugins": "there are none here",
    }
    others = tuple(
        f"packages: {path} is another package; one repository holds one here" for path in packages if path != "."
    )
    log = said.get("changelog-path")
    return Custom(
        tool="release-please",
        file=home,
        version=str(version) if version else None,
        tag_format=f"{named}{v}$version",
        changelog=log if isinstance(log, str) else None,
        zero=bool(said["bump-minor-pre-major"]) if "bump-minor-pre-major" in said else None,
        unmatched=(*_unmatched(said, told), *others),
    )


def _read(draft: Draft, homes: tuple[str, ...]) -> tuple[str, Table | None]:
    for home in homes:
        if (text := draft.text(home)) is not None:
            found = yaml.parsed(text, home)  # JSON is YAML too
            return home, found if isinstance(found, Mapping) else {}
    return "", None


def _replaced(said: object, version: str) -> str | None:
    """A tag format with commitizen's word for the version; None where it has other words in braces."""
    made = str(said).replace(version, "$version")
    return made if "$version" in made and "{" not in made else None


def _unmatched(raw: Table, told: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{key} has no match here: {why}" for key, why in told.items() if raw.get(key))


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(map(str, raw)) if isinstance(raw, list) else (raw,) if isinstance(raw, str) else ()


def _list(raw: object) -> list[object]:
    return raw if isinstance(raw, list) else []
