"""What is foreseen of one more commit is what the survey finds once it is there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cz_ship.errors import Failure
from cz_ship.flows.foresight import foresight
from cz_ship.flows.survey import survey
from cz_ship.rules.verdict import asks_for
from cz_ship.settings import Settings
from tests.support.fake_world import FakeWorld, Public
from tests.support.made import CONVENTIONAL
from tests.support.projects import README

ZERO = CONVENTIONAL._replace(
    bump_map=tuple((key, "MINOR" if key == "^.+!$" else worth) for key, worth in CONVENTIONAL.bump_map)
)
MESSAGES = (
    "docs: a",
    "fix: b",
    "feat: c",
    "feat!: d",
    "Merge branch 'x'",
    "perf: e\n\nBREAKING CHANGE: f",
    "docs: g\n\nRelease-As: 1!7.0.0",
    "fix: h\n\nRelease-As: 1!8.0.0",
)
NAMING = "fix: g\n\nRelease-As: 9!1.0.0"
FILES = {"README.md": README, "pyproject.toml": '[project]\nname = "demo"\n'}


def laid(folder: Path, version: str, tagged: bool, messages: list[str], mode: str, zero: bool) -> FakeWorld:
    """A machine whose main has some messages since a version, tagged or not."""
    public = Public()
    first = public.remote.commit("chore: begin", {**FILES, "version.txt": f"{version}\n"})
    if tagged:
        from tests.support.fake_git import FakeTag

        public.remote.tags[f"v{version}"] = FakeTag(first)
    for message in messages:
        public.remote.commit(message, {})
    world = FakeWorld(public, folder, Settings(mode=mode))
    world.rule_set = ZERO if zero else CONVENTIONAL
    return world


@given(
    version=st.sampled_from(("0.0.0", "0.9.1", "1.3.2", "2.0.0rc1", "1!1.0.0")),
    tagged=st.booleans(),
    before=st.lists(st.sampled_from((*MESSAGES, NAMING)), max_size=3),
    message=st.sampled_from(MESSAGES),
    mode=st.sampled_from(("push", "branch", "pull-request")),
    zero=st.booleans(),
)
def test_what_is_foreseen_comes(
    tmp_path_factory: pytest.TempPathFactory,
    version: str, tagged: bool, before: list[str], message: str, mode: str, zero: bool,
) -> None:  # fmt: skip
    folder = tmp_path_factory.getbasetemp()
    world = laid(folder, version, tagged, before, mode, zero)
    after = laid(folder, version, tagged, [*before, message], mode, zero)
    told = foresight(world.repository, world.rules(folder), "demo", world.settings, messages=[message])
    found = survey(after.repository, after.rules(folder), "demo", after.settings)
    worth = asks_for(message, world.rule_set.bump_pattern, world.rule_set.bump_map)
    assert (told.current, told.following[worth]) == (found.current, found.next)
    if before:
        instead = laid(folder, version, tagged, [*before[:-1], message], mode, zero)
        found = survey(instead.repository, instead.rules(folder), "demo", instead.settings)
        assert told.amended[worth] == found.next


def test_nothing_is_fetched_for_an_outlook(tmp_path: Path) -> None:
    world = laid(tmp_path, "1.0.0", True, ["fix: a"], "push", False)
    world.repository.shallow = True
    with pytest.raises(Failure, match="this clone is shallow"):
        foresight(world.repository, world.rules(tmp_path), "demo", world.settings)
    assert world.repository.shallow


def test_a_version_that_is_being_changed_tells_nothing_yet(tmp_path: Path) -> None:
    world = laid(tmp_path, "1.0.0", True, ["fix: a"], "branch", False)
    (world.repository.root / "version.txt").write_text("2.0.0\n")
    with pytest.raises(Failure, match=r"version\.txt is changed"):
        foresight(world.repository, world.rules(tmp_path), "demo", world.settings)
