"""The workshop: archives looked into, and programs run each with a log, a limit and an end."""

import os
import shlex
import shutil
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cz_ship.errors import Failure, usage
from cz_ship.gates import Environment, Hook, Member, Ran, Tooling
from cz_ship.model import Artifact
from cz_ship.world.archive import artifact_at, member_of, members_of, sources_of, stated_metadata, wheel_facts_of
from cz_ship.world.install import ALONE
from cz_ship.world.process import SECRET, last_lines, log_run

ENDS = (".whl", ".tar.gz")
LAST_LINES = 60
# What a terminal or a user's habits would change in what tools say; an empty PYTHONPATH is none. What a Python holds
# back in a buffer would be lost where it is ended.
CALM = {
    "COLUMNS": "120",
    "NO_COLOR": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": "",
    "PYTHONUNBUFFERED": "1",
    "SKIP": "",  # hooks that pre-commit would pass over
    "TERM": "dumb",
}


class LiveWorkshop:
    """Archives on disk and programs of this machine.

    Without `isolation` environments see what is installed beside cz-ship, and nothing is fetched.
    """

    def __init__(self, isolation: bool = True) -> None:
        self._isolation = isolation

    def seconds(self) -> float:
        return time.monotonic()

    def kept_folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="cz-ship-gates-"))

    def artifacts(self, folder: Path) -> tuple[Artifact, ...]:
        if not folder.is_dir():
            raise usage(f"{folder} is no folder, one with wheels and sdists was wanted")
        return tuple(artifact_at(each) for each in sorted(folder.iterdir()) if each.name.endswith(ENDS))

    def members(self, artifact: Artifact) -> tuple[Member, ...]:
        return members_of(Path(artifact.path))

    def tree(self, folder: Path) -> tuple[Member, ...]:
        return tuple(sorted(_files(folder)))

    def sources(self, wheel: Artifact) -> Mapping[str, bytes]:
        return sources_of(Path(wheel.path))

    def metadata(self, artifact: Artifact) -> bytes:
        return stated_metadata(Path(artifact.path))

    def wheel_facts(self, artifact: Artifact) -> bytes:
        return wheel_facts_of(Path(artifact.path))

    def tooling(self, tree: Path) -> Tooling:
        from cz_ship.world.tooling import tooling_of

        return tooling_of(tree)

    def hooks(self, tree: Path) -> tuple[Hook, ...]:
        from cz_ship.world.tooling import HOOKS, hooks_of

        return tuple(hooks_of(tree / HOOKS))

    def local_hooks(self, tree: Path, into: Path) -> None:
        from cz_ship.world.tooling import write_local_hooks

        write_local_hooks(tree, into)

    def fitting(self, wheels: Sequence[Artifact]) -> Artifact | None:
        from packaging.tags import sys_tags
        from packaging.utils import parse_wheel_filename

        rank = {tag: number for number, tag in enumerate(sys_tags())}
        found = []
        for wheel in wheels:
            ranks = [rank[tag] for tag in parse_wheel_filename(wheel.name)[3] if tag in rank]
            found += [(min(ranks), wheel)] if ranks else []
        return min(found)[1] if found else None

    def pythons(self, wanted: Sequence[str]) -> Mapping[str, str]:
        from cz_ship.world.environments import pythons

        return pythons(wanted, alone=not self._isolation)

    def environment(self, folder: Path, log: Path, limit: float, python: str = "") -> Environment:
        from cz_ship.world.environments import make

        return make(folder, log, limit, python or sys.executable, shared=not self._isolation)

    def install(
        self, environment: Environment, wanted: Sequence[str], log: Path, limit: float, lowest: bool = False
    ) -> Ran:
        from cz_ship.world.environments import installing

        uv, until, ran = self.find("uv") if lowest else "", self.seconds() + limit, Ran(0, "")
        files = [each for each in wanted if each.partition("[")[0].endswith(ENDS)]
        rest = [each for each in wanted if each not in files]
        # What is beside may serve as a requirement, and never in the place of the very file.
        for part in [wanted] if self._isolation else [files, rest]:
            if part and ran.code == 0:
                command = installing(environment, part, uv, shared=not self._isolation, anew=part is files)
                left = max(0.0, until - self.seconds())
                ran = self.run(command, log, cwd=environment.python.parent, limit=left, env=ALONE)
        return ran

    def beside(self, project: str) -> tuple[str, ...]:
        from cz_ship.world.environments import files_of

        return () if self._isolation else files_of(project, sysconfig.get_path("purelib"))

    def measuring(self, environment: Environment) -> Path:
        from cz_ship.world.environments import lay_measuring

        return lay_measuring(environment)

    def copy(self, tree: Path, paths: Sequence[str], into: Path) -> None:
        for path in paths:
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(tree / path, into / path)

    def lay_links(self, tree: Path, into: Path) -> None:
        top = tree.resolve()
        for place, folders, _ in os.walk(top):
            beside = into / Path(place).relative_to(top)
            for link in (Path(place, name) for name in folders if Path(place, name).is_symlink()):
                target = link.resolve()
                inside = into / target.relative_to(top) if target.is_relative_to(top) else None
                if inside and inside.is_dir() and beside.is_dir():
                    (beside / link.name).symlink_to(os.path.relpath(inside, beside), target_is_directory=True)

    def changed_lines(self, repository: Path, base: str, commit: str) -> Mapping[str, tuple[int, ...]]:
        from cz_ship.world.diff import changed_lines

        return changed_lines(repository, base, commit)

    def find(self, program: str) -> str:
        return shutil.which(program, path=self.path()) or ""

    def path(self, *first: str) -> str:
        # An environment that is not activated is not on the path.
        return os.pathsep.join([*first, os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])

    def note(self, log: Path, text: str) -> None:
        try:
            with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError as error:
            raise Failure(f"{log} cannot be written: {error.strerror or error}") from error

    def run(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        cwd: Path,
        limit: float,
        env: Mapping[str, str] | None = None,
    ) -> Ran:
        self.note(log, f"$ {shlex.join(str(word) for word in command)}\n")
        begun = log.stat().st_size
        # What a program runs in its turn, as pre-commit does hooks, may lie beside us too; it comes before nothing.
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), os.path.dirname(sys.executable)])
        told = {**CALM, "PATH": path, "PWD": str(cwd), **(env or {})}
        # A shell's memory of where one stands leads to the sources.
        code = log_run(command, log, cwd=cwd, env=told, without=(*SECRET, "OLDPWD"), limit=limit)
        return Ran(code, "\n".join(last_lines(log, begun, LAST_LINES)))


def _files(folder: Path) -> list[Member]:
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in files:
            path = Path(place, name)
            if path.is_file() and name != ".git":
                with path.open("rb") as file:
                    found.append(member_of(path.relative_to(folder).as_posix(), file))
    return found
