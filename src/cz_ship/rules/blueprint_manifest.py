"""MANIFEST.in: what setuptools takes into an sdist, and from there into a wheel, where nobody tells it any more."""

from cz_ship.rules.blueprint_draft import Draft
from cz_ship.rules.wish import FILE

PATH = "MANIFEST.in"


def settle_manifest(draft: Draft, tool: str) -> None:
    """Let setuptools take what it took before, of the `tool` that told it the version.

    setuptools-scm names all that git tracks, data of packages among it: https://setuptools-scm.readthedocs.io/en/latest/usage/
    Lines come to the front, so that what the project takes out stays out. A folder's name is no secret's: names that
    begin with a dot are left to git.
    """
    if tool == "setuptools-scm":
        folders = sorted({path.partition("/")[0] for path in draft.view.paths if "/" in path and path[0] != "."})
        lines = ["include [!.]*", *(f"graft {folder}" for folder in folders), "global-exclude *.py[cod]"]
        why = "setuptools-scm took all that git tracks into the sdist, data of packages among it"
    elif FILE in (draft.text("setup.py") or ""):
        lines, why = [f"include {FILE}"], f"setup.py reads {FILE}, also in an sdist"
    else:
        return
    text = draft.text(PATH) or ""
    lacking = [line for line in lines if line not in text.splitlines()]
    if lacking:
        draft.put(PATH, "".join(f"{line}\n" for line in lacking) + text, why)
