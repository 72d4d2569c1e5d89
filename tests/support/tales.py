"""Generated repositories for commitizen and cz-ship alike, and twins of them without the named differences."""

from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

from hypothesis import strategies as st
from packaging.version import Version

from cz_ship.world.git import Git
from tests.support.histories import empty, import_stream
from tests.support.repos import START
from tests.support.rulings import PHASES, Ruling
from tests.support.wordings import Wording, wordings

FORMATS = (
    *("v$version", "$version", "rel-${version}"),
    *("v$major.$minor.$patch$prerelease", "${major}_${minor}_${patch}${prerelease}"),
)
SCHEMES = ("", "pep440", "semver", "semver2")
ZONES = ("+0000", "-0800", "+1345")
MARK = Wording("mark", "mark", "mark")  # listed by no ruling that is `marked`


class Deed(NamedTuple):
    """A commit: its message, the places of its parents, its time in seconds since 1970, and its time zone."""

    wording: Wording
    parents: tuple[int, ...]
    moment: int
    zone: str = "+0000"


class Ribbon(NamedTuple):
    """A version tag on a deed; `moment` is its own where it is annotated."""

    name: str
    version: Version
    place: int
    moment: int | None = None


class Tale(NamedTuple):
    """A repository: deeds, parents first, the last one being HEAD, and the tags on them."""

    settings: str
    deeds: tuple[Deed, ...]
    ribbons: tuple[Ribbon, ...]
    own_format: str
    scheme: str
    merges: bool

    @property
    def rising(self) -> tuple[Ribbon, ...]:
        """The tags that HEAD contains, lowest version first."""
        within = self.reached(len(self.deeds) - 1)
        return tuple(sorted((each for each in self.ribbons if each.place in within), key=lambda each: each.version))

    @property
    def last(self) -> Ribbon | None:
        return self.rising[-1] if self.rising else None

    @property
    def current(self) -> Version:
        """What version.txt says: the highest release that HEAD contains."""
        return self.last.version if self.last else Version("0.0.0")

    @property
    def last_is_spelled_otherwise(self) -> bool:
        """Whether the tag of the current version is not called as commitizen would call a new one."""
        return self.last is not None and self.last.name != spelled(self.current, self.own_format, self.scheme)

    def reached(self, place: int) -> frozenset[int]:
        """A deed and all that came before it."""
        found, waiting = {place}, [place]
        while waiting:
            new = set(self.deeds[waiting.pop()].parents) - found
            found |= new
            waiting += new
        return frozenset(found)


@st.composite
def tales(draw: st.DrawFn, ruling: Ruling, *, tame: bool) -> Tale:
    """A repository under some rules; a tame one is a straight line to which no named difference applies."""
    size = draw(st.integers(1, 8))
    own_format, legacy, scheme, merges = draw(_conventions(tame))
    texts = [draw(wordings(ruling, place, tame=tame)) for place in range(size)]
    copies = {} if tame else draw(st.dictionaries(st.integers(0, size - 1), st.integers(0, size - 1), max_size=3))
    moments = [START + 7200 * place for place in range(size)]
    if not tame:
        moments = draw(st.permutations(moments))
    deeds = []
    for place in range(size):
        first = place - 1 if tame or not place else draw(st.integers(max(0, place - 3), place - 1))
        others = draw(st.lists(st.integers(0, place - 1), max_size=2)) if place and not tame else []
        parents = tuple(dict.fromkeys([first, *others])) if place else ()
        zone = "+0000" if tame else draw(st.sampled_from(ZONES))
        deeds.append(Deed(texts[copies.get(place, place)], parents, moments[place], zone))
    ribbons = draw(_ribbons(size, ruling, (own_format, *legacy), scheme, tame=tame))
    if tame and merges:  # a pre-release at HEAD is a named difference
        ribbons = tuple(each for each in ribbons if each.place < size - 1 or not each.version.is_prerelease)
    lines = [f'tag_format = "{own_format}"', f"legacy_tag_formats = {list(legacy)}"]
    lines += [f'version_scheme = "{scheme}"'] if scheme else []
    lines += ["changelog_merge_prerelease = true"] if merges else []
    return Tale(ruling.settings(lines), tuple(deeds), ribbons, own_format, scheme, merges)


@st.composite
def _conventions(draw: st.DrawFn, tame: bool) -> tuple[str, tuple[str, ...], str, bool]:
    own_format = draw(st.sampled_from(FORMATS))
    legacy = tuple(draw(st.lists(st.sampled_from(FORMATS), max_size=1)))
    return (
        own_format,
        tuple(each for each in legacy if each != own_format),
        draw(st.sampled_from(SCHEMES)),
        draw(st.booleans()),
    )


