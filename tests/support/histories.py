"""Random histories of every shape that git allows, laid down with one `git fast-import`."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from cz_ship.world.git import Git
from tests.support.repos import START

SHAPES = ("linear", "branchy", "octopus", "foxtrot", "roots", "maintenance", "replaced", "grafted")
_TAGS, _STAND_INS = 1000, 2000  # where the marks of tags and of replacements begin

# major, minor, patch, and the number of the release candidate (9: the release itself)
Numbers = tuple[int, int, int, int]


class Node(NamedTuple):
    """A commit: the places of its parents, all lower than its own, and its time in seconds since 1970."""

    parents: tuple[int, ...]
    moment: int


class Mark(NamedTuple):
    """A version tag on a node; `depth` 0 is lightweight, 1 annotated, 2 a tag of a tag."""

    numbers: Numbers
    node: int
    depth: int
    moment: int

    @property
    def name(self) -> str:
        *release, candidate = self.numbers
        return "v" + ".".join(map(str, release)) + (f"rc{candidate}" if candidate < 9 else "")


class History(NamedTuple):
    """Nodes, parents first; `other_parents` are those that replace refs or grafts give to a node."""

    nodes: tuple[Node, ...]
    marks: tuple[Mark, ...]
    tip: int
    other_parents: Mapping[int, tuple[int, ...]]
    grafted: bool = False

    def parents(self, node: int) -> tuple[int, ...]:
        """A node's parents as git shows them."""
        return self.other_parents.get(node, self.nodes[node].parents)

    def reached(self, node: int) -> frozenset[int]:
        """A node and all its ancestors."""
        found, waiting = {node}, [node]
        while waiting:
            new = set(self.parents(waiting.pop())) - found
            found |= new
            waiting += new
        return frozenset(found)

    @property
    def clocks_are_right(self) -> bool:
        """Whether no commit is older than its parents, whichever git shows."""
        times = [node.moment for node in self.nodes]
        return times == sorted(times)

    @property
    def rising(self) -> tuple[Mark, ...]:
        """The tags that the tip contains, lowest version first."""
        within = self.reached(self.tip)
        return tuple(sorted((mark for mark in self.marks if mark.node in within), key=lambda mark: mark.numbers))


@st.composite
def histories(draw: st.DrawFn, shape: str) -> History:
    """A history of one of `SHAPES`, with version tags anywhere and, now and then, clocks that are wrong."""
    parents = draw(_maintained() if shape == "maintenance" else _grown(shape))
    size = len(parents)
    wrong_clocks = draw(st.integers(0, 3)) == 0
    moments = draw(st.permutations(range(size))) if wrong_clocks else range(size)
    nodes = tuple(Node(each, START + 60 * moment) for each, moment in zip(parents, moments, strict=True))
    tip = draw(st.one_of(st.just(size - 1), st.integers(0, size - 1)))
    other = draw(_other_parents(parents)) if shape in ("replaced", "grafted") else {}
    numbers = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.sampled_from((1, 2, 9, 9)))
    marks = st.builds(Mark, numbers, st.integers(0, size - 1), st.integers(0, 2), st.integers(START, START + 60 * size))
    tags = draw(st.lists(marks, max_size=7, unique_by=lambda mark: mark.numbers))
    return History(nodes, tuple(tags), tip, other, shape == "grafted")


@st.composite
def _grown(draw: st.DrawFn, shape: str) -> list[tuple[int, ...]]:
    """Node after node on what is there; `window` is how far back a first parent may lie."""
    window = {"linear": 1, "foxtrot": 3, "octopus": 6}.get(shape, 4)
    arms = {"linear": 1, "octopus": 6}.get(shape, 2)
    grown: list[tuple[int, ...]] = [()]
    for place in range(1, draw(st.integers(1, 22))):
        if shape == "roots" and draw(st.integers(0, 3)) == 0:
            grown.append(())
            continue
        first = draw(st.integers(max(0, place - window), place - 1))
        more = draw(st.lists(st.integers(0, place - 1), max_size=arms - 1)) if arms > 1 else []
        chosen = list(dict.fromkeys([first, *more]))
        # A foxtrot merge has the main line as its last parent.
        grown.append(tuple(sorted(chosen) if shape == "foxtrot" else chosen))
    return grown


