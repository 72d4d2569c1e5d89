"""Sections as commitizen's own Markdown template renders them, without the template engine."""

from collections.abc import Sequence

from cz_ship.errors import usage
from cz_ship.model import Entry, RuleSet, Section
from cz_ship.rules.headings import escaped


def markdown(sections: Sequence[Section], rule_set: RuleSet) -> str:
    """The text of sections, to the byte what `CHANGELOG.md.j2` of commitizen 4 gives, but for headings in an entry.

    For rule sets with `plain_markdown` alone: no hook, no template of a plugin or a project.
    Raises `Failure` (usage) for an order that names a type twice, as commitizen does.
    """
    order = rule_set.change_type_order
    if len(set(order)) < len(order):
        twice = sorted({kind for kind in order if order.count(kind) > 1})
        raise usage(f"change_type_order of the commitizen settings names {', '.join(map(repr, twice))} twice")
    return "\n".join(_section(section, rule_set) for section in sections)


def _section(section: Section, rule_set: RuleSet) -> str:
    title = f"## {section.title} ({section.date})" if section.date else f"## {section.title}"
    groups: dict[str | None, list[str]] = {}
    for entry in section.entries:
        kind = entry.groups.get("change_type")
        kind = rule_set.change_type_map.get(kind, kind) if kind else kind
        groups.setdefault(kind, []).append(_line(entry, rule_set))
    known = [kind for kind in rule_set.change_type_order if kind in groups]
    others = sorted((kind for kind in groups if kind not in known), key=lambda kind: kind or "")
    blocks = [_block(kind, "".join(groups[kind])) for kind in (*known, *others)]
    return "\n".join([f"{title}\n", *blocks])


def _block(kind: str | None, lines: str) -> str:
    # Where there is no type, the template leaves the blank line of the heading that is not there.
    return f"### {kind}\n\n{lines}" if kind else f"\n{lines}"


def _line(entry: Entry, rule_set: RuleSet) -> str:
    scope, message = entry.groups.get("scope"), entry.groups.get("message", "")
    if message and "\n" in message:
        message = escaped(message, rule_set)
    if scope:
        return f"- **{scope}**: {message}\n"
    return f"- {message}\n" if message else ""
