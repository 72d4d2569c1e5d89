"""`cz-ship rehearse`: the theatre opened, the acts played, and what was proven."""

import argparse
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from cz_ship.errors import Exit
from cz_ship.faces import answers
from cz_ship.faces.faults import NOTHING, play_faults
from cz_ship.faces.report import Talker
from cz_ship.flows.rehearsal import Act, Scene, rehearse
from cz_ship.world.git import Git, open_repository
from cz_ship.world.project import load_settings
from cz_ship.world.rehearsal.demo import TOPIC, demo_repository, scenes
from cz_ship.world.rehearsal.theatre import open_theatre

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
        table: list[str] = []
        owed = [act.facts["version"] for act in acts if act.act == "release" and act.ok]
        if options.faults and owed == [None]:
            acts.append(NOTHING)
        elif options.faults and all(act.ok for act in acts):
            lanes = min(_LANES, options.faults)
            theatres = [stack.enter_context(open_theatre(source, settings, talk, topic=topic)) for _ in range(lanes)]
            act, table = play_faults(theatres, played, talk, options.faults)
            acts.append(act)
    good = all(act.ok for act in acts)
    if options.json:
        shown = [{"act": act.act, "ok": act.ok, "text": act.text, **act.facts} for act in acts]
        answers.document({"ok": good, "acts": shown})
    else:
        print(_summary(acts, table, time.monotonic() - started))
    return Exit.DONE if good else Exit.REFUSED


def _summary(acts: Sequence[Act], table: Sequence[str], seconds: float) -> str:
    lines = ["", "proven, on loopback alone:" if all(act.ok for act in acts) else "this rehearsal did not go well:"]
    lines += [f"  {'✓' if act.ok else '✗'} {act.act}: {act.text}" for act in acts]
    return "\n".join([*lines, *table, f"in {seconds:.1f} seconds"])
