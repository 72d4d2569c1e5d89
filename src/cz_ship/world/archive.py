"""Archives: an sdist packed again so that its bytes say nothing of the day, the machine or the user; sums of files."""

import gzip
import hashlib
import re
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cz_ship.errors import Failure
from cz_ship.gates import Member
from cz_ship.model import SUMS, Artifact

COMPRESS_LEVEL = 9
CHUNK = 1 << 20
# https://www.rfc-editor.org/rfc/rfc7468; the last word is OpenPGP's.
_KEY = re.compile(rb"^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----", re.MULTILINE)
ANEW = "build them anew into an empty folder: cz-ship build --out DIR, or cz-ship release --stage prepare --dist DIR"
# A KeyError is what tarfile raises for a hard link to a member that is not there.
UNREADABLE = (OSError, EOFError, KeyError, tarfile.TarError, zipfile.BadZipFile, zlib.error)


def repack(sdist: Path, target: Path, epoch: int) -> None:
    """Write at `target` an sdist of the same content whose bytes depend on nothing else.

    Members are sorted by name, dated `epoch` (seconds since 1970), owned by nobody, with modes 644 or 755;
    the gzip header carries `epoch` and no file name. A hard link becomes the file it names, because whether
    two files share an inode is an accident of the machine. The folder of `sdist` serves for a temporary file.
    Raises `Failure` for an archive that cannot be read or written, or that holds a device, a pipe or the like.
    """
    with (
        _told(f"cannot repack {sdist.name}"),
        _unzipped(sdist) as plain,
        tarfile.open(fileobj=plain, mode="r:") as source,
        target.open("wb") as raw,
        # An empty name keeps the name of `target` out of the gzip header.
        gzip.GzipFile("", "wb", COMPRESS_LEVEL, raw, mtime=epoch) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as packed,
    ):
        _copy_members(source, packed, epoch)


def artifact_at(path: Path) -> Artifact:
    """The artifact that a file is; raises `Failure` where it cannot be read."""
    with _told(f"cannot read {path.name}"), path.open("rb") as file:
        found = member_of(path.name, file)
    return Artifact(path.name, found.sha256, found.size, str(path))


def summed(line: str, folder: Path) -> Artifact:
    """The file that a line of a folder's SHA256SUMS names. Raises `Failure` where it is missing or is another."""
    sha256, _, name = line.partition("  ")
    if not (folder / name).is_file():
        raise Failure(f"{folder} lacks {name}, which its {SUMS} names", hint=ANEW)
    artifact = artifact_at((folder / name).absolute())
    if artifact.sha256 != sha256:
        raise Failure(f"{name} has sha256 {artifact.sha256}, its {SUMS} names {sha256}", hint=ANEW)
    return artifact


def stated_metadata(path: Path) -> bytes:
    """The core metadata that a wheel (METADATA) or an sdist (PKG-INFO) carries; `Failure` where there is none.

    https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    with _told(f"cannot read {path.name}"):
        found = _told_in_wheel(path, "METADATA") if path.suffix == ".whl" else _sdist_metadata(path)
    if found is None:
        wanted = "*.dist-info/METADATA" if path.suffix == ".whl" else "PKG-INFO in its top folder"
        raise Failure(f"{path.name} states no metadata, {wanted} was wanted")
    return found


def wheel_facts_of(path: Path) -> bytes:
    """The file WHEEL of a wheel; nothing for an sdist. Raises `Failure` where it cannot be read, or has none."""
    if path.suffix != ".whl":
        return b""
    with _told(f"cannot read {path.name}"):
        found = _told_in_wheel(path, "WHEEL")
    if found is None:
        raise Failure(f"{path.name} has no *.dist-info/WHEEL; one was wanted")
    return found


def members_of(path: Path) -> tuple[Member, ...]:
    """The files of a wheel or an sdist, sorted by path, without the top folder of an sdist; links as what they name.

    Raises `Failure` where it cannot be read.
    """
    with _told(f"cannot read {path.name}"):
        return tuple(sorted(_wheel_members(path) if path.suffix == ".whl" else _sdist_members(path)))


def sources_of(wheel: Path) -> dict[str, bytes]:
    """The Python files of a wheel, by their paths there. Raises `Failure` where it cannot be read."""
    with _told(f"cannot read {wheel.name}"), zipfile.ZipFile(wheel) as found:
        return {name: found.read(name) for name in found.namelist() if name.endswith(".py")}


def member_of(path: str, file: IO[bytes]) -> Member:
    """A file as a member of what holds it."""
    digest, size, key = hashlib.sha256(), 0, None
    while chunk := file.read(CHUNK):
        key = _KEY.search(chunk) if size == 0 else key
        digest.update(chunk)
        size += len(chunk)
    return Member(path, size, digest.hexdigest(), key.start() if key else -1)


def _wheel_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            if not name.endswith("/"):
                with wheel.open(name) as file:
                    yield member_of(name, file)


def _sdist_members(path: Path) -> Iterator[Member]:
    with tarfile.open(path, "r:*") as sdist:
        for member in sdist:
            name = member.name.partition("/")[2]
            try:
                content = sdist.extractfile(member) if not member.isdir() else None
            except KeyError:
                raise Failure(f"{path.name}: {name} is a link that leads nowhere in it ({member.linkname})") from None
            if content is not None:
                yield member_of(name, content)


def _copy_members(source: tarfile.TarFile, packed: tarfile.TarFile, epoch: int) -> None:
    # Of members with one name the last is the one that unpacking leaves.
    members = {member.name: member for member in source}
    for name in sorted(members):
        member = members[name]
        # A new header: the old one may carry times, owners and comments of its own.
        header = tarfile.TarInfo(name)
        header.mtime = epoch
        header.mode = 0o755
        if member.isdir():
            header.type = tarfile.DIRTYPE
            packed.addfile(header)
        elif member.issym():
            header.type = tarfile.SYMTYPE
            header.mode = 0o777
            header.linkname = member.linkname
            packed.addfile(header)
        else:
            _copy_file(source, packed, member, header)


def _copy_file(
    source: tarfile.TarFile, packed: tarfile.TarFile, member: tarfile.TarInfo, header: tarfile.TarInfo
) -> None:
    content = source.extractfile(member) if member.isreg() or member.islnk() else None
    if content is None:
        raise Failure(f"the sdist's member {member.name!r} is neither file, folder nor link, one of them was wanted")
    with content:
        header.size = content.seek(0, 2)
        content.seek(0)
        header.mode = 0o755 if member.mode & 0o100 else 0o644
        packed.addfile(header, content)


@contextmanager
def _unzipped(path: Path) -> Iterator[IO[bytes]]:
    # Members are read in another order than they were written, and seeking backwards in gzip starts over.
    with gzip.open(path) as zipped, tempfile.TemporaryFile(dir=path.parent) as plain:
        shutil.copyfileobj(zipped, plain, CHUNK)
        plain.seek(0)
        yield plain


def _told_in_wheel(path: Path, told: str) -> bytes | None:
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            folder, _, file = name.partition("/")
            if folder.endswith(".dist-info") and file == told:
                return wheel.read(name)
    return None


def _sdist_metadata(path: Path) -> bytes | None:
    with tarfile.open(path, "r:gz") as sdist:
        for member in sdist:
            if member.name.count("/") == 1 and member.name.endswith("/PKG-INFO"):
                content = sdist.extractfile(member)
                return content.read() if content else None
    return None


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except UNREADABLE as error:
        raise Failure(f"{what}: {error}") from error
