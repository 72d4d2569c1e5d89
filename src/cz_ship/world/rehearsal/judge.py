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

from cz_ship.world.git import Git

# What a backend adds to a tree, by the specifications of sdists and wheels and the habit of setuptools.
_MADE = re.compile(r"(^|/)(PKG-INFO|setup\.cfg|[^/]+\.(egg-info|dist-info)/.*)$")


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
    git = Git(scene.remote)
    files = (name for held in scene.indexes.values() for name in held)
    return Beginning(git.ask("rev-parse", scene.branch), frozenset(_tags(git)), frozenset(files))


def offences(scene: Scene, start: Beginning) -> tuple[str, ...]:
    """All that a whole release would not have left, each in a sentence."""
    git = Git(scene.remote)
    new = [name for name in _tags(git) if name not in start.tags]
    if len(new) != 1:
        return (f"there are {len(new)} new tags, one was wanted: {', '.join(new)}",)
    tag = new[0]
    tree = _tree(git, tag)
    return (
        *_branch_offences(git, scene, start, tag),
        *_file_offences(scene, start, tag, tree),
        *_told(tree, tag),
        *_forge_offences(scene, start, tag),
    )


def _branch_offences(git: Git, scene: Scene, start: Beginning, tag: str) -> Iterator[str]:
    if git.git("merge-base", "--is-ancestor", f"{tag}^{{commit}}", scene.branch).code:
        yield f"{tag} is not in {scene.branch}"
    made = int(git.ask("rev-list", "--count", f"{start.tip}..{scene.branch}"))
    if made > 1:
        yield f"{made} commits were made, one was wanted"


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
    version = BytesHeaderParser().parsebytes(stated)["Version"]
    if not version or not re.search(rf"(?<![\d.]){re.escape(version)}$", tag):
        yield f"{name} states version {version}, its tag is {tag}"
    if tree.get("version.txt", b"").decode().strip() not in ("", version):
        yield f"version.txt at {tag} says {tree['version.txt']!r}, {name} states {version}"
    if name.endswith(".whl"):
        yield from _lacks(name, held, tree)
    known = set(tree.values())
    for path, text in held.items():
        if not _MADE.search(path) and (tree.get(path, text) != text or text not in known):
            yield f"{name} holds {path}, which {tag} does not have so"


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


def _told(tree: Mapping[str, bytes], tag: str) -> Iterator[str]:
    if "CHANGELOG.md" not in tree:
        return
    text = tree["CHANGELOG.md"].decode()
    titles = re.findall(r"^#+ .*$", text, re.MULTILINE)
    for title, count in Counter(titles).items():
        if title.startswith("## ") and count > 1:
            yield f"the changelog has {count} sections {title}"
    if not any(tag in re.split(r"[\s\[\]()]+", title) for title in titles):
        yield f"the changelog has no section of {tag}"
    own = next((part for part in re.split(r"^## ", text, flags=re.MULTILINE) if part.startswith(tag)), "")
    for line, count in Counter(line for line in own.splitlines() if line.startswith("- ")).items():
        if count > 1:
            yield f"the changelog tells {count} times: {line}"


def _tags(git: Git) -> list[str]:
    return git.ask("tag", "--list").split()


def _tree(git: Git, tag: str) -> dict[str, bytes]:
    """A tag's files: path and content, as git holds them."""
    rows = (row.split("\t", 1) for row in git.ask("ls-tree", "-r", "-z", tag).split("\0") if row)
    blobs = {path: cells.split(" ")[2] for cells, path in rows if cells.split(" ")[1] == "blob"}
    out = io.BytesIO(git.git("cat-file", "--batch", input="".join(f"{sha}\n" for sha in blobs.values()).encode()).out)
    found = {}
    for path in blobs:
        size = int(out.readline().split()[2])
        found[path] = out.read(size)
        out.readline()
    return found


def _members(name: str, content: bytes) -> dict[str, bytes]:
    """An artifact's files by their path; that of an sdist without its top folder."""
    if name.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            return {path: wheel.read(path) for path in wheel.namelist() if not path.endswith("/")}
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as sdist:
        found = ((each.name.partition("/")[2], sdist.extractfile(each)) for each in sdist if each.isfile())
        return {path: file.read() for path, file in found if file}
