"""The plan of a proposal, by tables: what is owed of it, in order, and what stands in its way."""

import pytest
from packaging.version import Version

from cz_ship.forges import Pull
from cz_ship.model import Amendments, Change, Increment
from cz_ship.rules.plan import Due
from cz_ship.rules.proposal import (
    CLOSING,
    LIMIT,
    OPENING,
    Proposal,
    ProposalSeen,
    outruns,
    placed,
    proposal_plan,
    pull_text,
)
from tests.support.made import commit

HEAD = "cz-ship/release-main"
TIP, OLD, MADE = "1" * 40, "2" * 40, "3" * 40
TEXT = ("bump: version 1.0.0 → 1.1.0", "what comes")
DUE = Due("demo", Version("1.1.0"), "v1.1.0", "main", TIP, 0, Version("1.0.0"))
OWED = Proposal("demo", "main", TIP, HEAD, None, DUE)
PULL = Pull(7, *TEXT)
FRESH = ProposalSeen(TIP, None, MADE, forge="fake:forge", text=TEXT)
WHOLE = FRESH._replace(there=MADE, holds=True, pull=PULL)


@pytest.mark.parametrize(
    ("seen", "steps"),
    [
        (FRESH._replace(commit=None), ["bump commit"]),
        (FRESH, [f"push {HEAD}", f"open the pull request of {HEAD}"]),
        (FRESH._replace(forge=""), [f"push {HEAD}"]),
        (WHOLE._replace(pull=None, checked=False), [f"open the pull request of {HEAD}", f"start the checks of {HEAD}"]),
        (WHOLE._replace(holds=False, there=OLD), [f"push {HEAD}"]),
        (WHOLE._replace(pull=PULL._replace(title="Next!")), ["describe pull request 7"]),
        (WHOLE._replace(pull=PULL._replace(body="by hand")), ["describe pull request 7"]),
        (WHOLE._replace(pull=PULL._replace(body="what comes\r\n")), []),
        (WHOLE._replace(checked=False), [f"start the checks of {HEAD}"]),
        (WHOLE._replace(checked=None), []),
        (WHOLE._replace(stray=("README.md",)), []),
        (WHOLE, []),
    ],
)
def test_what_is_owed_of_a_proposal(seen: ProposalSeen, steps: list[str]) -> None:
    found = proposal_plan(OWED, seen)
    assert ([str(step) for step in found.steps], found.conflicts) == (steps, ())


@pytest.mark.parametrize(
    ("there", "pull", "steps"),
    [
        (MADE, PULL, ["close pull request 7", f"delete {HEAD}"]),
        (MADE, None, [f"delete {HEAD}"]),
        (None, None, []),
    ],
)
def test_what_is_owed_where_nothing_is_to_be_released(there: str | None, pull: Pull | None, steps: list[str]) -> None:
    found = proposal_plan(OWED._replace(due=None), ProposalSeen(TIP, there, pull=pull, forge="fake:forge"))
    assert [str(step) for step in found.steps] == steps


@pytest.mark.parametrize(
    ("proposal", "seen"),
    [
        (OWED, FRESH._replace(there=OLD, stray=("README.md",))),
        (OWED._replace(due=None), ProposalSeen(TIP, OLD, stray=("README.md",))),
    ],
)
def test_what_would_be_thrown_away_stands_in_the_way(proposal: Proposal, seen: ProposalSeen) -> None:
    (conflict,) = proposal_plan(proposal._replace(remote="upstream"), seen).conflicts
    assert conflict.text.endswith("would throw away: README.md")
    assert conflict.hint.endswith(f"git push upstream --delete {HEAD}")


NOTES = Amendments("5" * 40, None)


