"""Which lines of a Markdown changelog stand for a release."""

import pytest

from cz_ship.rules.headings import escaped, with_all_releases
from tests.support.made import CONVENTIONAL


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("## v1.0.0 (2026-01-01)", "1.0.0"),
        ("## [1.0.0] - 2026-01-01", "1.0.0"),
        ("## [1.0.0] - 2026-01-01 [YANKED]", "1.0.0"),
        ("## [v1.0.0](https://example.org/compare) (2026-01-01)", "1.0.0"),
        ("# 1.0.0rc1", "1.0.0rc1"),
        ("## 1.0.0 - 2026-01-01\r", "1.0.0"),
        ("## v1!2.0.0 (2026-01-01)", "1!2.0.0"),
        ("## 2026", None),
        ("## [Unreleased]", None),
        ("## 1.0.0 is out", None),
        ("## a 1.0.0", None),
        ("1.0.0", None),
        ("##1.0.0", None),
    ],
)
def test_a_heading_of_any_tool_is_read(line: str, version: str | None) -> None:
    assert with_all_releases(f"# Changes\n\n{line}\n", (), CONVENTIONAL) == (((2, version),) if version else ())


def test_what_commitizen_reads_counts_too_and_an_epoch_is_not_lost() -> None:
    bare = CONVENTIONAL._replace(tag_formats=("$version",))
    text = "## v2.0.0 - by hand\n\n## 1!1.0.0 (2026-01-01)\n"
    assert with_all_releases(text, ((0, "2.0.0"), (2, "1.0.0")), bare) == ((0, "2.0.0"), (2, "1!1.0.0"))


def test_other_formats_have_other_headings() -> None:
    asciidoc = CONVENTIONAL._replace(changelog_file="CHANGELOG.adoc")
    assert with_all_releases("## [1.0.0]\n", ((4, "2.0.0"),), asciidoc) == ((4, "2.0.0"),)


@pytest.mark.parametrize("line", ["## v2.0.0 (2026-01-01)", "# about V2.0.0 and more", "## [2.0.0]", "###### v2.0.0"])
def test_a_heading_within_a_message_is_escaped(line: str) -> None:
    assert escaped(f"a\n{line}\nb", CONVENTIONAL) == f"a\n\\{line}\nb"
    assert escaped(line, CONVENTIONAL) == line


@pytest.mark.parametrize("text", ["a\n### Migration\nb", "a\n#12, #13", "a\n v2.0.0"])
def test_any_other_line_stays(text: str) -> None:
    assert escaped(text, CONVENTIONAL) == text
