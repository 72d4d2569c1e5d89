"""The story of `init`: look, propose, and lay it down when it is agreed to."""

from textwrap import indent

from cz_ship.errors import Failure
from cz_ship.rules.blueprint import blueprint, hidden, probes, readable
from cz_ship.rules.blueprint_new import new_project
from cz_ship.site import Blueprint, Edit, Ground, Site


def propose(site: Site, ship: str) -> Blueprint:
    """What version `ship` of cz-ship would lay down here.

    Raises `Failure` that tells everything at once that a person has to mend first; nothing is written then.
    """
    wanted = readable(site.paths())
    view = site.view(wanted, probes())
    if more := hidden(view):
        view = site.view((*wanted, *more), probes(more))
    found = blueprint(view, ship, site.templates())
    errors = [
        each.text + "\n" + indent(f"({each.hint})", "    ") if each.hint else each.text
        for each in found.findings
        if each.level == "error"
    ]
    errors += site.obstacles(found.edits)
    if errors:
        told = "\n".join(f"  {each}" for each in errors)
        raise Failure(f"nothing was written: this has to be mended first\n{told}", hint="then run init again")
    return found


def propose_new(name: str, year: int, ground: Ground, ship: str) -> Blueprint:
    """What a new project would be laid down as; `year` is that of its licence. Raises `Failure` for a wrong name."""
    view = new_project(name, year, ground.beginnings())
    found = blueprint(view, ship, ground.templates())
    begun = {path: Edit(path, None, text, ("what a package begins with",)) for path, text in view.texts.items()}
    more = {edit.path: edit._replace(before=None) for edit in found.edits}
    return found._replace(edits=tuple(sorted({**begun, **more}.values())))


def lay_down(site: Site, found: Blueprint) -> None:
    """Write what was proposed: all of it, or nothing. Raises `Failure`."""
    if found.edits:
        site.lay(found.edits)
