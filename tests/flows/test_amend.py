"""Amendments: what a note makes of a release, on which machine, and that it travels with the release."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.errors import Failure
from cz_ship.flows.amend import unreleased
from cz_ship.flows.release import release
from cz_ship.flows.survey import survey
from tests.support.fake_git import annotated
from tests.support.fake_world import FakeRules, FakeWorld, Public
from tests.support.gate import Gate, fail, kill
from tests.support.judge import offences
from tests.support.made import CONVENTIONAL
from tests.support.story import machine, owing, run

RULES = FakeRules(CONVENTIONAL)


@pytest.fixture
def public() -> Public:
    return owing()


@pytest.fixture
def laptop(public: Public, tmp_path: Path) -> FakeWorld:
    """A machine whose owner has amended the feature to a fix, and has not pushed that."""
    world = machine(public, tmp_path)
    world.repository.amend(feature(public), "fix: sing in tune")
    return world


def feature(public: Public) -> str:
    """The commit that owes a release."""
    return public.remote.heads["main"]


def test_an_amended_commit_counts_as_its_note_says(public: Public, laptop: FakeWorld) -> None:
    found = survey(laptop.repository, RULES, "demo", laptop.settings)
    assert (str(found.next), [each.code for each in found.warnings]) == ("1.0.1", ["amended"])
    assert "it was committed as 'feat: sing'" in found.warnings[0].text


def test_a_release_follows_the_callers_amendments_and_pushes_them(public: Public, laptop: FakeWorld) -> None:
    report = release(laptop)
    assert (str(report.version), report.released) == ("1.0.1", True)
    assert "push main and v1.0.1 and refs/notes/cz-ship" in [each.step for each in report.steps]
    assert public.remote.notes == laptop.repository.notes
    text = public.remote.objects[public.remote.heads["main"]].files["CHANGELOG.md"].decode()
    assert "- sing in tune\n" in text
    assert "- sing\n" not in text
    assert offences(public) == []
    assert release(laptop.again()).version is None


def test_another_machine_follows_the_amendments_of_the_remote(public: Public, tmp_path: Path) -> None:
    public.remote.amend(feature(public), "docs: sing")
    assert release(machine(public, tmp_path)).version is None
    public.remote.amend(feature(public), "feat!: sing")
    assert str(release(machine(public, tmp_path)).version) == "2.0.0"


def test_amendments_that_the_remote_has_and_more_are_not_pushed_again(public: Public, laptop: FakeWorld) -> None:
    public.remote.objects.update(laptop.repository.objects)
    public.remote.notes = laptop.repository.notes
    public.remote.amend(feature(public), "feat!: sing")
    theirs = public.remote.notes
    report = release(laptop)
    assert (str(report.version), public.remote.notes) == ("2.0.0", theirs)
    assert "push main and v2.0.0" in [each.step for each in report.steps]


def test_amendments_that_went_apart_stop_a_release_before_anything_is_public(public: Public, laptop: FakeWorld) -> None:
    public.remote.amend(feature(public), "docs: sing")
    before = public.remains()
    with pytest.raises(Failure, match="went apart") as caught:
        release(laptop)
    assert "git notes --ref=cz-ship merge FETCH_HEAD" in caught.value.hint
    assert public.remains() == before


@pytest.mark.parametrize("effect", ["commit", "build", "tag", "push"])
def test_amendments_that_move_during_a_release_make_it_start_again(
    public: Public, laptop: FakeWorld, effect: str
) -> None:
    def overtake() -> None:
        objects, ours = laptop.repository.objects, laptop.repository.notes
        public.remote.objects.update(objects)
        public.remote.notes = annotated(public.remote.objects, ours, feature(public), "feat!: sing")

    laptop.effects.before(effect, overtake)
    assert str(release(laptop).version) == "2.0.0"
    assert offences(public) == []


@pytest.mark.parametrize(
    "stop",
    [
        lambda gate, number: gate.before(number, kill),
        lambda gate, number: gate.after(number, kill),
        lambda gate, number: gate.after(number, fail),
    ],
    ids=["killed before", "killed after", "answer lost"],
)
def test_a_release_with_amendments_stopped_anywhere_converges(
    laptop: FakeWorld, stop: Callable[[Gate, int], None], tmp_path: Path
) -> None:
    release(laptop)
    assert len(laptop.effects.names) >= 8
    for number in range(len(laptop.effects.names)):
        public = owing()
        world = machine(public, tmp_path)
        world.repository.amend(feature(public), "fix: sing in tune")
        stop(world.effects, number)
        run(world)
        release(world.again())
        assert public.remains() == laptop.public.remains(), laptop.effects.names[number]


@pytest.mark.parametrize("revision", ["HEAD", "refs/heads/main"])
def test_a_commit_since_the_last_release_can_be_amended(laptop: FakeWorld, revision: str) -> None:
    commit, current = unreleased(laptop.repository, RULES, laptop.settings, revision)
    assert str(current) == "1.0.0"
    assert (commit.subject, commit.amended_from) == ("fix: sing in tune", "feat: sing")


def test_what_is_released_is_not_amended(public: Public, laptop: FakeWorld) -> None:
    released = public.remote.tags["v1.0.0"].commit
    with pytest.raises(Failure, match="is released already, v1"):
        unreleased(laptop.repository, RULES, laptop.settings, released)


def test_what_is_elsewhere_or_nowhere_is_not_amended(public: Public, tmp_path: Path) -> None:
    side = public.remote.commit("feat: dance", {}, branch="side")
    world = machine(public, tmp_path)
    with pytest.raises(Failure, match="not in the history of HEAD"):
        unreleased(world.repository, RULES, world.settings, side)
    with pytest.raises(Failure, match="names no commit"):
        unreleased(world.repository, RULES, world.settings, "nowhere")
