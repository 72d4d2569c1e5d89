"""docs/convergence.md: what it quotes is what is said, case by case, and what it lists is all there is."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from inspect import signature
from pathlib import Path
from typing import TypeGuard

import pytest

import cz_ship
from cz_ship.errors import Exit, Failure
from cz_ship.flows.candidate import candidate
from cz_ship.flows.carry_out import Report
from cz_ship.flows.release import release
from cz_ship.world import clone, forge
from cz_ship.world.forge_api import HEADERS, Place
from cz_ship.world.http import Http
from cz_ship.world.patience import LivePatience
from cz_ship.world.pulls import GitHubPulls
from cz_ship.world.rehearsal.forge import PlayedForge, serve_forge
from cz_ship.world.rehearsal.forge_pulls import EVERY_RIGHT, PlayedPulls
from cz_ship.world.rehearsal.refs import RemoteRefs
from tests.support import laws
from tests.support.fake_git import FakeTag
from tests.support.fake_world import FakePatience, FakeWorld
from tests.support.readme import ROOT
from tests.support.repos import Repo
from tests.support.story import (
    PROPOSAL,
    files_of,
    foreign_commit,
    machine,
    owing,
    put_by_hand,
    run,
    stopped_after,
    winner,
)

PAGE = (ROOT / "docs" / "convergence.md").read_text(encoding="utf-8")
PACKAGE = Path(cz_ship.__file__).parent
WHEEL, SDIST = files_of("1.1.0")
DENIED = "remote: Permission to ann/demo.git denied to github-actions[bot].\n"
PROTECTED = "remote: error: GH006: Protected branch update failed for refs/heads/main.\n"
Case = Callable[[Path], FakeWorld | Report | BaseException]


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


def stopped_at(effect: str, failure: Failure, place: Path) -> FakeWorld:
    world = machine(owing(), place)

    def stop() -> None:
        raise failure

    world.effects.before(effect, stop, lasting=True)
    return world


def unannounced(status: int, words: str, place: Path) -> FakeWorld:
    return stopped_at("draft", forge.not_taken("fake:forge", status, f"{status} {words}"), place)


def untold_asset(place: Path) -> FakeWorld:
    public = stopped_after(f"upload forge {SDIST}", place)
    public.stand.tells_hashes = False
    ((number, held),) = public.stand.releases.items()
    files = {name: content[::-1] if content and name == SDIST else content for name, content in held.files}
    public.stand.releases[number] = held._replace(files=tuple(files.items()))
    return machine(public, place)


def other_candidate(place: Path) -> Report | BaseException:
    public = owing()
    told(lambda: candidate(machine(public, place)))
    files = public.shelves["test"].files
    files.update({name: files[name].replace(b"demo.py", b"other.py") for name in files if "rc" in name})
    return told(lambda: candidate(machine(public, place)))


def tampered_candidate(place: Path) -> Report | BaseException:
    world = machine(owing(), place)
    files = world.public.shelves["test"].files
    world.looks.before("download", lambda: files.update({name: b"other" for name in files if "rc" in name}))
    return told(lambda: candidate(world))


def not_pushed(words: str, in_a_job: bool, place: Path) -> FakeWorld:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GITHUB_ACTIONS", raising=False)
        if in_a_job:
            patch.setenv("GITHUB_ACTIONS", "true")
        return stopped_at("push", clone.not_pushed(words, "main and v1.1.0", "main"), place)


def of_another_commit(place: Path) -> Report | BaseException:
    public, dist = owing(), place / "dist"
    release(machine(public, place), ["prepare"], dist)
    public.remote.heads["main"] = public.remote.tags["v1.0.0"].commit
    public.remote.commit("fix: hum", {"hum.py": ""})
    return told(lambda: release(machine(public, place), ["tag"], dist))


def without_sums(stage: str, place: Path) -> Report | BaseException:
    dist = place / "dist"
    dist.mkdir()
    (dist / WHEEL).write_bytes(b"made by hand")
    return told(lambda: release(machine(owing(), place), [stage], dist))


def told(story: Callable[[], Report]) -> Report | BaseException:
    try:
        return story()
    except Failure as ended:
        return ended


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


def lost_baseline(place: Path) -> FakeWorld:
    public = owing()
    del public.remote.tags["v1.0.0"]
    return machine(public, place)


def lost_bump(place: Path) -> FakeWorld:
    public = owing("branch")
    release(machine(public, place, "branch"))
    del public.remote.tags["v1.1.0"]
    foreign_commit(public)
    return machine(public, place, "branch")


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


def proposed(old: str, new: str, place: Path) -> FakeWorld:
    """A proposal on which a person has changed something, and which has to be made anew."""
    public = owing("pull-request")
    release(machine(public, place, "pull-request"))
    files = public.remote.objects[public.remote.heads[PROPOSAL]].files
    changed = {path: text.replace(old, new) for path in files if old in (text := files[path].decode())}
    public.remote.commit("docs: a word", changed, branch=PROPOSAL)
    foreign_commit(public)
    return machine(public, place, "pull-request")


def forbidden(place: Path) -> Failure:
    """What the door to GitHub says where jobs may open no pull requests."""
    repo = Repo(place / "repo")
    repo.commit("feat: a")
    repo.git("branch", PROPOSAL)
    refs = RemoteRefs(repo.root)
    pulls = PlayedPulls("ann/demo", refs, {"t": EVERY_RIGHT})
    pulls.may_open = False
    with serve_forge(PlayedForge("ann/demo", refs, {"t": True}, pulls=pulls)) as site:
        door = GitHubPulls(
            Place(site.api_url, "ann/demo"), {"GITHUB_TOKEN": "t"}, Http(headers=HEADERS), FakePatience()
        )
        try:
            door.open_pull(PROPOSAL, "main", "bump", "")
        except Failure as failure:
            return failure
    raise AssertionError


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
    "The index refuses an attestation": (
        Exit.PERSON,
        partial(refused, "400 Invalid attestations supplied during upload"),
    ),
    "The forge's release holds other bytes": (Exit.PERSON, other_asset),
    "The forge's draft holds other bytes, and tells no hash": (Exit.PERSON, untold_asset),
    "The forge's release was published without its files": (Exit.PERSON, published_empty),
    "The token may not announce": (Exit.PERSON, partial(unannounced, 403, "Resource not accessible by integration")),
    "The forge gives the tag to no other release": (
        Exit.PERSON,
        partial(unannounced, 422, "Validation Failed: tag_name was used by an immutable release"),
    ),
    "The forge refuses the release": (Exit.PERSON, partial(unannounced, 422, "Validation Failed: body is too long")),
    "The release is too old for its index": (Exit.PERSON, closed),
    "A tag of that name is outside of the branch": (Exit.PERSON, partial(tag_elsewhere, "push")),
    "The tag of `version.txt` is outside of the branch": (Exit.PERSON, partial(tag_elsewhere, "branch")),
    "The last tag is lost, and gone everywhere": (Exit.PERSON, partial(lost_tag, False)),
    "The last tag is lost, and still here": (Exit.PERSON, partial(lost_tag, True)),
    "All tags are lost, or none was ever made": (Exit.PERSON, lost_baseline),
    "The last tag is lost, and the version was bumped in the branch": (Exit.PERSON, lost_bump),
    "A tagged commit no longer builds": (Exit.PERSON, unbuildable),
    "A tagged commit builds to other bytes": (Exit.PERSON, other_tools),
    "A candidate's name holds other bytes": (Exit.PERSON, other_candidate),
    "The Test index gives other bytes than it took": (Exit.PERSON, tampered_candidate),
    "A proposal has other changes by hand": (Exit.PERSON, partial(proposed, "# Demo", "# Demo!")),
    "A proposal's section is gone": (Exit.PERSON, partial(proposed, "## v1.1.0", "## news")),
    "The forge lets no job open a pull request": (Exit.PERSON, forbidden),
    "The bot may not push": (Exit.REFUSED, partial(not_pushed, DENIED, True)),
    "The branch is protected": (Exit.REFUSED, partial(not_pushed, PROTECTED, True)),
    "A person may not push": (Exit.REFUSED, partial(not_pushed, DENIED.replace("github-actions[bot]", "ann"), False)),
    "The files handed over are of another commit": (Exit.REFUSED, of_another_commit),
    "The files handed over have no SHA256SUMS": (Exit.REFUSED, partial(without_sums, "tag")),
    "A file of the release's name is in the way": (Exit.REFUSED, partial(without_sums, "prepare")),
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
    text = re.sub(r"\S+/dist\b", "dist", text)
    for pattern in (r"\b[0-9a-f]{12,64}\b", r"\((fake:\w+|…)\)", r"tried \d+ times; a run waits \d+ seconds"):
        text = re.sub(pattern, "#", text)
    return text.strip()


def test_every_case_of_the_page_is_a_case_here() -> None:
    assert list(quoted()) == list(CASES)


@pytest.mark.parametrize("case", CASES)
def test_the_page_quotes_what_is_said(case: str, tmp_path: Path) -> None:
    code, make = CASES[case]
    made = make(tmp_path)
    failure = run(made) if isinstance(made, FakeWorld) else made
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


@pytest.mark.slow
def test_every_hint_to_a_person_stands_on_the_page() -> None:
    """Where the code says exit 5, the longest piece of its hint, or else of its text, is quoted."""
    said = " ".join(PAGE.split())
    found = {site: piece for module in laws.read_package(PACKAGE) for site, piece in person_hints(module)}
    assert len(found) >= 20
    assert {site: piece for site, piece in found.items() if piece not in said} == {}


def person_hints(module: laws.Module) -> Iterator[tuple[str, str]]:
    """Place and words of each `Failure` with exit code 5, `Unmendable` and `Conflict` of a module, one for each way."""
    for function in module.functions:
        values = assigned(function)
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if for_a_person(call):
                given = {word.arg: word.value for word in call.keywords}
                hint = given.get("hint") or call.args[-1]
                yield from longest(module, values.get(ast.unparse(hint), [hint]))
        if (module.room, function.name) == ("rules", "_way_out"):
            yield from longest(module, [node for node in ast.walk(function) if isinstance(node, ast.Return)])
        if module.place == "rules/announcement.py" and function.name == "contradictions":
            yield from longest(module, [*values["spent"], *values["remove"]])


def longest(module: laws.Module, ways: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """The longest piece of text in each of some expressions, with its place."""
    for way in ways:
        pieces = [" ".join(str(part.value).split()) for part in ast.walk(way) if is_text(part)]
        if any(pieces):
            found = max(pieces, key=len)
            yield f"{module.place}: {found[:30]}", found


def for_a_person(call: ast.Call) -> bool:
    code = [ast.unparse(word.value) for word in call.keywords if word.arg == "code"]
    named = ast.unparse(call.func) in ("Unmendable", "Conflict")
    return code == ["Exit.PERSON"] or (named and not isinstance(call.args[0], ast.Starred))


def assigned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, list[ast.expr]]:
    """What the names of a function are given."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                found.setdefault(ast.unparse(target), []).append(node.value)
    return found


def is_text(part: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(part, ast.Constant) and isinstance(part.value, str)
