"""Tiny wheels and sdists made by hand, and the form by which a client uploads them."""

import gzip
import hashlib
import io
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from packaging.utils import canonicalize_name


class Tiny(NamedTuple):
    """A distribution in memory, with the name and the version that its metadata state."""

    filename: str
    content: bytes
    name: str
    version: str

    def laid(self, folder: Path) -> Path:
        """The file in a folder."""
        path = folder / self.filename
        path.write_bytes(self.content)
        return path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def wheel(
    name: str = "demo", version: str = "1.0", *, said: str = "", without: str = "", tag: str = "any", written: str = ""
) -> Tiny:
    """A pure wheel whose one module says something.

    `without` leaves a member of its dist-info out; `written` is the name in the file's name, where it is not as it
    should be.
    """
    written = written or canonicalize_name(name).replace("-", "_")
    folder = f"{written}-{version}.dist-info"
    members = {
        f"{written}.py": f"SAID = {said!r}\n",
        f"{folder}/METADATA": _metadata(name, version),
        f"{folder}/WHEEL": f"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-{tag}\n",
    }
    record = f"{folder}/RECORD"
    members[record] = "".join(f"{path},,\n" for path in (*members, record))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, text in members.items():
            if path != f"{folder}/{without}":
                archive.writestr(zipfile.ZipInfo(path), text)
    return Tiny(f"{written}-{version}-py3-none-{tag}.whl", content.getvalue(), name, version)


def sdist(name: str = "demo", version: str = "1.0", *, said: str = "", without: str = "") -> Tiny:
    """An sdist of two files; `without` leaves one out."""
    folder = f"{canonicalize_name(name).replace('-', '_')}-{version}"
    members = {"PKG-INFO": _metadata(name, version), "setup.py": f"# {said}\n"}
    content = io.BytesIO()
    # Without a time in the gzip header, the same sdist is the same bytes a second later.
    with (
        gzip.GzipFile(fileobj=content, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        entry = tarfile.TarInfo(folder)
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
        for path, text in members.items():
            if path != without:
                entry = tarfile.TarInfo(f"{folder}/{path}")
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text.encode()))
    return Tiny(f"{folder}.tar.gz", content.getvalue(), name, version)


def form(tiny: Tiny) -> dict[str, str]:
    """The fields of an upload, as twine fills them in."""
    is_wheel = tiny.filename.endswith(".whl")
    return {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": tiny.name,
        "version": tiny.version,
        "requires_python": ">=3.8",
        "filetype": "bdist_wheel" if is_wheel else "sdist",
        "pyversion": "py3" if is_wheel else "source",
        "md5_digest": hashlib.md5(tiny.content).hexdigest(),
        "sha256_digest": tiny.sha256,
        "blake2_256_digest": hashlib.blake2b(tiny.content, digest_size=32).hexdigest(),
    }


def _metadata(name: str, version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: A demo\nRequires-Python: >=3.8\n"
