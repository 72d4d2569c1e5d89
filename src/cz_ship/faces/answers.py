"""Answers: the facts of a command as JSON, as text for people, and as Markdown for a job's page."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from cz_ship.errors import Exit

if TYPE_CHECKING:
    from cz_ship.flows.carry_out import Report
    from cz_ship.flows.status import Status
    from cz_ship.model import Artifact, Change, Finding, RuleSet
    from cz_ship.rules.outlook import Outlook
    from cz_ship.rules.slip import Flaw

_WIDE = 100  # characters of a message's line that are shown
_JUDGED = 500  # commits, the newest, are looked at for slips in a plan in short


def document(answer: Mapping[str, object]) -> None:
    """Print one JSON document."""
    print(_harmless(json.dumps(answer, indent=2, ensure_ascii=False), "\\u005b"))


def plan(outlook: Outlook) -> dict[str, object]:
    """The plan's document."""
    return {
        "project": outlook.project,
        "mode": outlook.mode,
        "branch": outlook.branch,
        "current": str(outlook.current),
        "last_tag": outlook.last_tag.name if outlook.last_tag else None,
        "next": str(outlook.next) if outlook.next else None,
        "increment": outlook.increment.name.lower() if outlook.increment else None,
        "tag": outlook.tag,
        "candidate": str(outlook.candidate),
        "commits": [_commit(change) for change in outlook.changes],
        "warnings": [{"code": each.code, "text": each.text, "hint": each.hint} for each in outlook.warnings],
    }


def _commit(change: Change) -> dict[str, object]:
    return {
        "sha": change.commit.sha,
        "subject": change.commit.subject,
        "type": change.type,
        "scope": change.scope,
        "breaking": change.breaking,
        "increment": change.increment.name.lower() if change.increment else None,
    }


def plan_text(outlook: Outlook, preview: str, rule_set: RuleSet) -> str:
    """The plan for people, in short: of the commits only what looks like a slip is commented on."""
    from cz_ship.rules.why import slips

    lines = [_headline(outlook), *_intent(outlook)]
    told = {change.commit.sha: slips(change, rule_set) for change in outlook.changes[:_JUDGED]}
    lines += [line for each in outlook.changes for line in _commented(each, told.get(each.commit.sha, ()))]
    lines.append(f"candidate of this commit: {outlook.candidate}")
    if preview:
        lines += ["", plain(preview)]
    lines += [line for warning in outlook.warnings for line in _warning(warning)]
    return "\n".join(lines)


def plan_why(outlook: Outlook, rule_set: RuleSet) -> str:
    """The plan for people, with the reasons why each commit counts as what it counts as."""
    from cz_ship.rules.why import reasons

    lines = [_headline(outlook), *_intent(outlook)]
    lines += [line for each in outlook.changes for line in _commented(each, reasons(each, rule_set))]
    lines += [line for warning in outlook.warnings for line in _warning(warning)]
    return "\n".join(lines)


def _commented(change: Change, comments: Iterable[str]) -> list[str]:
    line = f"  {_worth(change):<6} {change.commit.sha[:7]}  {plain(change.commit.subject)}"
    return [line, *(f"{'':18}{plain(comment)}" for comment in comments)]


def plan_markdown(outlook: Outlook, preview: str) -> str:
    """The plan as a page of Markdown."""
    from cz_ship.faces.way import diagram
    from cz_ship.rules.way import ahead

    way = [diagram(ahead()), ""] if outlook.next else []
    intent = [line for each in _intent(outlook) for line in (f"{each}", "")]
    lines = [
        f"### {cell(_headline(outlook))}",
        "",
        *intent,
        *way,
        f"Candidate of this commit: `{outlook.candidate}`",
        "",
    ]
    if outlook.changes:
        lines += ["| worth | commit | subject |", "|---|---|---|"]
        lines += [
            f"| {_worth(each)} | `{each.commit.sha[:7]}` | {cell(each.commit.subject)} |" for each in outlook.changes
        ]
        lines.append("")
    if preview:
        lines += [
            "<details><summary>Release notes</summary>",
            "",
            plain(preview).replace("<", "&lt;"),
            "",
            "</details>",
            "",
        ]
    lines += [f"> **{each.code}**: {cell(each.text)} {cell(each.hint)}" for each in outlook.warnings]
    return "\n".join(lines).rstrip()


def _headline(outlook: Outlook) -> str:
    since = f"since {outlook.last_tag.name}" if outlook.last_tag else "in all"
    count = len(outlook.changes)
    commits = f"{count} commit{'' if count == 1 else 's'} {since}"
    if outlook.next is None:
        return f"{outlook.project} {outlook.current}: nothing to release ({commits})"
    worth = outlook.increment.name.lower() if outlook.increment else "first"
    return f"{outlook.project} {outlook.current} → {outlook.next} ({worth}): {commits}, tag {outlook.tag}"


def _intent(outlook: Outlook) -> list[str]:
    """In mode `pull-request`: whether a release would be proposed from here, or is merged already."""
    if outlook.mode != "pull-request" or outlook.next is None:
        return []
    if outlook.next == outlook.current:
        return [f"a release from here would release {outlook.next}: its bump is merged"]
    return [f"a release from here would propose {outlook.next}, by a pull request; merging that releases it"]


