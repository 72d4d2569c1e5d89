"""The judge: looks at what is public, in its own way, and names whatever no release may leave behind."""

import hashlib
import json
import re
from collections import Counter

from packaging.version import Version

from tests.support.fake_git import FakeTag
from tests.support.fake_index import Shelf
from tests.support.fake_world import Public

BY_OTHER_MEANS = "1.0.0"


def offences(public: Public) -> list[str]:
    """What is wrong: each tag against its branch, its tree, its promise and the indexes, and the changelog."""
    found = []
    branch = _history(public, public.remote.heads["main"])
    versions = Counter(name.removeprefix("v") for name in public.remote.tags)
    found += [f"{count} tags of {version}" for version, count in versions.items() if count > 1]
    for name, tag in public.remote.tags.items():
        if name.removeprefix("v") != BY_OTHER_MEANS:
            found += _tag_offences(public, name.removeprefix("v"), tag, branch)
    for shelf in public.shelves.values():
        strays = {_version(file) for file in shelf.files} - set(versions)
        found += [f"{shelf.name} holds {version}, which has no tag" for version in sorted(strays)]
    found += [*_forge_offences(public), *(_proposal_offences(public) if public.proposes else [])]
    return found + _changelog_offences(public, set(versions)) + _bump_offences(public, branch)


def _tag_offences(public: Public, version: str, tag: FakeTag, branch: list[str]) -> list[str]:
    found = []
    tree = {path: content.decode() for path, content in public.remote.objects[tag.commit].files.items()}
    if tag.commit not in branch:
        found.append(f"the tag of {version} is not in the branch")
    if tree["version.txt"] != f"{version}\n":
        found.append(f"version.txt at the tag of {version} says {tree['version.txt']!r}")
    promised = dict(re.findall(r"^Artifact: (\S+) sha256=(\S+) size=\d+$", tag.message, re.MULTILINE))
    if len(promised) != 2:
        found.append(f"the tag of {version} promises {sorted(promised)}")
    for shelf in public.shelves.values():
        found += _shelf_offences(shelf, version, promised, tree)
    return found


def _shelf_offences(shelf: Shelf, version: str, promised: dict[str, str], tree: dict[str, str]) -> list[str]:
    held = {file: content for file, content in shelf.files.items() if _version(file) == version}
    found = []
    if {file: hashlib.sha256(content).hexdigest() for file, content in held.items()} != promised:
        found.append(f"{shelf.name} holds {sorted(held)} of {version}, not what its tag promises")
    for file, content in held.items():
        if json.loads(content)["files"] != tree:
            found.append(f"{file} on {shelf.name} was not made of the tag's tree")
    return found


def _forge_offences(public: Public) -> list[str]:
    """One release for each tag that promises files, published, with these files and their sums, and no draft."""
    held = public.stand.releases
    found = [f"a draft of {each.tag} is left" for each in held.values() if not each.published]
    promises = {
        name: re.findall(r"^Artifact: (\S+) sha256=(\S+) ", tag.message, re.MULTILINE)
        for name, tag in public.remote.tags.items()
    }
    published = Counter(each.tag for each in held.values() if each.published)
    wanted = Counter(name for name, promised in promises.items() if promised)
    if published != wanted:
        return [*found, f"the forge has releases of {dict(published)}, the tags are {sorted(wanted)}"]
    for each in held.values():
        sums = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(promises[each.tag]))
        told = {name: hashlib.sha256(content or b"").hexdigest() for name, content in each.files}
        if told != {**dict(promises[each.tag]), "SHA256SUMS": hashlib.sha256(sums.encode()).hexdigest()}:
            found.append(f"the release of {each.tag} holds {sorted(told)}, not what its tag promises")
        if not re.search(r"^- ", each.notes, re.MULTILINE):
            found.append(f"the release of {each.tag} says {each.notes!r}")
    if held and held[public.stand.latest].tag != max(published, key=lambda name: Version(name[1:])):
        found.append(f"{held[public.stand.latest].tag} is shown as the latest of {sorted(published)}")
    return found


def _proposal_offences(public: Public) -> list[str]:
    """One commit on the release branch's tip and one pull request that tells of it, where a change is not released."""
    remote, stand = public.remote, public.stand
    tip, head = remote.heads["main"], remote.heads.get("cz-ship/release-main")
    tagged = {sha for tag in remote.tags.values() for sha in _history(public, tag.commit)}
    waiting = [remote.objects[sha].commit.subject for sha in _history(public, tip) if sha not in tagged]
    wanted = [each.partition(": ")[2] for each in waiting if each.startswith(("feat", "fix"))]
    pulls = [held for held in stand.pulls.values() if held.state == "open" and held.head in remote.heads]
    if not wanted:
        return ["a proposal of nothing is left"] * (head is not None or bool(pulls))
    if head is None or len(pulls) != 1:
        return [f"{wanted} are proposed by {len(pulls)} pull requests, from {head}"]
    made, found = remote.objects[head], []
    onto = _history(public, tip)
    subjects = [remote.objects[sha].commit.subject for sha in _history(public, head) if sha not in onto]
    if tip not in _history(public, head) or pulls[0][:2] != ("cz-ship/release-main", "main"):
        found.append(f"{made.commit} and {pulls[0]} do not propose what {tip} wants")
    version = made.files["version.txt"].decode().strip()
    news = made.files["CHANGELOG.md"].decode()
    told = pulls[0].title in subjects and pulls[0].title.endswith(f" {version}") and f"## v{version} " in news
    if not told or f"v{version}" in remote.tags:
        found.append(f"{version} is proposed by {made.commit.subject!r}, with the changelog {news!r}")
    found += [f"{each} is missing" for each in wanted if f"- {each}\n" not in f"{news}\n" or each not in pulls[0].body]
    return found + (["its checks do not run"] * (head not in stand.runs))


def _changelog_offences(public: Public, versions: set[str]) -> list[str]:
    text = public.remote.objects[public.remote.heads["main"]].files["CHANGELOG.md"].decode()
    sections = Counter(re.findall(r"^## v(\S+)", text, re.MULTILINE))
    if sections != Counter(versions):
        return [f"the changelog has the sections {dict(sections)}, the releases are {sorted(versions)}"]
    lines = Counter(line for line in text.splitlines() if line.startswith("- "))
    return [f"the changelog has {line!r} {count} times" for line, count in lines.items() if count > 1]


def _bump_offences(public: Public, branch: list[str]) -> list[str]:
    subjects = Counter(public.remote.objects[sha].commit.subject for sha in branch)
    return [f"{count} commits {each!r}" for each, count in subjects.items() if count > 1 and each.startswith("bump:")]


def _history(public: Public, tip: str) -> list[str]:
    reached, waiting = [], [tip]
    while waiting:
        sha = waiting.pop()
        if sha not in reached:
            reached.append(sha)
            waiting += public.remote.objects[sha].commit.parents
    return reached


def _version(file: str) -> str:
    found = re.match(r"demo-(\d+\.\d+\.\d+)(?:-|\.tar)", file)
    assert found is not None, file
    return found[1]
