"""A changelog with what is remembered of released history is, to the byte, the one without."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cz_ship.flows.notes import whole
from cz_ship.model import Commit
from cz_ship.world.git import Git
from cz_ship.world.past import PastFile
from cz_ship.world.rulebook import RuleBook
from tests.support.examples import tried
from tests.support.histories import SHAPES, History, Mark, Node, histories, laid
from tests.support.made import CONVENTIONAL
from tests.support.repos import START

BOOK = RuleBook("", CONVENTIONAL._replace(plain_markdown=True))
# Replaced and grafted histories are never remembered (see `Opened.past`).
TRUE_SHAPES = SHAPES[:6]


class Watched(Git):
    """A repository that counts how often all of history was looked at."""

    looks = 0

    def history(self, tip: str) -> Iterator[Commit]:
        self.looks += 1
        return super().history(tip)


class Changing:
    """A repository whose tip and tags are moved by hand, ref file by ref file; its changelog, twice."""

    def __init__(self, git: Git, shas: tuple[str, ...], history: History) -> None:
        self.git = Watched(git.root)
        self.memory = PastFile(str(git.root / ".git"), "a key")
        self.shas = shas
        self.tip = history.tip
        self.tags = {mark.name for mark in history.marks}
        self._ref("").mkdir(exist_ok=True)

    def move(self, tip: int) -> None:
        self.tip = tip

    def tag(self, name: str, node: int) -> None:
        self._ref(name).write_text(f"{self.shas[node]}\n")
        self.tags.add(name)

    def untag(self, name: str) -> None:
        self._ref(name).unlink()
        self.tags.remove(name)

    def look(self) -> bool:
        """Whether all of history had to be looked at; a changelog that is another than without memory fails."""
        tip, before = self.shas[self.tip], self.git.looks
        found = whole(self.git, BOOK, tip, self.memory)
        looked = self.git.looks > before
        assert found == whole(self.git, BOOK, tip, None)
        return looked

    def _ref(self, name: str) -> Path:
        return self.git.root / ".git" / "refs" / "tags" / name


def change(repository: Changing, drawn: st.DataObject) -> None:
    """Commits or a merge come (or go), a release is made, a tag appears anywhere, is moved or deleted."""
    nodes = st.integers(0, len(repository.shas) - 1)
    rising = st.integers(repository.tip, len(repository.shas) - 1)
    deed = drawn.draw(st.sampled_from(("grow", "grow", "release", "release", "leap", "tag", "move", "delete")))
    numbers = "v{}.{}.{}".format
    if deed == "grow":
        repository.move(drawn.draw(rising))
    elif deed == "leap":
        repository.move(drawn.draw(nodes))
    elif deed == "release":
        repository.tag(numbers(3, drawn.draw(st.integers(0, 9)), 0), repository.tip)
    elif deed == "tag" or not repository.tags:
        repository.tag(numbers(*drawn.draw(st.tuples(*[st.integers(0, 4)] * 3))), drawn.draw(nodes))
    else:
        name = drawn.draw(st.sampled_from(sorted(repository.tags)))
        repository.untag(name) if deed == "delete" else repository.tag(name, drawn.draw(nodes))


@pytest.mark.slow
@pytest.mark.parametrize("shape", TRUE_SHAPES)
@tried(10)
@given(drawn=st.data())
def test_memory_changes_no_byte(shape: str, drawn: st.DataObject) -> None:
    history = drawn.draw(histories(shape))
    history = history._replace(tip=drawn.draw(st.integers(0, history.tip)))
    with laid(history) as (git, shas):
        if drawn.draw(st.integers(0, 2)) == 0:
            git.ask("commit-graph", "write", "--reachable")
        repository = Changing(git, shas, history)
        repository.look()
        for _ in range(drawn.draw(st.integers(1, 8))):
            change(repository, drawn)
            repository.look()


def test_a_merge_that_turns_the_order_of_released_commits_around_is_seen() -> None:
    """The release (3) merges 2 into 1, and git shows 2 first; merged itself into a branch from 2, it shows 1 first."""
    parents = ((), (0,), (0,), (1, 2), (2,), (4, 3))
    nodes = tuple(Node(each, START + 60 * place) for place, each in enumerate(parents))
    history = History(nodes, (Mark((1, 0, 0, 9), 3, 0, START),), 3, {})
    with laid(history) as (git, shas):
        repository = Changing(git, shas, history)
        assert [repository.look(), repository.look()] == [True, False]
        told = whole(git, BOOK, shas[3], None)
        repository.move(5)
        assert repository.look()
        assert told not in whole(git, BOOK, shas[5], None)


@pytest.mark.slow
def test_memory_is_used_and_refused() -> None:
    """Both are tried above: were one of them to come no more, this would say so."""
    looked: list[bool] = []

    @settings(max_examples=15, derandomize=True, deadline=None, database=None)
    @given(history=st.sampled_from(TRUE_SHAPES).flatmap(histories), drawn=st.data())
    def look(history: History, drawn: st.DataObject) -> None:
        with laid(history) as (git, shas):
            repository = Changing(git, shas, history)
            repository.look()
            for _ in range(4):
                change(repository, drawn)
                looked.append(repository.look())

    look()
    assert sum(looked) > 10
    assert len(looked) - sum(looked) > 10
