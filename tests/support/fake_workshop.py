"""A workshop in memory: the fake builder's artifacts looked into, and programs whose ends are told beforehand."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cz_ship.errors import Failure
from cz_ship.gates import Environment, Hook, Member, Ran, Tooling
from cz_ship.model import Artifact

PYPROJECT = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\n"
REPORT = """<testsuites><testsuite>
<testcase classname="test_demo" name="test_it" file="test_demo.py" line="1" time="0.1"/>
</testsuite></testsuites>"""


class FakeWorkshop:
    """`programs` are those that are installed; `ends` what came of each command that says so (else: code 0),
    in whose words {cwd} stands for where it ran.

    `modules` are those that an environment has, `barren` the Pythons that make none. `report` is what pytest leaves.
    """

    def __init__(self) -> None:
        self.programs: dict[str, str] = {}
        self.ends: dict[str, Ran] = {}
        self.modules = "coverage pytest"
        self.barren: tuple[str, ...] = ()
        self.report = REPORT
        self.ran: list[str] = []
        self.extra: dict[str, dict[str, str]] = {"wheel": {}, "sdist": {}}
        self.told = Tooling()
        self.configured: tuple[Hook, ...] | Failure = ()
        self.copied: tuple[str, ...] = ()
        self.linked: tuple[str, ...] = ()
        self.besides: tuple[str, ...] = ()
        self.fits = True
        self.stated = PYPROJECT
        self.clock = 0.0

    def seconds(self) -> float:
        self.clock += 0.5
        return self.clock

    def kept_folder(self) -> Path:
        return Path(tempfile.mkdtemp())

    def artifacts(self, folder: Path) -> tuple[Artifact, ...]:
        return tuple(_artifact(path) for path in sorted(folder.iterdir()) if path.name.endswith((".whl", ".tar.gz")))

    def members(self, artifact: Artifact) -> tuple[Member, ...]:
        stated = _read(artifact)
        files = shipped(stated["files"]) if stated["kind"] == "wheel" else stated["files"]
        return members({**files, **self.extra[stated["kind"]]})

    def tree(self, folder: Path) -> tuple[Member, ...]:
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        return members({name: path.read_text(encoding="utf-8") for name, path in files.items() if ".git/" not in name})

    def sources(self, wheel: Artifact) -> Mapping[str, bytes]:
        return {path: text.encode() for path, text in shipped(_read(wheel)["files"]).items()}

    def metadata(self, artifact: Artifact) -> bytes:
        stated = _read(artifact)
        return self.stated.format(**stated).encode()

    def wheel_facts(self, artifact: Artifact) -> bytes:
        return b"" if artifact.name.endswith(".tar.gz") else b"Root-Is-Purelib: true\n"

    def tooling(self, tree: Path) -> Tooling:
        return self.told

    def hooks(self, tree: Path) -> tuple[Hook, ...]:
        if isinstance(self.configured, Failure):
            raise self.configured
        return self.configured

    def local_hooks(self, tree: Path, into: Path) -> None: ...

    def fitting(self, wheels: Sequence[Artifact]) -> Artifact | None:
        fitting = [each for each in wheels if self.fits and not each.name.endswith("win_amd64.whl")]
        return fitting[0] if fitting else None

    def pythons(self, wanted: Sequence[str]) -> Mapping[str, str]:
        return {"3.11": "python3.11"} | dict.fromkeys(self.barren, "")

    def environment(self, folder: Path, log: Path, limit: float, python: str = "") -> Environment:
        if any(version in str(folder) for version in self.barren):
            raise Failure("no clean environment can be made, its log says why")
        return Environment(folder / "python", folder / "site")

    def install(
        self, environment: Environment, wanted: Sequence[str], log: Path, limit: float, lowest: bool = False
    ) -> Ran:
        return self.run(["install", *wanted], log, cwd=environment.site, limit=limit)

    def beside(self, project: str) -> tuple[str, ...]:
        return self.besides

    def measuring(self, environment: Environment) -> Path:
        return environment.site / "measure.py"

    def copy(self, tree: Path, paths: Sequence[str], into: Path) -> None:
        self.copied += tuple(paths)

    def lay_links(self, tree: Path, into: Path) -> None:
        self.linked += (into.name,)

    def changed_lines(self, repository: Path, base: str, commit: str) -> Mapping[str, tuple[int, ...]]:
        return {}

    def find(self, program: str) -> str:
        return self.programs.get(program, "")

    def path(self, *first: str) -> str:
        return ":".join(first)

    def note(self, log: Path, text: str) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(text)

    def run(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        cwd: Path,
        limit: float,
        env: Mapping[str, str] | None = None,
    ) -> Ran:
        line = " ".join(map(str, command))
        if line.startswith("no-such"):
            raise Failure(f"cannot run {command[0]}: No such file or directory")
        self.ran.append(line)
        if "--junitxml" in command and self.report:
            Path(command[command.index("--junitxml") + 1]).write_text(self.report)
        asked = self.modules if "find_spec" in line else ""
        ended = next((ran for start, ran in self.ends.items() if start in line), Ran(0, asked))
        return ended._replace(words=ended.words.replace("{cwd}", str(cwd)))


def shipped(files: Mapping[str, str]) -> dict[str, str]:
    """What a wheel has of a tree: its modules, but no tests."""
    return {path: text for path, text in files.items() if path.endswith(".py") and not path.startswith("test")}


def members(files: Mapping[str, str]) -> tuple[Member, ...]:
    """Texts by their paths, as members of an archive."""
    raw = {path: text.encode() for path, text in files.items()}
    return tuple(Member(path, len(each), hashlib.sha256(each).hexdigest()) for path, each in sorted(raw.items()))


def _read(artifact: Artifact) -> dict[str, Any]:
    try:
        stated: dict[str, Any] = json.loads(Path(artifact.path).read_bytes())
    except ValueError as error:
        raise Failure(f"cannot read {artifact.name}: {error}") from error
    return stated


def _artifact(path: Path) -> Artifact:
    content = path.read_bytes()
    return Artifact(path.name, hashlib.sha256(content).hexdigest(), len(content), str(path))
