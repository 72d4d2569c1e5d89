"""Moving in: what the settings of other release tools say, in our words, and what has no match."""

import configparser
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from cz_ship.rules import blueprint_toml as toml
from cz_ship.rules import blueprint_yaml as yaml
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.site import Custom

_RELEASERC = (".releaserc", ".releaserc.json", ".releaserc.yaml", ".releaserc.yml")
_VERSIONRC = (".versionrc", ".versionrc.json")
_PLEASE = "release-please-config.json"
_MANIFEST = ".release-please-manifest.json"

Table = Mapping[str, object]

# `bumpversion:file:PATH`, or `bumpversion:file (any words):PATH` where a file has two sections.
_PART = re.compile(r"bumpversion:(file|glob)(?:\s*\([^)]*\))?:(.+)")
_BRANCH = re.compile(r"[\w./-]+")
_OF_PLEASE = {"$schema", "packages", "component", "package-name", "include-component-in-tag", "include-v-in-tag"}
_OF_PLEASE |= {"tag-separator", "changelog-path", "bump-minor-pre-major", "include-v-in-release-name"}
_PARSERS = ("conventional", "angular")
_OF_PSR = {
    "build_command": "cz-ship builds with the project's build backend alone",
    "commit_parser": "types and their worth are commitizen's; see its plugins",
    "commit_parser_options": "types and their worth are commitizen's; see [tool.commitizen] and its bump_map",
    "commit_author": "bump commits are made by cz-ship, always the same bytes",
    "commit_message": "bump commits have a message of cz-ship's own",
    "assets": "only the version's places and the changelog are in a bump commit",
    "prerelease": "candidates have versions of their own, with the commit in them",
}
_OF_BUMPS = {
    "parse": "versions are read as PEP 440 has them",
    "serialize": "versions are written as PEP 440 has them",
    "message": "bump commits have a message of cz-ship's own",
    "pre_commit_hooks": "nothing is run before a bump commit",
}


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
    homes: tuple[tuple[str, object], ...] = (
        ("pyproject.toml", draft.value("tool", "semantic_release")),
        ("releaserc.toml", toml.value_at(draft.toml("releaserc.toml"), "semantic_release")),
        ("setup.cfg", _ini(draft, "setup.cfg").get("semantic_release")),
    )
    home, raw = next(((home, raw) for home, raw in homes if isinstance(raw, Mapping)), ("", None))
    if not isinstance(raw, Mapping):
        return None
    log = toml.value_at(raw, "changelog", "default_templates", "changelog_file")
    log = log or toml.value_at(raw, "changelog", "changelog_file") or raw.get("changelog_file")
    branch = toml.value_at(raw, "branches", "main", "match") or raw.get("branch")
    branch = branch if isinstance(branch, str) and _BRANCH.fullmatch(branch) else None
    tag_format = _replaced(raw.get("tag_format"), "{version}")
    taken = {"version_variables", "version_variable", "version_toml", "changelog_file", "major_on_zero"}
    taken |= {key for key, found in (("tag_format", tag_format), ("branch", branch)) if found}
    taken |= {"commit_parser"} if raw.get("commit_parser") in _PARSERS else set()
    inner = {
        f"{table}.{key}": value
        for table in ("branches", "changelog")
        if isinstance(part := raw.get(table), Mapping)
        for key, value in part.items()
        if key not in ("default_templates", "changelog_file") and not (key == "main" and branch)
    }
    variables = (*_texts(raw.get("version_variables", raw.get("version_variable"))), *_texts(raw.get("version_toml")))
    zero = {"true": True, "false": False}.get(str(raw.get("major_on_zero")).lower())
    flat = {key: value for key, value in raw.items() if key not in ("branches", "changelog")}
    return Custom(
        tool="python-semantic-release",
        file=home,
        tag_format=tag_format,
        branch=branch,
        version_files=tuple(_variable(each) for each in variables),
        changelog=log if isinstance(log, str) else None,
        zero=None if zero is None else not zero,
        unmatched=_unmatched({**flat, **inner}, _OF_PSR, taken),
    )


def _variable(written: str) -> str:
    """`file:name:form` of python-semantic-release; the name may be a path of keys, of which the last is on the line."""
    path, _, rest = written.strip().partition(":")
    name = rest.partition(":")[0].rpartition(".")[2]
    return f"{path}:{name}" if name else path


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
        sections = _ini(draft, home)
        if "bumpversion" in sections:
            parts = ((_PART.fullmatch(name), raw) for name, raw in sections.items())
            files = [{"filename" if part[1] == "file" else "glob": part[2], **raw} for part, raw in parts if part]
            return _bumped("bump2version", home, sections["bumpversion"], files)
    return None


