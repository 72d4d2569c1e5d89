"""The theatre of the pipeline: a project on a host, two indexes that trust its workflow, and what developers do."""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cz_ship.world.rehearsal.forge import PlayedForge, serve_forge
from cz_ship.world.rehearsal.forge_pulls import PlayedPulls
from cz_ship.world.rehearsal.forge_threads import PlayedThreads, Speaker
from cz_ship.world.rehearsal.mint import Job, Mint, Provider, TrustedPublisher, provide
from cz_ship.world.rehearsal.refs import RemoteRefs
from cz_ship.world.rehearsal.serve import Site, serve
from cz_ship.world.rehearsal.warehouse import Warehouse
from tests.support.host import Host
from tests.support.repos import Repo, project, remote_of
from tests.support.runs import NAME, OWNER, REPOSITORY, TOKEN, Event
from tests.support.world import addresses, files

WORKFLOW = Path(__file__).resolve().parent.parent.parent / ".github" / "workflows" / "pipeline.yml"
GATED = '"untaken", '  # this gate stays on: it shows which job judges, and which does not judge again
MAIN = "refs/heads/main"
_REPOSITORY = {"default_branch": "main", "full_name": REPOSITORY, "fork": False}


class Theatre(NamedTuple):
    """A developer's clone, the remote, the host that plays the workflow, both indexes, the forge."""

    repo: Repo
    remote: Repo
    host: Host
    test: Site
    prod: Site
    forge: PlayedForge

    def public(self) -> tuple[str, dict[str, str], dict[str, str]]:
        """All that others can see: branches and tags of the remote, and the files of both indexes."""
        refs = self.remote.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
        return refs, files(self.test), files(self.prod)

    def comments(self) -> list[str]:
        """What stands on the pull requests."""
        assert self.forge.threads
        return [each.body for each in self.forge.threads.comments.values()]

    def released(self) -> list[str]:
        """The tags of the releases that the forge shows."""
        return [each.tag for each in self.forge.state.releases.values() if each.published]

    def pushed(self, sha: str = "", ref: str = MAIN) -> Event:
        """The push of what the remote has at a ref."""
        sha = sha or self.remote.git("rev-parse", f"{ref}^{{commit}}")
        author = self.remote.git("show", "--no-patch", "--format=%an", sha)
        return Event("push", {"repository": _REPOSITORY, "head_commit": {"author": {"name": author}}}, ref, sha)

    def pull(self, title: str, *, source: str = REPOSITORY, number: int = 7) -> Event:
        """A pull request from the branch `topic`; the remote has what merging it would give, as the host makes it."""
        head, base = self.repo.git("rev-parse", "topic"), self.remote.git("rev-parse", "main")
        self.repo.git("push", "--quiet", "--force", "origin", f"topic:refs/pull/{number}/head")
        self.repo.git("switch", "--quiet", "--detach", base)
        self.repo.git("merge", "--quiet", "--no-ff", "-m", f"Merge {head} into {base}", head)
        merge = self.repo.head
        self.repo.git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        self.repo.git("switch", "--quiet", "topic")
        ends = {
            "head": {"sha": head, "ref": "topic", "label": f"{OWNER}:topic", "repo": {"full_name": source}},
            "base": {"sha": base, "ref": "main", "repo": _REPOSITORY},
        }
        told = {"number": number, "title": title, "body": None, **ends}
        payload = {"action": "synchronize", "repository": _REPOSITORY, "pull_request": told}
        return Event("pull_request", payload, f"refs/pull/{number}/merge", merge)

    def merge(self) -> Event:
        """Merge `topic` into main on the host; the push that this is."""
        self.repo.git("switch", "--quiet", "main")
        self.repo.git("pull", "--quiet", "--ff-only")
        self.repo.git("merge", "--quiet", "--no-ff", "-m", "Merge pull request #7 from ann/topic", "topic")
        self.repo.git("push", "--quiet")
        return self.pushed()


def _workflow(place: Path, mode: str) -> Path:
    """The workflow; in mode `pull-request` with the lines that the template has for it."""
    if mode == "push":
        return WORKFLOW
    text, granted = WORKFLOW.read_text(encoding="utf-8"), ("pull-requests: write", "actions: write")
    for each in granted:
        assert text.count(f"      # {each}\n") == 1
        text = text.replace(f"      # {each}\n", f"      {each}\n")
    (place / WORKFLOW.name).write_text(text, encoding="utf-8")
    return place / WORKFLOW.name


@contextmanager
def theatre(place: Path, mode: str = "push") -> Iterator[Theatre]:
    """A project 0.0.0 with one feature, released nowhere; both indexes take nothing but what the workflow uploads."""
    provider = Provider(Job(OWNER, NAME, WORKFLOW.name))
    project_name = "demo-ship"

    def mint(environment: str) -> Mint:
        return Mint([TrustedPublisher(project_name, OWNER, NAME, WORKFLOW.name, environment)], provider)

    tokens = {TOKEN: False}
    speakers = {TOKEN: Speaker("github-actions[bot]", may_write=False)}

    def permit(writes: Set[str]) -> None:
        tokens[TOKEN] = "contents" in writes
        speakers[TOKEN] = speakers[TOKEN]._replace(may_write="pull-requests" in writes)
        rights[TOKEN] = writes

    threads = PlayedThreads(REPOSITORY, [7], speakers)
    refs, rights = RemoteRefs(place / "remote.git"), dict[str, Set[str]]()
    pulls = PlayedPulls(REPOSITORY, refs, rights, workflows=[WORKFLOW.name])
    forge = PlayedForge(REPOSITORY, refs, tokens, threads=threads, pulls=pulls)
    with (
        provide(provider) as ci,
        serve_forge(forge) as site,
        serve(Warehouse(mint=mint("testpypi"))) as test,
        serve(Warehouse(mint=mint("pypi"))) as prod,
    ):
        repo = project(place / "project", "0.0.0", addresses(test.url, prod.url))
        announced = f'[tool.cz-ship.forge]\napi_url = "{site.api_url}"\n'
        settings = (repo.root / ".cz.toml").read_text().replace(GATED, "") + announced
        settings += f'[tool.cz-ship]\nmode = "{mode}"\n'
        repo.commit("ci: one gate, for all of them", {".cz.toml": settings})
        remote = remote_of(repo, place / "remote.git")
        refuse_pushes_without_permission(remote)
        yield Theatre(repo, remote, Host(_workflow(place, mode), remote, ci, place / "host", permit), test, prod, forge)


def refuse_pushes_without_permission(remote: Repo) -> None:
    """Let the remote refuse whoever comes from a job that may not write."""
    hook = remote.root / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ntest "${HOST_CONTENTS:-write}" = write || { echo "Permission denied" >&2; exit 1; }\n')
    hook.chmod(0o755)


def protect(remote: Repo, words: str) -> None:
    """Let the remote keep every job's own token out of main, in the words of a host. People merge there."""
    hook = remote.root / "hooks" / "update"
    (hook.parent / "words").write_text(words)
    refuse = f'{{ cat "{hook.parent / "words"}" >&2; exit 1; }}'
    hook.write_text(f'#!/bin/sh\ntest "$1" != {MAIN} || test -z "$HOST_CONTENTS" || {refuse}\n')
    hook.chmod(0o755)
