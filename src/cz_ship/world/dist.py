"""The door to `build` and `twine check`: a tree becomes an sdist and a wheel, the same bytes on any day."""

import configparser
import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from cz_ship.errors import Failure, usage
from cz_ship.gates import Delivery, GateWord, Member, Watch
from cz_ship.model import SUMS, Artifact, sums_text
from cz_ship.world import effects
from cz_ship.world.archive import artifact_at, members_of, repack, stated_metadata, summed
from cz_ship.world.backend import CALM, make
from cz_ship.world.files import replace
from cz_ship.world.process import run

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

COMMIT = "# commit "
TIP = "# tip "
VERIFIED = "# the gates have passed these files"
GATE = "# gate "
# Where projects state their name, the standard first: PEP 621, then poetry before 2 and flit before 3.2.
NAME_KEYS = (
    ("project", "name"),
    ("tool", "poetry", "name"),
    ("tool", "flit", "metadata", "dist-name"),
    ("tool", "flit", "metadata", "module"),
)


class LiveBuilder:
    """`python -m build` of the running interpreter, with what differs from day to day taken out.

    `isolation` lets each build fetch its own backend; without it the installed one is used.
    `scratch` is where temporary folders are made, the system's choice where it is None.
    """

    def __init__(self, isolation: bool, scratch: Path | None = None) -> None:
        self._options = [] if isolation else ["--no-isolation"]
        self._scratch = scratch

    def build(self, tree: Path, out: Path, epoch: int, watch: Watch | None = None) -> tuple[Artifact, ...]:
        """Sdist and wheel of `tree`, laid into `out` with SHA256SUMS; what else lies there stays.

        `epoch` (seconds since 1970) dates everything. The tree should be a private one: its files get the modes
        644 or 755, because wheels record them, and a backend may leave its traces.
        Raises `Failure` with the backend's last words where the build fails, and leaves nothing in `out` then.
        """
        try:
            _settle_modes(tree)
            with tempfile.TemporaryDirectory("", "cz-ship-", self._scratch, ignore_cleanup_errors=True) as room:
                made = make(tree.resolve(), Path(room).resolve(), epoch, self._options, watch)
                return _lay(_both(made), out.absolute(), epoch)
        except OSError as error:
            raise Failure(
                f"the build cannot use its folders: {error}",
                hint="see that the temporary folder and the output folder can be written and have space",
            ) from error

    def build_wheels(self, tree: Path, epoch: int, watch: Watch) -> Mapping[str, tuple[Member, ...]]:
        """The wheels made straight from a tree, by file name; `build` goes by the sdist. Raises as that does."""
        _settle_modes(tree)
        with tempfile.TemporaryDirectory("", "cz-ship-", self._scratch, ignore_cleanup_errors=True) as room:
            made = make(tree.resolve(), Path(room).resolve(), epoch, [*self._options, "--wheel"], watch)
            return {file.name: members_of(file) for file in made}

    def deliver(self, artifacts: Sequence[Artifact], out: Path, commit: str, tip: str = "") -> tuple[Artifact, ...]:
        """Copy artifacts into `out`, with SHA256SUMS, all of them or nothing; the artifacts as they lie there.

        Comments in SHA256SUMS tell the commit and the tip; `sha256sum -c` passes them over.
        """
        told = f"{COMMIT}{commit}\n" + (f"{TIP}{tip}\n" if tip else "")
        out = out.absolute()
        try:
            out.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory("", ".cz-ship-", out) as stage:
                for artifact in artifacts:
                    shutil.copyfile(artifact.path, Path(stage, artifact.name))
                return _settle([artifact.name for artifact in artifacts], Path(stage), out, told)
        except OSError as error:
            raise Failure(f"{out} cannot be written to: {error.strerror or error}") from error

    def vouch(self, folder: Path, gates: Sequence[GateWord]) -> None:
        """Let a folder's SHA256SUMS say that the gates have passed what it names. Raises `Failure`."""
        text = (folder / SUMS).read_text(encoding="utf-8")
        told = "".join(f"{GATE}{each.name} {each.state} {' '.join(each.reason.split())}\n" for each in gates)
        if VERIFIED not in text.splitlines():
            replace(folder / SUMS, f"{VERIFIED}\n{told}{text}".encode())

    def found(self, folder: Path) -> Delivery | None:
        """What a folder's SHA256SUMS names, with the commit that it tells; None where it has none.

        Raises `Failure` where a file is missing or its bytes are not those that SHA256SUMS names.
        """
        sums = folder / SUMS
        if not sums.is_file():
            return None
        lines = sums.read_text(encoding="utf-8").splitlines()
        marked = (line[2:].partition(" ") for line in lines if line.startswith((COMMIT, TIP)))
        told = {name: sha for name, _, sha in marked}
        artifacts = tuple(summed(line, folder) for line in lines if not line.startswith("#"))
        words = (line.removeprefix(GATE).split(" ", 2) for line in lines if line.startswith(GATE))
        gates = tuple(GateWord(*each) for each in words if len(each) == 3)
        return Delivery(artifacts, told.get("commit", ""), VERIFIED in lines, told.get("tip", ""), gates)

    def check(self, artifacts: Sequence[Artifact], log: Path | None = None) -> None:
        """What an index would say of the metadata: `twine check --strict`; raises `Failure` with its words."""
        if not artifacts:
            raise Failure("there is nothing to check, at least one artifact was wanted")
        paths = [Path(artifact.path).absolute() for artifact in artifacts]
        command: list[str | Path] = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", *paths]
        # `-m` looks into the working directory first: one that holds no modules.
        outcome = run(command, cwd=paths[0].parent, env=CALM)
        if log:
            with log.open("a", encoding="utf-8") as file:
                file.write(f"$ {shlex.join(map(str, command))}\n{outcome.words}\n")
        if outcome.code:
            words = "\n".join(line.rstrip() for line in outcome.words.splitlines())
            hint = 'say what its README is: readme = "README.md" in [project]' if "long_description" in words else ""
            raise Failure(f"twine check --strict refused the artifacts\n{words}", hint=hint)

    def identity(self, artifact: Artifact) -> tuple[str, str]:
        """Normalised name and version as the metadata inside states them.

        Raises `Failure` where they are missing, are not valid, or differ from what the file's name says.
        """
        from packaging.metadata import parse_email

        raw, _ = parse_email(stated_metadata(Path(artifact.path)))
        name, version = raw.get("name"), raw.get("version")
        if not name or not version:
            raise Failure(f"{artifact.name} states the name {name!r} and the version {version!r}, both were wanted")
        try:
            inside = canonicalize_name(name, validate=True), Version(version)
            outside = _named(artifact.name)
        except ValueError as error:
            raise Failure(f"{artifact.name} states no usable name and version: {error}") from error
        if inside != outside:
            raise Failure(
                f"{artifact.name} holds {inside[0]} {inside[1]}, {outside[0]} {outside[1]} was wanted by its file name"
            )
        return inside[0], str(inside[1])

    def project_name(self, tree: Path) -> str:
        """The distribution's normalised name, as pyproject.toml or else setup.cfg states it.

        Raises `Failure` (usage) where none is stated or it is not a valid name.
        """
        name = _stated_name(tree)
        if name is None:
            raise usage(
                "no name found in pyproject.toml or setup.cfg, a distribution's name was wanted",
                'state it in pyproject.toml: [project] with name = "…"',
            )
        try:
            return canonicalize_name(name, validate=True)
        except ValueError:
            raise usage(
                f"the project's name is {name!r}, letters, digits and inner . _ - were wanted",
                "https://packaging.python.org/en/latest/specifications/name-normalization/",
            ) from None


