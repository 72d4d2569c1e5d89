"""History: which release first contained each commit, told in one pass."""

from collections.abc import Iterable, Iterator, Sequence

from cz_ship.model import Commit, Tag


def labelled(commits: Iterable[Commit], tags: Sequence[Tag]) -> Iterator[tuple[Commit, int]]:
    """Each commit with the rank in `tags` of the lowest release that contains it; len(tags) where none does yet.

    `commits` come children before parents (`git log --topo-order`), `tags` lowest version first.
    A commit's label is the least of its own tag's rank and its children's labels; each commit is
    looked at once and then forgotten, so the cost is linear in commits + parents.
    """
    unreleased = len(tags)
    own: dict[str, int] = {}
    for rank, tag in enumerate(tags):
        own.setdefault(tag.commit, rank)
    labels: dict[str, int] = {}  # of parents that have not come yet
    for commit in commits:
        sha = commit.sha
        label = labels.pop(sha, unreleased)
        rank = own.get(sha, unreleased)
        if rank < label:
            label = rank
        for parent in commit.parents:
            if label < labels.get(parent, unreleased):
                labels[parent] = label
        yield commit, label
