"""The changelog file over any number of releases: what people wrote stays, and each release stands there once."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from cz_ship.errors import Failure
from cz_ship.flows.notes import put, put_all, rendered
from cz_ship.model import Entry, Section, Tag
from cz_ship.rules.headings import with_all_releases
from cz_ship.world.commitizen import Commitizen
from tests.support.examples import tried
from tests.support.made import commit

VERSIONS = tuple(map(Version, ("0.1.0", "0.2.0rc1", "0.2.0", "0.10.0", "1.0.0a1", "1.0.0", "1.0.1", "2.0.0")))
MESSAGES = ("a", "a line with `code`", "📦 résumé", "two\nlines", "three\n\nparagraphs", "=====", "v", "** bold")


class Form(NamedTuple):
    """A format: its file, how a person writes a release's title in it, and headings that are no release's."""

    file: str
    title: str
    others: tuple[str, ...]


FORMS: Mapping[str, Form] = {
    "markdown": Form("CHANGELOG.md", "## {}", ("# Changelog", "## Unreleased", "### Fix", "Title\n=====", "---")),
    "asciidoc": Form("CHANGELOG.adoc", "== {}", ("= Changelog", "== Unreleased", "=== Fix", "----", "[NOTE]")),
    "rst": Form(
        "CHANGELOG.rst", "{}\n=================", ("=====\nTitle\n=====", "Unreleased\n==========", "Fix\n---", "====")
    ),
    "textile": Form("CHANGELOG.textile", "h2. {}", ("h1. Changelog", "h2. Unreleased", "h3. Fix", "bq. said")),
}
PLAIN = ("", "by hand", "- an item", "  indented", "\tx", "résumé 📦", "* *", "-----", "`code`", "v", "1.0", "{{ no }}")
# What ends a line to `str.splitlines` and not in a file, and more blank lines than one reader can take.
STRANGE = ("page\x0cbreak", "\u2028", "one\u2028two", "\x85next", "a\x0bb", "old\rmac", "\x1c", "\n\n\n\n", "\ufeff")


class Shelf:
    """The real commitizen for each format and tag format, each in a tree of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str, str], Commitizen] = {}

    def __call__(self, form: str, tag_format: str = "v$version", encoding: str = "utf-8") -> Commitizen:
        key = (form, tag_format, encoding)
        if key not in self._known:
            tree = self._folder / str(len(self._known))
            tree.mkdir()
            (tree / ".cz.toml").write_text(
                f'[tool.commitizen]\nname = "cz_conventional_commits"\nversion_provider = "version_txt"\n'
                f'tag_format = "{tag_format}"\nchangelog_file = "{FORMS[form].file}"\nencoding = "{encoding}"\n'
            )
            self._known[key] = Commitizen(tree)
        return self._known[key]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("trees"))


def files(form: str, *, by_hand: bool = True) -> st.SearchStrategy[str]:
    """Files as people leave them: any lines, with sections of releases that were written by hand among them."""
    known = FORMS[form]
    titles = [known.title.format(f"v{version}") for version in VERSIONS] if by_hand else []
    if by_hand and form == "markdown":
        titles += [f"## [{version}] - 2026-01-01" for version in VERSIONS]
    ends = st.sampled_from(("\n", "\r\n"))
    usual = st.lists(st.sampled_from((*PLAIN, *known.others, *titles)), max_size=12)
    free = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="vV"), max_size=12)
    lines = st.one_of(st.sampled_from((*PLAIN, *known.others, *titles, *STRANGE)), free)
    pairs = st.lists(st.tuples(lines, st.one_of(ends, st.just(""))), max_size=14)
    return st.one_of(
        st.builds(lambda parts, end: end.join(parts), usual, ends),
        pairs.map(lambda found: "".join(part for pair in found for part in pair)),
    )


@st.composite
def releases(draw: st.DrawFn, tag: str = "v{}") -> list[Section]:
    """Sections of releases, in any order of their versions."""
    versions = draw(st.lists(st.sampled_from(VERSIONS), min_size=1, unique=True))
    return [section(each, draw(st.lists(st.sampled_from(MESSAGES), max_size=3)), tag) for each in versions]


