"""Commitizen and cz-ship side by side: one worker process answers for both, in any repository."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.repos import CZ_TOML, Repo

ROOT = Path(__file__).resolve().parent.parent.parent
NO_COMMITS, NO_INCREMENT = 3, 21  # commitizen's exit codes for "nothing to bump"

HOOKED = "cz_hooked"
_HOOKED_PLUGIN = '''\
"""A plugin as others write them: conventional commits, with a Python hook at every place that has one."""

from commitizen.cz.conventional_commits import ConventionalCommitsCz


class HookedCz(ConventionalCommitsCz):
    change_type_order = ["BREAKING CHANGE", "Feat", "Fix", "Refactor", "Perf", "Echo"]

    def __init__(self, config):
        super().__init__(config)
        self.commit_parser = config.settings.get("hooked_parser", self.commit_parser)

    def filter_commits_before_bump(self, commits):
        return [commit for commit in commits if "[no bump]" not in commit.message]

    def filter_commits_before_changelog(self, commits):
        return [commit for commit in commits if "[no notes]" not in commit.message]

    def changelog_message_builder_hook(self, message, commit):
        if message["message"].endswith("[twice]"):
            return [dict(message), {**message, "change_type": "Echo", "scope": None}]
        if message["message"].endswith("[never]"):
            return None
        message["message"] += f" ({commit.title.partition(':')[0]}, {commit.author}, {message['author_email']})"
        return message

    def changelog_release_hook(self, release, tag):
        told = tag.name if tag else "no tag"
        release["version"] += f" of {told}" if "hooked_tags" in self.config.settings else " !"
        return release

    def changelog_hook(self, full, partial):
        return full.replace("### Fix\\n", f"### Fix ({'part of it' if partial else 'told'})\\n")
'''


class Answer(NamedTuple):
    """What a program said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


class Twins:
    """Asks commitizen and cz-ship, each by its own command line, in a process that stays alive."""

    def __init__(self, worker: "subprocess.Popen[bytes]") -> None:
        self._worker = worker

    def cz(self, root: Path, *arguments: str) -> Answer:
        """Run `cz` in a folder."""
        return Answer(*self._ask("cz", root, arguments))  # type: ignore[arg-type]

    def ship(self, root: Path, *arguments: str) -> Answer:
        """Run `cz-ship` in a folder."""
        return Answer(*self._ask("ship", root, arguments))  # type: ignore[arg-type]

    def next_of_cz(self, root: Path) -> str | None:
        """What commitizen gives as the next version; None where it says that there is nothing to bump."""
        said = self.cz(root, "bump", "--get-next", "--yes")
        assert said.code in (0, NO_COMMITS, NO_INCREMENT), said
        return said.out.strip() if said.code == 0 else None

    def changelog_of_cz(self, root: Path) -> str:
        """Commitizen's whole changelog, without the line break that `print` adds to it."""
        said = self.cz(root, "changelog", "--dry-run")
        assert said.code == 0, said
        return said.out.removesuffix("\n")

    def next_of_ship(self, root: Path) -> str | None:
        """What cz-ship gives as the next version; None where it says that there is nothing to release."""
        said = self.ship(root, "version", "--next")
        assert said.code == 0, said
        return said.out.strip() or None

    def warnings(self, root: Path) -> list[str]:
        """The codes of the warnings in the plan."""
        return [each["code"] for each in self.plan(root)["warnings"]]

    def plan(self, root: Path) -> Mapping[str, Any]:
        """The document of `cz-ship plan`."""
        said = self.ship(root, "plan", "--json")
        assert said.code == 0, said
        found: Mapping[str, Any] = json.loads(said.out)
        return found

    def changelog(self, root: Path) -> str:
        """The whole changelog of cz-ship."""
        said = self.ship(root, "changelog", "--all")
        assert said.code == 0, said
        return said.out

    def worths(self, root: Path, since: str | None) -> dict[str, str | None]:
        """What commitizen takes each commit since a tag for, by its own reading of git and of the message."""
        found = self._ask("worths", root, [since] if since else [])
        return dict(found)  # type: ignore[arg-type]

    def _ask(self, program: str, root: Path, arguments: Sequence[str]) -> list[object]:
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps([program, str(root), list(arguments)]).encode() + b"\n")
        self._worker.stdin.flush()
        line = self._worker.stdout.readline()
        assert line, "the worker has gone"
        answer: list[object] = json.loads(line)
        return answer


