"""The decision on an upload: the file to store, nothing new, or a refusal."""

from collections.abc import Callable, Set
from typing import NamedTuple, Protocol

from packaging.metadata import Metadata
from packaging.utils import canonicalize_name

from cz_ship.world.rehearsal import refusals
from cz_ship.world.rehearsal.pages import Digests, Release, Shelf, Stored
from cz_ship.world.rehearsal.refusals import Refusal, Upload

RELEASE_IS_OPEN_FOR = 14 * 24 * 3600


class Grant(NamedTuple):
    """What a minted token allows: uploads to these projects (normalised) until `expires` (seconds since 1970).

    `repository` (owner/name) and `workflow` (the file's name) are those of the publisher it was minted for.
    """

    projects: frozenset[str]
    expires: float
    repository: str
    workflow: str


class Notary(Protocol):
    """Who verifies attestations."""

    def provenance(self, attestations: str, filename: str, sha256: str, grant: Grant) -> bytes:
        """What is shown of a file's attestations, in JSON (PEP 740). Raises `Refusal`."""
        ...


class Bench(NamedTuple):
    """What an upload is judged by.

    `names_used`: every file name that ever stood here; `now` in seconds since 1970; `size_limit` in bytes;
    `root`: the index's address, under which its help pages would be. Without a `notary` attestations are
    ignored, as Warehouse does while they are switched off.
    """

    shelf: Shelf
    names_used: Set[str]
    now: float
    size_limit: int
    root: str
    notary: Notary | None = None

    def see(self, topic: str) -> str:
        """The pointer to a help page that closes a refusal."""
        return f"See {self.root}/help/#{topic} for more information."


def judge(upload: Upload, identify: Callable[[], Grant | None], bench: Bench) -> Stored | None:
    """The file to store, or None where the very file stands here already.

    `identify` raises `Refusal`, or gives a minted token's grant, or None for who may do everything.
    The order of the checks is Warehouse's, so that the first of several faults is the one it tells.
    Raises `Refusal`.
    """
    grant = identify()
    refusals.check_form(upload)
    known = refusals.metadata(upload)
    if upload.content is None:
        raise Refusal("Upload payload does not have a file.")
    _check_permission(grant, canonicalize_name(known.name), bench)
    refusals.check_file_name(upload)
    if len(upload.content) > bench.size_limit:
        limit = f"Limit for project {known.name!r} is {bench.size_limit // 2**20} MB."
        raise Refusal(f"File too large. {limit} {bench.see('file-size-limit')}")
    digests = refusals.digests(upload.content)
    refusals.check_digests(upload, digests)
    if _is_here(upload.filename, digests, bench):
        return None
    release = _release(known, bench)
    _check_room(upload, release, bench)
    refusals.check_archive(upload.filename, upload.content)
    is_sdist = upload.text("filetype") == "sdist"
    check_name = refusals.check_sdist_name if is_sdist else refusals.check_wheel_name
    check_name(upload.filename, known.name, known.version)
    member = None if is_sdist else refusals.wheel_metadata(upload.filename, upload.content)
    return Stored(
        release=release,
        filename=upload.filename,
        content=upload.content,
        filetype=upload.text("filetype"),
        python_version=upload.text("pyversion") or "source",
        uploaded=bench.now,
        digests=digests,
        metadata=member,
        provenance=_provenance(upload, digests, grant, bench),
    )


def _check_permission(grant: Grant | None, project: str, bench: Bench) -> None:
    if grant is None:
        return
    if project not in bench.shelf.projects:
        raise Refusal(
            "Non-user identities cannot create new projects. This was probably caused by successfully using a "
            "pending publisher but specifying the project name incorrectly (either in the publisher or in your "
            f"project's metadata). Please ensure that both match. See: {bench.root}/help/#trusted-publishing"
        )
    name, faults = bench.shelf.projects[project], []
    if project not in grant.projects:
        faults.append(f"OIDC scoped token is not valid for project '{name}'")
        faults.append(f"project-scoped token is not valid for project: {name!r}")
    if bench.now >= grant.expires:
        faults.append("token is expired")
    if faults:
        raise Refusal(f"Invalid API Token: {', '.join(faults)}", 403)


def _is_here(filename: str, digests: Digests, bench: Bench) -> bool:
    """Whether the very file stands here; refuses its name with other bytes, its bytes under another name."""
    files = bench.shelf.files
    same = (stored for stored in files.values() if stored.digests.blake2 == digests.blake2)
    found = files.get(filename) or next(same, None)
    if found is None:
        return False
    if (found.filename, found.digests) == (filename, digests):
        return True
    # twine --skip-existing knows this refusal by its first words.
    what = f"File already exists ({filename!r}, with blake2_256 hash {digests.blake2!r})."
    raise Refusal(f"{what} {bench.see('file-name-reuse')}")


def _check_room(upload: Upload, release: Release, bench: Bench) -> None:
    """A release takes files for 14 days, a name once, and one sdist."""
    if bench.now - release.created > RELEASE_IS_OPEN_FOR:
        raise Refusal("Uploading new files to releases older than 14 days is not allowed.")
    if upload.filename in bench.names_used:
        raise Refusal(
            "This filename was previously used by a file that has since been deleted. Use a different version. "
            f"{bench.see('file-name-reuse')}"
        )
    sdists = (stored.release for stored in bench.shelf.files.values() if stored.filetype == "sdist")
    if upload.text("filetype") == "sdist" and release in sdists:
        raise Refusal("Only one sdist may be uploaded per release.")


def _provenance(upload: Upload, digests: Digests, grant: Grant | None, bench: Bench) -> bytes:
    """What is shown of the upload's attestations; nothing where it has none. Raises `Refusal`."""
    if bench.notary is None or "attestations" not in upload.fields:
        return b""
    if grant is None:
        why = "Attestations are only supported when using Trusted Publishing"
        raise Refusal(f"Invalid attestations supplied during upload: {why}")
    return bench.notary.provenance(upload.text("attestations"), upload.filename, digests.sha256, grant)


def _release(known: Metadata, bench: Bench) -> Release:
    project = canonicalize_name(known.name)
    new = Release(
        project=project,
        version=known.version,
        created=bench.now,
        requires_python=str(known.requires_python or ""),
        summary=known.summary or "",
        requires_dist=tuple(map(str, known.requires_dist or ())),
    )
    return bench.shelf.release(project, str(known.version)) or new
