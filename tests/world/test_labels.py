"""The label of every commit of a random history: what `git rev-list` says, one release after the other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cz_ship.model import Commit, Tag
from cz_ship.rules.changelog import sections
from cz_ship.rules.history import labelled
from cz_ship.rules.tags import release_tags
from cz_ship.world.git import Git
from tests.support.examples import tried
from tests.support.histories import SHAPES, History, Mark, Node, histories, laid
from tests.support.made import CONVENTIONAL, commit, first_releases
from tests.support.repos import START

ALL_SHAPES = st.sampled_from(SHAPES).flatmap(histories)


@pytest.mark.parametrize("shape", SHAPES)
@tried(12)
@given(drawn=st.data())
def test_every_label_is_what_git_says(shape: str, drawn: st.DataObject) -> None:
    history = drawn.draw(histories(shape))
    with laid(history) as (git, shas):
        commits = git.walk(shas[history.tip]).commits
        labels = first_releases(commits, release_tags(git.tags(), CONVENTIONAL))
        assert labels == told_by_git(git, history)


@pytest.mark.slow
@tried(20)
@given(history=ALL_SHAPES)
def test_a_walk_tells_each_commit_once_and_children_before_parents(history: History) -> None:
    with laid(history) as (git, shas):
        commits = git.walk(shas[history.tip]).commits
        assert tuple(git.history(shas[history.tip])) == tuple(each._replace(author="", email="") for each in commits)
    places = {sha: place for place, sha in enumerate(shas)}
    assert sorted(places[each.sha] for each in commits) == sorted(history.reached(history.tip))
    told: set[str] = set()
    for each in commits:
        node = places[each.sha]
        assert each.parents == tuple(shas[parent] for parent in history.parents(node))
        assert each.time == history.nodes[node].moment
        assert told.isdisjoint(each.parents)
        told.add(each.sha)


@tried(20)
@given(history=ALL_SHAPES, drawn=st.data())
def test_a_stretch_is_what_the_tip_has_and_the_other_lacks(history: History, drawn: st.DataObject) -> None:
    since = drawn.draw(st.integers(0, len(history.nodes) - 1))
    here, there = history.reached(history.tip), history.reached(since)
    with laid(history) as (git, shas):
        walk = git.walk(shas[history.tip], shas[since])
        assert git.contains(shas[history.tip], shas[since]) is (since in here)
    told, wanted = {each.sha for each in walk.commits}, {shas[each] for each in here - there}
    # Where clocks are wrong, git may show more than was asked for, and never less.
    assert wanted <= told
    assert walk.aside >= len(there - here)
    if history.clocks_are_right:
        assert (told, walk.aside) == (wanted, len(there - here))


@pytest.mark.slow
@tried(60, shrink=True)
@given(history=ALL_SHAPES)
def test_every_commit_stands_in_one_release_that_contains_it_and_in_none_before(history: History) -> None:
    commits, tags = written(history)
    found = sections(labelled(commits, tags), tags, CONVENTIONAL)
    groups = [(each.tag, [entry.commit.sha for entry in each.entries]) for each in found]
    assert [tag for tag, _ in groups if tag] == [*reversed(tags)]
    assert sorted(sha for _, own in groups for sha in own) == sorted(each.sha for each in commits)
    contained = {mark.name: history.reached(mark.node) for mark in history.rising}
    for at, (tag, own) in enumerate(groups):
        lower = frozenset[int]().union(*(contained[each.name] for each, _ in groups[at + 1 :] if each))
        whole = contained[tag.name] if tag else history.reached(history.tip)
        assert [int(sha) for sha in own] == sorted(whole - lower, reverse=True)


@tried(30, shrink=True)
@given(history=ALL_SHAPES, drawn=st.data())
def test_what_a_plugin_leaves_out_changes_no_label(history: History, drawn: st.DataObject) -> None:
    commits, tags = written(history)
    kept = {each.sha for each in commits if drawn.draw(st.booleans())}
    left = {each.title: each.entries for each in sections(labelled(commits, tags), tags, CONVENTIONAL, kept)}
    for each in sections(labelled(commits, tags), tags, CONVENTIONAL):
        wanted = [entry.commit.sha for entry in each.entries if entry.commit.sha in kept]
        assert [entry.commit.sha for entry in left.get(each.title, ())] == wanted


def test_a_clock_that_was_wrong_hides_no_release() -> None:
    """The first commit, a release, is dated after the eighth, and git 2.39 denies that HEAD contains its tag."""
    moments = list(range(19))
    moments[0], moments[7] = moments[7], moments[0]
    nodes = tuple(Node((place - 1,) if place else (), START + 60 * each) for place, each in enumerate(moments))
    with laid(History(nodes, (Mark((1, 0, 0, 9), 0, 0, START),), 18, {})) as (git, shas):
        tags = release_tags(git.tags(), CONVENTIONAL)
        assert first_releases(git.walk("main").commits, tags)[shas[0]] == tags[0].name
        assert len(git.walk("main", shas[0]).commits) == 18


@pytest.mark.slow
def test_the_histories_are_of_many_kinds() -> None:
    """What the properties above are tried on: were a shape to lose what it is made for, this would say so."""
    seen = set[str]()

    @settings(max_examples=150, derandomize=True)
    @given(history=ALL_SHAPES)
    def look(history: History) -> None:
        within = history.reached(history.tip)
        parents = [history.parents(node) for node in within]
        times = [node.moment for node in history.nodes]
        nodes = [mark.node for mark in history.marks]
        signs = {
            "octopus": any(len(each) > 2 for each in parents),
            "foxtrot": any(len(each) == 2 and each[0] < each[1] for each in parents),
            "roots": sum(not each for each in parents) > 1,
            "side tag": any(node not in within for node in nodes),
            "two tags on a commit": len(set(nodes)) < len(nodes),
            "nested tag": any(mark.depth == 2 for mark in history.marks),
            "highest tag elsewhere": bool(nodes) and max(history.marks).node not in within,
            "wrong clocks": times != sorted(times),
            "other parents": bool(history.other_parents),
        }
        seen.update(sign for sign, there in signs.items() if there)

    look()
    assert len(seen) == 9, seen


def written(history: History) -> tuple[tuple[Commit, ...], tuple[Tag, ...]]:
    """A history as values, without git: commits newest first, hashes that are their places, and the tip's tags."""
    within = sorted(history.reached(history.tip), reverse=True)
    commits = tuple(
        commit(f"feat: {node}", sha=str(node), parents=tuple(str(each) for each in history.parents(node)))
        for node in within
    )
    on = {mark.name: str(mark.node) for mark in history.rising}
    tags = release_tags(on.items(), CONVENTIONAL)
    assert [tag.name for tag in tags] == list(on)
    return commits, tags


def told_by_git(git: Git, history: History) -> dict[str, str | None]:
    """For each tag, lowest version first, what it contains and no lower one does; the rest of the tip last.

    Where clocks are wrong, neither `git tag --merged` nor a range is to be trusted (both look at dates to know
    when to stop); all that a tag contains is told rightly.
    """
    within = git.ask("rev-list", "refs/heads/main").splitlines()
    names = [f"refs/tags/{mark.name}" for mark in sorted(history.marks, key=lambda mark: mark.numbers)]
    commits = git.ask("rev-parse", *(f"{name}^{{commit}}" for name in names)).splitlines()
    rising = [name for name, sha in zip(names, commits, strict=True) if sha in within]
    labels: dict[str, str | None] = {}
    for place, name in enumerate([*rising, "refs/heads/main"]):
        lower = [f"^{each}" for each in rising[:place]] if history.clocks_are_right else []
        own = [sha for sha in git.ask("rev-list", name, *lower).splitlines() if sha not in labels]
        labels |= dict.fromkeys(own, name.removeprefix("refs/tags/") if place < len(rising) else None)
    return labels
