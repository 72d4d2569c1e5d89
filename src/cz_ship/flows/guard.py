"""Guard: what is refused before anything is made, because it cannot end well."""

from collections.abc import Sequence

from cz_ship.errors import Exit, Failure
from cz_ship.flows.landed import bumped_at
from cz_ship.flows.notes import told
from cz_ship.flows.survey import dirty, head_commit, wish
from cz_ship.ports import Clone, Repository, Rules, World
from cz_ship.rules.outlook import Outlook
from cz_ship.rules.plan import Due
from cz_ship.rules.tags import find_tag, restoring, tag_name


def refuse_unfit(world: World) -> str:
    """Refuse a release from the wrong place: no commits, no remote, another branch, a tracked .env.

    The release branch, as set or as the remote's HEAD names it.
    """
    repository, settings = world.repository, world.settings
    commit = head_commit(repository)
    refuse_tracked_env(repository)
    if repository.remote_url(settings.remote) is None:
        raise Failure(
            f"there is no remote {settings.remote!r}; a release is pushed there",
            hint=f"git remote add {settings.remote} <address>, or name another: remote = … in [tool.cz-ship]",
        )
    for finding in dirty(repository):
        world.talk.note(finding.text)
    refs = world.patience.keep_trying(lambda: repository.remote_refs(settings.remote))
    branch = settings.branch or refs.get("HEAD", "").removeprefix("refs/heads/") or repository.branch(settings)
    head = repository.head()
    if head.branch not in (branch, None):
        raise Failure(
            f"HEAD is on branch {head.branch!r}; a release is made from {branch!r}",
            hint=f"merge into {branch} and run this there (`cz-ship candidate` publishes a branch)",
        )
    if head.branch is None:
        _refuse_stray(world, branch, commit, refs.get(f"refs/heads/{branch}"))
    return branch


def refuse_tracked_env(repository: Repository) -> None:
    """A .env that git tracks has told its secrets to everyone with the repository, and would be shipped."""
    if repository.tracks(".env"):
        raise Failure(
            ".env is tracked by git: its secrets are in the history",
            hint="git rm --cached .env, commit that, add .env to .gitignore, and revoke the tokens that stood in it",
        )


def refuse_missing_credentials(world: World, names: Sequence[str]) -> None:
    """Ask for the credentials of these stages before anything is public. Raises `Failure` that names all."""
    indexes = [index for index in world.indexes() if index.name in names]
    missing = [f"{index.name}: {said}" for index in indexes if (said := index.credentials_missing())]
    forge = world.forge() if "announce" in names else None
    if forge and (said := forge.credentials_missing()):
        missing.append(f"announce: {said}")
    if missing:
        raise Failure("credentials are missing\n" + "\n".join(f"  {each}" for each in missing))


def refuse_missing_proposer(world: World) -> None:
    """Ask for the identity that opens a pull request, before a branch is pushed for it."""
    pulls = world.pulls()
    if pulls and (said := pulls.credentials_missing()):
        raise Failure(f"credentials are missing\n  pull request: {said}")


def refuse_stray_tag(world: World, clone: Clone, due: Due) -> None:
    """A tag of the owed version that is here and not on the remote: was it released by hand, or left over?"""
    here = dict(world.repository.tags()).get(due.tag)
    if here is None or due.tagged or here == due.commit or due.tag in dict(clone.tags()):
        return
    raise Failure(
        f"tag {due.tag} is in this repository (commit {here[:12]}) and not on the remote",
        hint=f"left over? git tag -d {due.tag}   a release? git push {world.settings.remote} {due.tag}",
    )


def refuse_lost_baseline(world: World, clone: Clone, rules: Rules, tip: str) -> None:
    """The tag of the last release is in the caller's repository and gone from the remote: there it has its promise."""
    if world.settings.mode != "push":
        return
    current = wish(clone, rules, tip)
    own = find_tag(current, dict(world.repository.tags()), rules.rule_set)
    lost = own and clone.resolve(own.commit) and clone.contains(tip, own.commit)
    if own and lost and find_tag(current, dict(clone.tags()), rules.rule_set) is None:
        raise Failure(
            f"tag {own.name} of version.txt's {current} is in this repository and gone from the remote",
            hint=f"restore it: git push {world.settings.remote} {own.name}",
            code=Exit.PERSON,
        )


def refuse_untagged_baseline(clone: Clone, rules: Rules, outlook: Outlook, remote: str) -> None:
    """The changelog has version.txt's version and no release has a tag: what comes next is no first release.

    All tags are lost, or the project was never tagged; its whole history would be told once more.
    """
    current, file = outlook.current, rules.rule_set.changelog_file
    if outlook.last_tag or outlook.next in (None, current):
        return
    if current not in told(rules, clone.read(outlook.commit, file)):
        return
    name = tag_name(current, rules.rule_set)
    raise Failure(
        f"version.txt says {current} and {file} has its section, but there is no tag {name}",
        hint=f"restore it, or tag what is released so far: {restoring(name, bumped_at(clone, rules, outlook), remote)}",
        code=Exit.PERSON,
    )


def note_unpushed(world: World, clone: Clone, branch: str, tip: str) -> None:
    """Say that commits of the caller's are not on the remote, which is what is released."""
    head = world.repository.head().sha
    if head and (clone.resolve(head) is None or not clone.contains(tip, head)):
        world.talk.note(f"{head[:12]} is not on {branch} of the remote; what is not pushed is not released (git push)")


def _refuse_stray(world: World, branch: str, commit: str, tip: str | None) -> None:
    """A detached HEAD, as CI checks it out, must be a commit of the remote's release branch."""
    known = tip is not None and world.repository.resolve(tip) is not None
    if tip == commit or (tip and known and world.repository.contains(tip, commit)):
        return
    if tip and not known:
        return  # the remote is ahead of this checkout: the private clone will tell
    raise Failure(
        f"HEAD is detached at {commit[:12]}, which is not on {branch!r} of {world.settings.remote}",
        hint=f"git switch {branch}",
    )
