"""Merging a pull request of the fake world as a person does it on a forge: by a merge, a squash or a rebase."""

from tests.support.fake_git import Snapshot, ordered, snapshot
from tests.support.fake_world import Public

WAYS = ("merge", "squash", "rebase")


def merge_pull(public: Public, way: str, number: int | None = None) -> str:
    """Merge an open pull request, the only one unless told; the release branch's new commit."""
    if number is None:
        (number,) = (each for each, held in public.stand.pulls.items() if held.state == "open")
    held = public.stand.pulls[number]
    remote, tip = public.remote, public.remote.heads[held.base]
    source = remote.heads[held.head]
    commits = [remote.objects[sha] for sha in reversed(ordered(remote.objects, source, ordered(remote.objects, tip)))]
    if way == "rebase":
        for each in commits:
            parent = remote.objects[each.commit.parents[0]]
            made = _on(public, tip, parent, each, each.commit.message, each.commit.author, ())
            tip = made.commit.sha
    else:
        base = remote.objects[commits[0].commit.parents[0]]
        subject = f"{held.title} (#{number})" if way == "squash" else f"Merge pull request #{number} from {held.head}"
        tip = _on(public, tip, base, remote.objects[source], subject, "Bea", (source,) * (way == "merge")).commit.sha
    remote.heads[held.base] = tip
    public.stand.change_pull(number, state="merged")
    return tip


def _on(
    public: Public, tip: str, base: Snapshot, source: Snapshot, message: str, author: str, others: tuple[str, ...]
) -> Snapshot:
    """A commit on `tip` with what `source` changed since `base`."""
    below = public.remote.objects[tip]
    paths = {*base.files, *source.files}
    changed = {path for path in paths if base.files.get(path) != source.files.get(path)}
    kept = {path: content for path, content in below.files.items() if path not in changed}
    files = {**kept, **{path: source.files[path] for path in changed & set(source.files)}}
    made = snapshot((tip, *others), files, message, below.commit.time + 60, author)
    public.remote.objects[made.commit.sha] = made
    return made