@st.composite
def _maintained(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """A trunk with release branches that live on beside it, some of which are merged back."""
    grown: list[tuple[int, ...]] = [()]
    trunk, branches = 0, list[int]()
    for place in range(1, draw(st.integers(4, 22))):
        step = draw(st.sampled_from(("trunk", "trunk", "branch", "fix", "merge")))
        if step == "branch" or (step != "trunk" and not branches):
            grown.append((trunk,))
            branches.append(place)
            continue
        at = draw(st.integers(0, len(branches) - 1)) if branches else 0
        if step == "fix":
            grown.append((branches[at],))
            branches[at] = place
            continue
        grown.append((trunk, branches[at]) if step == "merge" else (trunk,))
        trunk = place
    return grown


@st.composite
def _other_parents(draw: st.DrawFn, parents: Sequence[tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """For some nodes, parents that are not their own; a parent comes before its child, so no circle arises."""
    other: dict[int, tuple[int, ...]] = {}
    for node in draw(st.lists(st.integers(0, len(parents) - 1), max_size=4, unique=True)):
        given = st.lists(st.integers(0, node - 1), max_size=3, unique=True) if node else st.just([])
        chosen = tuple(draw(given))
        if chosen != parents[node]:
            other[node] = chosen
    return other


@contextmanager
def laid(history: History) -> Iterator[tuple[Git, tuple[str, ...]]]:
    """A history as a repository in a folder that goes at the end, and the hash of each node."""
    with tempfile.TemporaryDirectory() as folder:
        yield lay(history, Path(folder))


def lay(history: History, root: Path) -> tuple[Git, tuple[str, ...]]:
    """Write a history into a new repository at `root`; the hash of each node."""
    git = empty(root)
    marks = root / ".git" / "marks"
    import_stream(git, stream(history), f"--export-marks={marks}")
    hashes = {int(mark): sha for mark, sha in (line[1:].split() for line in marks.read_text().splitlines())}
    shas = tuple(hashes[place + 1] for place in range(len(history.nodes)))
    if history.grafted:
        lines = [" ".join(shas[each] for each in (node, *parents)) for node, parents in history.other_parents.items()]
        (root / ".git" / "info").mkdir()
        (root / ".git" / "info" / "grafts").write_text("".join(f"{line}\n" for line in lines))
        return git, shas
    for node in history.other_parents:
        replaced = root / ".git" / "refs" / "replace" / shas[node]
        replaced.parent.mkdir(parents=True, exist_ok=True)
        replaced.write_text(f"{hashes[_STAND_INS + node]}\n")
    return git, shas


def empty(root: Path) -> Git:
    """A new repository, laid down by hand: `git init` would take most of an example's time."""
    for part in ("objects", "refs"):
        (root / ".git" / part).mkdir(parents=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (root / ".git" / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    return Git(root)


def import_stream(git: Git, text: bytes, *options: str) -> None:
    """Hand `git fast-import` a stream."""
    # Unpacking a small import would start another program.
    plain = ("-c", "fastimport.unpackLimit=1", "-c", "core.fsync=none")
    done = git.git(*plain, "fast-import", "--quiet", "--force", *options, input=text)
    assert done.code == 0, done.words


def commit_stream(mark: int, parents: Sequence[int], moment: int, message: bytes) -> bytes:
    """One commit on refs/heads/main, in the words of fast-import; parents are marks."""
    lines = [b"from :%d\n" % parents[0]] if parents else []
    lines += [b"merge :%d\n" % parent for parent in parents[1:]]
    # Without the reset, a commit without parents would follow the one before it.
    head = b"reset refs/heads/main\ncommit refs/heads/main\nmark :%d\ncommitter Ada <ada@example.org> %d +0000\n"
    return head % (mark, moment) + b"data %d\n%s\n" % (len(message), message) + b"".join(lines)


def stream(history: History) -> bytes:
    """A history in the words of fast-import: node n has mark n + 1."""
    parts = [
        commit_stream(place + 1, [each + 1 for each in node.parents], node.moment, b"feat: node %d\n" % place)
        for place, node in enumerate(history.nodes)
    ]
    if not history.grafted:
        parts += [
            commit_stream(
                _STAND_INS + node, [each + 1 for each in parents], history.nodes[node].moment, b"fix: stand-in\n"
            )
            for node, parents in history.other_parents.items()
        ]
    for number, mark in enumerate(history.marks):
        parts.append(_tag_stream(mark, number))
    return b"".join([*parts, b"reset refs/heads/main\nfrom :%d\n" % (history.tip + 1)])


def _tag_stream(mark: Mark, number: int) -> bytes:
    if not mark.depth:
        return f"reset refs/tags/{mark.name}\nfrom :{mark.node + 1}\n\n".encode()
    inner = _TAGS + 2 * number
    parts, target = [], mark.node + 1
    for depth in range(mark.depth):
        # The outer tag of two comes last and takes the name.
        name = mark.name if depth == mark.depth - 1 else f"inner-{number}"
        tagger = f"tagger Ada <ada@example.org> {mark.moment} +0000\ndata 5\nabout\n"
        parts.append(f"tag {name}\nmark :{inner + depth}\nfrom :{target}\n{tagger}")
        target = inner + depth
    return "".join(parts).encode()
