"""Check-up of what is public: the remote's tags, the name on the indexes, releases that are there in part."""

from collections.abc import Iterator

from cz_ship.checkup import Clock, Half, RemoteRefs, Shelf
from cz_ship.model import Finding
from cz_ship.rules.findings import finding

SHOWN = 5
# Seconds. Tokens of CI are good for minutes, and git's and the indexes' times are compared by the day.
SKEW = 120


def remote_findings(refs: RemoteRefs) -> Iterator[Finding]:
    """Whether the remote has the tags that are here, and the other way round."""
    remote = refs.remote
    if missing := [each for each in refs.there if each not in refs.here]:
        text = f"{remote} has tags that are not here: {_listed(missing)}"
        yield finding(
            "tags-missing", text, "in a workflow, check out with fetch-depth: 0", f"git fetch --tags {remote}"
        )
    if differing := [each for each, commit in refs.there.items() if refs.here.get(each, commit) != commit]:
        text = f"tags name other commits here than on {remote}: {_listed(differing)}"
        yield finding("tag-differs", text, f"the remote's count; take them: git fetch --tags --force {remote}")
    if private := [each for each in refs.here if each not in refs.there]:
        first = private[-1]
        text = f"tags are here and not on {remote}: {_listed(private)}"
        hint = (
            f"a release that nobody has: git push {remote} {first}   or, if it is a mistake: git tag --delete {first}"
        )
        yield finding("tag-unpushed", text, hint)
    if refs.branches and refs.branch not in refs.branches:
        text = f"{remote} has no branch {refs.branch}, from which releases are to be made"
        yield finding(
            "branch-missing", text, "`branch` in [tool.cz-ship] names another", f"git push {remote} {refs.branch}"
        )


def shelf_findings(shelf: Shelf) -> Iterator[Finding]:
    """Whether the project's name is free on an index, or ours."""
    if shelf.versions and not shelf.ours:
        held = _listed([str(each) for each in shelf.versions])
        text = f"{shelf.name} ({shelf.address}) holds {shelf.project} {held}, and no such version has a tag here"
        yield finding("name-taken", text, "if it is yours, tag what was released; else the project needs another name")


def half_findings(half: Half) -> Iterator[Finding]:
    """What an index lacks of a release, and how long it still takes it."""
    if not half.missing:
        return
    text = f"{half.name} ({half.address}) lacks {', '.join(half.missing)} of {half.version}"
    if half.days is not None and half.days <= 0:
        yield finding("release-closed", f"{text}, and takes no more files of it", "go on with the next version")
    else:
        left = "" if half.days is None else f"; it takes files of it for {half.days} more day{'s' * (half.days != 1)}"
        yield finding("half-released", text + left, fix="cz-ship release")


def clock_findings(clock: Clock) -> Iterator[Finding]:
    """Whether the time here is that of others."""
    skew = clock.here - clock.there
    if clock.there and abs(skew) > SKEW:
        text = f"the clock here is {abs(skew)} seconds {'ahead of' if skew > 0 else 'behind'} that of {clock.whose}"
        yield finding("clock", text, "tokens and certificates may be refused; let the machine keep its time (NTP)")


def _listed(names: list[str]) -> str:
    return ", ".join(names[-SHOWN:]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
