"""The judge of the kill sweep finds every harm that a broken release could do."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cz_ship.world.rehearsal.judge import Announced, Beginning, Scene, beginning, offences
from tests.support.repos import Repo

MODULE = "def hello(): ...\n"
NOTES = "## v1.1.0 (2026-01-01)\n\n- one\n- two\n\n## v1.0.0 (2025-01-01)\n\n- one\n"
METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: {version}\n"


def wheel(version: str = "1.1.0", module: str | None = MODULE, **more: str) -> bytes:
    """A wheel with one module, or with none."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        if module is not None:
            archive.writestr("demo/__init__.py", module)
        archive.writestr(f"demo-{version}.dist-info/METADATA", METADATA.format(version=version))
        for name, text in more.items():
            archive.writestr(f"demo/{name}.py", text)
    return made.getvalue()


def sdist(version: str = "1.1.0", module: str = MODULE) -> bytes:
    """An sdist with one module and version.txt."""
    made = io.BytesIO()
    texts = {
        "src/demo/__init__.py": module,
        "version.txt": f"{version}\n",
        "PKG-INFO": METADATA.format(version=version),
        "src/demo.egg-info/SOURCES.txt": "made by the backend",
    }
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, text in texts.items():
            member = tarfile.TarInfo(f"demo-{version}/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return made.getvalue()


WHEEL, SDIST = "demo-1.1.0-py3-none-any.whl", "demo-1.1.0.tar.gz"


class Stage:
    """A remote and two indexes as a whole release leaves them; a test then does its harm."""

    def __init__(self, root: Path) -> None:
        self.repo = Repo(root)
        self.files: dict[str, dict[str, bytes]] = {"test": {}, "prod": {}}
        self.releases: list[Announced] = []
        self.repo.commit("feat: a", {"src/demo/__init__.py": MODULE, "version.txt": "1.0.0\n", "CHANGELOG.md": ""})
        self.repo.tag("v1.0.0")
        self.start: Beginning = beginning(self.scene)
        self.bump()
        self.repo.tag("v1.1.0")
        for held in self.files.values():
            held.update({WHEEL: wheel(), SDIST: sdist()})
        self.announce()

    @property
    def scene(self) -> Scene:
        return Scene(self.repo.root, "main", self.files, tuple(self.releases))

    def announce(self, *, published: bool = True, latest: bool = True, sums: str = "", **harm: bytes) -> None:
        """A release on the forge, with what the last index holds; some files otherwise, or (empty) left out."""
        held = {**self.files["prod"], **{{"wheel": WHEEL, "sdist": SDIST}[kind]: text for kind, text in harm.items()}}
        lines = [f"{hashlib.sha256(self.files['prod'][name]).hexdigest()}  {name}\n" for name in sorted(held)]
        files = {name: content for name, content in held.items() if content}
        told = {**files, "SHA256SUMS": (sums or "".join(lines)).encode()}
        self.releases = [Announced("v1.0.0", True, not latest, {}), Announced("v1.1.0", published, latest, told)]

    def bump(self, version: str = "1.1.0", notes: str = NOTES, **modules: str) -> None:
        """A bump commit."""
        more = {f"src/demo/{name}.py": text for name, text in modules.items()}
        self.repo.commit(f"bump: {version}", {"version.txt": f"{version}\n", "CHANGELOG.md": notes, **more})

    def tag_again(self, **written: str) -> None:
        """Another bump commit in the place of the first."""
        self.repo.git("tag", "-d", "v1.1.0")
        self.repo.git("reset", "--quiet", "--hard", "v1.0.0")
        self.bump(**written)
        self.repo.tag("v1.1.0")

    def put(self, name: str, content: bytes) -> None:
        """Lay a file onto both indexes."""
        for held in self.files.values():
            held[name] = content


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "repo")


def test_a_whole_release_is_without_offence(stage: Stage) -> None:
    assert offences(stage.scene, stage.start) == ()


HARMS: list[tuple[str, Callable[[Stage], object]]] = [
    ("there are 0 new tags", lambda stage: stage.repo.git("tag", "-d", "v1.1.0")),
    ("there are 2 new tags", lambda stage: stage.repo.tag("v1.1.1")),
    ("v1.1.0 is not in main", lambda stage: stage.repo.git("reset", "--quiet", "--hard", "v1.0.0")),
    ("2 commits were made", lambda stage: stage.bump()),
    ("test holds demo-1.1.0.tar.gz of the release", lambda stage: stage.files["test"].pop(WHEEL)),
    ("prod holds nothing of the release", lambda stage: stage.files["prod"].clear()),
    ("different bytes", lambda stage: stage.files["prod"].update({WHEEL: wheel() + b"\0"})),
    ("states version 1.2.0, its tag is v1.1.0", lambda stage: stage.put(WHEEL, wheel("1.2.0"))),
    ("version.txt at v1.1.0 says b'1.2.0", lambda stage: stage.tag_again(version="1.2.0")),
    (f"{WHEEL} holds demo/__init__.py", lambda stage: stage.put(WHEEL, wheel(module="import nothing\n"))),
    (f"{WHEEL} holds demo/uncommitted.py", lambda stage: stage.put(WHEEL, wheel(uncommitted="import nothing\n"))),
    (f"{SDIST} holds src/demo/__init__.py", lambda stage: stage.put(SDIST, sdist(module="import nothing\n"))),
    ("states version 1.0, its tag is v1.1.0", lambda stage: stage.put(WHEEL, wheel("1.0"))),
    (f"{WHEEL} lacks demo/more.py", lambda stage: stage.tag_again(more="")),
    (f"{WHEEL} holds no module", lambda stage: stage.put(WHEEL, wheel(module=None))),
    ("no section of v1.1.0", lambda stage: stage.tag_again(notes=NOTES.replace("v1.1.0", "v1.2.0"))),
    ("2 sections ## v1.1.0", lambda stage: stage.tag_again(notes=NOTES + NOTES)),
    ("tells 2 times: - one", lambda stage: stage.tag_again(notes=NOTES.replace("two", "one"))),
    ("the forge has no release", lambda stage: stage.releases.pop()),
    ("the forge has v1.1.0 (a draft)", lambda stage: stage.announce(published=False)),
    ("v1.1.0 (a draft)", lambda stage: stage.releases.append(Announced("v1.1.0", False, False, {}))),
    ("the forge's release of v1.1.0 holds", lambda stage: stage.announce(wheel=wheel() + b"\0")),
    ("the forge's release of v1.1.0 holds", lambda stage: stage.announce(sdist=b"")),
    ("the forge's SHA256SUMS of v1.1.0", lambda stage: stage.announce(sums="nothing")),
    ("does not show v1.1.0 as the latest", lambda stage: stage.announce(latest=False)),
]


@pytest.mark.parametrize(("words", "harm"), HARMS, ids=[f"{words} {number}" for number, (words, _) in enumerate(HARMS)])
def test_each_harm_is_named(stage: Stage, words: str, harm: Callable[[Stage], object]) -> None:
    harm(stage)
    assert words in "; ".join(offences(stage.scene, stage.start))
