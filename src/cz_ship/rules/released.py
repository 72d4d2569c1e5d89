"""Released history, told once: whether a look at all of history would tell it the same again."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from cz_ship.model import Commit, Past, Tag

_DIGITS = 8  # of a hash: where two begin alike, all of history is looked at, and nothing is lost


def noted(labels: Iterable[tuple[Commit, int]], into: Sequence[list[str]]) -> Iterator[tuple[Commit, int]]:
    """Labelled commits as they come, the beginning of each one's hash added to the list of its label."""
    for commit, rank in labels:
        into[rank].append(commit.sha[:_DIGITS])
        yield commit, rank


def past_of(text: str, last: Tag, tags: Sequence[Tag], notes: Sequence[list[str]], before: Past | None) -> Past:
    """What to remember: `text` has the sections up to that of `last`, `notes` by label the commits looked at.

    `before` is what was remembered and is in `text`; the commits that it tells of were not looked at.
    """
    count = tags.index(last) + 1
    commits = "".join(chain.from_iterable(notes[:count]))
    return Past(_places(tags[:count]), _places(tags[count:]), commits + (before.commits if before else ""), text)


def same_releases(past: Past, tags: Sequence[Tag]) -> bool:
    """Whether the lowest of `tags` are those that `past` tells of, each on the commit where it was."""
    return bool(past.tags) and past.tags == _places(tags[: len(past.tags)])


def still_told(past: Past, tags: Sequence[Tag], top: Sequence[Commit]) -> bool:
    """Whether all of history would give the very sections of `past`, whose releases are the lowest of `tags`.

    `top` is what the last of them does not contain, and its commit, in the order of `git log --topo-order`.
    Whatever is in doubt is denied.
    """
    last = past.tags[-1][1]
    shown = {commit.sha for commit in top}
    # A lower release above the last one would claim what that contains; a higher one below it has a section of its own.
    if any(commit in shown and commit != last for _, commit in past.tags):
        return False
    known = set(past.beside)
    if not all(place in known or place[1] in shown for place in _places(tags[len(past.tags) :])):
        return False
    # What leaves the top below the last release does so before that one comes: then nothing holds back any of its
    # history any more, and git goes through it in the order in which it would begin there.
    below = False
    for commit in top:
        if commit.sha == last:
            below = True
        elif commit.parents and shown.issuperset(commit.parents):
            continue
        # Where clocks were wrong, git may show what the release contains: some of that leaves the top, too.
        elif below or commit.sha[:_DIGITS] in past.commits:
            return False
    return below


def _places(tags: Sequence[Tag]) -> tuple[tuple[str, str], ...]:
    return tuple((tag.name, tag.commit) for tag in tags)
