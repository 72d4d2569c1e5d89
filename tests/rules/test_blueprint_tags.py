"""Which tags are of the project's releases, and which of something else."""

import pytest
from packaging.version import Version

from cz_ship.rules.blueprint_tags import tagged
from tests.support.blueprints import CASES, laid, proposed, seen

TAGS: list[tuple[list[str], list[str], str | None, tuple[str, ...], str | None]] = [
    (["v1.0.0", "v1.10.0", "v1.9.0"], [], None, ("v$version",), "1.10.0"),
    (["1.0", "v1.1"], [], None, ("v$version", "$version"), "1.1"),
    (["1.0", "v1.1"], [], "1.1", ("v$version", "$version"), "1.1"),
    (["pkg-v1.0.0", "pkg/2.0rc1"], [], "2.0rc1", ("pkg/$version", "pkg-v$version"), "2.0rc1"),
    (["v4", "2024", "nightly", "py3.10-image", "1.0.dev1", "1.0+local"], [], None, (), None),
    (["v1.2.0", "docker-9.9.0"], [], "1.2.0", ("v$version",), "1.2.0"),
    (["v1.2.0", "docker-9.9.0"], [], None, ("v$version",), "1.2.0"),
    (["v1.2.0", "v1.1.0", "docker-1.1.5"], [], "1.2.0", ("v$version",), "1.2.0"),
    (["v1.2.0", "2024.1.2"], [], "1.2.0", ("v$version",), "1.2.0"),
    (["demo-1.2.0", "docs-3.0"], [], "1.2.0", ("demo-$version",), "1.2.0"),
    (["v1.2.0", "docs-3.0"], ["docs-$version"], "1.2.0", ("docs-$version", "v$version"), "3.0"),
]


@pytest.mark.parametrize(("names", "said", "stated", "formats", "highest"), TAGS)
def test_tags_tell_their_formats_the_projects_own_first(
    names: list[str], said: list[str], stated: str | None, formats: tuple[str, ...], highest: str | None
) -> None:
    found = tagged(names, said, Version(stated) if stated else None)
    assert found.formats == formats
    assert (found.versions[-1] if found.versions else None) == (Version(highest) if highest else None)
    assert not found.doubtful


def test_tags_of_which_nothing_tells_whose_they_are_stop_it() -> None:
    view = seen(CASES / "hatchling-static")._replace(tags=("one-1.5.0", "two-2.0.0"))
    assert [each.code for each in proposed(view).findings if each.level == "error"] == ["doubtful-tags"]
    told = '[tool.commitizen]\nversion_provider = "scm"\ntag_format = "one-$version"\n'
    view = view._replace(texts={**view.texts, ".cz.toml": told})
    found = proposed(view)
    assert not [each for each in found.findings if each.level == "error"]
    assert [each.text for each in found.findings if each.code == "foreign-tags"] == [
        "tags like two-$version are taken to be of something else"
    ]


POETRY = """\
[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"

[tool.poetry]
name = "demo-ship"
version = "1.1.0"  # forgotten
"""


def test_a_version_that_stays_where_it_is_and_is_behind_its_tags_catches_up_there() -> None:
    view = seen(CASES / "hatchling-static")._replace(tags=("v1.2.0",), texts={"pyproject.toml": POETRY})
    found = proposed(view)
    made = laid(view, found.edits).texts
    assert 'version = "1.2.0"  # forgotten\n' in made["pyproject.toml"]
    assert "version.txt" not in made
    (behind,) = (each for each in found.findings if each.code == "behind")
    assert behind.hint == "where that was no release of this branch, write 1.1.0 into pyproject.toml"


def test_a_version_txt_of_something_else_is_no_version_though_it_looks_like_one() -> None:
    view = seen(CASES / "setuptools-scm")
    view = view._replace(texts={**view.texts, "version.txt": "3.11\n"}, paths=(*view.paths, "version.txt"))
    (error,) = (each for each in proposed(view).findings if each.level == "error")
    assert (error.code, "'3.11'" in error.text) == ("other-use", True)
