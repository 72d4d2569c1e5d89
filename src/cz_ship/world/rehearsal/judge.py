"""The judge: looks at what a release left behind, in its own way; it shares nothing with what releases."""

import hashlib
import io
import re
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import NamedTuple

from cz_ship.world.rehearsal import evidence
from cz_ship.world.rehearsal.narrative import telling_offences

# What a backend adds to a tree, by the specifications of sdists and wheels and the habit of setuptools.
_MADE = re.compile(r"(^|/)(PKG-INFO|setup\.cfg|[^/]+\.(egg-info|dist-info)/.*)$")
# What uv_build and pdm-backend put in place of the tree's, and the tree's own beside it.
_REWRITTEN = ("pyproject.toml", "pyproject.toml.orig")
# The module that hatch-vcs, setuptools-scm and their like write at each build.
_VERSION_MODULE = re.compile(r"(^|/)_*version_*\.pyi?$")


class Announced(NamedTuple):
    """A release on the forge, or a draft of one, with the bytes of its files."""

    tag: str
    published: bool
    latest: bool
    files: Mapping[str, bytes]


class Scene(NamedTuple):
    """What is public: the remote's folder, its release branch, every index's files with their bytes, and the
    forge's releases, None where no forge is played."""

    remote: Path
    branch: str
    indexes: Mapping[str, Mapping[str, bytes]]
    releases: tuple[Announced, ...] | None = None


class Beginning(NamedTuple):
    """What was public before the release: the branch's commit, the tags, the indexes' file names. Of the forge's
    releases each has one of the tags."""

    tip: str
    tags: frozenset[str]
    files: frozenset[str]


def beginning(scene: Scene) -> Beginning:
    """What is public now, to be remembered as what was."""
    files = (name for held in scene.indexes.values() for name in held)
    tip, tags = evidence.tip(scene.remote, scene.branch), evidence.tags(scene.remote)
    return Beginning(tip, frozenset(tags), frozenset(files))


def offences(scene: Scene, start: Beginning) -> tuple[str, ...]:
    """All that a whole release would not have left, each in a sentence."""
    tags = evidence.tags(scene.remote)
    new = [name for name in tags if name not in start.tags]
    if len(new) != 1:
        return (f"there are {len(new)} new tags, one was wanted: {', '.join(new)}",)
    tag = new[0]
    tree = evidence.tree(scene.remote, tags[tag])
    brought = evidence.subjects(scene.remote, tags[tag], start.tags) if tags[tag] != start.tip else []
    return (
        *_branch_offences(scene, start, tag, tags[tag]),
        *_version_offences(tree, tag),
        *_file_offences(scene, start, tag, tree),
        *telling_offences(evidence.tree(scene.remote, start.tip), tree, tag, start.tags, brought),
        *_forge_offences(scene, start, tag),
    )


def _branch_offences(scene: Scene, start: Beginning, tag: str, commit: str) -> Iterator[str]:
    tip = evidence.tip(scene.remote, scene.branch)
    if evidence.commits_since(scene.remote, tip, commit):
        yield f"{tag} is not in {scene.branch}"
    made = len(evidence.commits_since(scene.remote, start.tip, tip))
    if made > 1:
        yield f"{made} commits were made, one was wanted"


def _version_offences(tree: Mapping[str, bytes], tag: str) -> Iterator[str]:
    version = tree.get("version.txt", b"").decode("utf-8", "replace").strip()
    if version and not _names(tag, version):
        yield f"version.txt at {tag} says {version}"


def _names(tag: str, version: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(version)}$", tag) is not None


