"""The way as a diagram, in the language that GitHub draws: https://mermaid.js.org/syntax/flowchart.html"""

from collections.abc import Sequence

from cz_ship.rules.way import Station

MARKS = {"done": "✓", "there": "✓", "owed": "…", "failed": "✗", "off": "-"}
_COLOURS = {"done": "#1f883d", "there": "#57606a", "owed": "#9a6700", "failed": "#cf222e", "off": "#afb8c1"}


def diagram(way: Sequence[Station]) -> str:
    """A block of Markdown: the stations from left to right, each with its mark, its state and its state's colour."""
    if not way:
        return ""
    nodes = [
        f'  s{number}["{MARKS[each.state]} {each.name}<br>{each.state}"]:::{each.state}'
        for number, each in enumerate(way)
    ]
    arrows = [f"  s{number} --> s{number + 1}" for number in range(len(way) - 1)]
    used = dict.fromkeys(each.state for each in way)
    colours = [f"  classDef {state} fill:{_COLOURS[state]},color:#ffffff" for state in used]
    return "\n".join(["```mermaid", "flowchart LR", *nodes, *arrows, *colours, "```"])
