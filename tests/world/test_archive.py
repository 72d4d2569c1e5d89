"""Archives say nothing of the day, the machine or the user, and sums read back."""

import gzip
import hashlib
import io
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from cz_ship.errors import Failure
from cz_ship.model import Artifact, sums_text
from cz_ship.world.archive import artifact_at, members_of, repack, stated_metadata, wheel_facts_of
from cz_ship.world.process import run

EPOCH = 1_700_000_000
METADATA = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n"


class Member(NamedTuple):
    name: str
    kind: bytes = tarfile.REGTYPE
    mode: int = 0o644
    link: str = ""


FOLDER = Member("demo-1.0", tarfile.DIRTYPE, 0o700)
SCRIPT = Member("demo-1.0/run.sh", mode=0o700)
STATED = Member("demo-1.0/PKG-INFO", mode=0o600)
LINK = Member("demo-1.0/link", tarfile.SYMTYPE, link="PKG-INFO")
TWIN = Member("demo-1.0/again.sh", tarfile.LNKTYPE, mode=0o700, link="demo-1.0/run.sh")
LONG = Member(f"demo-1.0/{'long/' * 30}ünicode.txt", mode=0o660)


def sdist(folder: Path, members: Sequence[Member], *, day: float = 1.5, user: str = "ann", level: int = 1) -> Path:
    """An sdist as a careless backend makes it: fractions of seconds, owners, comments, a name in the gzip header."""
    folder.mkdir(parents=True)
    path = folder / "demo-1.0.tar.gz"
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": user}) as archive:
        for member in members:
            content = METADATA + member.name.encode() if member.kind == tarfile.REGTYPE else b""
            header = tarfile.TarInfo(member.name)
            header.type, header.mode, header.linkname = member.kind, member.mode, member.link
            header.size, header.mtime = len(content), day
            header.uid = header.gid = len(user)
            header.uname = header.gname = user
            archive.addfile(header, io.BytesIO(content))
    with path.open("wb") as raw, gzip.GzipFile(f"{user}.tar", "wb", level, raw, mtime=day) as zipped:
        zipped.write(plain.getvalue())
    return path


def repacked(source: Path, epoch: int = EPOCH) -> Path:
    target = source.parent / "repacked" / source.name
    target.parent.mkdir()
    repack(source, target, epoch)
    return target


def test_the_same_content_gives_the_same_bytes_whatever_day_user_order_and_level(tmp_path: Path) -> None:
    one = sdist(tmp_path / "one", (FOLDER, SCRIPT, STATED, LINK, LONG, TWIN))
    two = sdist(tmp_path / "two", (LONG, LINK, SCRIPT, TWIN, STATED, FOLDER), day=1e9 + 0.25, user="benjamin", level=9)
    assert one.read_bytes() != two.read_bytes()
    assert repacked(one).read_bytes() == repacked(two).read_bytes()


def test_repacking_twice_changes_nothing_more(tmp_path: Path) -> None:
    once = repacked(sdist(tmp_path / "one", (FOLDER, SCRIPT, STATED)))
    assert repacked(once).read_bytes() == once.read_bytes()


def test_members_are_sorted_dated_and_owned_by_nobody(tmp_path: Path) -> None:
    with tarfile.open(repacked(sdist(tmp_path / "one", (LONG, SCRIPT, STATED, FOLDER)))) as archive:
        members = archive.getmembers()
        assert archive.pax_headers == {}
    assert [member.name for member in members] == sorted((LONG.name, SCRIPT.name, STATED.name, FOLDER.name))
    for member in members:
        assert (member.mtime, member.uid, member.gid, member.uname, member.gname) == (EPOCH, 0, 0, "", "")
        assert set(member.pax_headers) <= {"path"}


@pytest.mark.parametrize(
    ("kind", "mode", "wanted"),
    [
        (tarfile.REGTYPE, 0o600, 0o644),
        (tarfile.REGTYPE, 0o666, 0o644),
        (tarfile.REGTYPE, 0o611, 0o644),
        (tarfile.REGTYPE, 0o700, 0o755),
        (tarfile.REGTYPE, 0o4755, 0o755),
        (tarfile.DIRTYPE, 0o700, 0o755),
        (tarfile.DIRTYPE, 0o2775, 0o755),
    ],
)
def test_modes_are_those_of_git(tmp_path: Path, kind: bytes, mode: int, wanted: int) -> None:
    with tarfile.open(repacked(sdist(tmp_path / "one", (Member("demo-1.0/it", kind, mode),)))) as archive:
        assert stat.S_IMODE(archive.getmember("demo-1.0/it").mode) == wanted


def test_the_content_is_kept(tmp_path: Path) -> None:
    with tarfile.open(repacked(sdist(tmp_path / "one", (FOLDER, SCRIPT, STATED, LONG)))) as archive:
        for wanted in (SCRIPT, STATED, LONG):
            content = archive.extractfile(wanted.name)
            assert content is not None
            assert content.read() == METADATA + wanted.name.encode()


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    with tarfile.open(repacked(sdist(tmp_path / "one", (STATED, LINK)))) as archive:
        kept = archive.getmember(LINK.name)
    assert kept.issym()
    assert kept.linkname == "PKG-INFO"


def test_a_hard_link_becomes_the_file_that_it_names(tmp_path: Path) -> None:
    with tarfile.open(repacked(sdist(tmp_path / "one", (SCRIPT, TWIN)))) as archive:
        kept = archive.getmember(TWIN.name)
        content = archive.extractfile(kept)
        assert content is not None
        assert (kept.isreg(), kept.mode, content.read()) == (True, 0o755, METADATA + SCRIPT.name.encode())


