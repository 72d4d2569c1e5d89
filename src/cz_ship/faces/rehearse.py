"""`cz-ship rehearse`: the theatre opened, the acts played, and what was proven."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from cz_ship.errors import Exit, Failure
from cz_ship.faces import answers
from cz_ship.faces.report import Talker
from cz_ship.flows.faults import sweep
from cz_ship.flows.rehearsal import Act, Scene, merge, rehearse
from cz_ship.rules.sweep import MOMENTS, WAYS, Fate, table
from cz_ship.world.git import Git, open_repository
from cz_ship.world.project import load_settings
from cz_ship.world.rehearsal.arena import LoopbackArena
from cz_ship.world.rehearsal.demo import TOPIC, demo_repository, scenes
from cz_ship.world.rehearsal.theatre import LoopbackTheatre, open_theatre

# Releases that are killed side by side; each waits for others most of its time.
_LANES = min(4, (os.cpu_count() or 1) + 1)


def run_rehearsal(options: argparse.Namespace, folder: Path) -> Exit:
    """Play the demo, or the caller's own project at HEAD; exit 1 where an act did not go well."""
    started = time.monotonic()
    talk: Talker = options.talker
    keep = Path(options.keep) if options.keep else None
    with ExitStack() as stack:
        source: Git = stack.enter_context(demo_repository()) if options.demo else open_repository(folder)
        played = tuple(Scene(message, files) for message, files in scenes()) if options.demo else ()
        topic = TOPIC if options.demo else None
        settings = load_settings(source.root)
        acts = list(rehearse(stack.enter_context(open_theatre(source, settings, talk, keep, topic)), played))
        if options.faults is not None and all(act.ok for act in acts):
            talk.act("faults: killed anywhere, and run again")
            theatres = [stack.enter_context(open_theatre(source, settings, talk, topic=topic)) for _ in range(_LANES)]
            acts.append(_faults(theatres, played, talk, options.faults))
    good = all(act.ok for act in acts)
    if options.json:
        shown = [{"act": act.act, "ok": act.ok, "text": act.text, **act.facts} for act in acts]
        answers.document({"ok": good, "acts": shown})
    else:
        print(_summary(acts, time.monotonic() - started))
    return Exit.DONE if good else Exit.REFUSED


def _faults(theatres: Sequence[LoopbackTheatre], played: Sequence[Scene], talk: Talker, most: int) -> Act:
    """The act that contracts promise as `faults`: killed anywhere, and run again."""
    for theatre in theatres:
        merge(theatre, played)
    arenas = [LoopbackArena(theatre, [sys.executable, "-m", "cz_ship.faces.victim"]) for theatre in theatres]
    try:
        swept = sweep(arenas, talk, most)
    except Failure as failure:
        return Act("faults", False, failure.text, {"exit": int(failure.code), "points": 0, "converged": 0})
    for line in _table(swept.fates):
        talk.note(line)
    tried = len(swept.fates)
    text = f"killed at {tried} of {swept.points} points, {swept.converged} converged in each of {len(WAYS)} ways"
    facts = {"points": tried, "converged": swept.converged, "ways": list(WAYS)}
    return Act("faults", swept.converged == tried, text, facts)


def _table(fates: Sequence[Fate]) -> list[str]:
    """The table of a sweep: for each effect, at how many of the points tried the re-runs converged."""
    rows = table(fates)
    wide = max(len(row.effect) for row in rows)
    lines = [f"{'effect':{wide}}  {'':>5}  " + "  ".join(f"{moment:>7}" for moment in MOMENTS)]
    for row in rows:
        cells = [f"{held[1]}/{held[0]}" if (held := row.moments.get(moment)) else "" for moment in MOMENTS]
        lines.append(f"{row.effect:{wide}}  {f'{row.times} x':>5}  " + "  ".join(f"{cell:>7}" for cell in cells))
    return lines


def _summary(acts: Sequence[Act], seconds: float) -> str:
    lines = ["", "proven, on loopback alone:" if all(act.ok for act in acts) else "this rehearsal did not go well:"]
    lines += [f"  {'✓' if act.ok else '✗'} {act.act}: {act.text}" for act in acts]
    return "\n".join([*lines, f"in {seconds:.1f} seconds"])
