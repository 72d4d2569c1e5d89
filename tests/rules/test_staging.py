"""What should not come into a commit by hand, by the mode of the project."""

import pytest

from cz_ship.rules.staging import Staged, staging_faults

NOTHING = Staged({}, (), b"1.0.0\n", b"1.0.0\n")


def told(staged: Staged, mode: str = "push", *, owns_version: bool = True, merging: bool = False) -> list[str]:
    found = staging_faults(staged, mode=mode, changelog="NEWS.md", owns_version=owns_version, merging=merging)
    return [each.text for each in found]


def staged(after: bytes | None = b"1.0.0\n", **changes: str) -> Staged:
    names = {"version": "version.txt", "news": "NEWS.md", "code": "src/a.py"}
    return NOTHING._replace(changes={names[name]: letter for name, letter in changes.items()}, after=after)


@pytest.mark.parametrize("mode", ["push", "branch", "pull-request"])
def test_code_may_be_committed_and_a_first_version_too(mode: str) -> None:
    assert told(NOTHING, mode) == []
    assert told(staged(code="M"), mode) == []
    assert told(staged(version="A", news="A")._replace(before=None), mode) == []


@pytest.mark.parametrize("mode", ["push", "pull-request"])
@pytest.mark.parametrize("letter", ["M", "D", "T"])
def test_what_the_release_writes_is_nobody_elses(mode: str, letter: str) -> None:
    assert told(staged(b"1.0.1\n", version=letter, news=letter), mode) == [
        "version.txt is changed by hand: the release writes it",
        "NEWS.md is changed by hand: the release writes it",
    ]
    assert told(staged(b"1.0.1\n", version=letter, news=letter), mode, merging=True) == []


def test_where_a_release_is_proposed_people_edit_its_notes_and_not_its_version() -> None:
    found = staging_faults(
        staged(b"1.0.1\n", version="M", news="M"),
        mode="pull-request", changelog="NEWS.md", owns_version=True, merging=False, proposing=True,
    )  # fmt: skip
    assert [each.text for each in found] == ["version.txt is changed by hand: the release writes it"]


def test_in_mode_branch_a_bump_is_a_rise_of_the_version() -> None:
    assert told(staged(b"1.0.1\n", version="M", news="M"), "branch") == []
    assert told(staged(b"1.0.1\n", version="M"), "branch") == []
    assert told(staged(news="M"), "branch") == [
        "NEWS.md is changed by hand: it changes with version.txt, in a bump (cz bump)"
    ]
    assert told(staged(b"0.9.0\n", version="M"), "branch") == ["version.txt goes from 1.0.0 to 0.9.0; a bump goes up"]
    assert told(staged(None, version="D"), "branch") == ["version.txt goes from 1.0.0 to nothing; a bump goes up"]


def test_a_version_that_is_none_is_told_in_every_mode() -> None:
    words = "version.txt says 'one', which is not a PEP 440 version such as 1.4.0"
    assert told(staged(b"one", version="M"), "branch") == [words]
    assert told(staged(b"one", version="A"), "push") == [words]
    assert told(staged(b"one", version="M"), "branch", merging=True) == [words]


def test_where_the_version_stands_elsewhere_version_txt_is_a_file_like_any_other() -> None:
    assert told(staged(b"one", version="M"), owns_version=False) == []
    assert told(staged(news="M"), "branch", owns_version=False) == []
    assert told(staged(news="M"), owns_version=False) == ["NEWS.md is changed by hand: the release writes it"]


def test_secrets_are_told_whatever_else_there_is() -> None:
    found = told(NOTHING._replace(secrets=(".env", "sub/.env")), merging=True)
    assert found == [f"{path} would be committed: it is for secrets" for path in (".env", "sub/.env")]
