"""Check-up of the history: the repository, its tags, version.txt and the changelog, held against each other."""

from collections.abc import Iterator

from cz_ship.checkup import Standing
from cz_ship.model import Finding
from cz_ship.rules.findings import finding


def standing_findings(standing: Standing) -> Iterator[Finding]:
    """Whether there is all of a history, and a remote to release to."""
    remote = standing.remote
    if not standing.commit:
        first = 'git add --all && git commit -m "feat: first version"'
        yield finding("no-commits", "there are no commits yet; a release is made of one", fix=first)
    if not standing.has_remote:
        text = f"there is no remote {remote!r}; a release is pushed to it"
        hint = f"git remote add {remote} ADDRESS; another name goes into `remote` of [tool.cz-ship]"
        yield finding("no-remote", text, hint)
    if standing.shallow:
        text = "this clone is shallow: tags and versions are counted on a history that is cut off"
        fix = f"git fetch --unshallow --tags {remote}" if standing.has_remote else ""
        yield finding("shallow", text, "in a workflow, check out with fetch-depth: 0", fix)
