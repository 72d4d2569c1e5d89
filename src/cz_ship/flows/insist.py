"""Insist: what is done or seen in spite of faults that pass; what others see is never done twice on a guess."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from cz_ship.errors import Failure
from cz_ship.ports import Clone, Patience, World

ARRIVED = "its answer was lost; it is there"


def insist(patience: Patience, deed: Callable[[], str], arrived: Callable[[], bool]) -> str:
    """Do a deed, again where its fault may pass; a look tells what each failed try came to.

    Raises the last `Failure` where the deed is not there, as far as can be seen.
    """
    tried = False

    def attempt() -> str:
        nonlocal tried
        if tried and arrived():
            return ARRIVED
        tried = True
        return deed()

    try:
        return patience.keep_trying(attempt)
    except Failure:
        with suppress(Failure):
            if arrived():
                return ARRIVED
        raise


@contextmanager
def cloned(world: World) -> Iterator[Clone]:
    """A private full clone of the remote, tried again where the way there is broken; gone at the end."""
    with ExitStack() as stack:
        yield world.patience.keep_trying(lambda: stack.enter_context(world.clone_of_remote()))
