"""A refused message is told where it is wrong, what was wanted, and the nearest message that is right."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.rules.slip import flaw, slip
from tests.support.made import CONVENTIONAL

SCHEMA = (
    r"(?s)(build|bump|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\(\S+\))?!?: ([^\n\r]+)"
    r"((\n\n.*)|(\s*))?$"
)
SCOPED = r"(?s)(?P<kind>feat|fix)(\((core|cli|read\-me)\))?!?: .*$"
GITMOJI = r"(?s)((🐛 {1,2})?fix|(✨ {1,2})?feat|(🧪 {1,2})?test-fail)(\(\S+\))?!?: [^\n\r]+$"
STORIES = "(break|story|bug|task): .*"
RULES = CONVENTIONAL._replace(schema_pattern=SCHEMA, allowed_prefixes=("Merge", "fixup!"))


@pytest.mark.parametrize(
    ("subject", "column", "width", "what", "guess"),
    [
        ("feature: a", 1, 7, "'feature' is not a type", "feat: a"),
        ("bugfix(core)!: a", 1, 6, "'bugfix' is not a type", "fix(core)!: a"),
        ("chroe: a", 1, 5, "'chroe' is not a type", "chore: a"),
        ("documentation: a", 1, 13, "'documentation' is not a type", "docs: a"),
        ("enhancement: a", 1, 11, "'enhancement' is not a type", ""),
        ("Feat: a", 1, 4, "'Feat' is not the type's spelling", "feat: a"),
        ("FIX:a", 1, 3, "'FIX' is not the type's spelling", "fix: a"),
        ("feat:a", 6, 1, "no space after the colon", "feat: a"),
        ("feat : a", 5, 1, "a space before the colon", "feat: a"),
        ("feat\u00a0: a", 5, 1, "a space before the colon", "feat: a"),
        ("feat (core): a", 5, 1, "a space before the colon", "feat(core): a"),
        ("feat(core) : a", 11, 1, "a space before the colon", "feat(core): a"),
        ("feat(core: a", 10, 1, "the scope is not closed", "feat(core): a"),
        ("feat(): a", 5, 2, "the scope is empty", "feat: a"),
        ("feat(a b): c", 5, 5, "a space stands in the scope", "feat(a-b): c"),
        ("feat(a, b): c", 5, 6, "a space stands in the scope", "feat(a,b): c"),
        ("feat!(core): a", 5, 1, "'!' stands before the scope", "feat(core)!: a"),
        ("feat!!: a", 5, 2, "more than one '!'", "feat!: a"),
        ("feat", 5, 1, "no colon after 'feat'", ""),
        ("feat:", 6, 1, "no subject after the colon", ""),
        ("fix the parser", 4, 1, "no colon after 'fix'", "fix: the parser"),
        ("Fix the parser", 1, 3, "'Fix' is not the type's spelling", "fix: the parser"),
        ("feat(core) a", 11, 1, "no colon after 'feat(core)'", "feat(core): a"),
        ("WIP fix(a): b", 1, 4, "'WIP' stands before the type", "fix(a): b"),
        ("✨ feat: a", 1, 2, "'✨' stands before the type", "feat: a"),
        ("update things", 1, 6, "no type and colon at the beginning", ""),
        ("Merge nonsense", 1, 5, "'Merge' begins nothing that git or a forge writes", ""),
        ("Revert: a", 1, 6, "'Revert' is not the type's spelling", "revert: a"),
        (": a", 1, 1, "no type and colon at the beginning", ""),
        ("feat: a\rb", 8, 1, "U+000D is not a printable character", ""),
        ("x" * 90 + ": a", 1, 90, f"'{'x' * 40}' is not a type", ""),
    ],
)
def test_the_first_thing_that_is_wrong_is_named_with_its_column(
    subject: str, column: int, width: int, what: str, guess: str
) -> None:
    found = flaw(subject, SCHEMA)
    assert found[:4] == (1, column, width, what)
    assert found.guess == guess


@pytest.mark.parametrize(
    ("schema", "subject", "what", "wanted", "guess"),
    [
        (SCHEMA, "tset: a", "'tset' is not a type", "one of build, bump, chore, ci, docs, feat, fix, perf, refactor, "
         "revert, style, test", "test: a"),
        (SCOPED, "fix(cor): a", "'cor' is not a scope", "one of core, cli, read-me", "fix(core): a"),
        (SCOPED, "fix(CLI): a", "'CLI' is not a scope", "one of core, cli, read-me", "fix(cli): a"),
        (SCOPED, "fix(readme): a", "'readme' is not a scope", "one of core, cli, read-me", "fix(read-me): a"),
        (SCOPED, "fix(parser): a", "'parser' is not a scope", "one of core, cli, read-me", ""),
        (GITMOJI, "🐛 fixes: a", "no type and colon at the beginning", "one of fix, feat, test-fail", ""),
        (STORIES, "bug(x): a", "a scope stands there", "none: the rules know no scopes", "bug: a"),
        (STORIES, "stroy: a", "'stroy' is not a type", "one of break, story, bug, task", "story: a"),
        ("[A-Z]+-[0-9]+ .*", "fix: a", "the first line does not fit the project's rules", "", ""),
    ],
)  # fmt: skip
def test_what_is_wanted_is_read_out_of_the_projects_own_rules(
    schema: str, subject: str, what: str, wanted: str, guess: str
) -> None:
    found = flaw(subject, schema)
    assert (found.what, found.wanted, found.guess) == (what, wanted, guess)


def test_a_body_without_a_blank_line_before_it_is_told_by_its_line() -> None:
    found = flaw("feat: a\nbody", SCHEMA)
    assert found[:4] == (2, 1, 4, "the second line is not blank")


@pytest.mark.parametrize(
    ("subject", "guess"),
    [
        ("!feat: x", "feat!: x"),
        ("! feat(a): x", "feat(a)!: x"),
        ("BREAKING feat!: x", "feat!: x"),
        ("WIP feat: x", "feat: x"),
    ],
)
def test_a_guess_loses_no_break(subject: str, guess: str) -> None:
    assert flaw(subject, SCHEMA).guess == guess


@pytest.mark.parametrize("subject", ["feat: a", "docs: a", "Merge branch 'x'", "fixup! feature: a", "update", ""])
def test_what_is_accepted_or_near_to_nothing_is_no_slip(subject: str) -> None:
    assert slip(subject, RULES) is None


def test_a_slip_is_told_with_the_message_that_was_probably_meant() -> None:
    assert slip("feature: a", RULES) == "'feature' is not a type: did you mean \"feat: a\"?"


@given(
    st.one_of(
        st.text(st.characters(exclude_characters="\n"), max_size=30),
        st.from_regex(r"(Feat|fix|doc|x| )?!?(\([a-z ,]{0,4}\)?)? ?!{0,2} ?:? ?[a-z: ]{0,6}", fullmatch=True),
    ),
    st.sampled_from((SCHEMA, SCOPED, GITMOJI, STORIES)),
)
def test_no_guess_is_made_that_the_rules_refuse(subject: str, schema: str) -> None:
    if not re.match(schema, subject):
        found = flaw(subject, schema)
        assert found.what
        assert 1 <= found.column <= len(subject) + 1
        assert not found.guess or re.match(schema, found.guess)
