"""Pairs in tables: CSV, TSV and pandas frames with named columns."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.readers.columns import Columns, LabelColumn, usual_column
from compexp_widgets.data.pairs.readers.gathering import RawPairs, gather
from compexp_widgets.data.pairs.readers.labels import LabelNames, is_label
from compexp_widgets.data.pairs.readers.text_lines import text_lines
from compexp_widgets.errors import DataError
from compexp_widgets.files.csv_table import CsvTable, read_csv_table
from compexp_widgets.progress import Report, silent

if TYPE_CHECKING:
    import pandas as pd


def read_table(
    path: str | PathLike[str],
    *,
    premise: str | None = None,
    hypothesis: str | None = None,
    label: LabelColumn = None,
    label_names: LabelNames = None,
    columns: Sequence[str | None] | None = None,
    tokenized: bool | None = None,
    skip_empty: bool = False,
    language: str | None = None,
    report: Report = silent,
) -> PairDataset:
    """Read a CSV or TSV file: the counterfactually revised SNLI, SICK, e-SNLI, SciTail, RTE, one's own.

    What parts the fields is seen from the header: tabs, else semicolons where it has no comma, else commas. The quotes
    of a TSV file are those of CSV where that reads the whole file row by row, else characters of its sentences.

    Parameters
    ----------
    path
        The file, in UTF-8, packed (``.gz``) or not.
    premise, hypothesis, label
        Names of the columns, where they are not the usual ones; ``label=False`` where no pair has a label.
    columns
        Names of all columns, for a file without a header: ``("premise", "hypothesis", "label")``; None for a column
        that does not matter. These three are seen by themselves where row 1 has a label as its third, as in SciTail.
    label_names, tokenized, skip_empty, language, report
        See `read_pairs`.

    Returns
    -------
    PairDataset
        With the column ``pairID``, ``pair_ID`` or ``id`` as ids, where there is one.

    Raises
    ------
    DataError
        With the row of what cannot be read; a header is row 1.
    """
    path = Path(path)
    table = _read(path, columns)
    way_on = (
        "; if row 1 is no header, name all columns in order: columns=('premise', 'hypothesis', 'label')"
        if columns is None and len(table.columns) > 2
        else ""
    )
    found = Columns.of(f"{path}, row 1", table.columns, premise, hypothesis, label, way_on)
    rows = [number for number, _ in table.rows]
    raw = RawPairs(str(path), lambda index, part: table.where(rows[index]))
    raw.premises += (text for _, text in table.column(found.premise))
    raw.hypotheses += (text for _, text in table.column(found.hypothesis))
    raw.labels += (text for _, text in table.column(found.label)) if found.label else [None] * len(rows)
    raw.ids += (text for _, text in table.column(found.id)) if found.id else ()
    raw.languages += (text for _, text in table.column(found.language)) if found.language else ()
    return gather(raw, label_names, tokenized=tokenized, skip_empty=skip_empty, language=language, report=report)


def pairs_from_frame(
    frame: pd.DataFrame,
    *,
    source: str = "a data frame",
    premise: str | None = None,
    hypothesis: str | None = None,
    label: LabelColumn = None,
    label_names: LabelNames = None,
    tokenized: bool | None = None,
    skip_empty: bool = False,
    language: str | None = None,
    report: Report = silent,
) -> PairDataset:
    """Pairs in a pandas frame.

    Parameters
    ----------
    frame
        One row a pair. A missing label is a pair without a gold label; a missing sentence is an error.
    source
        What to call the frame.
    premise, hypothesis, label, label_names, tokenized, skip_empty, language, report
        As in `read_table`.

    Returns
    -------
    PairDataset
        With the column ``pairID``, ``pair_ID`` or ``id`` as ids, where there is one.

    Raises
    ------
    DataError
        With the index of the row that is wrong.
    """
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataError(f"{source} has two columns called {twice[0]!r}. Remove one.")
    columns = Columns.of(source, list(frame.columns), premise, hypothesis, label)
    raw = RawPairs(source, lambda index, part: f"{source}, row {frame.index[index]!r}")
    for part, name, texts in (
        ("premise", columns.premise, raw.premises),
        ("hypothesis", columns.hypothesis, raw.hypotheses),
    ):
        for index, (text, missing) in enumerate(_values(frame, name)):
            if not isinstance(text, str):
                remedy = " If pandas read it from a file, have it read with keep_default_na=False." if missing else ""
                raise DataError(f"{raw.where(index, part)}: the {part} is {text!r}, not text.{remedy}")
            texts.append(text)
    raw.labels += (None if missing else value for value, missing in _values(frame, columns.label))
    raw.ids += [str(value) for value, _ in _values(frame, columns.id)] if columns.id else []
    raw.languages += [str(value) for value, _ in _values(frame, columns.language)] if columns.language else []
    return gather(raw, label_names, tokenized=tokenized, skip_empty=skip_empty, language=language, report=report)


def _values(frame: pd.DataFrame, column: str | None) -> list[tuple[object, bool]]:
    """Value of every row, and whether it is missing, which all are where there is no column."""
    if column is None:
        return [(None, True)] * len(frame)
    return list(zip(frame[column].tolist(), frame[column].isna().tolist(), strict=True))


def _read(path: Path, columns: Sequence[str | None] | None) -> CsvTable:
    first = next(text_lines(path), "")
    separator = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    names = _without_header(first.split(separator)) if columns is None else _named(columns)

    def read(quoted: bool) -> CsvTable:
        return read_csv_table(path, (), separator=separator, quoted=quoted, columns=names)

    if separator != "\t":
        return read(True)
    try:
        table = read(True)
    except DataError:
        return read(False)
    if any("\n" in value for _, fields in table.rows for value in fields):
        # A quote at the beginning of one sentence found its like at the end of another, rows below.
        return read(False)
    return table


def _without_header(cells: Sequence[str]) -> tuple[str, ...] | None:
    """The columns of a file that begins with a pair, as SciTail's do; None where row 1 names them."""
    cells = [cell.strip() for cell in cells]
    if any(usual_column(part, cells) for part in ("premise", "hypothesis", "label")):
        return None
    if len(cells) < len(_IN_ORDER) or not is_label(cells[2]):
        return None
    return (*_IN_ORDER, *(f"column {number}" for number in range(len(_IN_ORDER) + 1, len(cells) + 1)))


def _named(columns: Sequence[str | None]) -> tuple[str, ...]:
    if isinstance(columns, str) or not all(name is None or isinstance(name, str) for name in columns):
        raise DataError(f"columns: {columns!r:.80} is no list of names, such as ('premise', 'hypothesis', 'label').")
    return tuple(name or f"column {number}" for number, name in enumerate(columns, start=1))


_IN_ORDER = ("premise", "hypothesis", "label")
