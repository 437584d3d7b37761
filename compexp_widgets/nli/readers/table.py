"""Pairs in tables: CSV, TSV and pandas frames with named columns."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from compexp_widgets.csv_table import CsvTable, read_csv_table
from compexp_widgets.errors import DataError
from compexp_widgets.nli.pairs import PairDataset
from compexp_widgets.nli.readers.columns import Columns, LabelColumn
from compexp_widgets.nli.readers.gathering import RawPairs, gather
from compexp_widgets.nli.readers.labels import LabelNames, Labels
from compexp_widgets.nli.readers.text_lines import text_lines
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
    tokenized: bool | None = None,
    skip_empty: bool = False,
    report: Report = silent,
) -> PairDataset:
    """Read a CSV or TSV file with a header: the counterfactually revised SNLI, SICK, e-SNLI, one's own.

    What parts the fields is seen from the header: tabs, else semicolons where it has no comma, else commas. The quotes
    of a TSV file are those of CSV where that reads the whole file row by row, else characters of its sentences.

    Parameters
    ----------
    path
        The file, in UTF-8.
    premise, hypothesis, label
        Names of the columns, where they are not the usual ones; ``label=False`` where no pair has a label.
    label_names, tokenized, skip_empty, report
        See `read_pairs`.

    Returns
    -------
    PairDataset
        With the column ``pairID``, ``pair_ID`` or ``id`` as ids, where there is one.

    Raises
    ------
    DataError
        With the row of what cannot be read; the header is row 1.
    """
    path = Path(path)
    table = _read(path)
    columns = Columns.of(f"{path}, row 1", table.columns, premise, hypothesis, label)
    rows = [number for number, _ in table.rows]
    raw = RawPairs(str(path), lambda index, part: table.where(rows[index]))
    raw.premises += (text for _, text in table.column(columns.premise))
    raw.hypotheses += (text for _, text in table.column(columns.hypothesis))
    raw.labels += (text for _, text in table.column(columns.label)) if columns.label else [None] * len(rows)
    raw.ids += (text for _, text in table.column(columns.id)) if columns.id else ()
    return gather(raw, Labels(label_names), tokenized=tokenized, skip_empty=skip_empty, report=report)


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
    report: Report = silent,
) -> PairDataset:
    """Pairs in a pandas frame.

    Parameters
    ----------
    frame
        One row a pair. A missing label is a pair without a gold label; a missing sentence is an error.
    source
        What to call the frame.
    premise, hypothesis, label, label_names, tokenized, skip_empty, report
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
    return gather(raw, Labels(label_names), tokenized=tokenized, skip_empty=skip_empty, report=report)


def _values(frame: pd.DataFrame, column: str | None) -> list[tuple[object, bool]]:
    """Value of every row, and whether it is missing, which all are where there is no column."""
    if column is None:
        return [(None, True)] * len(frame)
    return list(zip(frame[column].tolist(), frame[column].isna().tolist(), strict=True))


def _read(path: Path) -> CsvTable:
    header = next(text_lines(path), "")
    separator = "\t" if "\t" in header else ";" if ";" in header and "," not in header else ","
    if separator != "\t":
        return read_csv_table(path, (), separator=separator)
    try:
        table = read_csv_table(path, (), separator=separator)
    except DataError:
        return read_csv_table(path, (), separator=separator, quoted=False)
    if any("\n" in value for _, fields in table.rows for value in fields):
        # A quote at the beginning of one sentence found its like at the end of another, rows below.
        return read_csv_table(path, (), separator=separator, quoted=False)
    return table
