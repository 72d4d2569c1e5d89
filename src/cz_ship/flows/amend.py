"""Amend: a note stands in for the message of a commit that is merged already; history stays as it is."""

from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.flows.survey import head_commit, since_release
from cz_ship.model import Amendments, Commit
from cz_ship.ports import Clone, Repository, Rules, World
from cz_ship.rules.release_as import newest_wanted, version_wanted
from cz_ship.settings import Settings


class Mendable(NamedTuple):
    """A commit that is not released yet, as it counts now, and the version that stands."""

    commit: Commit
    current: Version

    def refuse_unfit(self, body: str) -> None:
        """Raise `Failure` where a message with this body would name a version that cannot follow."""
        if wanted := newest_wanted([self.commit._replace(body=body)]):
            version_wanted(wanted, self.current)


def unreleased(repository: Repository, rules: Rules, settings: Settings, revision: str) -> Mendable:
    """The commit that a revision names.

    Raises `Failure` where it is none, where it is not in HEAD's history, and where it is released already.
    """
    sha = repository.resolve(revision)
    if sha is None:
        raise Failure(f"{revision!r} names no commit here; a hash or the like was wanted", hint="git log --oneline")
    since = since_release(repository, rules, settings)
    found = next((commit for commit in since.commits if commit.sha == sha), None)
    if found:
        return Mendable(found, since.current)
    if since.last_tag is None or not repository.contains(head_commit(repository), sha):
        raise Failure(f"commit {sha[:12]} is not in the history of HEAD", hint="git switch to the branch that has it")
    raise Failure(
        f"commit {sha[:12]} is released already, {since.last_tag.name} holds it: its message decides nothing any more",
        hint="say it in a new commit; a line of the changelog is mended by hand",
    )


def take_amendments(world: World, clone: Clone) -> Amendments | None:
    """Bring the caller's amendments into the private clone, where they are ahead of the remote's.

    What the remote lacks; None where it lacks nothing. Raises `Failure` where the two went apart.
    """
    ours, theirs = world.repository.amendments(), clone.amendments()
    if ours is None or ours == theirs:
        return None
    clone.fetch_amendments(world.repository)
    if theirs is None or clone.contains(ours, theirs):
        clone.place_amendments(ours)
        return Amendments(ours, theirs)
    if clone.contains(theirs, ours):
        return None
    remote = world.settings.remote
    raise Failure(
        "the amendments here and on the remote went apart: each has some that the other lacks (refs/notes/cz-ship)",
        hint=f"git fetch {remote} refs/notes/cz-ship && git notes --ref=cz-ship merge FETCH_HEAD",
    )