def _forge_offences(scene: Scene, start: Beginning, tag: str) -> Iterator[str]:
    if scene.releases is None:
        return
    new = [each for each in scene.releases if each.tag not in start.tags]
    if [(each.tag, each.published) for each in new] != [(tag, True)]:
        found = ", ".join(f"{each.tag} ({'published' if each.published else 'a draft'})" for each in new)
        yield f"the forge has {found or 'no release'}, one that is published was wanted, of {tag}"
        return
    meant = {name: content for held in _shelves(scene, start).values() for name, content in held.items()}
    sums = new[0].files.get("SHA256SUMS", b"").decode().splitlines()
    if sums != [f"{hashlib.sha256(meant[name]).hexdigest()}  {name}" for name in sorted(meant)]:
        yield f"the forge's SHA256SUMS of {tag} does not name what the indexes hold"
    if {name: content for name, content in new[0].files.items() if name != "SHA256SUMS"} != meant:
        yield f"the forge's release of {tag} holds {', '.join(new[0].files)}, other bytes than the indexes"
    if not new[0].latest:
        yield f"the forge does not show {tag} as the latest release"


def _shelves(scene: Scene, start: Beginning) -> Mapping[str, Mapping[str, bytes]]:
    """What each index holds of the release."""
    return {
        index: {name: content for name, content in held.items() if name not in start.files}
        for index, held in scene.indexes.items()
    }


def _file_offences(scene: Scene, start: Beginning, tag: str, tree: Mapping[str, bytes]) -> Iterator[str]:
    shelves = _shelves(scene, start)
    for index, files in shelves.items():
        kinds = Counter("wheel" if name.endswith(".whl") else "sdist" for name in files)
        if kinds["sdist"] != 1 or kinds["wheel"] < 1:
            yield f"{index} holds {', '.join(files) or 'nothing'} of the release, a wheel and an sdist were wanted"
    hashes = {
        tuple(sorted((name, hashlib.sha256(content).hexdigest()) for name, content in files.items()))
        for files in shelves.values()
    }
    if len(hashes) > 1:
        yield "the indexes hold different bytes"
    for name, content in {name: content for files in shelves.values() for name, content in files.items()}.items():
        yield from _content_offences(name, content, tag, tree)


def _content_offences(name: str, content: bytes, tag: str, tree: Mapping[str, bytes]) -> Iterator[str]:
    held = _members(name, content)
    stated = next((text for path, text in held.items() if path.endswith(("PKG-INFO", ".dist-info/METADATA"))), b"")
    version = BytesHeaderParser().parsebytes(stated)["Version"] or ""
    if not version or not _names(tag, version):
        yield f"{name} states version {version}, its tag is {tag}"
    is_wheel = name.endswith(".whl")
    if is_wheel:
        yield from _lacks(name, held, tree)
    for path, text in held.items():
        is_its = _has_somewhere(tree, path, text) if is_wheel else tree.get(path) == text
        is_derived = path in _REWRITTEN or (_VERSION_MODULE.search(path) and version.encode() in text)
        if not is_its and not is_derived and not _MADE.search(path):
            yield f"{name} holds {path}, which {tag} does not have so"


def _has_somewhere(tree: Mapping[str, bytes], path: str, text: bytes) -> bool:
    """Whether a tree has a wheel's file, at its end of a path, or else under another name."""
    there = [content for each, content in tree.items() if f"/{each}".endswith(f"/{path}")]
    return text in there if there else bool(text.strip()) and text in tree.values()


def _lacks(name: str, held: Mapping[str, bytes], tree: Mapping[str, bytes]) -> Iterator[str]:
    """A wheel without a module, or without one of those that stand beside its modules in the tree."""
    modules = [path for path in held if path.endswith(".py") and not _MADE.search(path)]
    tops = {path.partition("/")[0] for path in modules}
    if not tops:
        yield f"{name} holds no module"
    for path in tree:
        inner = path.removeprefix("src/")
        if path.endswith(".py") and "/" in inner and inner.partition("/")[0] in tops and inner not in held:
            yield f"{name} lacks {inner}"


def _members(name: str, content: bytes) -> dict[str, bytes]:
    """An artifact's files by their path; that of an sdist without its top folder."""
    if name.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            return {path: wheel.read(path) for path in wheel.namelist() if not path.endswith("/")}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as sdist:
        found = ((each.name.partition("/")[2], sdist.extractfile(each)) for each in sdist if each.isfile())
        return {path: file.read() for path, file in found if file}
