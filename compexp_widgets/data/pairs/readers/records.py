"""Pairs in named fields: JSON lines, CSV, TSV, pandas frames, and the text files of SNLI, MultiNLI, HANS and XNLI."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from compexp_widgets.data.pairs.dataset import from_treebank
from compexp_widgets.data.pairs.readers.raw_pairs import Parsed, RawPairs, is_label
from compexp_widgets.errors import DataError
from compexp_widgets.files import parse_json, text_lines
from compexp_widgets.files.text_files import CsvTable, read_csv_table

if TYPE_CHECKING:
    import pandas as pd


LabelColumn: TypeAlias = str | Literal[False] | None
"""The name of the column with the labels; None to find it, False where there is none."""

_USUAL = {
    # "context" is ANLI's and FEVER-NLI's, "hypo" that of XNLI's training files; ChaosNLI keeps its pair in "example".
    "premise": ("premise", "sentence1", "sentence_a", "s1", "context", "example.premise"),
    # FEVER-NLI calls the claim that is to be judged by the context a query.
    "hypothesis": ("hypothesis", "sentence2", "sentence_b", "s2", "hypo", "query", "example.hypothesis"),
    "label": ("gold_label", "label", "majority_label", "entailment_judgment", "entailment_label", "gold", "gt"),
    "id": ("pairid", "pair_id", "id", "uid", "fid"),
    "language": ("language",),
}
_TOLD = {"premise": 4, "hypothesis": 4, "label": 7}


class ChosenColumns(NamedTuple):
    """The names of columns as a person gives them; None to find the usual one."""

    premise: str | None
    hypothesis: str | None
    label: LabelColumn


@dataclass(frozen=True)
class Columns:
    """Names of columns; None where the table has no labels, no names for its pairs, or no language."""

    premise: str
    hypothesis: str
    label: str | None
    id: str | None
    language: str | None = None

    @classmethod
    def of(cls, where: str, names: Sequence[str], chosen: ChosenColumns, way_on: str = "") -> Columns:
        """The columns that a person chose of `names`, and for those not chosen the usual ones, in any case.

        `where` opens, and `way_on` ends the `DataError` for a column that is missing.
        """
        return cls(
            _find(where, names, "premise", chosen.premise, way_on),
            _find(where, names, "hypothesis", chosen.hypothesis, way_on),
            None if chosen.label is False else _find(where, names, "label", chosen.label, way_on),
            usual_column("id", names),
            usual_column("language", names),
        )


def usual_column(part: str, names: Sequence[str]) -> str | None:
    """The column with a usual name for a part of a pair; None where there is none."""
    by_name = {str(name).casefold(): name for name in reversed(names)}
    return next((by_name[usual] for usual in _USUAL[part] if usual in by_name), None)


def field_names(record: Mapping[str, Any]) -> Iterator[str]:
    """The names of a record's fields; those inside of another with its name and a dot before their own."""
    for name, value in record.items():
        if isinstance(value, Mapping) and value:
            yield from (f"{name}.{inner}" for inner in field_names(value))
        else:
            yield str(name)


def field_of(record: Mapping[str, Any], name: str) -> Any:
    """The field of a name, as `field_names` gives it.

    Raises `KeyError` where there is none.
    """
    if name in record:
        return record[name]
    outer, dot, inner = name.partition(".")
    while dot:
        if isinstance(value := record.get(outer), Mapping):
            return field_of(value, inner)
        step, dot, inner = inner.partition(".")
        outer = f"{outer}.{step}"
    raise KeyError(name)


def _find(where: str, names: Sequence[str], part: str, named: str | None, way_on: str) -> str:
    has = f"it has: {', '.join(str(name)[:40] for name in names) or '(none)'}"
    if named is not None:
        if named not in names:
            raise DataError(f"{where}: there is no column {named!r} for the {part}; {has}.")
        return named
    found = usual_column(part, names)
    if found is None:
        without = " or label=False for pairs without labels" if part == "label" else ""
        usual = ", ".join(_USUAL[part][: _TOLD[part]])
        raise DataError(f"{where}: no column is called {usual}; {has}. Name it with {part}='…'{without}{way_on}.")
    return found


_PARSE = "_binary_parse"


