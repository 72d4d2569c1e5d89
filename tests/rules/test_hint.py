"""A paragraph that parses is never overlooked, whatever the parser: asking less often changes no answer."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.rules.changelog import entries_of
from tests.support.examples import tried
from tests.support.made import CONVENTIONAL, commit

PARSERS = (
    CONVENTIONAL.commit_parser,
    r"^(?P<change_type>feat|fix):\s(?P<message>.*)?",
    r"(?P<change_type>feat|fix):\s(?P<message>[^\n]*)$",
    r"\b(?P<change_type>\w+)\b:(?P<message>\s.*)\b",
    # these look beyond their paragraph, or give nothing back
    r"^(?P<change_type>feat|fix): (?P<message>.*)\Z",
    r"\A(?P<change_type>feat|fix): (?P<message>.*)",
    r"(?i)(?P<change_type>feat|fix): (?P<message>.*)",
    r"(?!.*\bskip\b)(?P<change_type>feat|fix): (?P<message>.*)",
    r"(?P<change_type>feat|fix): (?P<message>\w+)(?!\n)",
    r"(?<!\n)(?P<change_type>feat|fix): (?P<message>.*)",
)
LINES = st.sampled_from(
    ["feat: a", "fix: b skip", "FIX: c", "words", "skip", "", " ", "x: y!", "a fix: d", "fix:", "`"]
)
BODIES = st.lists(LINES, max_size=8).map(lambda lines: "\n".join(lines).strip())


@pytest.mark.parametrize("parser", PARSERS)
@tried(60)
@given(subject=LINES.map(str.strip), body=BODIES)
def test_the_lines_are_those_of_each_paragraph_by_itself(parser: str, subject: str, body: str) -> None:
    rules = CONVENTIONAL._replace(commit_parser=parser, changelog_pattern="")
    made = commit(subject, body)
    found = [re.compile(parser, re.MULTILINE).match(made.message)] if made.message else []
    found += [re.compile(parser, re.MULTILINE | re.DOTALL).match(part) for part in body.split("\n\n") if body]
    assert [entry.groups for entry in entries_of(made, rules)] == [match.groupdict() for match in found if match]
