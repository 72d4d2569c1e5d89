"""docs/convergence.md: what it quotes is what is said, case by case, and what it lists is all there is."""

import re
from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path

import pytest

from cz_ship.errors import Exit, Failure
from cz_ship.flows.release import release
from cz_ship.world.patience import LivePatience
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakeWorld
from tests.support.readme import ROOT
from tests.support.story import files_of, machine, owing, put_by_hand, run, stopped_after, winner

PAGE = (ROOT / "docs" / "convergence.md").read_text(encoding="utf-8")
WHEEL, SDIST = files_of("1.1.0")
Case = Callable[[Path], FakeWorld]


def other_bytes(place: Path) -> FakeWorld:
    public = owing()
    put_by_hand(public, "1.1.0", "prod")
    del public.shelves["prod"].files[SDIST]
    return machine(public, place)


def burnt(place: Path) -> FakeWorld:
    public = owing()
    public.shelves["prod"].burnt.add(SDIST)
    return machine(public, place)


def rule_broken(place: Path) -> FakeWorld:
    return refused("400 Invalid distribution file.", place)


def refused(words: str, place: Path) -> FakeWorld:
    world = machine(owing(), place)

    def refuse() -> None:
        raise world.public.shelves["prod"].refusal(SDIST, words)

    world.effects.before(f"upload prod {SDIST}", refuse, lasting=True)
    return world


def half_by_hand(place: Path) -> FakeWorld:
    public = owing("branch")
    public.remote.tags["v1.1.0"] = FakeTag(public.remote.heads["main"])
    put_by_hand(public, "1.1.0", "prod")
    del public.shelves["prod"].files[SDIST]
    return machine(public, place, "branch")


def tag_elsewhere(mode: str, place: Path) -> FakeWorld:
    public = owing(mode)
    sha = public.remote.commit("feat: dance", {"version.txt": "1.1.0\n"}, branch="topic")
    public.remote.tags["v1.1.0"] = FakeTag(sha)
    return machine(public, place, mode)


def lost_tag(here: bool, place: Path) -> FakeWorld:
    public = stopped_after(f"upload test {WHEEL}", place)
    kept = public.remote.tags.pop("v1.1.0")
    world = machine(public, place)
    if here:
        world.repository.own_tags["v1.1.0"] = kept
    return world


def unbuildable(place: Path) -> FakeWorld:
    def fail() -> None:
        raise Failure("the build failed\nBackendUnavailable: Cannot import 'hatchling.build'")

    world = machine(stopped_after(f"upload test {WHEEL}", place), place)
    world.effects.before("build", fail, lasting=True)
    return world


def other_tools(place: Path) -> FakeWorld:
    return machine(stopped_after("push", place), place, tools="2")


def outdone(place: Path) -> FakeWorld:
    public = owing()
    world = machine(public, place, tools="2")
    world.effects.before("push", partial(winner, public, place))
    return world


def closed(place: Path) -> FakeWorld:
    public = stopped_after(f"upload prod {WHEEL}", place)
    public.shelves["prod"].uploaded[WHEEL] = public.now
    public.now += 15 * 24 * 3600
    return machine(public, place)


def other_asset(place: Path) -> FakeWorld:
    public = stopped_after("push", place)
    public.stand.put(public.stand.open("v1.1.0"), SDIST, b"other")
    return machine(public, place)


def published_empty(place: Path) -> FakeWorld:
    public = stopped_after("push", place)
    public.stand.immutable = True
    public.stand.publish(public.stand.open("v1.1.0"), "", prerelease=False, latest=True)
    return machine(public, place)


def lagging(place: Path) -> FakeWorld:
    public = owing()
    public.shelves["prod"].unlisted.update((WHEEL, SDIST))
    return machine(public, place)


CASES: dict[str, tuple[Exit, Case]] = {
    "Other bytes stand under our name": (Exit.PERSON, other_bytes),
    "A release by other hands is half there": (Exit.PERSON, half_by_hand),
    "A file of our name was deleted on the index": (Exit.PERSON, burnt),
    "A file breaks a rule of the index": (Exit.PERSON, rule_broken),
    "The identity may not upload": (Exit.PERSON, partial(refused, "403 Forbidden")),
    "The forge's release holds other bytes": (Exit.PERSON, other_asset),
    "The forge's release was published without its files": (Exit.PERSON, published_empty),
    "The release is too old for its index": (Exit.PERSON, closed),
    "A tag of that name is outside of the branch": (Exit.PERSON, partial(tag_elsewhere, "push")),
    "The tag of `version.txt` is outside of the branch": (Exit.PERSON, partial(tag_elsewhere, "branch")),
    "The last tag is lost, and gone everywhere": (Exit.PERSON, partial(lost_tag, False)),
    "The last tag is lost, and still here": (Exit.PERSON, partial(lost_tag, True)),
    "A tagged commit no longer builds": (Exit.PERSON, unbuildable),
    "A tagged commit builds to other bytes": (Exit.PERSON, other_tools),
    "The simple page lags": (Exit.UNFINISHED, lagging),
    "Another run's bytes are nowhere yet": (Exit.UNFINISHED, outdone),
    "A name is taken, and no page shows by whom": (
        Exit.UNFINISHED,
        partial(refused, f"409 Conflict: {SDIST} already exists"),
    ),
    "A fault lasts": (Exit.UNFINISHED, partial(refused, "503 Service Unavailable")),
}


def quoted() -> dict[str, str]:
    """The first block of text under each heading that has one."""
    return dict(re.findall(r"^### (.+)\n\n(?:(?!#|```).+\n)+\n```text\n((?:(?!```).*\n)+)```$", PAGE, re.MULTILINE))


def settled(text: str) -> str:
    """Text without hashes and addresses, and without the limits that the tests' world cuts short."""
    for pattern in (r"\b[0-9a-f]{12,64}\b", r"\((fake:\w+|…)\)", r"tried \d+ times; a run waits \d+ seconds"):
        text = re.sub(pattern, "#", text)
    return text.strip()


def test_every_case_of_the_page_is_a_case_here() -> None:
    assert list(quoted()) == list(CASES)


@pytest.mark.parametrize("case", CASES)
def test_the_page_quotes_what_is_said(case: str, tmp_path: Path) -> None:
    code, make = CASES[case]
    failure = run(make(tmp_path))
    assert isinstance(failure, Failure)
    assert failure.code is code
    assert settled(quoted()[case]) == settled(f"error: {failure.text}\nhint: {failure.hint}".removesuffix("hint: "))


def test_the_page_tells_the_limits_that_are_set() -> None:
    limits = {name: each.default for name, each in signature(LivePatience).parameters.items()}
    told = f"(tried {limits['backoff'].attempts} times; a run waits {limits['limit_seconds']} seconds in all)"
    assert told in quoted()["A fault lasts"]


def test_the_page_lists_the_steps_in_their_order(tmp_path: Path) -> None:
    shown = re.findall(r"^\d+\. `(.+?)`", PAGE, re.MULTILINE)
    assert shown == [step.step for step in release(machine(owing(), tmp_path)).steps]


def test_the_page_lists_the_exit_codes() -> None:
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)] == [code.value for code in Exit]