def _both(files: Sequence[Path]) -> list[Path]:
    """The sdist, then the wheels."""
    sdists = [file for file in files if file.name.endswith(".tar.gz")]
    wheels = [file for file in files if file.suffix == ".whl"]
    if len(sdists) != 1 or not wheels:
        names = ", ".join(file.name for file in files) or "nothing"
        raise Failure(f"the build made {names}; one .tar.gz and at least one .whl were wanted")
    return [*sdists, *wheels]


def _settle_modes(tree: Path) -> None:
    """Give files and folders the modes that git knows of, whatever the umask of their checkout was."""
    if os.name != "posix":
        return
    for folder, folders, files in os.walk(tree):
        if ".git" in folders:
            folders.remove(".git")
        for path in (os.path.join(folder, name) for name in ("", *folders, *files)):
            mode = os.lstat(path).st_mode
            if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
                wanted = 0o755 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o644
                if stat.S_IMODE(mode) != wanted:
                    os.chmod(path, wanted)


def _lay(made: Sequence[Path], out: Path, epoch: int) -> tuple[Artifact, ...]:
    """Move what was made into `out`, all of it or nothing."""
    out.mkdir(parents=True, exist_ok=True)
    # Renaming is atomic within a file system only, and the temporary folder may be on another one.
    with tempfile.TemporaryDirectory("", ".cz-ship-", out) as stage:
        for file in made:
            if file.suffix == ".whl":
                shutil.copyfile(file, Path(stage, file.name))
            else:
                repack(file, Path(stage, file.name), epoch)
        return _settle([file.name for file in made], Path(stage), out)


def _settle(names: Sequence[str], stage: Path, out: Path, comment: str = "") -> tuple[Artifact, ...]:
    """Write SHA256SUMS beside the staged files and move them all."""
    artifacts = [artifact_at(stage / name)._replace(path=str(out / name)) for name in sorted(names)]
    (stage / SUMS).write_text(comment + sums_text(artifacts), encoding="utf-8", newline="\n")
    _move([*sorted(names), SUMS], stage, out)
    return tuple(artifacts)


def _move(names: Sequence[str], stage: Path, out: Path) -> None:
    moved: list[Path] = []
    try:
        for name in names:
            with effects.passing(f"write {name}"):
                os.replace(stage / name, out / name)
            moved.append(out / name)
    except OSError:
        for path in moved:
            path.unlink(missing_ok=True)
        raise


def _named(file: str) -> tuple[str, Version]:
    if file.endswith(".whl"):
        name, version, *_ = parse_wheel_filename(file)
        return name, version
    return parse_sdist_filename(file)


def _stated_name(tree: Path) -> str | None:
    tables = _pyproject(tree / "pyproject.toml")
    for keys in NAME_KEYS:
        found: object = tables
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        if found is not None:
            if not isinstance(found, str):
                raise usage(f"pyproject.toml: {'.'.join(keys)} is {found!r}, a text was wanted")
            return found
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(tree / "setup.cfg", encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise usage(f"setup.cfg cannot be read: {error}") from error
    return parser.get("metadata", "name", fallback=None)


def _pyproject(path: Path) -> Mapping[str, object]:
    try:
        tables: Mapping[str, object] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise usage(f"pyproject.toml cannot be read: {error}") from error
    return tables
