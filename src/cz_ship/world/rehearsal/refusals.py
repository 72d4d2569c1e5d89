"""What the package index refuses of an upload by itself, in Warehouse's words and order."""

import hashlib
import io
import os.path
import re
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from typing import NamedTuple, cast, get_type_hints

from packaging.metadata import ExceptionGroup, InvalidMetadata, Metadata, RawMetadata
from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from cz_ship.world.rehearsal.pages import Digests

_EXTENSIONS = {"bdist_wheel": (".whl",), "sdist": (".tar.gz", ".zip")}
_NAME = re.compile(r"([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])", re.IGNORECASE | re.ASCII)
_DIGEST = re.compile(r"[A-F0-9]{64}", re.IGNORECASE)
_SPECIFICATION = "See https://packaging.python.org/specifications/core-metadata for more information."
_FIRST_FIELDS = ("metadata-version", "name", "version")
# Form fields are named as packaging names metadata's, but for these plurals.
_FIELDS = {
    "platforms": "platform",
    "supported_platforms": "supported_platform",
    "license_files": "license_file",
    "import_names": "import_name",
    "import_namespaces": "import_namespace",
}
_KINDS = get_type_hints(RawMetadata)
_TEXTS = [name for name, kind in _KINDS.items() if kind is str]
_LISTS = [name for name, kind in _KINDS.items() if kind == list[str] and name != "keywords"]


class Refusal(Exception):
    """An upload that the index does not take: the status code and the sentence of its answer."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class Upload(NamedTuple):
    """The form of an upload; `content` is None where it carries no file."""

    fields: Mapping[str, tuple[str, ...]]
    filename: str = ""
    content_type: str = ""
    content: bytes | None = None

    def text(self, name: str, default: str = "") -> str:
        """A field's value, the last where it stands twice."""
        return self.fields.get(name, (default,))[-1]


def parse(content_type: str, body: bytes) -> Upload:
    """The form in a `multipart/form-data` body; an empty form where the body is none. Source: RFC 7578."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary()
    if header.get_content_type() != "multipart/form-data" or boundary is None:
        return Upload({})
    fields: dict[str, tuple[str, ...]] = {}
    upload = Upload({})
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))[1:-1]:
        head, _, content = part.lstrip(b" \t").partition(b"\r\n\r\n")
        headers = BytesHeaderParser().parsebytes(head.removeprefix(b"\r\n"))
        name = headers.get_param("name", "", "content-disposition")
        filename = headers.get_filename()
        if name == "content" and filename is not None:
            upload = Upload({}, filename, headers.get("content-type", ""), content)
            continue
        value = content.decode("utf-8", "replace")
        # distutils wrote UNKNOWN where it had no value; Warehouse drops such fields.
        if value.strip() != "UNKNOWN":
            fields[str(name)] = (*fields.get(str(name), ()), value)
    return upload._replace(fields=fields)


def check_form(upload: Upload) -> None:
    """Protocol, name, file type and the shape of the digests."""
    name, filetype = upload.text("name"), upload.text("filetype")
    if upload.text("protocol_version", "1") != "1":
        raise Refusal("Unknown protocol version.")
    if not _NAME.fullmatch(name):
        wanted = "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'."
        fault = wanted if name else "This field is required."
        raise Refusal(f"{name!r} is an invalid value for Name. Error: {fault} {_SPECIFICATION}")
    spellings = {"blake2_256": "BLAKE2", "sha256": "SHA256"}
    for algorithm, spoken in spellings.items():
        digest = upload.text(f"{algorithm}_digest")
        if digest and not _DIGEST.fullmatch(digest):
            fault = f"Use a valid, hex-encoded, {spoken} message digest."
            raise Refusal(f"Invalid value for {algorithm}_digest. Error: {fault}")
    if filetype not in _EXTENSIONS:
        fault = "Use a known file type." if filetype else "This field is required."
        raise Refusal(f"Invalid value for filetype. Error: {fault}")
    if filetype == "sdist" and upload.text("pyversion", "source") != "source":
        raise Refusal("Invalid value for pyversion. Error: Use 'source' as Python version for an sdist.")
    if filetype != "sdist" and not upload.text("pyversion"):
        fault = "Python version is required for binary distribution uploads."
        raise Refusal(f"Invalid value for pyversion. Error: {fault}")
    if not any(upload.text(f"{algorithm}_digest") for algorithm in ("md5", *spellings)):
        raise Refusal("Error: Include at least one message digest.")


def metadata(upload: Upload) -> Metadata:
    """The form's core metadata; Warehouse believes the form, not the file."""
    raw: dict[str, object] = {name: upload.text(name) for name in _TEXTS if upload.text(name)}
    lists = {name: list(upload.fields.get(_FIELDS.get(name, name), ())) for name in _LISTS}
    raw |= {name: values for name, values in lists.items() if any(values)}
    if upload.text("keywords"):
        raw["keywords"] = [word.strip() for word in upload.text("keywords").split(",")]
    try:
        known = Metadata.from_raw(cast("RawMetadata", raw))
    except ExceptionGroup as group:
        faults = [(fault.field, str(fault)) for fault in group.exceptions if isinstance(fault, InvalidMetadata)]
    else:
        faults = _own_faults(known)
        if not faults:
            return known
    order = [*_FIRST_FIELDS, *sorted({field for field, _ in faults} - {*_FIRST_FIELDS})]
    text = min(faults, key=lambda fault: order.index(fault[0]))[1]
    raise Refusal(f"{text.removesuffix('.')}. {_SPECIFICATION}")


