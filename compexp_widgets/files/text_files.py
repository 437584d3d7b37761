"""Text that comes line by line and tables of it, plain or packed, within a budget of bytes and of bytes a line."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from compexp_widgets.errors import CompexpError, DataError
from compexp_widgets.files.regular import (
    LINE_BYTES,
    check_regular,
    read_bytes,
    readable,
    shown,
    text_budget,
    unpacked_budget,
)


def binary_lines(path: str | Path, what: str, *, error: type[CompexpError] = DataError) -> Iterator[bytes]:
    r"""The lines of a file, with their ends (``\n`` alone ends one); a ``.gz`` file, told by its first bytes, unpacked.

    `what`, `error`: as of `check_regular`. Raises `CompexpError` of the class `error`, where the file cannot be read,
    is damaged, unfolds to more than its budget, or has a line of more than `LINE_BYTES`.
    """
    with opened(path, what, error=error) as file:
        yield from file


@contextmanager
def opened(path: str | Path, what: str, *, error: type[CompexpError] = DataError) -> Iterator[Iterator[bytes]]:
    """The lines of a file as of `binary_lines`, closed when the block ends."""
    size = check_regular(path, what, error=error)
    origin = f"the {what} {shown(path)}"
    try:
        with Path(path).open("rb") as plain:
            packed = plain.read(2) == _GZIP
            plain.seek(0)
            if packed:
                with gzip.open(plain) as unpacked:
                    yield bounded_lines(unpacked, origin, error=error, most_bytes=text_budget(size))
            else:
                yield bounded_lines(plain, origin, error=error)
    except OSError as reason:
        raise error(f"{origin} cannot be read: {reason}") from reason


def text_lines(path: Path) -> Iterator[str]:
    """The lines of a file in UTF-8, without their ends; a byte order mark is left out.

    Only the line ends of Linux and Windows count: sentences may contain others, such as U+2028.

    Raises `DataError` where the file cannot be opened, or a line is not UTF-8.
    """
    with opened(path, "file") as lines:
        for number, content in enumerate(lines, start=1):
            try:
                yield content.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                byte = f"byte 0x{content[error.start]:02x}"
                raise DataError(f"{path}, line {number}: {byte} is not UTF-8. Save the file in UTF-8.") from error


def unpacked_bytes(path: str | Path, what: str, *, error: type[CompexpError] = DataError) -> bytes:
    """The contents of a ``.gz`` file within the budget; parameters and errors as of `binary_lines`."""
    content = read_bytes(path, what, error=error)
    budget = unpacked_budget(len(content))
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(budget + 1)
    except _DAMAGED as reason:
        raise error(f"the {what} {shown(path)} cannot be unpacked ({reason}): {_AGAIN}") from reason
    if len(unpacked) > budget:
        raise error(f"the {what} {shown(path)} unfolds to more than {readable(budget)}, far more than text would")
    return unpacked


@contextmanager
def opened_archive(path: str | Path, what: str, *, error: type[CompexpError] = DataError) -> Iterator[zipfile.ZipFile]:
    """A zip archive to read members of, with `member_lines`; errors as of `binary_lines`."""
    check_regular(path, what, error=error)
    try:
        archive = zipfile.ZipFile(path)
    except Exception as reason:  # of BadZipFile, OverflowError, UnicodeDecodeError … whatever its directory leads to
        raise error(f"the {what} {shown(path)} cannot be read as a zip archive ({reason}): {_AGAIN}") from reason
    with archive:
        yield archive


def archive_names(path: str | Path, what: str, *, error: type[CompexpError] = DataError) -> list[str]:
    """The names of the members of a zip archive; none where the file is something else."""
    check_regular(path, what, error=error)
    if not zipfile.is_zipfile(path):
        return []
    with opened_archive(path, what, error=error) as archive:
        return archive.namelist()


@contextmanager
def member_lines(
    archive: zipfile.ZipFile, member: str, what: str, *, error: type[CompexpError] = DataError
) -> Iterator[Iterator[bytes]]:
    """The lines of a member of an archive, as of `binary_lines`."""
    origin = f"the {what} {shown(archive.filename)}/{shown(member)}"
    try:
        packed = archive.getinfo(member)
        opened_member = archive.open(packed)
    except Exception as reason:  # encrypted, of an unknown method, or at a place where nothing is
        raise error(f"{origin} cannot be unpacked ({reason}): {_AGAIN}") from reason
    with opened_member as lines:
        yield bounded_lines(lines, origin, error=error, most_bytes=text_budget(packed.compress_size))


def bounded_lines(
    file: IO[bytes] | gzip.GzipFile,
    origin: str,
    *,
    error: type[CompexpError] = DataError,
    most_bytes: int | None = None,
) -> Iterator[bytes]:
    """The lines of an open file; neither one of them nor, where it is said, all of them take more than their budget."""
    number = read = 0
    rest = b""
    while True:
        try:
            block = file.read(_BLOCK)
        except _DAMAGED as reason:
            raise error(f"{origin}, after line {number}: it is cut off or damaged ({reason}): {_AGAIN}") from reason
        read += len(block)
        if most_bytes is not None and read > most_bytes:
            raise error(f"{origin} unfolds to more than {readable(most_bytes)}, far more than text would")
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            number += 1
            yield line + b"\n"
        if len(rest) > LINE_BYTES:
            raise error(f"{origin}, line {number + 1} has more than {readable(LINE_BYTES)}: this is no text in lines")
        if not block:
            break
    if rest:
        yield rest


_BLOCK = 1 << 20  # split at once: half the time that asking for line after line takes
_GZIP = b"\x1f\x8b"
_DAMAGED = (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_AGAIN = "download it again, or give another file"


@dataclass(frozen=True)
class CsvTable:
    """A CSV or TSV file with a header.

    `path`: the file. `columns`: the names in the header, without blanks around them; unique. `rows`: one list of fields
    a row, each as long as `columns`, with the number that a spreadsheet shows for the row: the header is row 1. Empty
    lines are left out but counted.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]

    def column(self, name: str) -> Iterator[tuple[int, str]]:
        """Row number and field of every row, for the column called `name`."""
        index = self.columns.index(name)
        return ((number, fields[index]) for number, fields in self.rows)

    def where(self, row: int) -> str:
        """The place of a row, to open an error message with."""
        return f"{self.path}, row {row}"