@contextmanager
def twins(folder: Path) -> Iterator[Twins]:
    """A worker; `folder` takes a plugin with hooks (`HOOKED`), which it has installed."""
    package = folder / f"{HOOKED}-1.0.dist-info"
    package.mkdir()
    (folder / f"{HOOKED}.py").write_text(_HOOKED_PLUGIN, encoding="utf-8")
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: cz-hooked\nVersion: 1.0\n", encoding="utf-8")
    (package / "entry_points.txt").write_text(f"[commitizen.plugin]\n{HOOKED} = {HOOKED}:HookedCz\n", encoding="utf-8")
    paths = [os.environ.get("PYTHONPATH", ""), str(ROOT), str(folder)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    command = [sys.executable, "-c", "from tests.support.twins import serve; serve()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=folder) as worker:
        yield Twins(worker)


def small(root: Path, settings: str = "", *, version: str = "1.0.0", plugin: str = "", tag: str = "v1.0.0") -> Repo:
    """A repository with commitizen's settings, version.txt, a first commit, and a tag on it where there is one."""
    repo = Repo(root)
    cz = CZ_TOML.replace("cz_conventional_commits", plugin) if plugin else CZ_TOML
    cz = cz.replace('tag_format = "v$version"\n', "") if "\ntag_format" in f"\n{settings}" else cz
    repo.commit("chore: begin", {".cz.toml": cz + settings, "version.txt": f"{version}\n"})
    if tag:
        repo.tag(tag)
    return repo


def serve() -> None:
    """The worker: answer a question a line, until there are no more."""
    # No module is looked for in the repositories that are asked about.
    sys.path[:] = [path for path in sys.path if path]
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    programs: Mapping[str, Callable[[Sequence[str]], object]] = {"cz": _cz, "ship": _ship, "worths": _worths}
    for line in sys.stdin.buffer:
        program, root, arguments = json.loads(line)
        os.chdir(root)
        answers.write(json.dumps(programs[program](arguments)).encode() + b"\n")
        answers.flush()


def _heard(speak: Callable[[], int]) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = speak()
    return code, out.getvalue(), err.getvalue()


def _cz(arguments: Sequence[str]) -> tuple[int, str, str]:
    from commitizen import cli
    from commitizen.exceptions import CommitizenException

    def speak() -> int:
        sys.argv = ["cz", *arguments]
        try:
            cli.main()
        except CommitizenException as end:
            if end.message:
                end.output_method(end.message)
            return int(end.exit_code)
        except Exception as fault:
            print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
            return 1
        return 0

    return _heard(speak)


def _ship(arguments: Sequence[str]) -> tuple[int, str, str]:
    from cz_ship.faces.cli import main

    return _heard(lambda: main(arguments))


def _worths(since: Sequence[str]) -> dict[str, str | None]:
    from commitizen import config, factory, git
    from commitizen.version_increment import VersionIncrement

    settings = config.read_cfg()
    plugin = factory.committer_factory(settings)
    bump_map = plugin.bump_map_major_version_zero if settings.settings["major_version_zero"] else plugin.bump_map
    commits = git.get_commits(since[0] if since else None)
    counted = {commit.rev for commit in plugin.filter_commits_before_bump(commits)}
    found: dict[str, str | None] = {}
    for commit in commits:
        worth = VersionIncrement.from_message(commit.message, plugin.bump_pattern or "", bump_map or {})
        found[commit.rev] = worth.name.lower() if worth and commit.rev in counted else None
    return found
