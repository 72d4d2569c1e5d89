"""Truth: after any failure the last line says what is true in the world now."""

from collections.abc import Iterator
from contextlib import contextmanager

from cz_ship.errors import Exit, Failure, Settled

NOTHING = "nothing public was changed"


def settled(failure: Failure, truth: str, code: Exit | None = None) -> Settled:
    """A failure with what is true now as its last line, under its own exit code or another."""
    return Settled(f"{failure.text}\n{truth}", hint=failure.hint, code=code or failure.code)


@contextmanager
def settling() -> Iterator[None]:
    """What a story is refused before it has changed anything public says so; what came later has told its own truth."""
    try:
        yield
    except Failure as failure:
        if isinstance(failure, Settled) or failure.code is Exit.UNFINISHED:
            raise
        raise settled(failure, NOTHING) from failure
