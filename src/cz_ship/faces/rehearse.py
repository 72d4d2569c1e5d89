"""`cz-ship rehearse`: the theatre opened, the acts played, and what was proven."""

import argparse
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from cz_ship.errors import Exit
from cz_ship.faces import answers
from cz_ship.faces.report import Talker
from cz_ship.flows.rehearsal import Act, Scene, rehearse
from cz_ship.world.git import open_repository
from cz_ship.world.project import load_settings
from cz_ship.world.rehearsal.demo import TOPIC, demo_repository, scenes
from cz_ship.world.rehearsal.theatre import open_theatre


def run_rehearsal(options: argparse.Namespace, folder: Path) -> Exit:
    """Play the demo, or the caller's own project at HEAD; exit 1 where an act did not go well."""
    started = time.monotonic()
    talk: Talker = options.talker
    keep = Path(options.keep) if options.keep else None
    with ExitStack() as stack:
        if options.demo:
            source = stack.enter_context(demo_repository())
            played = tuple(Scene(message, files) for message, files in scenes())
            theatre = stack.enter_context(open_theatre(source, load_settings(source.root), talk, keep, TOPIC))
        else:
            own, played = open_repository(folder), ()
            theatre = stack.enter_context(open_theatre(own, load_settings(own.root), talk, keep))
        acts = rehearse(theatre, played)
    good = all(act.ok for act in acts)
    if options.json:
        shown = [{"act": act.act, "ok": act.ok, "text": act.text, **act.facts} for act in acts]
        answers.document({"ok": good, "acts": shown})
    else:
        print(_summary(acts, time.monotonic() - started))
    return Exit.DONE if good else Exit.REFUSED


def _summary(acts: Sequence[Act], seconds: float) -> str:
    lines = ["", "proven, on loopback alone:" if all(act.ok for act in acts) else "this rehearsal did not go well:"]
    lines += [f"  {'✓' if act.ok else '✗'} {act.act}: {act.text}" for act in acts]
    return "\n".join([*lines, f"in {seconds:.1f} seconds"])
