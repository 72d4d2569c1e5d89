"""The plan, in any world: it proposes no step whose fact holds, and its steps, done in order, leave nothing owed."""

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st
from packaging.version import Version

from cz_ship.model import Amendments, Artifact, Asset, ForgeRelease
from cz_ship.rules.announcement import (
    Announcing,
    DiscardDraft,
    DraftRelease,
    ForgeSeen,
    PassLatest,
    PublishRelease,
    UploadAsset,
    sums,
)
from cz_ship.rules.holdings import IndexSeen
from cz_ship.rules.plan import FILES, Build, CommitBump, CreateTag, Due, Push, Seen, Step, Upload, complete, plan

pytestmark = pytest.mark.slow

OURS = (Artifact("demo-1.1.0-py3-none-any.whl", "a" * 64, 1), Artifact("demo-1.1.0.tar.gz", "b" * 64, 2))
OURS_BY_NAME = {each.name: each.sha256 for each in OURS}
STRANGER = ("demo-1.1.0-cp311-cp311-linux_x86_64.whl", "c" * 64)
OTHER = (OURS[0].name, "d" * 64)
ASSETS = tuple(Asset(*each[:3]) for each in (*OURS, sums(OURS)))
LEFTOVERS = tuple(asset._replace(sha256="", size=0, whole=False) for asset in ASSETS)
COMMIT, ELSEWHERE, NOTES = "1" * 40, "2" * 40, "3" * 40

some = st.booleans()


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Due, Seen]:
    """A release that is owed, and any subset of its facts, such as can be and such as cannot."""
    known = draw(some)
    commit = COMMIT if known or draw(some) else None
    promise = OURS if draw(some) else ()
    due = Due(
        project="demo",
        version=Version("1.1.0"),
        tag="v1.1.0",
        branch="main",
        tip=COMMIT,
        time=0,
        current=Version("1.0.0"),
        commit=COMMIT if known else None,
        tagged=known and draw(some),
        promise=promise,
        amendments=None if known or draw(some) else Amendments(NOTES, None),
    )
    return due, Seen(
        commit=commit,
        artifacts=OURS if draw(some) else (),
        tag_here=draw(some),
        tag_there=draw(st.sampled_from([None, COMMIT, ELSEWHERE])),
        branch_holds=draw(some),
        indexes=tuple(
            IndexSeen(name, "fake:", draw(st.lists(held(), max_size=3).map(by_name))) for name in draw(enabled)
        ),
        amendments_hold=due.amendments is None or draw(some),
        forge=ForgeSeen("fake:", draw(forge_releases())) if draw(some) else None,
    )


enabled = st.sampled_from([("test", "prod"), ("test",), ("prod",), ()])


def held() -> st.SearchStrategy[tuple[str, str]]:
    """A file on an index: ours, other bytes under our name, or a stranger."""
    return st.sampled_from([*OURS_BY_NAME.items(), OTHER, STRANGER])


