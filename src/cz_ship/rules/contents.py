"""What archives may hold: what the tree holds, nothing secret, and one wheel on either way."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cz_ship.gates import Member

SHOWN = 1000  # files of an archive in a page: a job's page takes a mebibyte and no more
# By the whole name of a file or a folder.
CACHES = frozenset(
    (
        *("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", ".venv"),
        *(".git", ".coverage", ".DS_Store", "node_modules", ".ipynb_checkpoints"),
    )
)
SECRETS = re.compile(
    r"\.env(\.(?!example$|sample$|template$|dist$).+)?|\.pypirc|\.netrc|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519)"
    r"|.+\.(key|p12|pfx|keystore)"
)
# Certificates, keys, or both.
PEM = (".pem", ".crt", ".cer")
# What build backends write into an sdist that is in no tree.
MADE = re.compile(r"PKG-INFO|setup\.cfg|setup\.py|pyproject\.toml\.orig|(.*/)?[^/]+\.egg-info/.*")
# What build tools say of themselves in an archive, and what lists its files; the metadata are looked at by their lines.
TOLD = re.compile(r"[^/]+\.dist-info/(WHEEL|RECORD|METADATA)|PKG-INFO|(.*/)?[^/]+\.egg-info/PKG-INFO")
# What plugins of build backends write anew: the version, and pyproject.toml with what was dynamic.
WRITTEN = re.compile(r"(.*/)?(_?_?version_?_?|_version_info)\.(py|pyi)|pyproject\.toml")
# No import package is called so; who installs the wheel would get it for all of an environment.
STRAY = frozenset(("test", "tests", "doc", "docs", "example", "examples", "benchmarks", "scripts", "src", "build"))


class Essence(NamedTuple):
    """What of an archive no other version of the build tools makes otherwise: its files, and what it states.

    Of a file that build tools write of themselves only that it is there counts.
    """

    members: tuple[Member, ...]
    stated: tuple[bytes, ...]


def essence(members: Iterable[Member], metadata: bytes, wheel: bytes = b"") -> Essence:
    """What an archive is, whichever version of its build tools made it.

    `metadata` is its core metadata, `wheel` the file WHEEL of a wheel: where its files land, and what it can be
    installed on, is no tool's own affair.

    https://packaging.python.org/en/latest/specifications/binary-distribution-format/ (WHEEL names its generator)
    """
    kept = tuple(Member(each.path, 0, "") if TOLD.fullmatch(each.path) else each for each in members)
    lines = (*metadata.splitlines(), *wheel.splitlines())
    told = (b"metadata-version:", b"generator:")
    return Essence(kept, tuple(each for each in lines if not each.lower().startswith(told)))


def secrets(members: Iterable[Member], tree: Sequence[Member] = (), *, wheel: bool = False) -> tuple[str, ...]:
    """Paths of what nobody should be handed: credentials, keys, caches.

    A key that the tree has is public already, as those of test suites are; but a wheel lays it into an environment, and
    may do so only with what is not called a key.
    """
    public = frozenset(() if wheel else (each.path for each in tree))
    held = frozenset(each.sha256 for each in tree)
    return tuple(
        each.path
        for each in members
        if _is_cache(each.path) or (_is_secret(each, held) and not _is_known_key(each.path, public))
    )


def sdist_faults(members: Sequence[Member], tree: Sequence[Member]) -> tuple[str, ...]:
    """What an sdist holds that the tree does not, or holds otherwise."""
    here = {each.path: each.sha256 for each in tree}
    told = [each for each in members if not MADE.fullmatch(each.path) and not WRITTEN.fullmatch(each.path)]
    extra = [each.path for each in told if each.path not in here]
    other = [each.path for each in told if here.get(each.path, each.sha256) != each.sha256]
    faults = [f"the sdist holds {path}, which is not in the tree" for path in extra]
    faults += [f"the sdist holds {path} with other bytes than the tree" for path in other]
    return tuple(faults)


def left_out(members: Iterable[Member], tree: Iterable[Member]) -> tuple[str, ...]:
    """What of the tree an sdist lacks: files, and in the place of all of a folder's files the folder."""
    inside = {above for each in members for above in _ways(each.path)}
    lacking = (next((way for way in _ways(each.path) if way not in inside), "") for each in tree)
    return tuple(sorted(set(filter(None, lacking))))


def wheel_faults(members: Sequence[Member]) -> tuple[str, ...]:
    """What no wheel should hold at its top, and that it holds something."""
    tops = {each.path.partition("/")[0] for each in members if "/" in each.path}
    faults = [f"the wheel installs a package {name!r} at the top" for name in sorted(tops & STRAY)]
    if not any(".dist-info/" not in each.path for each in members):
        faults.append("the wheel holds nothing but its metadata")
    return tuple(faults)


def differences(left: Sequence[Member], right: Sequence[Member], names: tuple[str, str]) -> tuple[str, ...]:
    """How two archives differ, file by file.

    RECORD, which tells of the others, is left out; and a file of a version that a plugin writes may have other
    bytes: it also tells the commit, which an sdist has not.
    """
    ours, theirs = ({each.path: each.sha256 for each in side if _name(each.path) != "RECORD"} for side in (left, right))
    found = [f"{path} is only in {names[0]}" for path in sorted(ours.keys() - theirs.keys())]
    found += [f"{path} is only in {names[1]}" for path in sorted(theirs.keys() - ours.keys())]
    both = [path for path in sorted(ours.keys() & theirs.keys()) if not WRITTEN.fullmatch(path)]
    return (*found, *(f"{path} has other bytes" for path in both if ours[path] != theirs[path]))


def listing(name: str, members: Sequence[Member]) -> str:
    """The files of an archive as a tree with sizes, in Markdown; of a big one the first."""
    lines = [f"{name} ({len(members)} files, {_size(sum(each.size for each in members))} unpacked)"]
    above: list[str] = []
    for each in sorted(members)[:SHOWN]:
        *folders, file = each.path.split("/")
        for depth, folder in enumerate(folders):
            if above[: depth + 1] != folders[: depth + 1]:
                lines.append(f"{'  ' * (depth + 1)}{folder}/")
                above = folders[: depth + 1]
        above = folders
        lines.append(f"{'  ' * (len(folders) + 1)}{file}  {_size(each.size)}")
    if len(members) > SHOWN:
        lines.append(f"  and {len(members) - SHOWN} more")
    return "\n".join(["```", *lines, "```"])


def _size(count: int) -> str:
    return f"{count} B" if count < 1000 else f"{count / 1000:.1f} kB" if count < 10**6 else f"{count / 10**6:.1f} MB"


def _is_cache(path: str) -> bool:
    return path.endswith((".pyc", ".pyo")) or not CACHES.isdisjoint(path.split("/"))


def _is_secret(member: Member, held: frozenset[str]) -> bool:
    """By its name, or by the private key that it is; certificates, too, are called .pem, and sources quote keys."""
    if SECRETS.fullmatch(_name(member.path)) or (member.key >= 0 and member.path.endswith(PEM)):
        return True
    return member.key == 0 and member.sha256 not in held


def _is_known_key(path: str, known: frozenset[str]) -> bool:
    return path in known and not _name(path).startswith(".")


def _ways(path: str) -> Iterator[str]:
    """The folders above a file, the topmost first, and the file itself."""
    parts = path.split("/")
    return ("/".join(parts[: count + 1]) for count in range(len(parts)))


def _name(path: str) -> str:
    return path.rpartition("/")[2]