def _worth(change: Change) -> str:
    return change.increment.name.lower() if change.increment else "-"


def _warning(warning: Finding) -> list[str]:
    lines = ["", f"{warning.level}: {warning.text}"]
    return [*lines, f"  hint: {warning.hint}"] if warning.hint else lines


def plain(text: str) -> str:
    """Text that moves no cursor, rings no bell and commands no runner: what commits say is other people's."""
    return _harmless("".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text), "\ufffd")


def _harmless(text: str, bracket: str) -> str:
    """Text in which a runner of GitHub Actions finds no command of the old form, which may stand anywhere in a line."""
    return text.replace("##[", f"##{bracket}") if os.environ.get("GITHUB_ACTIONS") else text


def flawed(flaw: Flaw, message: str) -> str:
    """What is wrong in a message, with the line that it stands in and a mark below the place."""
    place = ", ".join([*([f"line {flaw.line}"] if flaw.line > 1 else []), f"column {flaw.column}"])
    text = f"{place}: {flaw.what}" + (f"; wanted: {flaw.wanted}" if flaw.wanted else "")
    line = plain(message.split("\n")[flaw.line - 1][:_WIDE]) if message else ""
    if not line or flaw.column > _WIDE:
        return text
    start = flaw.column - 1
    return f"{text}\n  {line}\n  {' ' * _columns(line[:start])}{'^' * max(1, _columns(line[start:][: flaw.width]))}"


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes: wide letters two, marks on others none (Unicode, annex 11)."""
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(each) else 1 + (east_asian_width(each) in "WF") for each in text)


def meant(flaw: Flaw) -> str:
    """The question whether the nearest message was meant; empty where nothing is near."""
    shown = flaw.guess if len(flaw.guess) <= _WIDE else f"{flaw.guess[:_WIDE]}…"
    return f'did you mean "{plain(shown)}"?' if flaw.guess else ""


def cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return plain(text).replace("\n", " ").replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def files(artifacts: Sequence[Artifact]) -> list[dict[str, object]]:
    """The built files' part of a document."""
    return [{"name": each.name, "sha256": each.sha256, "size": each.size} for each in artifacts]


def sums(artifacts: Sequence[Artifact]) -> str:
    """The built files as `sha256sum` prints them."""
    return "\n".join(f"{each.sha256}  {each.name}" for each in artifacts)


def report(told: Report, as_json: bool) -> Exit:
    """Print what a release or a candidate came to, and leave a page of it in GitHub Actions."""
    page(_report_markdown(told))
    if not as_json:
        print(told.text)
        return Exit.DONE
    steps = [{"step": each.step, "done": each.done, "text": each.text} for each in told.steps]
    version = str(told.version) if told.version else None
    document({"version": version, "released": told.released, "steps": steps, "files": files(told.files)})
    return Exit.DONE


def _report_markdown(told: Report) -> str:
    from cz_ship.faces.way import diagram

    lines = [f"### {cell(told.text)}", "", *([diagram(told.way), ""] if told.way else [])]
    if told.steps:
        lines += ["| | step | |", "|---|---|---|"]
        lines += [f"| {'✓' if each.done else '-'} | {cell(each.step)} | {cell(each.text)} |" for each in told.steps]
    if told.files:
        lines += ["", "```", sums(told.files), "```"]
    return "\n".join(lines)


def status(found: Status) -> dict[str, object]:
    """The status document."""
    return {
        "version": str(found.version) if found.version else None,
        "tag": found.tag,
        "state": found.state,
        "facts": [{"fact": each.fact, "state": each.state, "text": each.text} for each in found.facts],
    }


def status_text(found: Status) -> str:
    """The status for people."""
    if found.version is None:
        return "no release yet"
    marks = {"there": "✓", "missing": "-", "conflict": "✗", "unknown": "?"}
    lines = [f"{found.version}: {found.state}"]
    return "\n".join([*lines, *(f"  {marks[each.state]} {each.fact}: {each.text}" for each in found.facts)])


def to_actions(**facts: object) -> None:
    """Hand facts to the next steps of a GitHub Actions job (GITHUB_OUTPUT); nothing elsewhere."""
    lines = "".join(f"{name}={'' if value is None else value}\n" for name, value in facts.items())
    _append("GITHUB_OUTPUT", lines)


def page(markdown: str) -> None:
    """Leave a readable page on a GitHub Actions job (GITHUB_STEP_SUMMARY), without secrets; nothing elsewhere."""
    if has_page():
        from cz_ship.rules.masking import masked_text, secrets_in

        _append("GITHUB_STEP_SUMMARY", masked_text(markdown, secrets_in(os.environ)) + "\n")


def failure_page(text: str, hint: str) -> None:
    """Leave on a job's page what stopped a command."""
    head, _, rest = text.partition("\n")
    lines = [f"### ✗ {cell(head)}", *(["", "````", plain(rest), "````"] if rest else [])]
    page("\n".join([*lines, *(["", f"**What to do:** {cell(hint)}"] if hint else [])]))


def has_page() -> bool:
    """Whether anybody will see a page."""
    return bool(os.environ.get("GITHUB_STEP_SUMMARY"))


def _append(variable: str, text: str) -> None:
    if path := os.environ.get(variable):
        try:
            with open(path, "a", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            print(f"note: {variable} cannot be written: {error.strerror or error}", file=sys.stderr)
