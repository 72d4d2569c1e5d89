"""What a stopped run says is true: its exit code and its last line, against what is public."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure, Interrupted
from cz_ship.flows.candidate import candidate
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.flows.truth import settling
from cz_ship.settings import Settings
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakeWorld, Public
from tests.support.gate import Gate, fail, interrupt
from tests.support.judge import offences
from tests.support.story import BUMPED, MODES, foreign_commit, machine, owing, run, setting, stopped_after

NOTHING = "nothing public was changed"
# The last lines that say what is true.
SAID = re.compile(
    r"^nothing (public|else) was changed$| is in part (public|on test)\b| may have arrived; | is wholly released$"
    r"|^all of .* is public$| is public, and what of | is on test, and not shown to install$"
    r"|^done so far: .*; the same command continues$"
)
STOPPERS = {"a failure": fail, "Ctrl-C": interrupt}
PARTS = ("before the push", "from the push on", "while the checkout follows")
POINTS = (
    ("an effect", "before it"),
    ("an effect", "after it"),
    ("a look", "once"),
    ("a look", "from there on"),
)


def fresh(mode: str, place: Path) -> FakeWorld:
    """A machine whose settings name the branch, so that the last look of a run belongs to its last effect."""
    return FakeWorld(owing(mode), place, Settings(mode=setting(mode), branch="main", forge="github"))


def gate_of(world: FakeWorld, point: tuple[str, str]) -> Gate:
    """Where a world is stopped at such a point."""
    return world.effects if point[0] == "an effect" else world.looks


def straight(mode: str, point: tuple[str, str], part: str, place: Path) -> tuple[list[int], object]:
    """The passages of a straight run that lie in a part of it, and what remains of it."""
    world = fresh(mode, place)
    parts: list[str] = []
    gate_of(world, point).before(0, lambda: parts.append(part_of(world.effects)), lasting=True)
    release(world)
    return [number for number, found in enumerate(parts) if found == part], world.public.remains()


def part_of(effects: Gate) -> str:
    """How far a run has come."""
    if "fast-forward" in effects.names:
        return PARTS[2]
    return PARTS["push" in effects.names]


def lies(mode: str, world: FakeWorld, ended: object) -> Iterator[str]:
    """What the end of a run says against what is there; `owing` made what was there before."""
    if isinstance(ended, Failure) and not SAID.search(ended.text.splitlines()[-1]):
        yield f"its last line is {ended.text.splitlines()[-1]!r}"
    changed = world.public.remains() != owing(mode).remains()
    whole = changed and offences(world.public) == []
    if isinstance(ended, Failure):
        if ended.code is Exit.REFUSED and changed:
            yield "exit 1 though something public was changed"
        if ended.code is Exit.UNFINISHED and not changed and "may have arrived" not in ended.text:
            yield "exit 4 though nothing public was changed"
        if ended.code not in (Exit.REFUSED, Exit.UNFINISHED):
            yield f"exit {ended.code!r} where a re-run would do"
        if changed and NOTHING in ended.text:
            yield "said that nothing was changed"
    elif isinstance(ended, Interrupted):
        if changed and NOTHING in ended.truth:
            yield "said that nothing was changed"
        if "wholly released" in ended.truth and not whole:
            yield "said that all was released"
    elif isinstance(ended, KeyboardInterrupt):
        if changed:
            yield "said nothing, which the command tells as nothing changed"
    elif not whole:
        yield f"reported {ended!r}, and it is not whole"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("point", POINTS, ids="-".join)
@pytest.mark.parametrize("stopper", STOPPERS)
@pytest.mark.parametrize("mode", MODES)
def test_a_stopped_run_says_what_is_true_and_a_re_run_converges(
    mode: str, stopper: str, point: tuple[str, str], part: str, tmp_path: Path
) -> None:
    numbers, remains = straight(mode, point, part, tmp_path)
    told: dict[int, list[str]] = {}
    for number in numbers:
        world = fresh(mode, tmp_path)
        gate = gate_of(world, point)
        if point[1] == "after it":
            gate.after(number, STOPPERS[stopper])
        else:
            gate.before(number, STOPPERS[stopper], lasting=point[1] == "from there on")
        told[number] = list(lies(mode, world, run(world)))
        release(world.again())
        assert world.public.remains() == remains
    assert told
    assert {number: said for number, said in told.items() if said} == {}


@pytest.mark.parametrize("mode", MODES)
def test_ctrl_c_while_the_private_clone_is_removed_says_what_is_true(mode: str, tmp_path: Path) -> None:
    world = fresh(mode, tmp_path)
    world.endings.before("clone", interrupt)
    assert list(lies(mode, world, run(world))) == []


def test_a_failure_after_a_release_was_finished_in_the_same_run_is_unfinished(tmp_path: Path) -> None:
    public = stopped_after("push", tmp_path)
    foreign_commit(public)
    world = machine(public, tmp_path)
    world.effects.before("commit", fail)
    ended = run(world)
    assert isinstance(ended, Failure)
    assert ended.code is Exit.UNFINISHED
    assert ended.text.startswith("demo 1.1.0 is released, by this run; what follows it is not:\n")
    assert "nothing public was changed" not in ended.text


@pytest.mark.parametrize("restored", [False, True], ids=["as it was", "its tag restored"])
def test_a_half_release_that_cannot_be_looked_at_is_unfinished(restored: bool, tmp_path: Path) -> None:
    public = stopped_after("push", tmp_path)
    if restored:
        public.remote.tags["v1.1.0"] = FakeTag(public.remote.tags["v1.1.0"].commit)
    world = machine(public, tmp_path)
    world.looks.before("files test", fail, lasting=True)
    ended = run(world)
    assert isinstance(ended, Failure)
    assert (ended.code, "v1.1.0 is public" in ended.text) == (Exit.UNFINISHED, True)


def without(path: str, public: Public) -> None:
    public.remote.commit(f"chore: no {path}", {path: None})


UNFIT: dict[str, Callable[[Public], object]] = {
    "no version": lambda public: without("version.txt", public),
    "no name": lambda public: without("pyproject.toml", public),
    "secrets": lambda public: public.remote.commit("chore: share", {".env": "SECRET=1\n"}),
    "by hand": lambda public: public.remote.commit("chore: bump", {"version.txt": "3.0.0\n"}),
    "a lost tag": lambda public: public.remote.commit("bump: version 1.0.0 → 1.1.0", BUMPED),
    "a tag aside": lambda public: public.remote.tags.update({"v1.0.0": FakeTag(aside(public))}),
}


def aside(public: Public) -> str:
    return public.remote.commit("feat: dance", {"dance.py": ""}, branch="topic")


@pytest.mark.parametrize("unfit", UNFIT)
def test_what_is_refused_before_the_first_step_says_that_nothing_was_changed(unfit: str, tmp_path: Path) -> None:
    public = owing()
    UNFIT[unfit](public)
    before = public.remains()
    ended = run(machine(public, tmp_path))
    assert isinstance(ended, Failure)
    assert ended.text.splitlines()[-1] == NOTHING
    assert public.remains() == before


def test_settings_that_do_not_fit_say_so_too(tmp_path: Path) -> None:
    ended = run(FakeWorld(owing(), tmp_path, Settings(remote="upstream")))
    assert isinstance(ended, Failure)
    assert ended.text.splitlines()[-1] == NOTHING


def test_what_is_wrong_with_the_next_release_does_not_hide_the_one_that_was_finished(tmp_path: Path) -> None:
    public = stopped_after("push", tmp_path)
    public.remote.commit("chore: bump", {"version.txt": "3.0.0\n"})
    ended = run(machine(public, tmp_path))
    assert isinstance(ended, Failure)
    assert ended.code is Exit.UNFINISHED
    first, *_, last = ended.text.splitlines()
    assert first == "demo 1.1.0 is released, by this run; what follows it is not:"
    assert last == "nothing else was changed"


def candidate_of(world: FakeWorld) -> Report | Failure:
    try:
        return candidate(world)
    except Failure as ended:
        return ended


@pytest.mark.parametrize("point", POINTS, ids="-".join)
def test_a_candidate_that_is_stopped_says_what_is_true(point: tuple[str, str], tmp_path: Path) -> None:
    straight = machine(owing(), tmp_path)
    candidate(straight)
    for number in range(len(gate_of(straight, point).names)):
        world = machine(owing(), tmp_path)
        before = world.public.remains()
        if point[1] == "after it":
            gate_of(world, point).after(number, fail)
        else:
            gate_of(world, point).before(number, fail, lasting=point[1] == "from there on")
        ended = candidate_of(world)
        if isinstance(ended, Failure):
            last = ended.text.splitlines()[-1]
            changed = world.public.remains() != before
            assert SAID.search(last)
            assert (last == NOTHING) is not (changed or "may have" in last)
            assert ended.code is (Exit.REFUSED if last == NOTHING else Exit.UNFINISHED)


def test_an_index_that_takes_no_candidate_and_shows_none_leaves_it_in_doubt(tmp_path: Path) -> None:
    world = machine(owing(), tmp_path)

    def refuse() -> None:
        raise world.public.shelves["test"].refusal("a file", "400 File already exists")

    world.effects.before("upload test", refuse, lasting=True)
    ended = candidate_of(world)
    assert isinstance(ended, Failure)
    assert ended.code is Exit.UNFINISHED
    assert ended.text.endswith(" may have arrived; the same command looks")


@pytest.mark.parametrize("code", [Exit.REFUSED, Exit.USAGE, Exit.PERSON])
def test_what_has_told_no_truth_is_told_to_have_changed_nothing_but_never_where_it_is_unfinished(code: Exit) -> None:
    with pytest.raises(Failure) as caught, settling():
        raise Failure("no", hint="so", code=code)
    assert (caught.value.text, caught.value.hint, caught.value.code) == (f"no\n{NOTHING}", "so", code)
    with pytest.raises(Failure, match=r"^no$"), settling():
        raise Failure("no", code=Exit.UNFINISHED)


def burnt(public: Public) -> None:
    """The release in flight can never be finished; a run finds that out when it has uploaded the other files."""
    public.shelves["prod"].burnt.add("demo-1.1.0.tar.gz")


def finishable(public: Public) -> None:
    """The release in flight can be finished."""


def stop_at_the_commit(world: FakeWorld, stop: Callable[[], object]) -> None:
    """The next release is stopped by itself."""
    world.effects.before("commit", stop)


def stop_after_a_rival(world: FakeWorld, stop: Callable[[], object]) -> None:
    """The next release is outrun, and stopped when it begins anew."""
    world.effects.before("push", lambda: world.looks.before("remote fetch", stop))
    world.effects.before("push", lambda: foreign_commit(world.public))


def outrun_for_ever(world: FakeWorld, stop: Callable[[], object]) -> None:
    """The next release is outrun until it is given up."""
    world.effects.before("push", lambda: foreign_commit(world.public), lasting=True)


@pytest.mark.parametrize("end", [stop_at_the_commit, stop_after_a_rival, outrun_for_ever])
@pytest.mark.parametrize("stopper", STOPPERS)
@pytest.mark.parametrize("first", [finishable, burnt])
def test_what_a_run_did_for_a_release_is_told_however_the_next_one_ends(
    first: Callable[[Public], None],
    stopper: str,
    end: Callable[[FakeWorld, Callable[[], object]], None],
    tmp_path: Path,
) -> None:
    public = stopped_after("push", tmp_path)
    foreign_commit(public)
    first(public)
    world = machine(public, tmp_path)
    end(world, STOPPERS[stopper])
    ended = run(world)
    said = ended.truth if isinstance(ended, Interrupted) else ended.text if isinstance(ended, Failure) else ""
    assert said.startswith("demo 1.1.0 is released, by this run; " if first is finishable else "1.1.0 is in part publ")
    assert NOTHING not in said
    assert not isinstance(ended, Failure) or ended.code is Exit.UNFINISHED
