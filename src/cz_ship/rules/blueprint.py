"""The blueprint: what init proposes for a project, from what is seen of it. Nothing is touched here."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from packaging.utils import canonicalize_name

from cz_ship.errors import Failure
from cz_ship.rules import blueprint_files as files
from cz_ship.rules.backends import SETUPTOOLS
from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.blueprint_manifest import settle_manifest
from cz_ship.rules.blueprint_moves import customs_of
from cz_ship.rules.blueprint_places import HOMES
from cz_ship.rules.blueprint_scm import Derived, leave_scm, written
from cz_ship.rules.blueprint_settings import (
    Configured,
    Wanted,
    branch,
    configured,
    mode,
    places_of_its_own,
    settle_settings,
)
from cz_ship.rules.blueprint_start import settle_version
from cz_ship.rules.blueprint_stated import Stated, of_setup, usable
from cz_ship.rules.blueprint_tags import Tagged, tagged
from cz_ship.rules.blueprint_version import Home, backend, home
from cz_ship.rules.wish import FILE
from cz_ship.site import Blueprint, Custom, View

_CFG_NAME = re.compile(r"^\[metadata\]\n(?:(?!\[).*\n)*?name[ \t]*[=:][ \t]*(\S+)", re.MULTILINE)
_README = re.compile(r"README\.(?:md|rst|txt)", re.IGNORECASE)
_PROGRAM = re.compile(r"release\.config\.[cm]?[jt]s|\.(?:versionrc|releaserc)\.[cm]?js")
_T = TypeVar("_T")

# What is read of a project: its settings, its workflows, and modules near the top that may state a version.
_READ = re.compile(
    r"pyproject\.toml|MANIFEST\.in|setup\.(?:cfg|py)|\.?cz\.(?:toml|json|yaml)|Cargo\.toml|meson\.build|uv\.lock|package\.json"
    r"|\.gitignore|\.env\.example|\.pre-commit-config\.yaml|\.github/dependabot\.ya?ml|\.github/workflows/[^/]+\.ya?ml"
    r"|\.bumpversion\.(?:cfg|toml)|\.releaserc(?:\.json|\.ya?ml)?|releaserc\.toml|\.versionrc(?:\.json)?"
    r"|release-please-config\.json|\.release-please-manifest\.json|(?i:version)(?:\.txt)?"
    r"|(?:(?:src|lib|python)/)?(?:[\w-]+/){0,3}(?:__init__|_?_?version_?_?|__about__|__meta__|about)\.py|[\w-]+\.py"
)


def readable(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths whose texts `blueprint` wants to see, and those that it may write."""
    own = (FILE, ".cz.toml", ".gitignore", files.HOOKS, files.PIPELINE, files.DEPENDABOT, files.SECRETS)
    return tuple(dict.fromkeys([*own, *(path for path in paths if _READ.fullmatch(path))]))


def hidden(view: View) -> tuple[str, ...]:
    """More of them, which git does not name: modules that are written at each build, and are to be committed."""
    return tuple(each.path for each in written(Draft(view)) if each.path not in view.texts)


def probes(more: Iterable[str] = ()) -> tuple[str, ...]:
    """Paths of which git is to say whether it ignores them; of `more`, whether it ignores their folders too."""
    own = (FILE, ".cz.toml", "CHANGELOG.md", files.SECRETS, files.PIPELINE, *files.IGNORED.values())
    return (*own, *map(files.beside, more))