def from_records(path: Path, chosen: ChosenColumns, tokenized: bool | None) -> RawPairs:
    """The pairs of a file of JSON lines, or of tab-separated text with a header and without quotes.

    The tokens are those of ``sentence1_binary_parse`` and ``sentence2_binary_parse``, where they are and `tokenized` is
    None, as written before the Penn Treebank's spelling.

    References
    ----------
    Bowman et al. 2015, "A large annotated corpus for learning natural language inference"; Williams et al. 2018, "A
    broad-coverage challenge corpus for sentence understanding through inference".
    """
    lines: list[int] = []
    raw = RawPairs(str(path), lambda index, part: f"{path}, line {lines[index]}")
    in_json = next(text_lines(path), "").lstrip().startswith("{")
    columns = Columns.of(f"{path}, line 1", _names(path, in_json), chosen)
    for number, record in _json_records(path) if in_json else _tab_records(path):
        where = f"{path}, line {number}"
        lines.append(number)
        raw.premises.append(_sentence(where, record, columns.premise, tokenized))
        raw.hypotheses.append(_sentence(where, record, columns.hypothesis, tokenized))
        raw.labels.append(_field(where, record, columns.label) if columns.label else None)
        raw.ids.append(str(_field(where, record, columns.id) if columns.id else len(raw.ids)))
        if columns.language:
            raw.languages.append(str(_field(where, record, columns.language)))
    return raw


def _names(path: Path, in_json: bool) -> list[str]:
    """The names in the first line: the fields of its object, or the columns."""
    if in_json:
        return next(list(field_names(record)) for _, record in _json_records(path))
    return _tab_header(next(text_lines(path), ""))


def _json_records(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text_lines(path), start=1):
        if not line.strip():
            continue
        record = parse_json(line, f"{path}, line {number}", finite=False)
        if not isinstance(record, dict):
            raise DataError(f"{path}, line {number} holds {type(record).__name__}, not an object with named fields.")
        yield number, record


def _tab_header(line: str) -> list[str]:
    return [name.strip() for name in line.split("\t")]


def _tab_records(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    header: list[str] = []
    for number, line in enumerate(text_lines(path), start=1):
        fields = line.split("\t")
        if number == 1:
            header = _tab_header(line)
        elif len(fields) > len(header):
            raise DataError(f"{path}, line {number} has {len(fields)} fields, but line 1 names {len(header)} columns.")
        elif line.strip():
            # A row may end with the last annotator who judged the pair, before the header does.
            yield number, dict(zip(header, fields, strict=False))


def _field(where: str, record: Mapping[str, Any], name: str) -> Any:
    try:
        return field_of(record, name)
    except KeyError as error:
        raise DataError(f"{where} lacks the field {name!r}. Is the file cut off?") from error


def _sentence(where: str, record: Mapping[str, Any], name: str, tokenized: bool | None) -> str | Parsed:
    text = _field(where, record, name)
    if not isinstance(text, str):
        raise DataError(f"{where}: the field {name!r} holds {type(text).__name__}, not text.")
    parse = record.get(name + _PARSE)
    if tokenized is None and isinstance(parse, str):
        tokens = from_treebank(tuple(sys.intern(token) for token in parse.split() if token not in "()"))
        return Parsed(text, tokens) if tokens else text
    return text


def from_table(path: Path, chosen: ChosenColumns, columns: Sequence[str | None] | None) -> RawPairs:
    """The pairs of a CSV or TSV file; `columns` names all of them where it has no header.

    What parts the fields is seen from the header: tabs, else semicolons where it has no comma, else commas. The quotes
    of a TSV file are those of CSV where that reads the whole file row by row, else characters of its sentences. A
    header is row 1.
    """
    table = _read(path, columns)
    way_on = (
        "; if row 1 is no header, name all columns in order: columns=('premise', 'hypothesis', 'label')"
        if columns is None and len(table.columns) > 2
        else ""
    )
    found = Columns.of(f"{path}, row 1", table.columns, chosen, way_on)
    rows = [number for number, _ in table.rows]
    raw = RawPairs(str(path), lambda index, part: table.where(rows[index]))
    raw.premises += (text for _, text in table.column(found.premise))
    raw.hypotheses += (text for _, text in table.column(found.hypothesis))
    raw.labels += (text for _, text in table.column(found.label)) if found.label else [None] * len(rows)
    raw.ids += (text for _, text in table.column(found.id)) if found.id else ()
    raw.languages += (text for _, text in table.column(found.language)) if found.language else ()
    return raw


def from_frame(frame: pd.DataFrame, source: str, chosen: ChosenColumns) -> RawPairs:
    """The pairs of a pandas frame that is called `source`; a missing label is a pair without a gold label."""
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataError(f"{source} has two columns called {twice[0]!r}. Remove one.")
    columns = Columns.of(source, list(frame.columns), chosen)
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
    return raw


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