def test_the_gzip_header_carries_the_epoch_and_no_name(tmp_path: Path) -> None:
    header = repacked(sdist(tmp_path / "one", (STATED,))).read_bytes()[:10]
    assert header[:4] == b"\x1f\x8b\x08\x00"  # the fourth byte's bits announce a name or a comment: RFC 1952
    assert int.from_bytes(header[4:8], "little") == EPOCH


def test_another_epoch_gives_other_bytes(tmp_path: Path) -> None:
    one, two = (repacked(sdist(tmp_path / name, (STATED,)), epoch) for name, epoch in (("one", 1), ("two", 2)))
    assert one.read_bytes() != two.read_bytes()


@pytest.mark.parametrize("kind", [tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_member_that_is_no_file_folder_or_link_is_refused_by_name(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(Failure, match=r"member 'demo-1.0/odd' is neither file, folder nor link"):
        repacked(sdist(tmp_path / "one", (Member("demo-1.0/odd", kind),)))


def test_a_hard_link_to_nothing_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"cannot repack demo-1.0.tar.gz: .*run.sh"):
        repacked(sdist(tmp_path / "one", (TWIN,)))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_a_link_that_leads_nowhere_is_told_by_its_place(tmp_path: Path, kind: bytes) -> None:
    found = sdist(tmp_path / "one", [Member("demo-1.0/docs/x.md", kind, link="missing.md")])
    with pytest.raises(Failure, match=rf"^{found.name}: docs/x.md is a link that leads nowhere in it \(missing.md\)$"):
        members_of(found)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_damaged_sdist_is_a_failure(tmp_path: Path, share: float) -> None:
    path = sdist(tmp_path / "one", (STATED, SCRIPT, LONG))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(Failure, match=r"cannot repack demo-1.0.tar.gz: ."):
        repacked(path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here plays a full disk")
def test_a_full_disk_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"cannot repack demo-1.0.tar.gz: .*[Nn]o space left"):
        repack(sdist(tmp_path / "one", (STATED,)), Path("/dev/full"), EPOCH)


def test_an_artifact_knows_its_name_sum_size_and_place(tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0.tar.gz"
    content = b"ship" * 1_000_000  # more than one read
    path.write_bytes(content)
    wanted = Artifact("demo-1.0.tar.gz", hashlib.sha256(content).hexdigest(), 4_000_000, str(path))
    assert artifact_at(path) == wanted


def test_a_file_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"cannot read gone.whl"):
        artifact_at(tmp_path / "gone.whl")


def test_sums_are_sorted_by_name_whatever_the_order() -> None:
    artifacts = [Artifact("b.whl", "0" * 64, 1), Artifact("a.tar.gz", "f" * 64, 1)]
    assert sums_text(artifacts) == f"{'f' * 64}  a.tar.gz\n{'0' * 64}  b.whl\n"


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_sha256sum_reads_our_sums(tmp_path: Path) -> None:
    paths = [tmp_path / "demo-1.0-py3-none-any.whl", tmp_path / "demo-1.0.tar.gz"]
    for path in paths:
        path.write_bytes(path.name.encode())
    (tmp_path / "SHA256SUMS").write_text(sums_text(map(artifact_at, paths)), encoding="utf-8")
    outcome = run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path)
    assert (outcome.code, outcome.text.count(": OK"), outcome.err) == (0, 2, b"")
    paths[0].write_bytes(b"other")
    assert run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=tmp_path).code == 1


def wheel(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_a_wheel_and_an_sdist_state_their_metadata(tmp_path: Path) -> None:
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    wheel(path, **{"deep__demo.dist-info__METADATA": b"no", "demo-1.0.dist-info__METADATA": METADATA})
    assert stated_metadata(path) == METADATA
    nested = Member("demo-1.0/src/demo.egg-info/PKG-INFO")
    packed = sdist(tmp_path / "one", (nested, STATED))
    assert stated_metadata(packed) == METADATA + STATED.name.encode()


def test_a_wheel_tells_how_it_is_installed_and_an_sdist_does_not(tmp_path: Path) -> None:
    path = wheel(tmp_path / "demo-1.0-py3-none-any.whl", **{"demo-1.0.dist-info__WHEEL": b"Root-Is-Purelib: true\n"})
    assert wheel_facts_of(path) == b"Root-Is-Purelib: true\n"
    assert wheel_facts_of(sdist(tmp_path / "one", (STATED,))) == b""
    with pytest.raises(Failure, match=r"bare-1.0-py3-none-any.whl has no \*.dist-info/WHEEL; one was wanted"):
        wheel_facts_of(wheel(tmp_path / "bare-1.0-py3-none-any.whl", demo__WHEEL=b"no"))


def test_archives_without_metadata_and_other_files_are_failures(tmp_path: Path) -> None:
    bare = wheel(tmp_path / "bare-1.0-py3-none-any.whl", demo__METADATA=b"no")
    with pytest.raises(Failure, match=r"bare-1.0-py3-none-any.whl states no metadata, \*.dist-info/METADATA was"):
        stated_metadata(bare)
    with pytest.raises(Failure, match=r"demo-1.0.tar.gz states no metadata, PKG-INFO"):
        stated_metadata(sdist(tmp_path / "one", (SCRIPT,)))
    for name in ("junk-1.0-py3-none-any.whl", "junk-1.0.tar.gz"):
        (tmp_path / name).write_bytes(b"junk")
        with pytest.raises(Failure, match=f"cannot read {name}: ."):
            stated_metadata(tmp_path / name)