def section(version: Version, said: list[str], tag: str = "v{}") -> Section:
    """A release's section with these lines."""
    made = commit("fix: a")
    entries = [Entry(made, {"change_type": "fix", "scope": None, "message": each}) for each in said]
    return Section(tag.format(version), "2026-01-01", Tag(tag.format(version), made.sha, version), tuple(entries))


def versions_in(book: Commitizen, content: bytes) -> list[Version]:
    """The releases that a file has a section for, from its top to its end."""
    found = []
    text = content.decode().removeprefix("\ufeff")
    for _, version in with_all_releases(text, book.headings(text), book.rule_set):
        with suppress(InvalidVersion):  # v1.0.0by is a heading to commitizen, and no release to anybody
            found.append(Version(version))
    return found


def version_of(release: Section) -> Version:
    """A section's version."""
    assert release.tag
    return release.tag.version


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@tried(25)
@given(drawn=st.data())
def test_a_release_adds_its_section_and_takes_away_nothing(rules: Shelf, form: str, drawn: st.DataObject) -> None:
    book = rules(form)
    content = drawn.draw(files(form)).encode()
    for release in drawn.draw(releases()):
        version, before, stood = version_of(release), content, versions_in(book, content)
        content = put(book, before, release, version)
        if version in stood:
            assert content == before
        elif is_written(before.decode()):
            part = rendered(book, [release], incremental=True).strip("\n").encode()
            assert part in {each.replace(b"\r\n", b"\n").strip(b"\n") for each in inserted(before, content)}
        now = versions_in(book, content)
        assert [each for each in now if each != version] == [each for each in stood if each != version]
        assert now.count(version) == max(1, stood.count(version))
        assert put(book, content, release, version) == content


@pytest.mark.parametrize("form", FORMS)
@tried(15)
@given(drawn=st.data())
def test_the_order_of_the_releases_changes_nothing_and_a_second_run_adds_nothing(
    rules: Shelf, form: str, drawn: st.DataObject
) -> None:
    book = rules(form)
    intro = drawn.draw(st.one_of(st.just(""), files(form, by_hand=False).filter(is_written))).encode()
    order = drawn.draw(releases())
    rising = sorted(order, key=version_of)
    content = one_by_one = intro
    for release in order:
        content = put(book, content, release, version_of(release))
    for release in rising:
        one_by_one = put(book, one_by_one, release, version_of(release))
    assert content == one_by_one == put_all(book, intro, rising[::-1])
    assert versions_in(book, content) == [version_of(release) for release in reversed(rising)]
    for release in order:
        assert put(book, content, release, version_of(release)) == content
    assert put_all(book, content, rising[::-1]) == content


HEADINGS: dict[str, tuple[str, str, str, list[tuple[int, str]]]] = {
    "line separators": (
        *("markdown", "v$version", "a\u2028b\x0c\x85\x0bc\rd\n\n## v1.1.0\n\n## v1.0.0\n"),
        [(2, "1.1.0"), (4, "1.0.0")],
    ),
    "windows": (
        *("markdown", "v$version", "# C\r\n\r\n## [v1.1.0]\r\n\r\n## v1.0.0 - by hand\r\n"),
        [(2, "1.1.0"), (4, "1.0.0")],
    ),
    "capitals": (
        *("markdown", "Release-$version", "## Release-1.1.0 (2026-01-01)\n## Release-1.0.0\n"),
        [(0, "1.1.0"), (1, "1.0.0")],
    ),
    "a date like a version": (
        *("asciidoc", "$major.$minor.$patch", "== 1.1.0 (2026-01-01)\n\n== 1.0.0\n"),
        [(0, "1.1.0"), (2, "1.0.0")],
    ),
    "blank lines": (
        *("rst", "v$version", "a\n\n\n\n\nv1.1.0\n======\n\n\n\nv1.0.0\n======\n\n"),
        [(5, "1.1.0"), (10, "1.0.0")],
    ),
    "overlined": (
        *("rst", "v$version", "======\nv1.1.0\n======\nb\n\n======\nv1.0.0\n======\n"),
        [(0, "1.1.0"), (5, "1.0.0")],
    ),
    "title on title": ("rst", "v$version", "v1.1.0\n======\nv1.0.0\n======\n", [(0, "1.1.0"), (2, "1.0.0")]),
    "textile": (
        *("textile", "v$version", "h1. C\n\nh2. v1.1.0 (2026-01-01)\n\nh2. v1.0.0\n"),
        [(2, "1.1.0"), (4, "1.0.0")],
    ),
}


