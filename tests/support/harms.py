"""What harm releases have done to a loopback world: looked at from outside, tag by tag."""

import re
from collections import Counter
from collections.abc import Iterator

from tests.support.world import Loopback, files


def harms(way: Loopback) -> list[str]:
    """Each tag against its branch, its tree, its promise and the indexes; the changelog; nothing beside them."""
    versions = [tag.removeprefix("v") for tag in way.remote.git("tag", "--list").split()]
    found = [harm for version in versions for harm in _harms_of(way, version)]
    for site in (way.test, way.prod):
        strays = {_version(name) for name in files(site)} - set(versions)
        found += [f"an index holds {version}, which has no tag" for version in sorted(strays)]
    sections = Counter(re.findall(r"^## v(\S+)", way.remote.git("show", "main:CHANGELOG.md"), re.MULTILINE))
    if sections != Counter(versions):
        found.append(f"the changelog has the sections {dict(sections)}, the releases are {versions}")
    bumps = Counter(way.remote.git("log", "--format=%s", "--grep=^bump:", "main").splitlines())
    return found + [f"{count} commits {subject!r}" for subject, count in bumps.items() if count > 1]


def _harms_of(way: Loopback, version: str) -> Iterator[str]:
    tag = f"v{version}"
    if tag not in way.remote.git("tag", "--merged", "main").split():
        yield f"{tag} is not in main"
    if (says := way.remote.git("show", f"{tag}:version.txt")) != version:
        yield f"version.txt at {tag} says {says}"
    message = way.remote.git("tag", "--list", "--format=%(contents)", tag)
    promised = dict(re.findall(r"^Artifact: (\S+) sha256=(\S+) size=\d+$", message, re.MULTILINE))
    if len(promised) != 2:
        yield f"{tag} promises {sorted(promised)}"
    for site in (way.test, way.prod):
        held = {name: sha256 for name, sha256 in files(site).items() if _version(name) == version}
        if held != promised:
            yield f"an index holds {held} of {version}, {tag} promises {promised}"


def _version(name: str) -> str:
    found = re.match(r"demo_ship-(\d+\.\d+\.\d+)(?:-|\.tar)", name)
    assert found is not None, name
    return found[1]
