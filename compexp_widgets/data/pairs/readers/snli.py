"""Sets as their authors distribute them: JSON lines of any, and tab-separated text of SNLI, MultiNLI, HANS and XNLI."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.readers.columns import Columns, LabelColumn, field_names, field_of
from compexp_widgets.data.pairs.readers.gathering import Parsed, RawPairs, gather
from compexp_widgets.data.pairs.readers.labels import LabelNames
from compexp_widgets.data.pairs.readers.text_lines import text_lines
from compexp_widgets.data.pairs.tokens import from_treebank
from compexp_widgets.errors import DataError
from compexp_widgets.files import parse_json
from compexp_widgets.progress import Report, silent

_PARSE = "_binary_parse"


def read_snli(
    path: str | PathLike[str],
    *,
    premise: str | None = None,
    hypothesis: str | None = None,
    label: LabelColumn = None,
    label_names: LabelNames = None,
    tokenized: bool | None = None,
    skip_empty: bool = False,
    language: str | None = None,
    report: Report = silent,
) -> PairDataset:
    """Read SNLI, MultiNLI or another set in their formats, pairs without gold label included.

    Parameters
    ----------
    path
        A file of JSON lines, or tab-separated with a header and without quotes; in UTF-8, packed (``.gz``) or not.
    premise, hypothesis, label
        Names of the fields, where they are not the usual ones; of one inside of another, ``"example.premise"``.
    label_names
        What the labels mean, where they are not the usual ones: see `read_pairs`.
    tokenized
        None takes the tokens of ``sentence1_binary_parse`` and ``sentence2_binary_parse`` where they are, as written
        before the Penn Treebank's spelling; True and False take the sentences, tokens parted by blanks or not.
    skip_empty
        Leave pairs with an empty sentence out, instead of refusing the file.
    language
        Of a file with a field ``language``: leave the pairs in other languages out.
    report
        Told how many pairs have their tokens.

    Returns
    -------
    PairDataset
        With ``pairID`` or ``uid`` as ids, and the sentences as its texts.

    Raises
    ------
    DataError
        With the line of what cannot be read.

    References
    ----------
    Bowman et al. 2015, "A large annotated corpus for learning natural language inference"; Williams et al. 2018, "A
    broad-coverage challenge corpus for sentence understanding through inference".
    """
    path = Path(path)
    lines: list[int] = []
    raw = RawPairs(str(path), lambda index, part: f"{path}, line {lines[index]}")
    in_json = next(text_lines(path), "").lstrip().startswith("{")
    columns = Columns.of(f"{path}, line 1", _names(path, in_json), premise, hypothesis, label)
    for number, record in _json_records(path) if in_json else _tab_records(path):
        where = f"{path}, line {number}"
        lines.append(number)
        raw.premises.append(_sentence(where, record, columns.premise, tokenized))
        raw.hypotheses.append(_sentence(where, record, columns.hypothesis, tokenized))
        raw.labels.append(_field(where, record, columns.label) if columns.label else None)
        raw.ids.append(str(_field(where, record, columns.id) if columns.id else len(raw.ids)))
        if columns.language:
            raw.languages.append(str(_field(where, record, columns.language)))
    return gather(raw, label_names, tokenized=tokenized, skip_empty=skip_empty, language=language, report=report)


def _names(path: Path, in_json: bool) -> list[str]:
    """What the first line names: the fields of its object, or the columns."""
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
