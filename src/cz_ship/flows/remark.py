"""Remark: one comment on the pull request that a run is about, kept up to date."""

from collections.abc import Callable

from cz_ship.errors import Failure
from cz_ship.ports import World
from cz_ship.rules.remark import own_comment


def remark(world: World, marker: str, compose: Callable[[], str]) -> str:
    """Let the pull request of this run, if any, have one comment that begins with `marker`, composed only then.

    A sentence on it; empty where there is nobody to tell. What goes wrong is only noted: what the comment is about
    is done, and a fork's run has no token that may write.
    """
    try:
        threads = world.threads()
        thread = threads.current() if threads else None
        if threads is None or thread is None:
            return ""
        text = compose()
        known = own_comment(threads.comments(thread), marker)
        if known and known.body.strip() == text.strip():
            return ""
        if known:
            threads.edit(known, text)
            return f"the comment on pull request {thread} is brought up to date"
        threads.comment(thread, text)
    except Failure as failure:
        more = f" ({failure.hint})" if failure.hint else ""
        world.talk.note(f"the pull request is not told of this: {failure.text}{more}")
        return ""
    return f"pull request {thread} has a comment"
