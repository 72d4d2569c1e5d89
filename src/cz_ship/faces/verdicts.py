"""Verdicts on messages, as JSON and as text for people."""

from __future__ import annotations

from collections.abc import Sequence

from cz_ship.errors import Failure
from cz_ship.faces.answers import flawed, meant, plain
from cz_ship.rules.judgement import Judged


def verdict(each: Judged) -> dict[str, object]:
    """A message's part of a document."""
    return {
        "sha": each.sha or None,
        "subject": each.subject,
        "accepted": each.flaw is None,
        "increment": each.worth or None,
        "release_as": each.named or None,
        "flaw": each.flaw._asdict() if each.flaw else None,
    }


def named(each: Judged) -> str:
    """A message by its commit, where it has one, and its first line."""
    subject = plain(each.subject[:100])
    return f"{each.sha[:7]}  {subject}" if each.sha else subject


def complaint(refused: Sequence[tuple[str, Judged]], count: int, hint: str) -> Failure:
    """All that is refused of some messages, each with what it is, its place and what was probably meant."""
    among = f"{len(refused)} of {count} messages" if count > 1 else "the only message"
    parts = [f"{among} {'is' if len(refused) == 1 else 'are'} refused"]
    for what, each in refused:
        assert each.flaw is not None
        told = [*flawed(each.flaw, each.message).split("\n"), meant(each.flaw)]
        parts += [f"{what}{named(each)}", *(f"  {line}" for line in told if line)]
    return Failure("\n".join(parts), hint=hint)
