"""The act of `cz-ship rehearse --faults`: a release killed anywhere and run again, and the table of what came of it."""

import sys
from collections.abc import Sequence

from cz_ship.errors import Failure
from cz_ship.faces.report import Talker
from cz_ship.flows.faults import sweep
from cz_ship.flows.rehearsal import Act, Scene, merge
from cz_ship.rules.sweep import MOMENTS, WAYS, Row, table
from cz_ship.world.rehearsal.arena import LoopbackArena
from cz_ship.world.rehearsal.theatre import LoopbackTheatre

NOTHING = Act("faults", True, "nothing to release from here, so nothing to kill", {"points": 0, "converged": 0})


def play_faults(
    theatres: Sequence[LoopbackTheatre], scenes: Sequence[Scene], talk: Talker, most: int
) -> tuple[Act, list[str]]:
    """Sweep at most so many points, side by side in equal theatres; the act, and its table for people."""
    talk.act("faults: killed anywhere, and run again")
    for theatre in theatres:
        merge(theatre, scenes)
    try:
        arenas = [LoopbackArena(theatre, [sys.executable, "-m", "cz_ship.faces.victim"]) for theatre in theatres]
        swept = sweep(arenas, talk, most)
    except Failure as failure:
        return Act("faults", False, failure.text, {"exit": int(failure.code), "points": 0, "converged": 0}), []
    tried, rows = len(swept.fates), table(swept.fates)
    text = (
        f"killed at {tried} of the {swept.points} points of a release, and run again ({', '.join(WAYS)}) in each of "
        f"the {swept.wrecks} different worlds that this left: {swept.converged} of {tried} converged"
    )
    facts = {"points": tried, "converged": swept.converged, "worlds": swept.wrecks}
    told = [{"effect": row.effect, **row.moments} for row in rows]
    return Act("faults", swept.converged == tried, text, {**facts, "effects": told}), _lines(rows)


def _lines(rows: Sequence[Row]) -> list[str]:
    """For each effect and moment: at how many of the points tried the re-runs converged."""
    cells = [["", *MOMENTS]]
    for row in rows:
        held = [row.moments.get(moment) for moment in MOMENTS]
        cells.append([row.effect, *(f"{each[1]}/{each[0]}" if each else "" for each in held)])
    wide = max(len(row[0]) for row in cells)
    return ["", *(f"  {name:{wide}} " + "".join(f"{cell:>8}" for cell in rest) for name, *rest in cells), ""]
