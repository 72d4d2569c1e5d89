"""Check-up of the history: the repository, its tags, version.txt and the changelog, held against each other."""

from collections import Counter
from collections.abc import Iterator

from packaging.version import Version

from cz_ship.checkup import Releases, Standing, Told
from cz_ship.model import Finding
from cz_ship.rules.findings import finding

_SHOWN = 5  # versions in a sentence


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


def release_findings(releases: Releases) -> Iterator[Finding]:
    """Whether version.txt and the tags agree, and a next release can be counted from the last."""
    if releases.fault:
        yield finding("version", releases.fault, releases.way_out)
    elif not releases.tags and releases.mode == "push" and releases.version != "0.0.0":
        text = f"no tag stands for {releases.version}: all of history would count for the next release"
        yield finding("no-baseline", text, "tag the commit that was released last, by the format of tag_format")
    if releases.tags and releases.tags[-1] in releases.aside:
        text = f"the highest release {releases.tags[-1]} is not in the history of {releases.commit[:12]}"
        yield finding("tag-aside", text, "right on a branch of maintenance; else merge it, or delete the tag")


def changelog_findings(told: Told) -> Iterator[Finding]:
    """Releases without a section, and with two. What is older than the oldest section was never to be told."""
    oldest = min(told.sections, default=None)
    lacking = [each for each in told.released if each not in told.sections and (oldest is None or each > oldest)]
    if lacking:
        yield finding(
            "changelog-lacks",
            f"{told.file} has no section of {_listed(lacking)}",
            "where a hook keeps it from the commit: SKIP=cz-ship-files git commit",
            fix="cz-ship changelog --all --write",
        )
    doubled = [version for version, times in Counter(told.sections).items() if times > 1]
    if doubled:
        text = f"{told.file} has more than one section of {_listed(doubled)}"
        yield finding(
            "changelog-doubles", text, "keep one of each: `cz-ship changelog VERSION` shows what history says"
        )


def _listed(versions: list[Version]) -> str:
    shown = ", ".join(map(str, sorted(versions, reverse=True)[:_SHOWN]))
    return shown + (f" and {len(versions) - _SHOWN} more" if len(versions) > _SHOWN else "")
