"""Unpack zip and tar archives whose makers are not trusted."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import re
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

from compexp_widgets.downloads.disk_space import NoRoomError, require_room
from compexp_widgets.downloads.transfer import is_disk_full
from compexp_widgets.errors import FetchError
from compexp_widgets.files.regular import readable
from compexp_widgets.progress import Report, Stage, silent

_IMPOSSIBLE_ON_WINDOWS = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?|.*[. ]|.*[<>:\"|?*].*", re.IGNORECASE
)


class MemberNames:
    """Turns the names in an archive into safe relative paths, and notices two that would become one file.

    Whether names differ is judged as on the strictest file system (case and the composition of accents do not count),
    so that an archive is unpacked everywhere or nowhere.

    `archive`: what the archive is called in messages.
    """

    def __init__(self, archive: str) -> None:
        self._archive = archive
        self._spelling: dict[str, str] = {}
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def path(self, name: str, *, folder: bool) -> tuple[str, ...]:
        """The parts of the path that a member is written to, below the target folder; empty for the folder itself.

        Raises `FetchError` when the path leads out of the target folder, or is that of another member.
        """
        if re.search(r"[\x00-\x1f\x7f\\]", name) or name.startswith("/") or re.match(r"[A-Za-z]:", name):
            raise FetchError(f"{self._archive}: refused, its member {name!r} is no relative path in plain characters.")
        parts = tuple(part for part in name.split("/") if part not in {"", "."})
        if ".." in parts:
            raise FetchError(f"{self._archive}: refused, its member {name!r} leads out of the folder.")
        if os.name == "nt" and any(_IMPOSSIBLE_ON_WINDOWS.fullmatch(part) for part in parts):
            raise FetchError(f"{self._archive}: its member {name!r} cannot be a file on Windows.")
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
            if self._spelling.setdefault(key, path) != path:
                raise FetchError(
                    f"{self._archive}: refused, {path!r} and {self._spelling[key]!r} are one file on many computers."
                )
            is_file = length == len(parts) and not folder
            if key in self._files or (is_file and key in self._folders):
                raise FetchError(f"{self._archive}: refused, it has {path!r} twice.")
            (self._files if is_file else self._folders).add(key)
        return parts


def is_clutter(name: str) -> bool:
    r"""True for what macOS leaves in archives, such as ``__MACOSX/`` and ``Icon\r`` (in SNLI's)."""
    parts = name.rstrip("/").split("/")
    return "__MACOSX" in parts or parts[-1] in {".DS_Store", "Icon\r"} or parts[-1].startswith("._")


_CHUNK = 1 << 20
# What a file takes besides its content: a bomb can be made of empty files too.
_PER_MEMBER = 512
# Photographs hardly shrink, text to a third or a tenth; deflate can reach 1 : 1,032.
_LARGEST_RATIO = 100
_ALWAYS_ALLOWED = 100 << 20
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    is_folder: bool
    refusal: str
    open: Callable[[], IO[bytes] | None]


def unpack(archive: Path, folder: Path, *, keep: Sequence[str] = (), report: Report = silent) -> None:
    """Unpack a zip or tar archive (plain, gzip, bzip2 or xz) into a new folder.

    Nothing but plain files and folders is made, all of them inside the folder, with neither owner nor permissions of
    the archive. What macOS leaves in archives is skipped.

    `keep`: patterns (`fnmatch.fnmatch`) of the member names to unpack; empty for all. `report`: told of progress.
    Raises `FetchError` for a damaged or encrypted archive, and for one with a member that is a link or a device, leads
    out of the folder, coincides with another where case or the composition of accents do not count, holds more or less
    than it says, or unpacks to more than a hundred times the archive (and 100 MB). Raises `NoRoomError` when the disk
    has no room for it.
    """
    names = MemberNames(archive.name)
    written = files = 0
    limit = max(_LARGEST_RATIO * archive.stat().st_size, _ALWAYS_ALLOWED)
    try:
        folder.mkdir(parents=True)
        # Asked here and not member by member, since a disk is not asked 300,000 times for nothing.
        declared = _declared_size(archive, keep)
        require_room(folder, declared, f"{archive.name}, unpacked,")
        stage, total = Stage(f"MB of {archive.name} unpacked", "unpack"), max(declared // 1_000_000, 1)
        for member in _members(archive, limit):
            if is_clutter(member.name):
                continue
            parts = names.path(member.name, folder=member.is_folder)
            if member.refusal:
                raise FetchError(f"{archive.name}: refused, its member {member.name!r} is {member.refusal}.")
            if keep and not any(fnmatch(member.name, pattern) for pattern in keep):
                continue
            target = folder.joinpath(*parts)
            written += member.size + _PER_MEMBER
            _refuse_bomb(archive, written, limit)
            if member.is_folder:
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(archive, member, target)
            files += 1
            if files % 1000 == 0:
                report(stage, min(written // 1_000_000, total - 1), total)
        report(stage, total, total)
    except (*_DAMAGED, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # without a number it comes from gzip or bzip2
            if is_disk_full(error):
                raise NoRoomError(
                    f"the disk of {folder} is full after {readable(written)} of {archive.name}."
                ) from error
            raise FetchError(f"{archive} cannot be unpacked: {error}") from error
        what = error or type(error).__name__
        raise FetchError(f"{archive} is damaged or no archive that can be read: {what}") from error


def _members(archive: Path, limit: int) -> Iterator[_Member]:
    with archive.open("rb") as file:
        magic = file.read(6)
    if magic.startswith(b"PK"):
        yield from _zip_members(archive)
    else:
        yield from _tar_members(archive, magic, limit)


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            refusal = "encrypted" if info.flag_bits & 1 else ""
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                refusal = "a link" if kind == stat.S_IFLNK else "no plain file"
            # The name as it is written: `filename` ends at a zero byte.
            yield _Member(info.orig_filename, info.file_size, info.is_dir(), refusal, partial(opened.open, info))


def _tar_members(archive: Path, magic: bytes, limit: int) -> Iterator[_Member]:
    opener: Callable[..., Any] = open
    for beginning, opens in ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open)):
        if magic.startswith(beginning):
            opener = opens
    with (
        opener(archive, "rb") as raw,
        tarfile.open(fileobj=cast(IO[bytes], _Bounded(raw, archive, limit)), mode="r|") as opened,
    ):
        for info in opened:
            refusal = (
                "" if info.isreg() or info.isdir() else "a link" if info.issym() or info.islnk() else "no plain file"
            )
            yield _Member(info.name, info.size, info.isdir(), refusal, partial(opened.extractfile, info))


class _Bounded:
    """A stream that is not read further than a bomb would need it to be."""

    def __init__(self, raw: IO[bytes], archive: Path, limit: int) -> None:
        self._raw, self._archive, self._limit, self._read = raw, archive, limit, 0

    def read(self, count: int) -> bytes:
        data = self._raw.read(count)
        self._read += len(data)
        _refuse_bomb(self._archive, self._read, 2 * self._limit)
        return data


def _write(archive: Path, member: _Member, target: Path) -> None:
    size = 0
    opened = member.open()
    assert opened is not None
    with opened as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > member.size:
                break
            file.write(chunk)
    if size != member.size:
        raise FetchError(f"{archive.name}: refused, its member {member.name!r} is not as long as the archive says.")


def _declared_size(archive: Path, keep: Sequence[str]) -> int:
    """Size of the archive unpacked, as far as it says beforehand; at least its own size."""
    with archive.open("rb") as file:
        if file.read(2) != b"PK":
            return archive.stat().st_size
    with zipfile.ZipFile(archive) as opened:
        return sum(
            info.file_size
            for info in opened.infolist()
            if not keep or any(fnmatch(info.filename, pattern) for pattern in keep)
        )


def _refuse_bomb(archive: Path, size: int, limit: int) -> None:
    if size > limit:
        raise FetchError(
            f"{archive.name}: refused, it unpacks to more than {readable(limit)}, far more than data would "
            f"from {readable(archive.stat().st_size)}."
        )
