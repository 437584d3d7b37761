"""Tables of a data set in text files, read so that an error can name the file and the row."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compexp_widgets.errors import DataError
from compexp_widgets.files import binary_lines


@dataclass(frozen=True)
class CsvTable:
    """A CSV or TSV file with a header.

    Attributes
    ----------
    path
        The file.
    columns
        The names in the header, without blanks around them; unique.
    rows
        One list of fields a row, each as long as `columns`, with the number that a spreadsheet shows for the row:
        the header is row 1. Empty lines are left out but counted.
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

    Parameters
    ----------
    path
        The file.
    required
        Columns that it must have.
    separator
        What stands between two fields: one character.
    quoted
        Whether a field may stand in double quotes; if not, quotes are characters like any other.
    columns
        The names of the columns, for a file without a header; None where row 1 names them.

    Raises
    ------
    DataError
        Where the file cannot be read as such, lacks a required column, names a column twice, or has a row with more or
        fewer fields than the header.
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