def _ini(draft: Draft, path: str) -> dict[str, Table]:
    """The sections of a file; none where it is no INI file."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(draft.text(path) or "")
    except configparser.Error:
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}


def _bumped(tool: str, home: str, raw: Table, files: Sequence[Table]) -> Custom:
    version, tag_format = raw.get("current_version"), _replaced(raw.get("tag_name"), "{new_version}")
    places = [(str(each.get("filename") or each.get("glob")), _place(each)) for each in files]
    lost = tuple(
        f"files: {name} has no match here: name it in version_files of [tool.commitizen], where it has the version"
        for name, place in places
        if place is None
    )
    taken = {"current_version", "files", "tag", "commit", "allow_dirty", *(("tag_name",) if tag_format else ())}
    return Custom(
        tool=tool,
        file=home,
        version=str(version) if version else None,
        tag_format=tag_format,
        version_files=tuple(place for _, place in places if place),
        unmatched=(*_unmatched(raw, _OF_BUMPS, taken), *lost),
    )


def _place(file: Table) -> str | None:
    """A file as commitizen's `version_files` names it, with the word before the version; None where it cannot."""
    if not file.get("filename") or file.get("regex"):
        return None
    if key := str(file.get("key_path") or "").rpartition(".")[2]:
        return f"{file['filename']}:{key}"
    before, version, _ = str(file.get("search") or "{current_version}").partition("{current_version}")
    word = re.search(r"(\w+)\W*\Z", before.rpartition("\n")[2])
    return (f"{file['filename']}:{word[1]}" if word else str(file["filename"])) if version else None


def _semantic_release(draft: Draft) -> Custom | None:
    """https://semantic-release.gitbook.io/semantic-release/usage/configuration"""
    home, raw = _read(draft, _RELEASERC, "release")
    if raw is None:
        return None
    plugins = {each[0]: each[1] for each in _list(raw.get("plugins")) if isinstance(each, list) and len(each) > 1}
    names = [str(each[0] if isinstance(each, list) and each else each) for each in _list(raw.get("plugins"))]
    log = toml.value_at(plugins, "@semantic-release/changelog", "changelogFile")
    ours = ("commit-analyzer", "release-notes-generator", "changelog", "git", "github")
    foreign = [
        name for name in names if name.rpartition("/")[2] not in ours or not name.startswith("@semantic-release/")
    ]
    rules = ("preset", "releaseRules", "parserOpts", "presetConfig", "writerOpts")
    foreign += [
        f"{name}: {key}" for name, said in plugins.items() if isinstance(said, Mapping) for key in rules if key in said
    ]
    named = [str(each.get("name") if isinstance(each, Mapping) else each) for each in _list(raw.get("branches"))]
    branch = next((each for each in named if _BRANCH.fullmatch(each)), None)
    tag_format = _replaced(raw.get("tagFormat"), "${version}")
    others = tuple(f"branches: {each} has no match here: one branch makes releases" for each in named if each != branch)
    taken = {"plugins", "branches", *(("tagFormat",) if tag_format else ())}
    return Custom(
        tool="semantic-release",
        file=home,
        tag_format=tag_format,
        branch=branch,
        changelog=log if isinstance(log, str) else None,
        unmatched=(*(f"plugins: {name} has no match here" for name in foreign), *others, *_unmatched(raw, {}, taken)),
    )


def _standard_version(draft: Draft) -> Custom | None:
    """https://github.com/conventional-changelog/conventional-changelog-config-spec"""
    home, raw = _read(draft, _VERSIONRC, "standard-version")
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
        tag_format=f"{raw['tagPrefix']}$version" if "tagPrefix" in raw else None,
        changelog=log if isinstance(log, str) else None,
        unmatched=_unmatched(raw, told, {"tagPrefix", "infile"}),
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
    named = f"{name}{said.get('tag-separator', '-')}" if name and said.get("include-component-in-tag", True) else ""
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
        tag_format=f"{named}{v}$version" if named or "include-v-in-tag" in said else None,
        changelog=log if isinstance(log, str) else None,
        zero=bool(said["bump-minor-pre-major"]) if "bump-minor-pre-major" in said else None,
        unmatched=(*_unmatched(said, told, _OF_PLEASE), *others),
    )


def _read(draft: Draft, homes: tuple[str, ...], key: str = "") -> tuple[str, Table | None]:
    """The first of the files that is there, or what package.json has under a key."""
    for home in homes:
        if (text := draft.text(home)) is not None:
            found = yaml.parsed(text, home)  # JSON is YAML too
            return home, found if isinstance(found, Mapping) else {}
    package = yaml.parsed(draft.text("package.json") or "{}", "package.json") if key else {}
    found = package.get(key) if isinstance(package, Mapping) else None
    return ("package.json", found) if isinstance(found, Mapping) else ("", None)


def _replaced(said: object, version: str) -> str | None:
    """A tag format with commitizen's word for the version; None where it has other words in braces, or is not said."""
    made = str(said or "").replace(version, "$version")
    return made if "$version" in made and "{" not in made else None


def _unmatched(raw: Table, told: Mapping[str, str], taken: Collection[str]) -> tuple[str, ...]:
    """What is said and not `taken` over; why not, as far as that is `told`."""
    lost = [key for key, value in raw.items() if key not in taken and value]
    return tuple(f"{key} has no match here" + (f": {told[key]}" if key in told else "") for key in lost)


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(map(str, raw)) if isinstance(raw, list) else tuple(raw.split(",")) if isinstance(raw, str) else ()


def _list(raw: object) -> list[object]:
    return raw if isinstance(raw, list) else []
