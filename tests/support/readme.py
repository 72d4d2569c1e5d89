"""The README, cut into its code blocks, and texts with what differs from run to run taken out."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def blocks(language: str, name: str = "README.md") -> list[str]:
    """The fenced blocks of a language in a page of this repository."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def settled(text: str) -> list[str]:
    """Lines without durations, ports and the beginnings of file hashes (they follow the build tools' versions)."""
    text = re.sub(r"\d+\.\d+ (s\b|seconds)", r"0.0 \1", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", text)
    text = re.sub(r"sha256 [0-9a-f]{12}…", "sha256 …", text)
    return [line.rstrip() for line in text.strip().splitlines() if line.strip()]