@st.composite
def _ribbons(
    draw: st.DrawFn, size: int, ruling: Ruling, formats: tuple[str, ...], scheme: str, *, tame: bool
) -> tuple[Ribbon, ...]:
    numbers = st.tuples(
        st.integers(0, 0 if ruling.zero else 2), st.integers(0, 2), st.integers(1, 11), st.sampled_from(PHASES)
    )
    drawn = draw(st.lists(numbers, max_size=min(size, 5), unique=True))
    versions = [Version(f"{major}.{minor}.{micro}{phase}") for major, minor, micro, phase in drawn]
    places = st.lists(
        st.integers(0, size - 1), min_size=len(versions), max_size=len(versions), unique=tame or not ruling.marked
    )
    chosen = draw(places)
    if tame:
        versions, chosen = sorted(versions), sorted(chosen)
    ribbons = []
    for version, place in zip(versions, chosen, strict=True):
        moment = None if tame else draw(st.none() | st.integers(START, START + 10**6))
        ribbons.append(Ribbon(spelled(version, draw(st.sampled_from(formats)), scheme), version, place, moment))
    return tuple(ribbons)


def spelled(version: Version, tag_format: str, scheme: str) -> str:
    """A version's tag, as commitizen calls it under a version scheme."""
    phase = ""
    if version.pre:
        kind, number = version.pre
        long = {"a": "alpha", "b": "beta"}.get(kind, kind)
        phase = f"{long}.{number}" if scheme == "semver2" else f"{kind}{number}"
    dash = "-" if phase and scheme.startswith("semver") else ""
    major, minor, micro = version.release
    whole = f"{version.base_version}{dash}{phase}"
    return Template(tag_format).substitute(version=whole, major=major, minor=minor, patch=micro, prerelease=phase)


class Laid(NamedTuple):
    """A tale as a repository: its folder, and the hash of each deed."""

    root: Path
    shas: tuple[str, ...]

    def order(self) -> list[int]:
        """The places that HEAD contains, newest first, as git tells them."""
        places = {sha: place for place, sha in enumerate(self.shas)}
        return [places[sha] for sha in Git(self.root).ask("rev-list", "--topo-order", "HEAD").split()]


def lay(tale: Tale, root: Path, part: str = "text") -> Laid:
    """Lay a tale down, with the `text` of its messages or with one of their mended forms."""
    git = empty(root)
    marks = root / ".git" / "marks"
    files = {".cz.toml": tale.settings, "version.txt": f"{tale.current}\n"}
    stream = [_commit(place, deed, getattr(deed.wording, part), files) for place, deed in enumerate(tale.deeds)]
    import_stream(git, b"".join([*stream, *map(_tag, tale.ribbons)]), f"--export-marks={marks}")
    for name, content in files.items():
        (root / name).write_text(content, encoding="utf-8")
    hashes = {int(mark): sha for mark, sha in (line[1:].split() for line in marks.read_text().splitlines())}
    return Laid(root, tuple(hashes[place + 1] for place in range(len(tale.deeds))))


def mended(tale: Tale, order: Sequence[int]) -> Tale:
    """A straight line of the same deeds, release by release, as notes should have them.

    `order` are the places that HEAD contains, newest first, as git tells them. Each deed stands in the
    lowest release that contains it; each tag alone on a commit of its own, on its deed's day in UTC; of
    messages that are the same within a release, the newest is left.
    """
    line: list[Deed] = []
    ribbons: list[Ribbon] = []
    told: frozenset[int] = frozenset()
    for ribbon in tale.rising:
        if tale.merges and ribbon.version.is_prerelease:
            continue
        reached = tale.reached(ribbon.place)
        line += _group(tale, [place for place in order if place in reached - told], len(line))
        told |= reached
        line.append(Deed(MARK, (len(line) - 1,) if line else (), tale.deeds[ribbon.place].moment))
        ribbons.append(ribbon._replace(place=len(line) - 1, moment=None))
    line += _group(tale, [place for place in order if place not in told], len(line))
    return tale._replace(deeds=tuple(line), ribbons=tuple(ribbons))


def _group(tale: Tale, places: Sequence[int], start: int) -> list[Deed]:
    newest = {tale.deeds[place].wording.text: place for place in reversed(places)}
    kept = [place for place in reversed(places) if newest[tale.deeds[place].wording.text] == place]
    return [
        Deed(tale.deeds[place].wording, (start + at - 1,) if start + at else (), tale.deeds[place].moment)
        for at, place in enumerate(kept)
    ]


def _commit(place: int, deed: Deed, message: str, files: dict[str, str]) -> bytes:
    lines = [f"reset refs/heads/main\ncommit refs/heads/main\nmark :{place + 1}\n".encode()]
    lines.append(f"committer Ada <ada@example.org> {deed.moment} {deed.zone}\n".encode())
    text = message.encode()
    lines.append(b"data %d\n%s\n" % (len(text), text))
    for word, parent in zip(("from", *["merge"] * 9), deed.parents, strict=False):
        lines.append(f"{word} :{parent + 1}\n".encode())
    for name, content in files.items():
        lines.append(f"M 100644 inline {name}\ndata {len(content.encode())}\n{content}\n".encode())
    return b"".join(lines)


def _tag(ribbon: Ribbon) -> bytes:
    if ribbon.moment is None:
        return f"reset refs/tags/{ribbon.name}\nfrom :{ribbon.place + 1}\n\n".encode()
    tagger = f"tagger Ada <ada@example.org> {ribbon.moment} +0000\ndata 5\nabout\n"
    return f"tag {ribbon.name}\nfrom :{ribbon.place + 1}\n{tagger}".encode()
