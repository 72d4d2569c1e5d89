"""`make bench`: measure cz-ship beside its peers, and judge it by its budgets."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import growth, page
from benchmarks.budgets import ANEW, LOG, QUICK, Sizes, Work, anew, works
from benchmarks.histories import History, Size, history
from benchmarks.measure import Cost, Task, in_turn
from benchmarks.tools import Tools

_HOME = Path(".bench")
_RESULTS = Path(__file__).with_name("results.md")


def main() -> None:
    """Make what is not there yet, measure, tell, and (but for --quick) write the results down."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="fewer runs, smaller histories, no npm; nothing is written"
    )
    quick = parser.parse_args().quick
    began = time.monotonic()
    home = _HOME.absolute()
    tools = Tools(home / "tools", with_node=not quick)
    print("environments", flush=True)
    tools.install()
    measured, grown = _measured(tools, home / "histories", quick)
    print(f"\n{page.budgets(measured)}\n\n{page.growth(grown)}\n\n{page.costs(measured)}")
    if not quick:
        _RESULTS.write_text(page.page(measured, grown, tools.versions), encoding="utf-8")
        print(f"\nwritten: benchmarks/{_RESULTS.name}")
    print(f"\n{time.monotonic() - began:.0f} s in all")


def _measured(tools: Tools, home: Path, quick: bool) -> tuple[page.Measured, page.Grown]:
    times, limit = (3, 5) if quick else (15, 20)
    sizes, series = QUICK if quick else Sizes(), growth.sizes(quick)
    print("histories", flush=True)
    histories = {size: _history(home, size) for size in sorted({*sizes, *series[0], *series[1]})}
    measured = [(work, _costs(work, limit)) for work in works(tools, histories, sizes, times)]
    points = {size: _point(tools, histories[size]) for size in sorted({*series[0], *series[1]})}
    by_commits, by_tags = ([points[size] for size in each] for each in series)
    return measured, (by_commits, by_tags)


def _history(home: Path, size: Size) -> History:
    print(f"  {size}", flush=True)
    return history(home, size)


def _costs(work: Work, limit: int) -> dict[str, Cost]:
    print(work.title, flush=True)
    found = in_turn(work.tasks, work.times, limit)
    for name, cost in found.items():
        print(f"    {name}: {cost} s, {cost.peak:.0f} MiB", flush=True)
    return found


def _point(tools: Tools, at: History) -> growth.Point:
    print(f"growth: {at.size}", flush=True)
    log: Sequence[str] = ["git", "log", "-z", "--format=%H%x00%B", "HEAD"]
    found = in_turn({ANEW: anew(at, tools), LOG: Task(log, at.root)}, 9, 60)
    return growth.Point(at.size, found[ANEW].cpu, found[LOG].cpu)


if __name__ == "__main__":
    main()
