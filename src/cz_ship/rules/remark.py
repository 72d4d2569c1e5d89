"""What a pull request is told of its candidate, in Markdown, and which comment says it already."""

import re
from collections.abc import Iterable, Sequence

from packaging.version import Version

from cz_ship.gates import GateWord
from cz_ship.model import IndexFile
from cz_ship.rules.outlook import Outlook
from cz_ship.threads import Comment

CANDIDATE = "<!-- cz-ship: candidate -->"
LIMIT = 60_000  # characters; GitHub takes 65,536
_COMMITS = 30
_MARKS = {"passed": "✓", "skipped": "-"}
# What may stand in an address between double quotes of any shell.
_PLAIN_ADDRESS = re.compile(r"https?://[\w.:/~%+@=,-]+")


def own_comment(comments: Iterable[Comment], marker: str) -> Comment | None:
    """The comment to be kept up to date: the first of ours that begins with a marker.

    Another's, or one that only quotes the marker, is never it.
    """
    return next((each for each in comments if each.own and each.body.startswith(marker)), None)


def candidate_comment(
    outlook: Outlook, address: str, wheel: IndexFile | None, sha256: str, gates: Sequence[GateWord]
) -> str:
    """The comment on a candidate that is on the Test index at `address`, with its wheel as that index lists it.

    The install line names the wheel by address and sha256, so an installer asks nothing but PyPI for the rest:
    with two indexes in one resolve anybody could put a higher version of a dependency on the other.
    """
    lines = [
        f"### {code(f'{outlook.project} {outlook.candidate}')}",
        "",
        f"The candidate of {outlook.commit} is on {code(address)}.",
        "",
    ]
    if wheel and _PLAIN_ADDRESS.fullmatch(wheel.url):
        lines += [
            "```",
            f'pip install "{outlook.project} @ {wheel.url}#sha256={sha256}"',
            "```",
            "This very wheel, by its hash; all that it needs comes from PyPI alone.",
            "",
        ]
    lines += _merge(outlook)
    if gates:
        lines += ["", "| | gate | |", "|---|---|---|"]
        lines += [
            f"| {_MARKS.get(each.state, '✗')} | {each.name} | {each.state}{_because(each.reason)} |" for each in gates
        ]
    return _fitting("\n".join([CANDIDATE, *lines]))


def released_marker(project: str, version: Version) -> str:
    """The marker of the comment that tells a pull request of a release."""
    return f"<!-- cz-ship: released {project} {version} -->"


def released_comment(project: str, version: Version, address: str) -> str:
    """The comment that tells a pull request in which release it is; `address` is where that is announced."""
    where = f"[{version}]({address})" if _PLAIN_ADDRESS.fullmatch(address) else str(version)
    return f"{released_marker(project, version)}\nReleased in {code(project)} {where}."


def code(text: str) -> str:
    """Other people's words as a code span, in which nothing is a mention, a link, HTML, or the end of a cell."""
    shown = "".join(each if each.isprintable() else "\ufffd" for each in text).replace("|", "\\|")
    if not shown:
        return ""
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"`{shown}`"


def _merge(outlook: Outlook) -> list[str]:
    """What a merge would release."""
    count = len(outlook.changes)
    since = f"since {outlook.last_tag.name}" if outlook.last_tag else "in all"
    commits = f"{count} commit{'' if count == 1 else 's'} {since}"
    if outlook.next is None:
        return [f"**A merge releases nothing** ({commits})."]
    worth = outlook.increment.name.lower() if outlook.increment else "first"
    lines = [f"**A merge releases {outlook.next}** ({worth}): {commits}, tag {code(outlook.tag or '')}.", ""]
    lines += ["| worth | commit | subject |", "|---|---|---|"]
    lines += [
        f"| {each.increment.name.lower() if each.increment else '-'} | {each.commit.sha[:7]} | "
        f"{code(each.commit.subject[:200])} |"
        for each in outlook.changes[:_COMMITS]
    ]
    return [*lines, *([f"| | | and {count - _COMMITS} more |"] if count > _COMMITS else [])]


def _because(reason: str) -> str:
    first = reason.partition("\n")[0][:200]
    return f": {code(first)}" if first else ""


def _fitting(text: str) -> str:
    """A comment that GitHub takes, cut at a line where it is too long."""
    return text if len(text) <= LIMIT else f"{text[: text.rfind(chr(10), 0, LIMIT)]}\n\n…"
