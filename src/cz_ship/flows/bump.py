"""Bump: the commit of version and changelog that makes a release; same parent, same hash on every machine."""

from typing import NamedTuple

from packaging.version import Version

from cz_ship.errors import Failure
from cz_ship.flows.notes import edited_text, put, upcoming
from cz_ship.flows.observe import Bench
from cz_ship.rules.hand_edits import credited
from cz_ship.rules.outlook import bump_message
from cz_ship.rules.plan import Due
from cz_ship.rules.tags import find_tag


class Edited(NamedTuple):
    """A changelog as it was made for an earlier proposal of a version, as people have edited it, and who they are."""

    made: bytes
    edited: bytes
    version: Version
    people: tuple[str, ...]


def commit_bump(bench: Bench, due: Due, edited: Edited | None = None) -> str:
    """Commit a release's version and changelog on its tip, in the private clone; the commit's hash.

    With `edited`, what people wrote there is kept, and they are credited. Raises `Failure` where a file cannot be
    written.
    """
    clone, rules = bench.clone, bench.rules
    clone.checkout(due.tip)
    try:
        content = changelog_with(bench, due)
        if edited:
            content = edited_text(rules, edited.made, edited.edited, content, edited.version)
        clone.write(rules.rule_set.changelog_file, content)
        rules.write_version(clone.root, str(due.current), str(due.version))
    except OSError as error:
        raise Failure(f"the bump cannot be written: {error.strerror or error}") from error
    message = bump_message(due.current, due.version, rules.rule_set)
    return clone.commit_all(credited(message, edited.people if edited else ()), due.time)


def changelog_with(bench: Bench, due: Due) -> bytes:
    """The changelog at a release's tip, which is checked out, with the release's section in it."""
    clone, rules = bench.clone, bench.rules
    last = find_tag(due.current, dict(clone.tags()), rules.rule_set)
    commits = clone.walk(due.tip, last.commit if last else None).commits
    path = clone.root / rules.rule_set.changelog_file
    content = path.read_bytes() if path.is_file() else None
    return put(rules, content, upcoming(rules, due.tag, due.time, commits), due.version)
