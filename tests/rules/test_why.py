"""Why a commit counts as what it counts as."""

import pytest

from cz_ship.errors import Failure
from cz_ship.model import Commit
from cz_ship.rules.why import reasons, slips
from cz_ship.rules.worth import change_of, deciding_line
from tests.support.made import CONVENTIONAL, commit

RULES = CONVENTIONAL._replace(
    schema_pattern=r"(?s)(chore|docs|feat|fix)(\(\S+\))?!?: ([^\n\r]+)((\n\n.*)|(\s*))?$", allowed_prefixes=("Revert",)
)
SPELLED = "'Feat' is not the type's spelling: did you mean \"feat: a\"?"
MEANT = "'feature' is not a type: did you mean \"feat: a\"?"
UNTOLD = "it counts, and is not in the notes"


def told(made: Commit) -> tuple[str, ...]:
    return reasons(change_of(made, RULES), RULES)


@pytest.mark.parametrize(
    ("subject", "body", "why"),
    [
        ("feat: a", "", ["its type 'feat' asks for a minor release"]),
        ("docs!: a", "", ["its type 'docs' with ! asks for a major release"]),
        ("fix: a", "BREAKING CHANGE: b", ["line 3 of its message asks for a major release: BREAKING CHANGE: b"]),
        ("docs: a", "why\n\nfix: b", ["line 5 of its message asks for a patch release: fix: b"]),
        ("docs: a", "", ["the type 'docs' releases nothing"]),
        ("fix: a", "Release-As: 2.0.0", [
            "its type 'fix' asks for a patch release", "its footer names a version: Release-As: 2.0.0",
        ]),
        ("Fixed a", "", ["it has no type"]),
        ('Revert "feat: a"', "", ["it begins with 'Revert': the rules let it by, and it releases nothing"]),
        ("Revert it all", "", ["it has no type", "'Revert' begins nothing that git or a forge writes"]),
        ("feature: a", "", ["its type 'feature' asks for a minor release", MEANT, UNTOLD]),
        ("fixture: a", "", [
            "its type 'fixture' asks for a patch release", "'fixture' is not a type: did you mean \"fix: a\"?", UNTOLD,
        ]),
        ("feat:a", "", [
            "its type 'feat' asks for a minor release", "no space after the colon: did you mean \"feat: a\"?", UNTOLD,
        ]),
        ("Feat: a", "", ["the type 'Feat' releases nothing", SPELLED]),
        ("docs: a", "this is a breaking change for all", [
            "the type 'docs' releases nothing",
            "its body says 'breaking change'; a break counts as a footer BREAKING CHANGE: or as ! after the type",
        ]),
        ("fix!: a", "this is a breaking change for all", ["its type 'fix' with ! asks for a major release"]),
    ],
)  # fmt: skip
def test_what_decided_comes_first_and_slips_come_after(subject: str, body: str, why: list[str]) -> None:
    assert list(told(commit(subject, body))) == why


@pytest.mark.parametrize(
    "body",
    [
        "It breaks the API.",
        "Backwards-incompatible: no `b` any more",
        "Breaking-change, sadly",
        "it breaks compatibility",
    ],
)
def test_a_body_that_speaks_of_a_break_is_a_slip(body: str) -> None:
    assert len(slips(change_of(commit("fix: a", body), RULES), RULES)) == 1


@pytest.mark.parametrize("body", ["", "It breaks the ice.", "This breaks long lines.", "no changes", "groundbreaking"])
def test_another_body_is_none(body: str) -> None:
    assert slips(change_of(commit("fix: a", body), RULES), RULES) == ()


def test_a_merge_says_that_its_commits_count_for_themselves() -> None:
    assert told(commit("Merge branch 'side'", parents=("1" * 40, "2" * 40))) == (
        "a merge; the commits that it brings count for themselves",
    )


def test_rules_that_are_no_pattern_are_told() -> None:
    with pytest.raises(Failure, match="schema_pattern of the commitizen settings is not usable"):
        reasons(change_of(commit("fix: a"), RULES), RULES._replace(schema_pattern="("))


def test_an_amended_commit_says_so() -> None:
    amended = commit("fix: a")._replace(amended_from="fixed a")
    assert told(amended)[1] == "its note says so; it was committed as 'fixed a'"


def test_what_the_plugin_leaves_out_says_so() -> None:
    left_out = change_of(commit("feat: a"), RULES)._replace(increment=None)
    assert reasons(left_out, RULES) == ("the commitizen plugin does not let it count",)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("feat: a\n\nfix: b", (1, "feat: a")),
        ("fix: a\n\nfeat: b", (3, "feat: b")),
        ("fix: a\n\nas said\nBREAKING CHANGE: quoted\n\nfeat: b", (6, "feat: b")),
        ("docs: a\n\nmore", (1, "docs: a")),
        ("", (1, "")),
    ],
)
def test_the_line_that_decides_is_the_first_that_asks_for_the_most(message: str, line: tuple[int, str]) -> None:
    assert deciding_line(message, RULES) == line
