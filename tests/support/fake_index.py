"""A package index in memory: what it holds, by Warehouse's rules, and how a machine reaches it."""

import hashlib
from pathlib import Path

from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from cz_ship.errors import Failure, tampered
from cz_ship.model import Artifact, IndexFile
from cz_ship.world.index_refusals import not_taken
from tests.support.gate import Gate

# The words of Warehouse.
BURNT = "This filename was previously used by a file that has since been deleted. Use a different version."


class Shelf:
    """What an index holds, with Warehouse's rules on what it takes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files: dict[str, bytes] = {}
        self.burnt: set[str] = set()
        self.hidden: set[str] = set()  # held, and not on its pages yet
        self.unlisted: set[str] = set()  # on its JSON page, and not on its simple page yet
        self.takes_again = True  # the same bytes under the same name, as Warehouse does and most others do not
        self.uploaded: dict[str, int] = {}  # when, of what it tells it of

    def take(self, name: str, content: bytes) -> None:
        """An upload. Raises `Failure` with the index's words, as the real door does."""
        if name in self.files and self.files[name] == content and self.takes_again:
            return
        if name in self.files or content in self.files.values():
            raise self.refusal(name, f"400 File already exists ({name!r})")
        if name in self.burnt:
            raise self.refusal(name, f"400 {BURNT}")
        self.files[name] = content

    def refusal(self, name: str, words: str) -> Failure:
        """The failure that the real door makes of an index's words."""
        return not_taken(f"the {self.name} index did not take {name}: {words}", words, "the environment", 0)

    def delete(self, name: str) -> None:
        """What a person can do on the index's site: the file goes, its name is burnt."""
        del self.files[name]
        self.burnt.add(name)


class FakeIndex:
    """A package index as one machine reaches it."""

    def __init__(self, shelf: Shelf, looks: Gate, effects: Gate) -> None:
        self._shelf = shelf
        self._looks = looks
        self._effects = effects
        self.missing = ""
        self.remark = ""

    @property
    def name(self) -> str:
        return self._shelf.name

    @property
    def address(self) -> str:
        return f"fake:{self.name}"

    def files(self, project: str, version: Version) -> tuple[IndexFile, ...]:
        return self._looks.through(f"files {self.name}", lambda: self._files(project, version))

    def _files(self, project: str, version: Version) -> tuple[IndexFile, ...]:
        return tuple(
            IndexFile(
                name,
                hashlib.sha256(content).hexdigest(),
                f"https://fake.example/{name}",
                self._shelf.uploaded.get(name, 0),
                listed=name not in self._shelf.unlisted,
            )
            for name, content in sorted(self._shelf.files.items())
            if _stated(name) == (project, version) and name not in self._shelf.hidden
        )

    def credentials_missing(self) -> str:
        return self.missing

    def upload(self, artifact: Artifact) -> str:
        content = Path(artifact.path).read_bytes()
        self._effects.through(f"upload {self.name} {artifact.name}", lambda: self._shelf.take(artifact.name, content))
        return self.remark

    def download(self, file: IndexFile, into: Path) -> Artifact:
        content = self._looks.through(f"download {self.name}", lambda: self._shelf.files[file.name])
        digest = hashlib.sha256(content).hexdigest()
        if file.sha256 != digest:
            raise tampered(f"{self.name} ({self.address})", file.name, digest, file.sha256)
        (into / file.name).write_bytes(content)
        return Artifact(file.name, digest, len(content), str(into / file.name))


def _stated(name: str) -> tuple[str, Version]:
    if name.endswith(".whl"):
        project, version, *_ = parse_wheel_filename(name)
        return project, version
    return parse_sdist_filename(name)
