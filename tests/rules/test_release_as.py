"""Release-As: a version by name."""

import pytest
from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.model import Commit, Increment
from cz_ship.rules.message import release_as
from cz_ship.rules.outlook import Outlook, Standing, outlook
from cz_ship.rules.release_as import Wanted, newest_wanted, version_wanted
from cz_ship.rules.worth import change_of
from tests.support.made import CONVENTIONAL, commit


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", None),
        ("Release-As: 2.0.0", "2.0.0"),
        ("release-as: 2.0.0", "2.0.0"),
        ("RELEASE-AS:2.0.0 ", "2.0.0"),
        ("Release-As:", ""),
        ("why\n\nRelease-As: 2.0.0", "2.0.0"),
        ("why\n\nRefs: #7\nRelease-As: 2.0.0\nSigned-off-by: Ada", "2.0.0"),
        ("Release-As: 2.0.0\n\nRelease-As: 3.0.0", "3.0.0"),
        ("Release-As: next year", "next year"),
        ("as she said\nRelease-As: 2.0.0", None),
        ("it says Release-As: 2.0.0", None),
        ("> Release-As: 2.0.0", None),
        ("```\n\nRelease-As: 2.0.0\n\n```", None),
        ("Release As: 2.0.0", None),
        ("Pre-Release-As: 2.0.0", None),
    ],
)
def test_a_footer_is_heard_and_a_quotation_is_not(body: str, said: str | None) -> None:
    assert release_as(body) == said


def wanting(text: str, subject: str = "fix: a") -> Commit:
    return commit(subject, f"Release-As: {text}")


def test_the_newest_footer_counts() -> None:
    commits = [commit("fix: c"), wanting("3.0.0", "fix: b"), wanting("2.0.0")]
    assert newest_wanted(commits) == Wanted(commits[1], "3.0.0")
    assert newest_wanted(commits[:1]) is None


@pytest.mark.parametrize(
    ("text", "version"), [("2.0.0", "2.0.0"), ("v2.0", "2.0"), ("1.3.3", "1.3.3"), ("1!0.1", "1!0.1")]
)
def test_a_higher_release_is_what_is_wanted(text: str, version: str) -> None:
    assert version_wanted(Wanted(wanting(text), text), Version("1.3.2")) == Version(version)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not a PEP 440 version"),
        ("two", "not a PEP 440 version"),
        ("2.0.0 or so", "not a PEP 440 version"),
        ("2.0.0rc1", "a pre-release"),
        ("2.0.0.dev1", "a pre-release"),
        ("2.0.0+linux", "a local version"),
        ("1.3.2", "higher than 1.3.2"),
        ("1.2.9", "higher than 1.3.2"),
    ],
)
def test_what_cannot_follow_is_told_with_its_commit(text: str, told: str) -> None:
    asking = wanting(text)
    with pytest.raises(Failure, match=told) as caught:
        version_wanted(Wanted(asking, text), Version("1.3.2"))
    assert caught.value.text.startswith(f"commit {asking.sha[:12]} says Release-As: {text!r}")
    assert f"cz-ship amend {asking.sha[:12]}" in caught.value.hint


def foreseen(*commits: Commit, mode: str = "push", current: str = "1.3.2") -> Outlook:
    """The outlook from some commits, newest first, before the first release."""
    changes = tuple(change_of(each, CONVENTIONAL) for each in commits)
    standing = Standing(
        "demo", mode, "main", "1a0f2b4" + "0" * 33, Version(current), None, changes, (), newest_wanted(commits)
    )
    return outlook(standing, CONVENTIONAL)


@pytest.mark.parametrize(
    ("subject", "text", "increment", "otherwise"),
    [
        ("fix: a", "2.0.0", Increment.MAJOR, "1.3.3"),
        ("feat!: a", "1.4.0", Increment.MINOR, "2.0.0"),
        ("feat!: a", "1.3.9", Increment.PATCH, "2.0.0"),
        ("docs: a", "1.4.0", Increment.MINOR, "no release"),
        ("fix: a", "1!0.1", Increment.MAJOR, "1.3.3"),
    ],
)
def test_the_increment_is_the_step_that_the_version_takes(
    subject: str, text: str, increment: Increment, otherwise: str
) -> None:
    found = foreseen(wanting(text, subject))
    assert (found.next, found.increment, found.tag) == (Version(text), increment, f"v{text}")
    assert found.candidate.base_version == str(Version(text))
    assert [each.code for each in found.warnings] == ["release-as", "first-release"]
    assert found.warnings[0].text.endswith(f"it would be {otherwise}")


def test_in_mode_branch_version_txt_decides_and_a_footer_is_only_told() -> None:
    for text in ("2.0.0", "nonsense"):
        found = foreseen(wanting(text), mode="branch")
        assert (found.next, found.warnings[0].code) == (Version("1.3.2"), "release-as")
        assert "version.txt decides, and says 1.3.2" in found.warnings[0].text
    heard = foreseen(wanting("1.3.2"), mode="branch")
    assert [each.code for each in heard.warnings] == ["first-release"]