def by_name(files: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """An index holds one file of a name."""
    return tuple(dict(files).items())


@st.composite
def forge_releases(draw: st.DrawFn) -> tuple[ForgeRelease, ...]:
    """Nothing, a draft or a published release with some of its files, maybe beside the draft of another run."""
    assets = st.lists(st.sampled_from([*ASSETS, *LEFTOVERS]), max_size=4, unique_by=lambda asset: asset.name)
    first = ForgeRelease(1, "v1.1.0", draw(some), "- sing", tuple(draw(assets)))
    twin = ForgeRelease(2, "v1.1.0", False, "- sing", tuple(draw(assets)))
    return (first, twin)[: draw(st.integers(0, 2))]


def owed(seen: Seen) -> set[str]:
    """The facts of the release that do not hold, told without the plan."""
    facts = {
        "commit": seen.commit is not None,
        "pushed": seen.tag_there is not None
        and seen.tag_there == seen.commit
        and seen.branch_holds
        and seen.amendments_hold,
        **{
            f"{index.name} {name}": any(name == each for each, _ in index.files)
            for index in seen.indexes
            for name in OURS_BY_NAME
        },
    }
    if seen.forge:
        first = next(iter(seen.forge.releases), None)
        whole = [asset.name for asset in first.assets if asset.whole] if first else []
        facts["drafted"] = first is not None
        facts.update({f"forge {asset.name}": asset.name in whole for asset in ASSETS})
        facts["alone"] = len(seen.forge.releases) < 2
        facts["published"] = first is not None and first.published
    return {fact for fact, holds in facts.items() if not holds}


def contradicts(due: Due, seen: Seen) -> bool:
    """Whether a world can never become that of this release."""
    files = [file for index in seen.indexes for file in index.files]
    return seen.tag_there == ELSEWHERE or OTHER in files or (STRANGER in files and not due.tagged)


def holds(step: Step, seen: Seen) -> bool:
    """Whether a step's own fact holds already."""
    match step:
        case CommitBump():
            return seen.commit is not None
        case Build():
            return bool(seen.artifacts)
        case CreateTag():
            return seen.tag_here
        case Push():
            return "pushed" not in owed(seen)
        case Upload():
            return any(step.index == index.name and step.file in dict(index.files) for index in seen.indexes)
        case DraftRelease():
            return "drafted" not in owed(seen)
        case UploadAsset():
            return f"forge {step.file}" not in owed(seen) and step.file != FILES
        case DiscardDraft():
            return "alone" not in owed(seen)
        case PublishRelease():
            return "published" not in owed(seen)
        case PassLatest():
            return False


def done(step: Step, seen: Seen) -> Seen:
    """The world after a step."""
    match step:
        case CommitBump():
            return seen._replace(commit=COMMIT)
        case Build():
            return seen._replace(artifacts=OURS)
        case CreateTag():
            return seen._replace(tag_here=True)
        case Push():
            return seen._replace(tag_there=seen.commit, branch_holds=True, amendments_hold=True)
        case Upload():
            more = ((step.file, OURS_BY_NAME[step.file]),)
            indexes = [
                each._replace(files=each.files + more) if each.name == step.index else each for each in seen.indexes
            ]
            return seen._replace(indexes=tuple(indexes))
        case _:
            return seen._replace(forge=announced(step, seen.forge))


def announced(step: Announcing, forge: ForgeSeen | None) -> ForgeSeen:
    """The forge after a step."""
    assert forge is not None
    first, *others = forge.releases or (ForgeRelease(1, "v1.1.0", False, "- sing", ()),)
    match step:
        case UploadAsset():
            kept = [asset for asset in first.assets if asset.name != step.file]
            first = first._replace(assets=(*kept, *(asset for asset in ASSETS if asset.name == step.file)))
        case DiscardDraft():
            others = [each for each in others if each.number != step.number]
        case PublishRelease():
            first = first._replace(published=True)
        case DraftRelease() | PassLatest():
            pass
    return forge._replace(releases=(first, *others))


@given(worlds())
def test_no_step_is_proposed_whose_fact_holds(world: tuple[Due, Seen]) -> None:
    due, seen = world
    steps = plan(due, seen).steps
    assert [step for step in steps if holds(step, seen)] == []
    assert len(set(steps)) == len(steps)


@given(worlds())
def test_steps_taken_one_by_one_shrink_what_is_owed_to_nothing(world: tuple[Due, Seen]) -> None:
    due, seen = world
    assume(not contradicts(due, seen))
    taken: list[Step] = []
    while (found := plan(due, seen)).steps:
        assert found.conflicts == ()
        step = found.steps[0]
        assert step not in taken
        before, seen = seen, done(step, seen)
        taken.append(step)
        assert owed(seen) <= owed(before)
        assert (owed(seen) < owed(before)) is not isinstance(step, Build | CreateTag)
    event(f"{len(taken)} steps")
    assert owed(seen) == set()
    assert complete(due, seen)


@given(worlds())
def test_a_contradiction_is_told_before_anything_public_is_done(world: tuple[Due, Seen]) -> None:
    due, seen = world
    assume(contradicts(due, seen))
    while not (found := plan(due, seen)).conflicts:
        assert found.steps[0].stage == "prepare"
        seen = done(found.steps[0], seen)


@given(worlds())
def test_a_plan_once_made_is_good_to_its_end_where_the_files_are_known(world: tuple[Due, Seen]) -> None:
    due, seen = world
    found = plan(due, seen)
    assume(not found.conflicts and (seen.artifacts or due.promise))
    for step in found.steps:
        seen = done(step, seen)
    assert plan(due, seen).steps == ()
    assert owed(seen) == set()
