"""Moving in from release tools of the Node world: semantic-release, standard-version and release-please."""

from collections.abc import Mapping

from cz_ship.rules import blueprint_yaml as yaml
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_keys import (
    OWN_FILES,
    OWN_MESSAGE,
    TAKEN,
    Table,
    branch_name,
    listed,
    replaced,
    table,
    text,
    unmatched,
    unreadable,
)
from cz_ship.site import Custom

_RELEASERC = (".releaserc", ".releaserc.json", ".releaserc.yaml", ".releaserc.yml")
_VERSIONRC = (".versionrc", ".versionrc.json")
_PLEASE = "release-please-config.json"
_MANIFEST = ".release-please-manifest.json"
_PACKAGE = "package.json"
_OF_TYPES = "what a type is worth, and its heading, are commitizen's"
# Plugins of semantic-release whose work is done here, and what of their settings is taken.
_PLUGINS: Mapping[str, Mapping[str, str | None]] = {
    "@semantic-release/commit-analyzer": {"releaseRules": _OF_TYPES},
    "@semantic-release/release-notes-generator": {},
    "@semantic-release/changelog": {"changelogFile": TAKEN},
    "@semantic-release/git": {
        "assets": OWN_FILES,
        "message": OWN_MESSAGE,
    },
    "@semantic-release/github": {},
}
_USUAL_PLUGIN = {"preset": ("angular", "conventionalcommits")}
_STANDARD = {
    **dict.fromkeys(("tagPrefix", "infile"), TAKEN),
    "types": _OF_TYPES,
    "scripts": "nothing is run around a bump",
    "bumpFiles": "name the files in version_files of [tool.commitizen]",
    "packageFiles": "the version lives in one place",
    "skip": "a release has its version, changelog, commit and tag always",
    "releaseCommitMessageFormat": OWN_MESSAGE,
}
_TAGS = ("component", "package-name", "include-component-in-tag", "include-v-in-tag", "tag-separator")
_OF_PLEASE = {
    **dict.fromkeys((*_TAGS, "packages", "$schema", "changelog-path", "bump-minor-pre-major"), TAKEN),
    "changelog-sections": _OF_TYPES,
    "extra-files": "name the files in version_files of [tool.commitizen]",
    "release-type": "the version's home follows the build backend",
    "plugins": "there are none here",
    "release-as": "a commit's footer names the next version: Release-As: 2.0.0",
    "prerelease": "candidates have versions of their own, with the commit in them",
}


def semantic_release(draft: Draft) -> Custom | None:
    """https://semantic-release.gitbook.io/semantic-release/usage/configuration"""
    home, raw = _read(draft, _RELEASERC, "release")
    if raw is None:
        return None
    said = [each if isinstance(each, list) and each else [each] for each in listed(raw.get("plugins"))]
    plugins = {str(each[0]): table(each[1]) if len(each) > 1 else {} for each in said}
    lines: list[str] = []
    for name, options in plugins.items():
        if name in _PLUGINS:
            lines += unmatched(options, _PLUGINS[name], _USUAL_PLUGIN, f"plugins: {name}: ")
        else:
            lines.append(f"plugins: {name} has no match here")
    branches = listed(raw.get("branches"))
    main = next((each for each in branches if _plain(each)), None)
    others = [each.get("name") if isinstance(each, Mapping) else each for each in branches if each is not main]
    lines += [f"branches: {name} has no match here: one branch releases, in one way" for name in others]
    tag_format = replaced(raw.get("tagFormat"), "${version}")
    return Custom(
        tool="semantic-release",
        file=home,
        tag_format=tag_format,
        branch=_plain(main),
        changelog=text(plugins.get("@semantic-release/changelog", {}).get("changelogFile")),
        unmatched=(
            *unmatched(raw, dict.fromkeys(("branches", "tagFormat", "plugins"), TAKEN)),
            *unreadable("tagFormat", raw.get("tagFormat"), tag_format),
            *lines,
        ),
    )


def standard_version(draft: Draft) -> Custom | None:
    """https://github.com/conventional-changelog/conventional-changelog-config-spec"""
    home, raw = _read(draft, _VERSIONRC, "standard-version", "commit-and-tag-version")
    if raw is None:
        return None
    return Custom(
        tool="standard-version",
        file=home,
        tag_format=f"{raw['tagPrefix']}$version" if "tagPrefix" in raw else None,
        changelog=text(raw.get("infile")),
        unmatched=unmatched(raw, _STANDARD),
    )


def release_please(draft: Draft) -> Custom | None:
    """https://github.com/googleapis/release-please/blob/main/docs/manifest-releaser.md"""
    home, raw = _read(draft, (_PLEASE,))
    if raw is None:
        return None
    packages = table(raw.get("packages"))
    said = {**raw, **table(packages.get("."))}
    _, versions = _read(draft, (_MANIFEST,))
    version = (versions or {}).get(".")
    v = "v" if said.get("include-v-in-tag", True) else ""
    # A component stands in the tag where there is one, unless that is switched off.
    name = said.get("component") or said.get("package-name")
    named = f"{name}{said.get('tag-separator', '-')}" if name and said.get("include-component-in-tag", True) else ""
    others = tuple(
        f"packages: {path} is another package; one repository holds one here" for path in packages if path != "."
    )
    return Custom(
        tool="release-please",
        file=home,
        version=str(version) if version else None,
        tag_format=f"{named}{v}$version" if any(key in said for key in _TAGS) else None,
        changelog=text(said.get("changelog-path")),
        zero=bool(said["bump-minor-pre-major"]) if "bump-minor-pre-major" in said else None,
        unmatched=(*unmatched(said, _OF_PLEASE), *others),
    )


def _read(draft: Draft, homes: tuple[str, ...], *keys: str) -> tuple[str, Table | None]:
    """The settings of a tool, and their file: one of its own, or a key of package.json; None where there are none."""
    for home in homes:
        if (found := draft.text(home)) is not None:
            return home, table(yaml.parsed(found, home))  # JSON is YAML too
    package = draft.text(_PACKAGE) if keys else None
    document = table(yaml.parsed(package, _PACKAGE)) if package is not None else {}
    return next(((_PACKAGE, table(document[key])) for key in keys if key in document), ("", None))


def _plain(branch: object) -> str | None:
    """The name of a branch that makes plain releases; None for a pattern, pre-releases, and ranges."""
    if isinstance(branch, Mapping):
        return None if set(branch) - {"name"} else branch_name(branch.get("name"))
    return branch_name(branch)
