"""What came of trying cz-ship on a package, as a row that names no machine and no registry."""

import re
from typing import NamedTuple

LONGEST = 300  # letters of what a program said
_ADDRESS = re.compile(r"\b(?:https?|git|ssh|file)://[^\s'\"<>)]*")
_HOST = re.compile(r"(?<![\w.-])(?:[a-z0-9-]+\.)+(?:com|dev|io|net|org)\b(?![\w.]*\()", re.IGNORECASE)
# Of a path from the root of this machine, the last name: what lies in a project is told from there.
_PATH = re.compile(r"(?<![\w.!~/])/(?:[^\s/'\":,;()|]+/)+([^\s/'\":,;()|]*)")
_NOISE = ("note:", "WARNING: ", "Checking ", "hint: then", "candidate: ", "✓")


class Judged(NamedTuple):
    """What a gate said: its name, its state (`passed`, `failed`, …), and why."""

    gate: str
    state: str
    reason: str


class Tried(NamedTuple):
    """How far a package came: what it is built with, seconds for each step, its gates, and what was said at the end."""

    package: str
    kind: str
    steps: tuple[tuple[str, float], ...]
    gates: tuple[Judged, ...]
    text: str

    @property
    def row(self) -> str:
        """Its line of the page's table."""
        times = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in self.steps)
        cells = (self.package.replace("==", " "), self.kind, times, verdicts(self.gates), self.text)
        return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


def verdicts(gates: tuple[Judged, ...]) -> str:
    """How many gates passed, which were left out, and what each red one said."""
    passed = sum(each.state == "passed" for each in gates)
    skipped = [each.gate for each in gates if each.state == "skipped"]
    red = [each for each in gates if each.state in ("failed", "unable")]
    parts = [f"{passed} passed"] if gates else []
    parts += [f"skipped: {', '.join(skipped)}"] if skipped else []
    parts += [f"**{each.gate}** {each.state}: {said(each.reason)}" for each in red]
    return "; ".join(parts)


def said(text: str) -> str:
    """What a program said, in one line: each sentence of it once, without addresses, hosts and paths of the machine."""
    lines = dict.fromkeys(line.strip() for line in masked(text).splitlines())
    told = " ".join(line for line in lines if line and not line.startswith(_NOISE))
    return told if len(told) <= LONGEST else f"{told[:LONGEST].rpartition(' ')[0]} …"


def masked(text: str) -> str:
    """A text without what is of one machine alone, or names a registry."""
    text = _ADDRESS.sub("…", text)
    text = _PATH.sub(lambda match: f"…/{match[1]}", text)
    return _HOST.sub("…", text)