def blueprint(view: View, ship: str, templates: Mapping[str, str]) -> Blueprint:
    """What is to be laid down by version `ship` of cz-ship, from its templates (by name).

    Raises `Failure` where a file that it needs to understand cannot be read as what it is.
    """
    draft = Draft(view)
    present, customs = configured(draft), customs_of(draft)
    _settle_build_system(draft)
    derived, at, unsettled = Derived(), Home(present.provider, Stated()), _is_unsettled(draft, present)
    if unsettled:
        derived = leave_scm(draft)
        at = home(draft, bool(derived.tool))
    stated = at.stated.version or _first(each.version for each in customs)
    told = _told(draft, present, customs, stated)
    if unsettled:
        settle_version(draft, Home(at.provider, Stated(stated, at.stated.places)), told, derived)
    if backend(draft) == SETUPTOOLS:
        settle_manifest(draft, derived.tool)
    log = str(
        present.table.get("changelog_file")
        or _first(each.changelog for each in customs)
        or files.changelog(draft)
        or ""
    )
    wanted = _wanted(draft, at, told, customs, derived, log)
    more = places_of_its_own(draft, present)
    settle_settings(draft, present, wanted._replace(version_files=(*wanted.version_files, *more)))
    files.settle_changelog(draft, log or "CHANGELOG.md")
    files.settle_hooks(draft, templates["pre-commit.yaml"], ship)
    kept = files.settle_pipeline(draft, templates["pipeline.yml"], ship, branch(draft), mode(draft))
    kept += files.settle_dependabot(draft, templates["dependabot.yml"], ship)
    files.settle_ignored(draft, tuple(each.path for each in derived.modules))
    files.settle_secrets(draft, templates["env.example"])
    files.settle_extra(draft)
    name = _name(draft)
    _look_around(draft, present, customs)
    return Blueprint(name, branch(draft), mode(draft), draft.edits(), kept, tuple(draft.findings))


def _settle_build_system(draft: Draft) -> None:
    """A pyproject.toml for a project that is described in setup.py.

    It names no backend: the one that is taken then lets setup.py import what lies beside it. Source: PEP 517.
    """
    if draft.text("pyproject.toml") is None:
        if draft.text("setup.py") is None:
            raise Failure(
                "there is neither pyproject.toml nor setup.py: this is no Python project",
                hint="for a new one: cz-ship init --new NAME, in another folder",
            )
        made = '[build-system]\nrequires = ["setuptools"]\n'
        draft.put("pyproject.toml", made, "what builds it, where other tools look for it")


def _is_unsettled(draft: Draft, present: Configured) -> bool:
    """Whether the version has no home yet that commitizen writes to and the backend reads."""
    if present.provider in ("pep621", "uv"):
        return draft.value("project", "version") is None
    if present.provider == "poetry":
        return draft.value("tool", "poetry", "version") is None
    return present.provider in ("", "version_txt", "scm")


def _told(draft: Draft, present: Configured, customs: tuple[Custom, ...], stated: str | None) -> Tagged:
    """What the tags tell; tags of something else, and tags in doubt, are found."""
    said = [str(present.table["tag_format"])] if "tag_format" in present.table else []
    said = said or [each.tag_format for each in customs if each.tag_format]
    told = tagged(draft.view.tags, said, usable(stated))
    if told.foreign:
        draft.find("foreign-tags", "warning", f"tags like {', '.join(told.foreign)} are taken to be of something else",
                   "where they are of releases: legacy_tag_formats in [tool.commitizen]")  # fmt: skip
    if told.doubtful:
        draft.find("doubtful-tags", "error", f"tags are like {', '.join(told.formats)}: nothing tells whose is whose",
                   'write tag_format = "…" into [tool.commitizen] of .cz.toml, and run init again')  # fmt: skip
    return told


def _wanted(
    draft: Draft, at: Home, told: Tagged, customs: tuple[Custom, ...], derived: Derived, changelog: str
) -> Wanted:
    formats = [each.tag_format for each in customs if each.tag_format]
    places = [*at.stated.places, *(each.place for each in derived.modules)]
    known = {place.partition(":")[0] for place in places}
    # A file without a regex has every such text raised: the place that is known says it better.
    places += [place for each in customs for place in each.version_files if place not in known]
    return Wanted(
        provider=at.provider,
        tag_formats=tuple(dict.fromkeys([*formats, *told.formats])),
        version_files=tuple(dict.fromkeys(place for place in places if place.partition(":")[0] not in HOMES)),
        changelog=changelog if changelog not in ("", "CHANGELOG.md") else None,
        zero=_first(each.zero for each in customs),
        branch=_first(each.branch for each in customs) or draft.view.branch,
    )


