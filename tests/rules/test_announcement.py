"""The announcement's decisions: which release is shown first, and a release's notes out of its changelog."""

import pytest
from packaging.version import Version

from cz_ship.model import Tag
from cz_ship.rules.announcement import first_shown
from cz_ship.rules.changelog import notes

SING = "### Feat\n\n- sing\n\nBy hand."
TEXT = f"# Changes\n\n## Unreleased\n\nsoon\n\n## v1.1.0 (2026-01-02)\n\n{SING}\n\n## v1.0.0\n\n- walk\n"
HEADINGS = ((6, "1.1.0"), (14, "1.0.0"))


@pytest.mark.parametrize(
    ("versions", "first"),
    [
        ([], None),
        (["1.0.0"], "1.0.0"),
        (["1.0.0", "1.10.0", "1.9.0"], "1.10.0"),
        (["1.0.0", "2.0.0rc1"], "1.0.0"),
        (["1.0.0", "1.1.0.dev1"], "1.0.0"),
        (["1.0.0", "1.0.0.post1"], "1.0.0.post1"),
        (["1.0.0a1"], None),
    ],
)
def test_the_highest_final_release_is_shown_first(versions: list[str], first: str | None) -> None:
    found = first_shown(Tag(f"v{version}", "", Version(version)) for version in versions)
    assert (found and found.name) == (first and f"v{first}")


@pytest.mark.parametrize(("version", "found"), [("1.1.0", SING), ("1.1", SING), ("1.0.0", "- walk"), ("2", "")])
def test_notes_are_a_releases_section_without_its_heading(version: str, found: str) -> None:
    assert notes(TEXT, Version(version), HEADINGS) == found
