"""The judge of the kill sweep finds every harm that a broken release could do."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import cz_ship
from cz_ship.world.rehearsal import evidence
from cz_ship.world.rehearsal.judge import Announced, Beginning, Scene, beginning, offences
from tests.support import laws
from tests.support.repos import Repo

MODULE = "def hello(): ...\n"
NOTES = "## v1.1.0 (2026-01-01)\n\n- one\n- **api**: two\n\n## v1.0.0 (2025-01-01)\n\n- one\n"
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


def sdist(version: str = "1.1.0", module: str = MODULE, **more: str) -> bytes:
    """An sdist with one module, or more, and version.txt."""
    made = io.BytesIO()
    texts = {
        "src/demo/__init__.py": module,
        "version.txt": f"{version}\n",
        "PKG-INFO": METADATA.format(version=version),
        "src/demo.egg-info/SOURCES.txt": "made by the backend",
        **{name if "." in name else f"src/demo/{name}.py": text for name, text in more.items()},
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
        self.repo.commit(
            "feat: a", {"src/demo/__init__.py": MODULE, "blank.md": "", "version.txt": "1.0.0\n", "CHANGELOG.md": ""}
        )
        self.repo.tag("v1.0.0")
        self.repo.commit("feat: one", {".cz.toml": '[tool.commitizen]\nname = "cz_conventional_commits"\n'})
        self.repo.commit("fix(api): two")
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
        """A bump commit; with no notes at all it takes the changelog away."""
        more = {f"src/demo/{name}.py": text for name, text in modules.items()}
        self.repo.write({"version.txt": f"{version}\n", "CHANGELOG.md": notes, **more})
        if not notes:
            (self.repo.root / "CHANGELOG.md").unlink()
        self.repo.commit(f"bump: {version}")

    def tag_again(self, **written: str) -> None:
        """Another bump commit in the place of the first."""
        self.repo.git("tag", "-d", "v1.1.0")
        self.repo.git("reset", "--quiet", "--hard", self.start.tip)
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


def test_what_a_backend_writes_at_each_build_is_no_offence(stage: Stage) -> None:
    stated = "version = '1.1.0'\n"
    stage.put(WHEEL, wheel(_version=stated))
    stage.put(SDIST, sdist(_version=stated, **{"pyproject.toml": "[project]\n", "pyproject.toml.orig": "# ours\n"}))
    stage.announce()
    assert offences(stage.scene, stage.start) == ()


HARMS: list[tuple[str, Callable[[Stage], object]]] = [
    ("there are 0 new tags", lambda stage: stage.repo.git("tag", "-d", "v1.1.0")),
    ("there are 2 new tags", lambda stage: stage.repo.tag("v1.1.1")),
    ("there are 2 new tags", lambda stage: stage.repo.tag("1.1.0")),
    ("v1.1.0 is not in main", lambda stage: stage.repo.git("reset", "--quiet", "--hard", "v1.0.0")),
    ("2 commits were made", lambda stage: stage.bump()),
    ("test holds demo-1.1.0.tar.gz of the release", lambda stage: stage.files["test"].pop(WHEEL)),
    ("prod holds nothing of the release", lambda stage: stage.files["prod"].clear()),
    ("different bytes", lambda stage: stage.files["prod"].update({WHEEL: wheel() + b"\0"})),
    ("states version 1.2.0, its tag is v1.1.0", lambda stage: stage.put(WHEEL, wheel("1.2.0"))),
    ("version.txt at v1.1.0 says 1.2.0", lambda stage: stage.tag_again(version="1.2.0")),
    (f"{WHEEL} holds demo/__init__.py", lambda stage: stage.put(WHEEL, wheel(module="import nothing\n"))),
    (f"{WHEEL} holds demo/uncommitted.py", lambda stage: stage.put(WHEEL, wheel(uncommitted="import nothing\n"))),
    (f"{WHEEL} holds demo/__init__.py", lambda stage: stage.put(WHEEL, wheel(module="1.1.0\n"))),
    (f"{WHEEL} holds demo/_version.py", lambda stage: stage.put(WHEEL, wheel(_version="version = '1.0.0'\n"))),
    (f"{SDIST} holds src/demo/uncommitted.py", lambda stage: stage.put(SDIST, sdist(uncommitted="import nothing\n"))),
    (f"{SDIST} holds src/demo/copied.py", lambda stage: stage.put(SDIST, sdist(copied=MODULE))),
    (f"{WHEEL} holds demo/empty.py", lambda stage: stage.put(WHEEL, wheel(empty=""))),
    (f"{SDIST} holds src/demo/__init__.py", lambda stage: stage.put(SDIST, sdist(module="import nothing\n"))),
    ("states version 1.0, its tag is v1.1.0", lambda stage: stage.put(WHEEL, wheel("1.0"))),
    (f"{WHEEL} lacks demo/more.py", lambda stage: stage.tag_again(more="")),
    (f"{WHEEL} holds no module", lambda stage: stage.put(WHEEL, wheel(module=None))),
    ("no section of v1.1.0", lambda stage: stage.tag_again(notes=NOTES.replace("v1.1.0", "v1.2.0"))),
    ("2 sections of v1.1.0", lambda stage: stage.tag_again(notes=NOTES + NOTES.replace("2026", "2027"))),
    ("tells 2 times: - one", lambda stage: stage.tag_again(notes=NOTES.replace("- one", "- one\n- one"))),
    ("of v1.1.0 does not tell: one", lambda stage: stage.tag_again(notes=NOTES.replace("- one\n", "", 1))),
    ("of v1.1.0 does not tell: two", lambda stage: stage.tag_again(notes=NOTES.replace("two", "too"))),
    ("there is no CHANGELOG.md at v1.1.0", lambda stage: stage.tag_again(notes="")),
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


def test_in_mode_branch_the_notes_are_the_developers_own(stage: Stage) -> None:
    stage.tag_again(notes=NOTES.replace("- one\n", "", 1))
    bumped = stage.start._replace(tip=stage.repo.head)
    assert offences(stage.scene, bumped) == ()


def test_a_note_of_cz_ship_stands_in_for_a_subject(stage: Stage) -> None:
    stage.repo.git("notes", "--ref=cz-ship", "add", "-m", "fix: one, after all\n\nand why", f"{stage.start.tip}^")
    brought = evidence.subjects(stage.repo.root, "v1.1.0", stage.start.tags)
    assert brought == ["bump: 1.1.0", "fix(api): two", "fix: one, after all"]


def test_a_checkout_is_untidy_by_what_is_changed_or_lies_about(stage: Stage) -> None:
    assert evidence.untidy(stage.repo.root) == []
    stage.repo.write({"version.txt": "9", "new/file.py": ""})
    assert evidence.untidy(stage.repo.root) == [" M version.txt", "?? new/file.py"]


def test_the_judge_shares_no_code_with_what_releases() -> None:
    modules = {module.place: module for module in laws.read_package(Path(cz_ship.__file__).parent)}
    own = [f"world/rehearsal/{name}.py" for name in ("judge", "evidence", "narrative")]
    shared = {one.target.rpartition(".")[0] for place in own for one in modules[place].imports}
    its = "cz_ship.world.rehearsal"
    allowed = {"cz_ship.errors", "cz_ship.world.process", its, f"{its}.narrative"}
    assert {name for name in shared if name.startswith("cz_ship")} == allowed
    brought = {one.target.rpartition(".")[2] for place in own for one in modules[place].imports}
    assert {"evidence", "telling_offences", "run", "Failure"} <= brought