def _look_around(draft: Draft, present: Configured, customs: tuple[Custom, ...]) -> None:
    """What nobody asked for and a person should know."""
    if present.provider == "cargo":
        draft.find("cargo", "warning", "Cargo takes no candidate's version (1.4.0rc1), so candidates cannot be built",
                   "let maturin read it from [project], and version_provider be pep621")  # fmt: skip
    for each in customs:
        draft.find("other-tool", "warning", f"{each.file} has settings of {each.tool}: they were read, and are left",
                   f"take them out, so that nobody releases by {each.tool} any more")  # fmt: skip
        for line in each.unmatched:
            draft.find("unmatched", "warning", f"{each.tool}: {line}")
    for path in filter(_PROGRAM.fullmatch, draft.view.paths):
        told = f"{path} has settings of another release tool, and is a program: it was not read"
        draft.find("unread", "warning", told, "take over by hand what it says of tags and branches")
    if ".gitmodules" in draft.view.paths:
        draft.find(
            "submodules",
            "warning",
            "releases are built in a clone without submodules",
            "what they hold is not in the sdist",
        )
    _look_at_readme(draft)
    if present.provider == "uv" and draft.text("uv.lock") is None:
        draft.find("no-lock", "error", "commitizen's version provider uv writes into uv.lock, and there is none",
                   'uv lock, and commit it; or version_provider = "pep621"')  # fmt: skip
    edits = draft.edits()
    kept_out = [f"!/{edit.path}" for edit in edits if edit.before is None and edit.path in draft.view.ignored]
    if hidden := [line for line in kept_out if line not in (draft.text(".gitignore") or "").splitlines()]:
        draft.find("ignored", "error", f"git ignores {', '.join(line[2:] for line in hidden)}",
                   f"take the pattern out of .gitignore, or add to its end: {' '.join(hidden)}"
                   " (and the same for a folder above: !/.github/), and run init again")  # fmt: skip
    for edit in edits:
        if edit.path in draft.view.changed:
            draft.find(
                "uncommitted", "warning", f"{edit.path} has changes of yours that are not committed, and keeps them"
            )


def _look_at_readme(draft: Draft) -> None:
    """An upload without a description, or of a kind that is not told, is refused by `twine check --strict`."""
    readme = next((path for path in draft.view.paths if _README.fullmatch(path)), "README.md")
    dynamic = draft.value("project", "dynamic")
    if "project" in draft.toml():
        missing = draft.value("project", "readme") is None and not (isinstance(dynamic, list) and "readme" in dynamic)
        hint = f'readme = "{readme}" in [project]'
    elif draft.value("tool", "poetry") is not None:
        missing = draft.value("tool", "poetry", "readme") is None
        hint = f'readme = "{readme}" in [tool.poetry]'
    else:
        said = (draft.text("setup.cfg") or "") + (draft.text("setup.py") or "")
        missing = "long_description_content_type" not in said and draft.value("tool", "flit") is None
        hint = "long_description and long_description_content_type where setup.cfg or setup.py has the rest"
    if missing:
        told = "the package does not say what its README is: `twine check --strict`, before each upload, refuses that"
        draft.find("no-readme", "warning", told, hint)


def _name(draft: Draft) -> str:
    """The project's name; one that setup.py alone states is told to setup.cfg, where it can be read."""
    for keys in (("project", "name"), ("tool", "poetry", "name"), ("tool", "flit", "metadata", "module")):
        if isinstance(said := draft.value(*keys), str):
            return canonicalize_name(said)
    text = draft.text("setup.cfg") or ""
    if match := _CFG_NAME.search(text):
        return canonicalize_name(match[1])
    name, _ = of_setup(draft, "name")
    if name:
        line = f"[metadata]\nname = {name}\n"
        made = text.replace("[metadata]\n", line, 1) if "[metadata]\n" in text else line + ("\n" + text if text else "")
        draft.put("setup.cfg", made, "the name, where it can be read without running setup.py")
        return canonicalize_name(name)
    hint = 'write [project] with name = "…" into pyproject.toml'
    if draft.text("setup.py") is not None:
        hint = "setup.py works it out, and init does not run it: write [metadata] with name = … into setup.cfg"
    draft.find("no-name", "error", "the project states no name in so many words", hint)
    return draft.view.folder


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((each for each in values if each is not None), None)
