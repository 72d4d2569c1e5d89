"""History: which release first contained each commit, told in one pass."""

from collections.abc import Iterable, Mapping, Sequence

from cz_ship.model import Commit, Tag


def first_releases(commits: Iterable[Commit], tags: Sequence[Tag]) -> dict[str, Tag | None]:
    """The lowest release that contains each commit; None for a commit that no release contains yet.

    `commits` come children before parents (`git log --topo-order`), `tags` lowest version first.
    A commit's label is the least of its own tag's rank and its children's labels; each commit is
    looked at once, so the cost is linear in commits + parents.
    """
    unreleased = len(tags)
    own: dict[str, int] = {}
    for rank, tag in enumerate(tags):
        own.setdefault(tag.commit, rank)
    labels: dict[str, int] = {}
    for commit in commits:
        label = labels.get(commit.sha, unreleased)
        rank = own.get(commit.sha, unreleased)
        if rank < label:
            label = rank
        labels[commit.sha] = label
        for parent in commit.parents:
            if label < labels.get(parent, unreleased):
                labels[parent] = label
    return {sha: tags[label] if label < unreleased else None for sha, label in labels.items()}


def by_release(
    commits: Sequence[Commit], tags: Sequence[Tag], labels: Mapping[str, Tag | None]
) -> tuple[tuple[Tag | None, tuple[Commit, ...]], ...]:
    """Commits grouped by release, newest release first, the unreleased ones before all; a release
    that brought no commit of its own keeps its (empty) place."""
    groups: dict[str | None, list[Commit]] = {None: []}
    ordered = list(reversed(tags))
    for tag in ordered:
        groups[tag.name] = []
    for commit in commits:
        tag_of = labels[commit.sha]
        groups[tag_of.name if tag_of else None].append(commit)
    return ((None, tuple(groups[None])), *((tag, tuple(groups[tag.name])) for tag in ordered))
