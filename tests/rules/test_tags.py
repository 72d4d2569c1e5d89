"""Tags and versions."""

import pytest
from packaging.version import Version

from cz_ship.rules.tags import find_tag, release_tags, tag_name, version_of
from tests.support.made import CONVENTIONAL


@pytest.mark.parametrize(
    ("tag_format", "version", "name"),
    [
        ("v$version", "1.4.0", "v1.4.0"),
        ("$version", "1.4.0rc1", "1.4.0rc1"),
        ("rel/$major.$minor.$patch", "1.4", "rel/1.4.0"),
        ("pkg-${version}", "2.0.1", "pkg-2.0.1"),
        ("v$major.$minor.$patch$prerelease", "1.0.0b2", "v1.0.0b2"),
    ],
)
def test_a_version_is_named_by_the_tag_format(tag_format: str, version: str, name: str) -> None:
    assert tag_name(Version(version), CONVENTIONAL._replace(tag_formats=(tag_format,))) == name


def test_a_name_that_fits_no_format_is_no_release() -> None:
    assert version_of("v1.4.0", CONVENTIONAL) == Version("1.4.0")
    assert version_of("nightly", CONVENTIONAL) is None
    assert version_of("v1.4.0-not-a-version!", CONVENTIONAL) is None


def test_an_ignored_tag_is_no_release() -> None:
    assert version_of("v1.4.0", CONVENTIONAL._replace(ignored_tag_patterns=("v1.*",))) is None


def test_release_tags_rise_by_version_not_by_name() -> None:
    found = release_tags([("v1.10.0", "a"), ("v1.9.0", "b"), ("nightly", "c"), ("v1.9.0rc1", "d")], CONVENTIONAL)
    assert [tag.name for tag in found] == ["v1.9.0rc1", "v1.9.0", "v1.10.0"]


def test_an_equal_version_is_found_under_another_spelling() -> None:
    tag = find_tag(Version("1.4"), {"v1.4.0": "a"}, CONVENTIONAL)
    assert tag is not None
    assert (tag.name, tag.commit) == ("v1.4.0", "a")
    assert find_tag(Version("1.5"), {"v1.4.0": "a"}, CONVENTIONAL) is None


def test_the_current_format_wins_over_a_legacy_one() -> None:
    rules = CONVENTIONAL._replace(
        tag_formats=("v$version", "rel-$version"), tag_patterns=(*CONVENTIONAL.tag_patterns, r"rel-(?P<version>.*)")
    )
    assert find_tag(Version("1.0"), {"rel-1.0": "old", "v1.0": "new"}, rules) == ("v1.0", "new", Version("1.0"))
    assert find_tag(Version("1.0"), {"rel-1.0": "old"}, rules) == ("rel-1.0", "old", Version("1.0"))
