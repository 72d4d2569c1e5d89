"""The tag's message: it promises the release's artifacts, so any machine can tell which bytes are meant."""

import re
from collections.abc import Iterable

from cz_ship.model import Artifact

_LINE = re.compile(r"^Artifact: (?P<name>\S+) sha256=(?P<sha256>[0-9a-f]{64}) size=(?P<size>\d+)$", re.MULTILINE)


def promise(project: str, version: object, artifacts: Iterable[Artifact]) -> str:
    """The message of a release's tag: a title, and one `Artifact:` trailer for each file."""
    lines = [f"Artifact: {each.name} sha256={each.sha256} size={each.size}" for each in artifacts]
    return "\n".join([f"{project} {version}", "", *sorted(lines), ""])


def promised(message: str) -> tuple[Artifact, ...]:
    """The artifacts that a tag's message names; none for a tag that was not made by cz-ship."""
    return tuple(Artifact(found["name"], found["sha256"], int(found["size"])) for found in _LINE.finditer(message))