def check_file_name(upload: Upload) -> None:
    """A plain name with an extension that belongs to the file type, and a likely content type."""
    filename, filetype = upload.filename, upload.text("filetype")
    if any(ord(character) < 32 or ord(character) == 127 for character in filename):
        raise Refusal(
            "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) "
            "in the name."
        )
    if "/" in filename or "\\" in filename:
        raise Refusal("Cannot upload a file with '/' or '\\' in the name.")
    extension = next((end for ends in _EXTENSIONS.values() for end in ends if filename.lower().endswith(end)), None)
    if extension is None:
        raise Refusal(
            "Invalid file extension: Use .tar.gz, .whl or .zip extension. See https://www.python.org/dev/peps/pep-0527 "
            "and https://peps.python.org/pep-0715/ for more information"
        )
    if extension not in _EXTENSIONS[filetype]:
        raise Refusal(
            f"Invalid file extension: Extension {extension} is invalid for filetype {filetype}. "
            "See https://www.python.org/dev/peps/pep-0527 for more information."
        )
    if not upload.content_type or upload.content_type.startswith("image/"):
        raise Refusal("Invalid distribution file.")


def check_digests(upload: Upload, true: Digests) -> None:
    """Every digest that the form gives is the content's."""
    for field, digest in zip(("md5_digest", "sha256_digest", "blake2_256_digest"), true, strict=True):
        if upload.text(field).lower() not in ("", digest):
            raise Refusal("The digest supplied does not match a digest calculated from the uploaded file.")


def check_archive(filename: str, content: bytes) -> None:
    """A readable archive that holds what its kind must hold."""
    try:
        fault = _sdist_fault(content) if filename.endswith(".tar.gz") else _zip_fault(filename, content)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error):
        fault = f"File is not a {'tarfile' if filename.endswith('.tar.gz') else 'zipfile'}"
    if fault:
        raise Refusal(f"Invalid distribution file. {fault}")


def check_sdist_name(filename: str, name: str, version: Version) -> None:
    """The one name that an sdist may have. Source: PEP 625."""
    normalised = canonicalize_name(name)
    written = normalised.replace("-", "_")
    try:
        found, _ = parse_sdist_filename(filename)
    except InvalidSdistFilename:
        raise Refusal(f"Invalid source distribution filename: {filename}") from None
    if found != normalised:
        raise Refusal(f"Start filename for {name!r} with {written!r}.")
    if filename != f"{written}-{version}.tar.gz":
        raise Refusal(f"Filename {filename!r} is invalid, should be '{written}-{version}.tar.gz'.")


def check_wheel_name(filename: str, name: str, version: Version) -> None:
    """A wheel's name says the project, the version and a platform that others can install on."""
    normalised = canonicalize_name(name)
    written, beginning = normalised.replace("-", "_"), filename.partition("-")[0]
    try:
        found, found_version, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise Refusal(str(error)) from None
    for tag in tags:
        if _is_bound_to_one_linux(tag):
            raise Refusal(f"Binary wheel '{filename}' has an unsupported platform tag '{tag.platform}'.")
    if found != normalised:
        raise Refusal(f"Start filename for {name!r} with {written!r}.")
    if beginning != written:
        wanted = f"the normalized project name {written!r}, not {beginning!r}"
        raise Refusal(f"Filename {filename!r} should contain {wanted}.")
    if found_version != version:
        raise Refusal(f"Version in filename should be {str(version)!r} not {str(found_version)!r}.")


def wheel_metadata(filename: str, content: bytes) -> bytes:
    """A wheel's METADATA; refuses a wheel that lacks it or its RECORD."""
    folder = "-".join(filename.split("-")[:2]) + ".dist-info"
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        for member in ("RECORD", "METADATA"):
            if f"{folder}/{member}" not in wheel.namelist():
                raise Refusal(f"Wheel '{filename}' does not contain the required {member} file: {folder}/{member}")
        return wheel.read(f"{folder}/METADATA")


def digests(content: bytes) -> Digests:
    """The digests of a file's content."""
    return Digests(
        hashlib.md5(content, usedforsecurity=False).hexdigest(),
        hashlib.sha256(content).hexdigest(),
        hashlib.blake2b(content, digest_size=32).hexdigest(),
    )


def _own_faults(known: Metadata) -> list[tuple[str, str]]:
    """What Warehouse asks beyond the core metadata specification."""
    faults = []
    if known.version.local:
        faults.append(("version", f"The use of local versions in '{known.version}' is not allowed."))
    if known.summary and len(known.summary) > 512:
        faults.append(("summary", "'summary' field must be 512 characters or less."))
    direct = [requirement for requirement in known.requires_dist or () if requirement.url is not None]
    return faults + [("requires-dist", f"Can't have direct dependency: {requirement}") for requirement in direct]


def _sdist_fault(content: bytes) -> str:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as sdist:
        names = sdist.getnames()
    top = os.path.commonprefix(names)  # noqa: RUF071 - by characters, not by folders: so does Warehouse
    if top in (".", "/", ""):
        return "Incorrect number of top-level directories in sdist"
    wanted = os.path.join(top, "PKG-INFO")
    return "" if wanted in names else f"PKG-INFO not found at {wanted}"


def _zip_fault(filename: str, content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in archive.infolist()):
            return "File does not use a supported compression type"
        broken = archive.testzip()
        names = archive.namelist()
    if broken is not None:
        return f"{broken} is damaged"
    wanted = "-".join(filename.split("-")[:2]) + ".dist-info/WHEEL"
    return "" if filename.endswith(".zip") or wanted in names else f"WHEEL not found at {wanted}"


def _is_bound_to_one_linux(tag: Tag) -> bool:
    """`linux_x86_64` and the like promise nothing about the C library; two ARM tags are taken for history's sake."""
    return tag.platform.startswith("linux_") and tag.platform not in ("linux_armv6l", "linux_armv7l")
