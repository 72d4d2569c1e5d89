"""The crash matrix: a release is stopped at every one of its effects, and a plain re-run brings it home.

The effects are counted by a straight run, so a step that is added is swept by itself.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cz_ship.errors import Failure
from cz_ship.flows.release import release
from cz_ship.rules.plan import STAGES
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import Gate, fail, kill
from tests.support.judge import offences
from tests.support.story import MODES, foreign_commit, machine, owing, run

Stop = Callable[[Gate, int], None]

STOPS: dict[str, Stop] = {
    "killed before": lambda gate, number: gate.before(number, kill),
    "killed after": lambda gate, number: gate.after(number, kill),
    "answer lost": lambda gate, number: gate.after(number, fail),
}
MACHINES = ("same", "fresh", "pinned to the old commit")
FOREIGN = ("no foreign commit", "one before the re-run", "one before the effect")
ENOUGH = 3


class Straight(NamedTuple):
    """Undisturbed releases: the names of one's effects, and what remains without and with a foreign commit."""

    effects: list[str]
    alone: tuple[object, ...]
    together: tuple[tuple[object, ...], tuple[object, ...]]


EVERY = (*MODES, "pull-request")


@pytest.fixture(scope="module", params=EVERY)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def straight(mode: str, tmp_path_factory: pytest.TempPathFactory) -> Straight:
    place = tmp_path_factory.mktemp("straight")
    public = owing(mode)
    world = machine(public, place, mode)
    assert release(world).released == (mode in MODES)
    assert offences(public) == []
    effects, alone = list(world.effects.names), public.remains()
    settle(world)
    assert public.remains() == alone
    # A foreign commit is released with the feature where it comes first, else after it.
    foreign_commit(public)
    settle(machine(public, place, mode))
    late = public.remains()
    public = owing(mode)
    foreign_commit(public)
    settle(machine(public, place, mode))
    return Straight(effects, alone, (public.remains(), late))


def settle(world: FakeWorld) -> None:
    """Run until nothing is owed."""
    while release(world).steps:
        pass


def rerun_on(kind: str, first: FakeWorld, place: Path, old: str) -> FakeWorld:
    """The machine on which the same command is simply run again."""
    if kind == "same":
        return first.again()
    return machine(first.public, place, first.settings.mode, at=old if kind.startswith("pinned") else "main")


@pytest.mark.parametrize("foreign", FOREIGN)
@pytest.mark.parametrize("where", MACHINES)
@pytest.mark.parametrize("stop", STOPS)
def test_a_release_stopped_anywhere_converges_on_plain_re_runs(
    mode: str, straight: Straight, stop: str, where: str, foreign: str, tmp_path: Path
) -> None:
    wanted = (straight.alone,) if foreign == FOREIGN[0] else straight.together
    needed = {}
    for number, effect in enumerate(straight.effects):
        public = owing(mode)
        old = public.remote.heads["main"]
        first = machine(public, tmp_path, mode)
        if foreign == FOREIGN[2]:
            first.effects.before(number, partial(foreign_commit, public))
        STOPS[stop](first.effects, number)
        run(first)
        assert len(first.effects.names) > number, f"was not stopped at {effect}"
        if foreign == FOREIGN[1]:
            foreign_commit(public)
        for reruns in range(ENOUGH + 1):
            if public.remains() in wanted and offences(public) == []:
                needed[effect] = reruns
                break
            release(rerun_on(where, first, tmp_path, old))
        assert effect in needed, f"{stop} {effect}: {offences(public)}"
    # One re-run for the release that was stopped, and one for that of the foreign commit.
    assert max(needed.values()) <= (1 if foreign == FOREIGN[0] else 2), needed


def stopped(mode: str, public: Public, place: Path, stop: str, number: int) -> None:
    """A run that is stopped at one of its effects, if it has that many."""
    world = machine(public, place, mode)
    STOPS[stop](world.effects, number)
    run(world)


def staged(mode: str, public: Public, place: Path, stage: str) -> None:
    """A run of one stage, which may have to wait for others."""
    with suppress(Failure):
        release(machine(public, place, mode), [stage])


def raced(mode: str, public: Public, place: Path, stop: str, number: int, rival: int) -> None:
    """A run within which another is stopped, or comes to its end."""
    world = machine(public, place, mode)
    world.effects.before(rival, partial(stopped, mode, public, place, stop, number))
    run(world)


def visited(mode: str, public: Public, place: Path) -> None:
    """A foreign commit."""
    foreign_commit(public)


EFFECT = st.integers(0, 14)
STOP = st.sampled_from(sorted(STOPS))
ACCIDENTS = st.one_of(
    st.tuples(st.just(stopped), STOP, EFFECT),
    st.tuples(st.just(staged), st.sampled_from(STAGES)),
    st.tuples(st.just(raced), STOP, EFFECT, EFFECT),
    st.tuples(st.just(visited)),
)


@pytest.mark.slow
@settings(max_examples=40)
@given(mode=st.sampled_from(EVERY), accidents=st.lists(ACCIDENTS, max_size=6))
def test_any_row_of_accidents_converges_on_plain_re_runs(mode: str, accidents: list[tuple[Any, ...]]) -> None:
    public = owing(mode)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for accident, *details in accidents:
            accident(mode, public, place, *details)
        steps = [release(machine(public, place, mode)).steps for _ in range(ENOUGH)]
    assert steps[-1] == ()
    assert offences(public) == []
