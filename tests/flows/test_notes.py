"""The changelog file of a project that another tool, or a person, kept before."""

import pytest
from packaging.version import Version

from cz_ship.flows.notes import put, put_all
from cz_ship.model import Entry, Section, Tag
from cz_ship.world.commitizen import Commitizen
from tests.support.made import commit
from tests.support.repos import CZ_TOML

KEPT = """\
# Changelog

## [Unreleased]

## [1.1.0] - 2025-02-01

### Added

- by hand

## [1.0.0] - 2025-01-01

[1.0.0]: https://example.org/1.0.0
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Commitizen:
    tree = tmp_path_factory.mktemp("tree")
    (tree / ".cz.toml").write_text(CZ_TOML)
    return Commitizen(tree)


def section(version: str, said: str = "a") -> Section:
    made = commit("fix: a")
    entry = Entry(made, {"change_type": "fix", "scope": None, "message": said})
    return Section(f"v{version}", "2026-01-01", Tag(f"v{version}", made.sha, Version(version)), (entry,))


def test_a_new_section_goes_above_the_newest_of_keep_a_changelog(book: Commitizen) -> None:
    new = section("1.2.0")
    content = put(book, KEPT.encode(), new, Version("1.2.0"))
    part = "## v1.2.0 (2026-01-01)\n\n### Fix\n\n- a\n\n"
    assert content.decode() == KEPT.replace("## [1.1.0]", f"{part}## [1.1.0]")
    assert put_all(book, content, [new, section("1.1.0"), section("1.0.0")]) == content


def test_a_heading_within_an_entry_hides_no_release(book: Commitizen) -> None:
    told = section("1.0.0", "a\n## v2.0.0 (2026-01-01)\n## [3.0.0]\n### More")
    for content in (b"By hand.\n", None):
        first = put_all(book, content, [told])
        assert b"- a\n\\## v2.0.0 (2026-01-01)\n\\## [3.0.0]\n### More\n" in first
        both = put(book, first, section("2.0.0"), Version("2.0.0"))
        assert both == first.replace(b"## v1.0.0", b"## v2.0.0 (2026-01-01)\n\n### Fix\n\n- a\n\n## v1.0.0", 1)
        assert put_all(book, both, [section("3.0.0"), section("2.0.0"), told]).startswith(
            both[: both.index(b"## v2")] + b"## v3.0.0 (2026-01-01)\n"
        )


def test_an_epoch_stands_above_all_versions_without_one(book: Commitizen) -> None:
    releases = [section(version) for version in ("1!1.0.1", "1!1.0.0", "2.0.0", "1.0.1")]
    titles = [f"## {each.title} (2026-01-01)" for each in releases]
    for start in (b"", b"By hand.\n"):
        content = put_all(book, start, releases)
        assert [line for line in content.decode().splitlines() if line.startswith("## ")] == titles
        assert put_all(book, content, releases) == content
    one_by_one = b"By hand.\n"
    for each in (releases[1], releases[3], releases[0], releases[2]):
        assert each.tag
        one_by_one = put(book, one_by_one, each, each.tag.version)
    assert one_by_one == content
