"""Growth: what a whole changelog costs as commits, and then tags, get more, and how straight a line that is."""

from collections.abc import Sequence
from statistics import correlation, linear_regression
from typing import NamedTuple

from benchmarks.histories import Size


class Point(NamedTuple):
    """CPU seconds at a size: ours, and those of `git log` over the same commits."""

    size: Size
    ours: float
    log: float


class Line(NamedTuple):
    """The line through some points: microseconds for one more commit or tag, and R² (1: every point lies on it)."""

    slope: float
    fit: float


def sizes(quick: bool) -> tuple[tuple[Size, ...], tuple[Size, ...]]:
    """Histories with ever more commits, and histories with ever more tags."""
    share = 10 if quick else 1
    commits = [Size(count // share, 1_000 // share) for count in (10_000, 25_000, 50_000, 100_000)]
    tags = [Size(25_000 // share, count // share) for count in (100, 1_000, 5_000, 10_000)]
    return tuple(commits), tuple(tags)


def line(points: Sequence[Point], *, tags: bool) -> Line:
    """The line of least squared errors through points that differ in tags, or else in commits."""
    along = [float(point.size.tags if tags else point.size.commits) for point in points]
    costs = [point.ours for point in points]
    return Line(linear_regression(along, costs).slope * 1e6, correlation(along, costs) ** 2)
