"""Release-Without: a release that a commit gives up, by its version."""

import pytest
from packaging.version import Version

from cz_ship.rules.release_without import giving_up
from tests.support.made import commit


@pytest.mark.parametrize(
    ("body", "is_given_up"),
    [
        ("Release-Without: 1.1.0", True),
        ("release-without: v1.1", True),
        ("why\n\nRefs: #7\nRelease-Without: 1.0.0\nRelease-Without: 1.1.0", True),
        ("", False),
        ("Release-Without: 1.1.1", False),
        ("Release-Without: all", False),
        ("it says Release-Without: 1.1.0", False),
        ("```\n\nRelease-Without: 1.1.0\n\n```", False),
        ("Release-As: 1.1.0", False),
    ],
)
def test_the_footer_gives_up_the_version_that_it_names(body: str, is_given_up: bool) -> None:
    commits = [commit("docs: more"), commit("fix: a", body)]
    assert giving_up(commits, Version("1.1.0")) == (commits[1] if is_given_up else None)
