"""The private clone: a release is made here, so the caller's tree is neither shipped nor changed."""

import os
from pathlib import Path

from cz_ship.errors import Failure, usage
from cz_ship.model import AMENDMENTS, AUTHOR, Amendments
from cz_ship.ports import Repository
from cz_ship.world import effects
from cz_ship.world.access import as_variables, job_access
from cz_ship.world.git import LENT, NETWORK_LIMIT, QUIET, Git
from cz_ship.world.git_words import is_passing, masked, refused
from cz_ship.world.process import run

EMAIL = "noreply@cz-ship.invalid"  # RFC 2606: a name that can never belong to anybody

# What a user or a machine has configured must not change a commit's bytes, run a program or ask
# for a key: the same plan makes the same commit everywhere.
_PLAIN_SETTINGS = (
    "core.autocrlf=false", "core.safecrlf=false", "core.hooksPath=/dev/null", "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null", "commit.gpgSign=false", "tag.gpgSign=false", "tag.forceSignAnnotated=false",
    "i18n.commitEncoding=UTF-8", "advice.detachedHead=false", "gc.auto=0", "fetch.recurseSubmodules=false",
)  # fmt: skip
_PLAIN = tuple(part for setting in _PLAIN_SETTINGS for part in ("-c", setting))

# A CI checkout keeps its token in the repository's own configuration; a clone has to carry it along.
_ACCESS = r"^(http|credential|url|remote\.origin\.proxy|core\.sshcommand)\b"

_MOVED = ("stale info", "fetch first", "non-fast-forward", "already exists", "cannot lock ref", "failed to update ref")

# GitHub's words for a protected branch and for a ruleset.
_PROTECTED = ("GH006", "GH013", "protected branch", "repository rule violations")


class PrivateClone(Git):
    """A full clone in a temporary folder."""

    def fetch(self) -> None:
        # The star after the name of the amendments: without it git would want them to be there.
        spans = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", f"+{AMENDMENTS}*:{AMENDMENTS}*")
        self.ask("fetch", "--quiet", "--prune", "--no-tags", "origin", *spans, limit=NETWORK_LIMIT)

    def checkout(self, commit: str) -> None:
        self.ask(*_PLAIN, "checkout", "--quiet", "--force", "--detach", commit, limit=600)
        self.ask(*_PLAIN, "clean", "--quiet", "-ffdx", limit=600)

    def write(self, path: str, content: bytes) -> None:
        file = self.root / path
        if self.root.resolve() not in file.resolve().parents:
            raise usage(f"{path!r} leads out of the project")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with effects.passing(f"write {path}"):
                file.write_bytes(content)
        except OSError as error:
            raise Failure(f"{path} cannot be written: {error.strerror or error}") from error

    def commit_all(self, message: str, time: int) -> str:
        self.ask(*_PLAIN, "add", "--all", limit=600)
        self.as_author(time, message, "commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-")
        return self.ask("rev-parse", "HEAD")

    def brought(self, since: str, commit: str) -> tuple[str, ...]:
        told = self.ask("diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", f"{since}...{commit}", "--")
        return tuple(filter(None, told.split("\0")))

    def create_tag(self, name: str, commit: str, message: str, time: int) -> None:
        options = ("--annotate", "--force", "--cleanup=verbatim", "--file=-")
        self.as_author(time, message, "tag", *options, "--", name, commit)

    def fetch_amendments(self, near: Repository) -> None:
        self.ask("fetch", "--quiet", "--no-tags", "--", near.root, AMENDMENTS, limit=600)

    def place_amendments(self, commit: str) -> None:
        self.ask("update-ref", AMENDMENTS, commit)

    def push(self, branch: str, commit: str, expected: str, tag: str, amendments: Amendments | None = None) -> bool:
        spans = [f"{commit}:refs/heads/{branch}", f"refs/tags/{tag}:refs/tags/{tag}"]
        return self._send(f"{branch} and {tag}", branch, expected, spans, amendments)

    def move(self, branch: str, new: str | None, old: str | None, amendments: Amendments | None = None) -> bool:
        return self._send(branch, branch, old or "", [f"{new or ''}:refs/heads/{branch}"], amendments)

    def _send(self, what: str, branch: str, expected: str, spans: list[str], amendments: Amendments | None) -> bool:
        leases = [f"--force-with-lease=refs/heads/{branch}:{expected}"]
        if amendments:
            leases.append(f"--force-with-lease={AMENDMENTS}:{amendments.old or ''}")
            spans = [*spans, f"{amendments.new}:{AMENDMENTS}"]
        options = ("--atomic", "--porcelain", "--no-verify", *leases)
        outcome = self.git("push", *options, "origin", *spans, limit=NETWORK_LIMIT)
        if outcome.code == 0:
            return True
        if has_moved(outcome.words):
            return False
        raise not_pushed(outcome.words, what, branch)

    def as_author(self, time: int, message: str, *arguments: str) -> None:
        """Run a git command that makes an object, with `message` as its input, as at `time`."""
        moment = f"{time} +0000"
        author = {"GIT_AUTHOR_NAME": AUTHOR, "GIT_AUTHOR_EMAIL": EMAIL, "GIT_AUTHOR_DATE": moment}
        committer = {"GIT_COMMITTER_NAME": AUTHOR, "GIT_COMMITTER_EMAIL": EMAIL, "GIT_COMMITTER_DATE": moment}
        env = {**QUIET, **author, **committer}
        outcome = run(["git", *_PLAIN, *arguments], cwd=self.root, env=env, without=LENT, input=message.encode())
        if outcome.code:
            raise refused(arguments, outcome)


