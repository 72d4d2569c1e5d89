"""Remark: what pull requests are told: of their candidate, kept up to date, and of the release that has them."""

from collections.abc import Callable
from functools import partial

from cz_ship.errors import Failure
from cz_ship.flows.insist import insist
from cz_ship.flows.observe import remote_tip
from cz_ship.ports import Clone, Patience, World
from cz_ship.rules.promise import promised
from cz_ship.rules.remark import own_comment, released_comment, released_marker
from cz_ship.rules.tags import release_tags
from cz_ship.threads import Comment, Threads


def tell_released(world: World, clone: Clone, branch: str) -> None:
    """Tell each pull request that the branch's newest release of ours contains, once, where that is announced.

    No step of a plan: a release must not stay unfinished where a pull request is locked. What goes wrong is only
    noted, and a pull request that has the comment is left alone, so the same again tells the rest.
    """
    try:
        threads, forge = world.threads(), world.forge()
        world.patience.keep_trying(clone.fetch)
        tip = remote_tip(clone, branch)
        rule_set = world.rules(clone.root).rule_set
        tags = [each for each in release_tags(clone.tags(), rule_set) if clone.contains(tip, each.commit)]
        if threads is None or forge is None or not tags or not promised(clone.tag_message(tags[-1].name)):
            return
        published = [each for each in forge.releases(tags[-1].name) if each.published]
        if not published:
            return
        since = tags[-2].commit if len(tags) > 1 else None
        commits = clone.walk(tags[-1].commit, since).commits
        project, version = world.builder.project_name(clone.root), tags[-1].version
        text = released_comment(project, version, published[0].url)
        for thread in sorted({number for each in commits for number in threads.merged(each.sha)}):
            tell = partial(_tell_once, threads, thread, released_marker(project, version), text)
            if world.patience.keep_trying(tell):
                world.talk.note(f"pull request {thread} is told that {version} contains it")
    except Failure as failure:
        more = f" ({failure.hint})" if failure.hint else ""
        world.talk.note(f"not every pull request is told of its release: {failure.text}{more}")


def _tell_once(threads: Threads, thread: int, marker: str, text: str) -> bool:
    """Write a comment, where none of ours begins with its marker; whether it was written."""
    if own_comment(threads.comments(thread), marker):
        return False
    threads.comment(thread, text)
    return True


def remark(world: World, marker: str, commit: str, compose: Callable[[], str]) -> str:
    """Let the pull request of this run, if any, have one comment that begins with `marker`, composed only then.

    A sentence on it; empty where there is nobody to tell, or where the pull request is at another commit by now: that
    one's run tells of it. What goes wrong is only noted: what the comment is about is done, and a fork's run has no
    token that may write.
    """
    try:
        threads = world.threads()
        thread = threads.current() if threads else None
        if threads is None or thread is None:
            return ""
        refs = world.patience.keep_trying(lambda: world.repository.remote_refs(world.settings.remote))
        if (head := refs.get(threads.head(thread), commit)) != commit:
            world.talk.note(f"pull request {thread} is at {head[:12]} by now: it is not told of {commit[:12]}")
            return ""
        return _kept(world.patience, threads, thread, marker, compose().strip())
    except Failure as failure:
        more = f" ({failure.hint})" if failure.hint else ""
        world.talk.note(f"the pull request is not told of this: {failure.text}{more}")
        return ""


def _kept(patience: Patience, threads: Threads, thread: int, marker: str, text: str) -> str:
    """Let the one comment that begins with a marker say a text: a sentence, or nothing where it says so already."""

    def known() -> Comment | None:
        return own_comment(threads.comments(thread), marker)

    def write() -> str:
        if found := known():
            threads.edit(found, text)
            return f"the comment on pull request {thread} is brought up to date"
        threads.comment(thread, text)
        return f"pull request {thread} has a comment"

    def is_said() -> bool:
        found = known()
        return found is not None and found.body.strip() == text

    return "" if is_said() else insist(patience, write, is_said)
