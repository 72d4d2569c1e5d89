"""Given up: a tagged release that no run can finish, and that a commit lets the next one go on without."""

from cz_ship.errors import Settled
from cz_ship.flows.carry_out import Stuck
from cz_ship.ports import Clone, World
from cz_ship.rules.plan import Due
from cz_ship.rules.release_without import NAME, giving_up


def is_given_up(world: World, clone: Clone, earlier: Due, tip: str) -> bool:
    """Whether a commit since a release gives it up.

    Only an upload's answer tells of some names that they are spent, so a pipeline, whose stages are runs of their own,
    would begin with a release that is stuck there again and again.
    """
    found = giving_up(clone.walk(tip, earlier.commit or earlier.tag).commits, earlier.version)
    if found:
        world.talk.note(f"{earlier.version} stays unfinished: commit {found.sha[:12]} says {NAME}: {earlier.version}")
    return found is not None


def with_way_out(found: Stuck) -> Stuck:
    """What is stuck, with the way past it for runs of some stages, which know nothing of each other."""
    failure, footer = found.failure, f"{NAME}: {found.version}"
    way = f"where each stage is a run of its own, a commit with the footer {footer!r} lets the next release go on"
    return Stuck(found.version, Settled(failure.text, hint=f"{failure.hint}   {way} without it", code=failure.code))