def read_csv_table(
    path: Path,
    required: Collection[str],
    *,
    separator: str = ",",
    quoted: bool = True,
    columns: Sequence[str] | None = None,
) -> CsvTable:
    """Read a CSV file in UTF-8, packed (``.gz``) or not, with or without byte order mark, with line ends of any system.

    `path`: the file. `required`: columns that it must have. `separator`: what stands between two fields: one character.
    `quoted`: whether a field may stand in double quotes; if not, quotes are characters like any other. `columns`: the
    names of the columns, for a file without a header; None where row 1 names them. Raises `DataError` where the file
    cannot be read as such, lacks a required column, names a column twice, or has a row with more or fewer fields than
    the header.
    """
    content = b"".join(binary_lines(path, "table"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise DataError(f"{path}, row {row}: byte 0x{byte:02x} is not UTF-8. Save the file in UTF-8.") from error
    records = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quotechar='"' if quoted else None,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=True,
    )
    rows: list[tuple[int, list[str]]] = []
    try:
        names = tuple(name.strip() for name in (next(records, []) if columns is None else columns))
        _check_columns(path, names, required)
        for number, fields in enumerate(records, start=2 if columns is None else 1):
            if len(fields) == len(names):
                rows.append((number, fields))
            elif fields:
                name = {",": "comma", "\t": "tab", ";": "semicolon"}.get(separator, separator)
                remedy = (
                    f"Put a field that contains a {name} in double quotes." if quoted else f"No field has a {name}."
                )
                source = "the header names" if columns is None else "there are names for"
                raise DataError(
                    f"{path}, row {number} has {len(fields)} fields, but {source} {len(names)} columns. " + remedy
                )
    except (csv.Error, ValueError) as error:  # ValueError for a zero byte, up to Python 3.10
        raise DataError(f"{path}, row {len(rows) + 2} or near it is no valid CSV: {error}.") from error
    return CsvTable(path, names, tuple(rows))


def _check_columns(path: Path, columns: tuple[str, ...], required: Collection[str]) -> None:
    missing = [name for name in required if name not in columns]
    if missing:
        raise DataError(
            f"{path} lacks the column {', '.join(missing)}; its header is: {', '.join(columns) or '(empty)'}."
        )
    twice = [name for name in columns if columns.count(name) > 1]
    if twice:
        raise DataError(f"{path} has two columns called {twice[0]!r}. Remove one.")