def has_moved(words: str) -> bool:
    """Whether git's words on a push tell that the remote is not as expected; what a hook says there is no such word."""
    own = [line for line in words.splitlines() if not line.startswith("remote:") or line.startswith("remote: error: ")]
    return any(sign in line for line in own for sign in _MOVED)


def not_pushed(words: str, what: str, branch: str) -> Failure:
    """What git's words come to where nothing was pushed: a broken way may mend, a refusal needs a permission."""
    if is_passing(words):
        return Failure(f"the push of {what} did not end well: {masked(_why(words))}", pause=0)
    text = f"the remote refused the push of {what}: {masked(_why(words))}"
    return Failure(text, hint=_way_out(words, branch))


def clone_remote(near: Git, remote: str, into: Path) -> PrivateClone:
    """A full clone of a remote of `near`; objects that are here already are not fetched again."""
    url = near.remote_url(remote)
    if url is None:
        raise Failure(f"there is no remote {remote!r}", hint=f"git remote add {remote} <address>, and push the branch")
    options = ("--no-tags", "--reference-if-able", str(near.root), "--dissociate")
    clone = _clone(near, url, into, options, _access(near))
    clone.fetch()
    return clone


def clone_local(near: Git, into: Path) -> PrivateClone:
    """A clone of the caller's own repository as it stands, with its tags and its amendments."""
    clone = _clone(near, str(near.root), into, (), {})
    if amendments := near.amendments():
        clone.fetch_amendments(near)
        clone.place_amendments(amendments)
    return clone


def _clone(near: Git, source: str, into: Path, options: tuple[str, ...], access: dict[str, str]) -> PrivateClone:
    command = ["git", *_PLAIN, "clone", "--quiet", "--no-checkout", "--origin", "origin", *options]
    outcome = run(
        [*command, "--", source, into], cwd=near.root, env={**QUIET, **access}, without=LENT, limit=NETWORK_LIMIT
    )
    if outcome.code:
        raise refused(("clone", source), outcome)
    return PrivateClone(into, access)


def _access(near: Git) -> dict[str, str]:
    """What `near`'s own configuration says of access, as variables: never on a command line."""
    found = near.git("config", "--local", "--includes", "-z", "--get-regexp", _ACCESS).text
    pairs = [record.partition("\n") for record in found.split("\0") if record]
    return as_variables([*((key, value) for key, _, value in pairs), *job_access(os.environ)])


def _way_out(words: str, branch: str) -> str:
    """What a person can do about a push that was refused."""
    if any(sign in words for sign in _PROTECTED):
        return (
            f"{branch} is protected, and a job's own token never passes that: let a GitHub App (or a deploy key) that "
            "the rule lets pass push, with its token as GITHUB_TOKEN of this job; or let the bump come with a "
            'pull request: mode = "pull-request" or "branch" in [tool.cz-ship]'
        )
    if os.environ.get("GITHUB_ACTIONS"):
        return "this job must have `permissions: contents: write`"
    return f"whoever runs this must be allowed to write to {branch} and to create tags"


def _why(words: str) -> str:
    """The remote's own lines, without git's bookkeeping."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    told = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    rest = [line for line in lines if not line.startswith(("To ", "Done", "="))]
    return "; ".join([line for line in told if line] or rest)[:600]