@pytest.mark.parametrize(("form", "tag_format", "text", "found"), HEADINGS.values(), ids=HEADINGS)
def test_a_heading_is_found_where_it_stands(
    rules: Shelf, form: str, tag_format: str, text: str, found: list[tuple[int, str]]
) -> None:
    assert list(rules(form, tag_format).headings(text)) == found


TAGS = {"$version": "{}", "core-v$version": "core-v{}", "V$version": "V{}", "v$major.$minor.$patch$prerelease": "v{}"}


@pytest.mark.parametrize("tag_format", TAGS)
@pytest.mark.parametrize("form", FORMS)
def test_one_section_a_release_whatever_its_tag_is_called(rules: Shelf, form: str, tag_format: str) -> None:
    book = rules(form, tag_format)
    made = [section(version, ["a"], TAGS[tag_format]) for version in VERSIONS]
    content = b"By hand.\n"
    for release in (*made[::2], *made[1::2], *made):
        content = put(book, content, release, version_of(release))
    lines = content.decode().splitlines()
    assert [lines.count(rendered(book, [each], incremental=True).splitlines()[0]) for each in made] == [1] * len(made)
    assert versions_in(book, content) == sorted(VERSIONS, reverse=True)
    assert put_all(book, content, made[::-1]) == content
    assert put_all(book, b"By hand.\n", made[::-1]) == content


@pytest.mark.parametrize("form", FORMS)
def test_a_section_keeps_a_blank_line_from_what_people_wrote(rules: Shelf, form: str) -> None:
    book, title = rules(form), FORMS[form].title.format("v1.0.0")
    content = put(book, f"By hand.\n{title}\n- first".encode(), section(Version("1.1.0"), ["a"]), Version("1.1.0"))
    part = rendered(book, [section(Version("1.1.0"), ["a"])], incremental=True).strip("\n")
    assert content.decode() == f"By hand.\n\n{part}\n\n{title}\n- first"


def test_a_byte_order_mark_stays_the_first_of_all_and_hides_no_heading(rules: Shelf) -> None:
    book = rules("markdown")
    old = "\ufeff## v1.0.0\n".encode()
    assert put(book, old, section(Version("1.0.0"), ["a"]), Version("1.0.0")) == old
    content = put(book, old, section(Version("1.1.0"), ["a"]), Version("1.1.0"))
    assert content.decode() == "\ufeff## v1.1.0 (2026-01-01)\n\n### Fix\n\n- a\n\n## v1.0.0\n"
    assert put_all(book, content, [section(Version("1.0.0"), ["a"])]) == content


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_a_file_stays_in_its_encoding(rules: Shelf, encoding: str) -> None:
    book = rules("markdown", encoding=encoding)
    old = "Geändert.\n\n## v1.0.0\n".encode(encoding)
    content = put(book, old, section(Version("1.1.0"), ["über"]), Version("1.1.0"))
    wanted = "Geändert.\n\n## v1.1.0 (2026-01-01)\n\n### Fix\n\n- über\n\n## v1.0.0\n"
    assert content == wanted.encode(encoding)
    assert put(book, content, section(Version("1.1.0"), ["über"]), Version("1.1.0")) == content


def test_what_an_encoding_cannot_hold_is_told(rules: Shelf) -> None:
    book = rules("markdown", encoding="latin-1")
    for content in (None, b"# Changes\n"):
        with pytest.raises(Failure, match=r"CHANGELOG\.md cannot be written as latin-1"):
            put(book, content, section(Version("1.0.0"), ["📦"]), Version("1.0.0"))
    with pytest.raises(Failure, match="cannot be written"):
        put_all(book, None, [section(Version("1.0.0"), ["📦"])])


def is_written(text: str) -> bool:
    """Whether anything but blanks stands in a file."""
    return bool(text.removeprefix("\ufeff").strip())


def inserted(before: bytes, after: bytes) -> list[bytes]:
    """All that may have been put into a file in one place to make another of it; none where more was changed."""
    size = len(after) - len(before)
    places = [
        place
        for place in range(len(before) + 1)
        if after.startswith(before[:place]) and after.endswith(before[place:]) and size > 0
    ]
    return [after[place : place + size] for place in places]
