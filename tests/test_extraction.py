"""Archives that were made to do harm are refused, and nothing of them is left outside the folder."""

import io
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from compexp_widgets.downloads import Download, NoRoomError, fetch
from compexp_widgets.downloads.extraction import unpack
from compexp_widgets.errors import FetchError
from compexp_widgets.progress import silent

KINDS = ("zip", "tar", "tar.gz", "tar.bz2", "tar.xz")
CONTENT = b"some content"


def make(path: Path, *members: tuple[str, bytes]) -> Path:
    """An archive of the kind that its name says, with these files; a name with a slash at its end is a folder."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members:
                info = zipfile.ZipInfo(name)
                info.filename = name  # the constructor would make it harmless
                archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        return path
    compression = path.suffix[1:] if path.suffix != ".tar" else ""
    with tarfile.open(path, f"w:{compression}") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            archive.addfile(info, io.BytesIO(content))
    return path


def tar_with(path: Path, kind: bytes, **fields) -> Path:
    with tarfile.open(path, "w") as archive:
        info = tarfile.TarInfo("member")
        info.type = kind
        for key, value in fields.items():
            setattr(info, key, value)
        archive.addfile(info)
    return path


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_archive_is_unpacked_as_it_is(tmp_path, kind):
    archive = make(tmp_path / f"a.{kind}", ("top/", b""), ("top/a.txt", CONTENT), ("top/deep/er/b.txt", b""))
    unpack(archive, tmp_path / "out")
    assert files_in(tmp_path / "out") == {"top/a.txt": CONTENT, "top/deep/er/b.txt": b""}


def test_what_macos_leaves_in_archives_is_skipped(tmp_path):
    clutter = [("__MACOSX/._a", b"x"), ("snli_1.0/Icon\r", b""), ("snli_1.0/.DS_Store", b"x"), ("snli_1.0/._b", b"x")]
    archive = make(tmp_path / "a.zip", ("snli_1.0/a.txt", CONTENT), *clutter)
    unpack(archive, tmp_path / "out")
    assert files_in(tmp_path / "out") == {"snli_1.0/a.txt": CONTENT}


def test_only_what_matches_a_pattern_is_kept(tmp_path):
    archive = make(
        tmp_path / "a.zip", ("t/index.csv", b"1"), ("t/images/ade20k/a.jpg", b"2"), ("t/images/dtd/b.jpg", b"3")
    )
    unpack(archive, tmp_path / "out", keep=("*.csv", "*/images/ade20k/*"))
    assert sorted(files_in(tmp_path / "out")) == ["t/images/ade20k/a.jpg", "t/index.csv"]


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.txt", "leads out of the folder"),
        ("a/../../evil.txt", "leads out of the folder"),
        ("a/..", "leads out of the folder"),
        ("/evil.txt", "is no relative path"),
        ("//host/share/evil.txt", "is no relative path"),
        ("C:/evil.txt", "is no relative path"),
        ("c:evil.txt", "is no relative path"),
        ("..\\evil.txt", "is no relative path"),
        ("a\nb", "is no relative path"),
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path, kind, name, reason):
    archive = make(tmp_path / f"a.{kind}", ("fine.txt", CONTENT), (name, CONTENT))
    with pytest.raises(FetchError, match=reason):
        unpack(archive, tmp_path / "deep" / "out")
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a/Mask.png", "a/mask.png"),
        ("Images/a.png", "images/b.png"),
        ("caf\u00e9.txt", "cafe\u0301.txt"),
        ("stra\u00dfe.txt", "STRASSE.txt"),
    ],
)
def test_two_members_that_would_be_one_file_are_refused(tmp_path, kind, one, other):
    archive = make(tmp_path / f"a.{kind}", (one, b"1"), (other, b"2"))
    with pytest.raises(FetchError, match="are one file on many computers"):
        unpack(archive, tmp_path / "out")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(("one", "other"), [("a", "a"), ("a", "a/b"), ("a/b", "a"), ("a", "./a")])
def test_a_path_that_is_there_twice_is_refused(tmp_path, kind, one, other):
    archive = make(tmp_path / f"a.{kind}", (one, b"1"), (other, b"2"))
    with pytest.raises(FetchError, match=r"it has .* twice"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        (tarfile.SYMTYPE, {"linkname": "/etc"}, "a link"),
        (tarfile.SYMTYPE, {"linkname": "inside"}, "a link"),
        (tarfile.LNKTYPE, {"linkname": "../../outside"}, "a link"),
        (tarfile.CHRTYPE, {"devmajor": 1, "devminor": 3}, "no plain file"),
        (tarfile.BLKTYPE, {}, "no plain file"),
        (tarfile.FIFOTYPE, {}, "no plain file"),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind, fields, reason):
    with pytest.raises(FetchError, match=f"refused, its member 'member' is {reason}"):
        unpack(tar_with(tmp_path / "a.tar", kind, **fields), tmp_path / "out")


def test_a_link_in_a_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc")
    with pytest.raises(FetchError, match="is a link"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_permissions_of_the_archive_are_not_taken_over(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("program")
        info.mode = 0o6777
        archive.addfile(info)
    unpack(tmp_path / "a.tar", tmp_path / "out")
    assert (tmp_path / "out" / "program").stat().st_mode & 0o6111 == 0


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path, kind):
    block = bytes(30 << 20)
    archive = make(tmp_path / f"a.{kind}", *((f"{number}.bin", block) for number in range(5)))
    with pytest.raises(FetchError, match="refused, it unpacks to more than 105 MB"):
        unpack(archive, tmp_path / "out")


def test_a_tar_header_that_claims_gigabytes_is_no_reason_to_read_them(tmp_path):
    info = tarfile.TarInfo("huge.bin")
    info.size = 1 << 50
    (tmp_path / "a.tar").write_bytes(info.tobuf() + bytes(1024))
    with pytest.raises(FetchError, match="refused, it unpacks to more than"):
        unpack(tmp_path / "a.tar", tmp_path / "out")


def test_a_zip_member_that_is_longer_than_it_says_is_refused(tmp_path):
    make(tmp_path / "a.zip", ("a.bin", bytes(100_000)))
    data = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(data.replace((100_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")))
    with pytest.raises(FetchError):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert sum(map(len, files_in(tmp_path / "out").values())) <= 1_000


def test_a_zip_whose_members_overlap_is_refused(tmp_path):
    archive = make(tmp_path / "a.zip", ("a.bin", bytes(1000)), ("b.bin", bytes(1000)))
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        second = opened.getinfo("b.bin").header_offset
    last = data.rindex(b"PK\x01\x02")
    assert int.from_bytes(data[last + 42 : last + 46], "little") == second
    data[last + 42 : last + 46] = (0).to_bytes(4, "little")
    archive.write_bytes(data)
    with pytest.raises(FetchError, match="damaged or no archive"):
        unpack(archive, tmp_path / "out")


def test_an_encrypted_zip_is_refused(tmp_path):
    archive = make(tmp_path / "a.zip", ("a.txt", CONTENT))
    data = bytearray(archive.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1
    archive.write_bytes(data)
    with pytest.raises(FetchError, match="is encrypted"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_archive_is_told_as_damaged(tmp_path, kind, share):
    content = bytes(range(256)) * 200
    archive = make(tmp_path / f"a.{kind}", ("a.bin", content), ("b.bin", content[::-1]), ("c.bin", content[1:]))
    archive.write_bytes(archive.read_bytes()[: int(share * archive.stat().st_size * (0.9 if kind == "tar" else 1))])
    with pytest.raises(FetchError, match=r"is damaged or no archive|not as long as the archive says"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"\x1f\x8bnonsense", b"hello" * 500, b"\xfd7zXZ\x00"])
def test_a_file_that_is_no_archive_is_told_so(tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(FetchError, match="is damaged or no archive"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_an_archive_that_does_not_fit_on_the_disk_is_told_before_it_is_unpacked(tmp_path, monkeypatch):
    archive = make(tmp_path / "a.zip", ("a.bin", bytes(2_000_000)))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_500_000))
    with pytest.raises(NoRoomError, match=r"a.zip, unpacked, takes 2 MB, and .* has 1.5 MB free. Free 500 kB"):
        unpack(archive, tmp_path / "out")
    assert files_in(tmp_path / "out") == {}


def test_of_a_refused_archive_nothing_is_left(tmp_path):
    archive = make(tmp_path / "a.zip", ("fine.txt", CONTENT), ("../evil.txt", CONTENT))
    with pytest.raises(FetchError, match="leads out of the folder"):
        fetch(Download("a", "a.zip", "a", unpack=True), tmp_path / "data", from_=archive, report=silent)
    assert archive.exists()
    assert list(files_in(tmp_path / "data")) in ([], [".downloads/a.zip.lock"])