@pytest.mark.parametrize(
    ("proposal", "seen", "outrun"),
    [
        (OWED, FRESH, False),
        (OWED, FRESH._replace(tip=OLD), True),
        (OWED, FRESH._replace(there=OLD), True),
        (OWED, FRESH._replace(there=MADE), False),
        (OWED._replace(before=OLD), FRESH._replace(there=OLD), False),
        (OWED._replace(before=OLD), FRESH, True),
        (OWED._replace(due=None, before=OLD), ProposalSeen(TIP, None), False),
        (OWED._replace(amendments=NOTES), FRESH, False),
        (OWED._replace(amendments=NOTES), FRESH._replace(amendments_there=NOTES.new), False),
        (OWED._replace(amendments=NOTES), FRESH._replace(amendments_there=OLD), True),
    ],
)
def test_a_remote_that_moved_voids_what_was_thought(proposal: Proposal, seen: ProposalSeen, outrun: bool) -> None:
    assert outruns(proposal, seen) is outrun


def changes(count: int, subject: str = "feat: sing") -> list[Change]:
    return [Change(commit(subject), "feat", None, False, Increment.MINOR)] * count


def test_what_a_subject_says_breaks_no_table() -> None:
    text = pull_text(DUE, HEAD, changes(1, "feat: a | b <img> \\ \x1b[31m"), "- sing")
    assert "| `feat: a \\| b <img> \\ \ufffd[31m` |" in text


def test_what_a_subject_says_calls_nobody_closes_nothing_and_is_no_mark() -> None:
    said = f"feat: thanks @everyone, closes #12 ![x](https://example.org/p.png) {CLOSING}"
    text = pull_text(DUE, HEAD, changes(1, said), "- sing")
    assert f"| `{said.replace('<!--', '<! --')}` |" in text
    assert text.count(CLOSING) == 1


@pytest.mark.parametrize(("rows", "lines"), [(10, 10), (10_000, 10), (10, 20_000), (10_000, 20_000)])
def test_the_text_fits_whatever_it_tells(rows: int, lines: int) -> None:
    text = pull_text(DUE, HEAD, changes(rows), "\n".join(["- sing"] * lines))
    assert len(text) <= LIMIT
    assert (text.startswith(OPENING), text.endswith(CLOSING)) == (True, True)
    assert ("…" in text) == (max(rows, lines) > 10)


@pytest.mark.parametrize("theirs", ["a word", "a word\n" * 5_000])
def test_the_text_leaves_room_for_what_people_wrote_around_it(theirs: str) -> None:
    body = theirs
    for _ in range(2):
        text = pull_text(DUE, HEAD, changes(10_000), "- sing\n" * 20_000, body)
        before, body = body, placed(text, body)
        assert LIMIT - 200 < len(body) <= LIMIT
        assert body.startswith(theirs.rstrip())
    assert body == before, "a second run has nothing to say"


@pytest.mark.parametrize(
    ("body", "whole"),
    [
        ("", "ours"),
        ("theirs", "theirs\n\nours"),
        (f"theirs\n{OPENING} old {CLOSING}\nmore", "theirs\nours\nmore"),
        (f"a {CLOSING} b {OPENING}", "a  b\n\nours"),
    ],
)
def test_what_people_wrote_around_the_text_stays(body: str, whole: str) -> None:
    assert placed("ours", body) == whole


MARKED = f"{OPENING}\nours\n{CLOSING}"


@pytest.mark.parametrize(
    "body",
    ["", "by hand", MARKED, f"a\n{MARKED}\nb", f"a\n{OPENING}\nold", f"old\n{CLOSING}\nb", f"{CLOSING}a{OPENING}b",
     f"{CLOSING}\n{MARKED}", f"{MARKED}\n{MARKED}", f"{OPENING}\n{MARKED}"],
)  # fmt: skip
@pytest.mark.parametrize("notes", ["- sing", f"- {CLOSING} sing", f"- {OPENING}", "- <!-- sing"])
def test_what_is_placed_stands_as_it_is_when_it_is_placed_again(body: str, notes: str) -> None:
    text = pull_text(DUE, HEAD, changes(1), notes)
    assert [text.count(each) for each in (OPENING, CLOSING, "<!--")] == [1, 1, 2]
    once = placed(text, body)
    assert placed(text, once) == once
    assert text in once
