"""The page of results: the machine, the versions, the budgets and every cost, as Markdown."""

import os
import platform
import subprocess
from collections.abc import Mapping, Sequence

from benchmarks.budgets import ANEW, US, Work, judged
from benchmarks.growth import Point, line
from benchmarks.measure import Cost

Measured = Sequence[tuple[Work, Mapping[str, Cost]]]
Grown = tuple[Sequence[Point], Sequence[Point]]


def machine() -> str:
    """What it was measured on: cores and versions."""
    git = subprocess.run(["git", "version"], check=True, capture_output=True, text=True).stdout.split()[2]
    system = f"{platform.system()} on {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}; Python {platform.python_version()}, git {git}"


def budgets(measured: Measured) -> str:
    """One row for each budget: what was wanted, what was measured, whether it was kept."""
    rows = []
    for work, costs in measured:
        for budget in work.budgets:
            verdict = judged(budget, costs)
            word = verdict.word if budget.binding else f"({verdict.word})"
            run = budget.ours.partition(", ")[2]
            rows.append(f"| {work.title} | {run} | {budget.words} | {verdict.shown} | {word} |")
    return "\n".join(["| work | | budget | measured | |", "|---|---|---|---|---|", *rows])


def costs(measured: Measured) -> str:
    """What every command cost: medians, and each over ours."""
    parts = []
    for work, found in measured:
        ours = found.get(US) or found[ANEW]
        rows = [
            f"| {name} | {cost} | {cost.cpu / ours.cpu:.2f} | {cost.peak:.0f} |"
            for name, cost in sorted(found.items(), key=lambda item: item[1].cpu)
        ]
        table = "\n".join(["| command | CPU s | of ours | peak MiB |", "|---|--:|--:|--:|", *rows])
        parts.append(f"### {work.title}\n\n{table}")
    return "\n\n".join(parts)


def growth(grown: Grown) -> str:
    """The points, and the lines through them."""
    by_commits, by_tags = grown
    commits, tags = line(by_commits, tags=False), line(by_tags, tags=True)
    return "\n".join([
        "| history | CPU s | `git log` | ratio |",
        "|---|--:|--:|--:|",
        *(
            f"| {point.size} | {point.ours:.3f} | {point.log:.3f} | {point.ours / point.log:.2f} |"
            for point in sorted({*by_commits, *by_tags})
        ),
        "",
        f"- one more commit: {commits.slope:.1f} µs, R² {commits.fit:.4f}",
        f"- one more tag: {tags.slope:.1f} µs, R² {tags.fit:.4f}",
    ])  # fmt: skip


def page(measured: Measured, grown: Grown, versions: Mapping[str, str]) -> str:
    """The whole of results.md."""
    named = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()) if name != US)
    return f"""# Results of `make bench`

Written by `make bench`; do not edit. Measured on {machine()}.
Peers: {named}.

CPU seconds are user and system time of the whole process tree, the median of runs in turn (A, B, A, B, …) after
one that is not counted; output goes to the null device. `> N` is a run that was
ended after N seconds of CPU time.
The memory is the peak of the largest process. The histories are synthetic: conventional messages, three in five
with a body, merges, annotated and lightweight tags, one pack, no commit-graph.

`git log` is `git log -z --format=%H%x00%B HEAD`. "Read" is the same one with its output read through a pipe, as any
program that uses it has to: git then writes each commit by itself. Lines in brackets are told for comparison and
decide nothing. Start-up is an interpreter that loads what every command of cz-ship needs, and nothing more.

cz-ship remembers two things under `.git/cz-ship`: commitizen's rules, as plain values, and the changelog of what is
released already. Where nothing else is said, both are there, as after any run before it. "History not remembered" reads
all of the history; "nothing remembered", as in a fresh clone, loads commitizen beside. Growth and memory are those of
"history not remembered".

## Budgets

{budgets(measured)}

## Growth of `changelog --all`, history not remembered

{growth(grown)}

## Costs

{costs(measured)}
"""
