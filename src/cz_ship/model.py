"""The nouns: frozen values that every room may hold and none can change."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

from packaging.version import Version

AUTHOR = "cz-ship"  # who makes the commits and the tags of releases
AMENDMENTS = "refs/notes/cz-ship"  # git notes; each stands in for the message of the commit it is on
SUMS = "SHA256SUMS"


class Increment(IntEnum):
    """What a change is worth, in the words of Semantic Versioning 2.0.0."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Commit(NamedTuple):
    """One commit of the history; `time` is the committer's, in seconds since 1970 (UTC).

    Where a note amends its message, `amended_from` is the subject that it was committed with.
    """

    sha: str
    parents: tuple[str, ...]
    author: str
    email: str
    time: int
    subject: str
    body: str
    amended_from: str | None = None

    @property
    def message(self) -> str:
        """Subject, blank line and body, as commitizen joins them."""
        return f"{self.subject}\n\n{self.body}".strip()


class Tag(NamedTuple):
    """A release tag: its name, the commit it finally names, and the version it stands for."""

    name: str
    commit: str
    version: Version


class Amendments(NamedTuple):
    """Amendments that the remote lacks: the commit of the notes here, and the one there (None: it has none)."""

    new: str
    old: str | None


class Change(NamedTuple):
    """What one commit is worth: `increment` is None where it releases nothing."""

    commit: Commit
    type: str | None
    scope: str | None
    breaking: bool
    increment: Increment | None


class Finding(NamedTuple):
    """Something a person should know: `level` is `warning` or `error`; `fix` is a command that mends it ("": none)."""

    code: str
    level: str
    text: str
    hint: str
    fix: str = ""


class Artifact(NamedTuple):
    """A built file: its name, sha256 in lower-case hex, size in bytes, and where it lies ("" if nowhere here)."""

    name: str
    sha256: str
    size: int
    path: str = ""


def sums_text(artifacts: Iterable[Artifact]) -> str:
    """The artifacts as `sha256sum` writes them and `sha256sum -c` reads them, sorted by name."""
    return "".join(f"{artifact.sha256}  {artifact.name}\n" for artifact in sorted(artifacts))


class RuleSet(NamedTuple):
    """The rules of a commitizen plugin as configured, declared as plain values.

    `hooks` names the Python hooks the plugin brings; where it is empty, these values say everything.
    Patterns are regular expressions in Python's syntax; the first of `tag_formats` names new tags,
    the others are the legacy ones. `plain_markdown` holds where the changelog is rendered by
    commitizen's own Markdown template and nothing of the project's. A message that matches
    `schema_pattern` or begins with one of `allowed_prefixes` is accepted; `message_length_limit` is in
    characters of its first line, 0 for none.
    """

    plugin: str
    bump_pattern: str
    bump_map: tuple[tuple[str, str | None], ...]
    changelog_pattern: str
    commit_parser: str
    change_type_map: Mapping[str, str]
    change_type_order: tuple[str, ...]
    tag_formats: tuple[str, ...]
    tag_patterns: tuple[str, ...]
    ignored_tag_patterns: tuple[str, ...]
    bump_message: str
    version_provider: str
    version_scheme: str
    changelog_file: str
    encoding: str
    merge_prereleases: bool
    hooks: tuple[str, ...]
    plain_markdown: bool = False
    schema_pattern: str = ""
    allowed_prefixes: tuple[str, ...] = ()
    allow_abort: bool = False
    message_length_limit: int = 0


class Entry(NamedTuple):
    """One line of a changelog: a message parsed out of a commit, with the parser's named groups."""

    commit: Commit
    groups: Mapping[str, str | None]


class Section(NamedTuple):
    """One release's changelog section; `title` is the tag's name or `Unreleased`, `date` ISO or empty."""

    title: str
    date: str
    tag: Tag | None
    entries: tuple[Entry, ...]


class Past(NamedTuple):
    """Released history as it was told once: `text` has the sections of all that the last of `tags` contains.

    `tags` are names and commits of releases, lowest version first; `beside` those of higher ones that then
    lay elsewhere. `commits` are the first digits of the hash of each commit told of, in a row.
    """

    tags: tuple[tuple[str, str], ...]
    beside: tuple[tuple[str, str], ...]
    commits: str
    text: str


class Head(NamedTuple):
    """Where a working tree stands: `sha` None before the first commit, `branch` None when detached."""

    sha: str | None
    branch: str | None


class Walk(NamedTuple):
    """A stretch of history, newest first; `aside` counts the commits of `since` that the tip lacks."""

    commits: tuple[Commit, ...]
    aside: int


class Point(NamedTuple):
    """A place to kill a run: an effect, by its number (from 0) among those counted at `place`, and the moment.

    At `door` effects are counted where cz-ship has them, at `host` where an upload or an announcement
    arrives. `before`: nothing is done yet; `after`: it is done, and not known; `lost`: an index or the forge
    has done it, and is not heard.
    """

    place: str
    number: int
    effect: str
    moment: str


class IndexFile(NamedTuple):
    """A file that an index holds; its `sha256` is known, be it of its bytes where the index does not tell it.

    `uploaded` is in seconds since 1970, 0 where the index does not tell it; `listed` holds where the
    simple page, which installers read, names the file.
    """

    name: str
    sha256: str
    url: str
    uploaded: int = 0
    listed: bool = True


class Asset(NamedTuple):
    """A file of a forge's release; `sha256` is empty where the forge does not tell it.

    What is not `whole` is the leftover of an upload that broke off.
    """

    name: str
    sha256: str
    size: int
    url: str = ""
    whole: bool = True


class ForgeRelease(NamedTuple):
    """A release on a forge, by its number there; a draft is one that is not `published`.

    To an `immutable` one no file can be added; `latest` is the one that the forge shows first; files for
    it go to `upload_url`.
    """

    number: int
    tag: str
    published: bool
    notes: str
    assets: tuple[Asset, ...]
    prerelease: bool = False
    immutable: bool = False
    latest: bool = False
    url: str = ""
    upload_url: str = ""


class PullRequest(NamedTuple):
    """A pull request as its event tells it: its hashes, what it says, and how its repository lets it be merged.

    `base` is the tip of `branch`, which it would go to; `source` names where it comes from (`ann/topic`).
    `ways` are those of merge, squash and rebase that are allowed. The last four are GitHub's settings for
    the messages that it makes (`squash_merge_commit_title` and so on), in its own words.
    """

    number: int
    title: str
    body: str
    base: str
    head: str
    branch: str
    source: str
    ways: tuple[str, ...]
    squash_title: str = "COMMIT_OR_PR_TITLE"
    squash_message: str = "COMMIT_MESSAGES"
    merge_title: str = "MERGE_MESSAGE"
    merge_message: str = "PR_TITLE"


class CiRun(NamedTuple):
    """A run of a CI, as its variables and its event tell; a text is empty where they do not tell it.

    `event` and `action` name what started it, `attempt` counts its runs from 1. `ref` and `sha` are what the CI
    checks out, `repository` (`ann/project`) is where it runs and `branch` that repository's default branch. Of a
    pull request: `head` is the tip of its branch, `source` the repository that the branch is in, `target` the
    branch that it would go to. Of a push: `author` made its newest commit, `deleted` holds where it took a ref away.
    `fork` holds where the repository was made as a copy of another.
    """

    event: str
    ref: str
    sha: str
    repository: str
    attempt: int = 1
    action: str = ""
    branch: str = ""
    head: str = ""
    source: str = ""
    target: str = ""
    author: str = ""
    deleted: bool = False
    fork: bool = False
