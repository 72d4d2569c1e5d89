"""The README, cut into its code blocks, and texts with what differs from run to run taken out."""

import re
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
ELISION = "…"  # a line of it stands for any number of others


def blocks(language: str, name: str = "README.md", *, text: str | None = None) -> list[str]:
    """The fenced blocks of a language in a page of this repository, or in a text."""
    text = (ROOT / name).read_text(encoding="utf-8") if text is None else text
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """What stands in the README below a heading of the second rank, to the next one."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def settled(text: str) -> list[str]:
    """Lines without durations, ports, dates, hashes of commits made now, and the beginnings of file hashes.

    The last follow the versions of the build tools.
    """
    text = re.sub(r"\d+(\.\d+)? ?(s\b|seconds)", r"0.0 \2", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", text)
    text = re.sub(r"sha256 [0-9a-f]{12}…", "sha256 …", text)
    return [line.rstrip() for line in text.strip().splitlines() if line.strip()]


def anonymous(lines: Sequence[str]) -> list[str]:
    """The same without the hashes of commits, what is made of them, and dates."""
    text = re.sub(r"rc\d+", "rc0", "\n".join(lines))
    text = re.sub(r"\b[0-9a-f]{7}(?:[0-9a-f]{5})?\b", "0000000", text)
    return re.sub(r"\d{4}-\d\d-\d\d", "2026-01-01", text).splitlines()


def astray(shown: Sequence[str], said: Sequence[str]) -> list[str]:
    """The first run of shown lines, between elisions, that was not said in its place; none where all was."""
    parts = _parts(shown)
    place = 0
    for number, part in enumerate(parts):
        last = len(said) - len(part)
        # What is not elided before begins at the beginning, and what is not elided after ends at the end.
        places = range(last if number == len(parts) - 1 else place, (last if number else 0) + 1)
        found = next((each for each in places if each >= place and list(said[each : each + len(part)]) == part), None)
        if found is None:
            return part
        place = found + len(part)
    return []


def _parts(lines: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == ELISION:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts
