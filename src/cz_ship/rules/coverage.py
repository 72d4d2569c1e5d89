"""What was covered: figures from coverage's JSON, their threshold, and what changed."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from cz_ship.errors import Failure
from cz_ship.rules.cells import code

SHOWN_FILES = 500  # in a table: a job's page takes a mebibyte and no more
SHOWN_LINES = 60  # characters of a list of lines in a table


class FileCoverage(NamedTuple):
    """One file: percent, and the lines that were run and those that were not."""

    path: str
    percent: float
    run: tuple[int, ...]
    missed: tuple[int, ...]


class Coverage(NamedTuple):
    """What was covered of a wheel, in percent as coverage counts it (branches too, where those are measured)."""

    percent: float
    files: tuple[FileCoverage, ...]


class Changed(NamedTuple):
    """Of the changed lines that can be run at all, how many were."""

    run: int
    lines: int


def coverage_of(text: str) -> Coverage:
    """The figures of coverage's JSON report. Raises `Failure` for what is no such report.

    https://coverage.readthedocs.io/en/latest/commands/cmd_json.html
    """
    try:
        document = json.loads(text)
        files = [
            FileCoverage(
                path.replace("\\", "/"),
                float(each["summary"]["percent_covered"]),
                tuple(each["executed_lines"]),
                tuple(each["missing_lines"]),
            )
            for path, each in document["files"].items()
        ]
        return Coverage(float(document["totals"]["percent_covered"]), tuple(sorted(files)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failure(f"this is no JSON report of coverage: {type(error).__name__}: {error}") from error


def changed_coverage(found: Coverage, changed: Mapping[str, tuple[int, ...]]) -> Changed:
    """How much of the changed lines was run."""
    run = missed = 0
    for each in found.files:
        lines = frozenset(changed.get(each.path, ()))
        run += len(lines.intersection(each.run))
        missed += len(lines.intersection(each.missed))
    return Changed(run, run + missed)


def sentence(
    found: Coverage, wanted: float | None, red_tests: bool, earlier: Coverage | None, changed: Changed | None
) -> str:
    """The figures in one line."""
    parts = [f"{found.percent:.1f} %" if wanted is None else f"{found.percent:.1f} % of {wanted:g} % wanted"]
    if red_tests:
        parts.append("of a failing run")
    if earlier:
        parts.append(f"{found.percent - earlier.percent:+.1f} points against the baseline")
    if changed and changed.lines:
        parts.append(f"{changed.run} of {changed.lines} changed lines")
    return ", ".join(parts)


def table(found: Coverage, earlier: Coverage | None = None) -> str:
    """Coverage by file, in Markdown, the least covered first."""
    before = {each.path: each.percent for each in earlier.files} if earlier else {}
    lines = ["| file | covered | lines not run |", "|---|---:|---|"]
    ranked = sorted(found.files, key=lambda file: (file.percent, file.path))
    for each in ranked[:SHOWN_FILES]:
        difference = each.percent - before.get(each.path, each.percent)
        moved = f" ({difference:+.1f})" if abs(difference) >= 0.05 else ""
        lines.append(f"| {code(each.path)} | {each.percent:.1f} %{moved} | {_ranges(each.missed)} |")
    if more := ranked[SHOWN_FILES:]:
        lines.append(f"| and {len(more)} more | {more[0].percent:.1f} % or more | |")
    return "\n".join(lines)


def _ranges(lines: tuple[int, ...]) -> str:
    """`3-5, 9` for 3, 4, 5, 9."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    text = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return text if len(text) <= SHOWN_LINES else f"{text[:SHOWN_LINES].rpartition(',')[0]}, …"
