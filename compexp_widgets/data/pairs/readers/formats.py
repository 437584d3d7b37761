"""Sentence pairs of any format, which is seen from the names of files and the first line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from compexp_widgets.argument_sentences import described
from compexp_widgets.argument_types import checked
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.readers.raw_pairs import LabelNames, RawPairs, gather, read_labels
from compexp_widgets.data.pairs.readers.records import ChosenColumns, LabelColumn, from_frame, from_records, from_table
from compexp_widgets.errors import DataError
from compexp_widgets.files import text_lines
from compexp_widgets.progress import Report, silent

if TYPE_CHECKING:
    import pandas as pd


_S1_S2 = re.compile(r"(?:s1|s2|labels)\.(?P<split>.+)")
_PREMISES_HYPOTHESES = re.compile(r"(?P<split>.+)_(?:premises|hypotheses|labels)(?P<end>\.txt(?:\.gz)?)")


ParallelFiles: TypeAlias = tuple[Path, Path, Path | None]
"""The files of premises, of hypotheses, and of labels."""


def parallel_files(path: Path) -> ParallelFiles | None:
    """Premises, hypotheses and labels that belong together, from one of them; None where the name is of another kind.

    The names are ``s1.SPLIT``, ``s2.SPLIT`` and ``labels.SPLIT``, or ``SPLIT_premises.txt``, ``SPLIT_hypotheses.txt``
    and ``SPLIT_labels.txt``, all of them packed (``.gz``) or none. The files need not exist.
    """
    if match := _S1_S2.fullmatch(path.name):
        split = match["split"]
        return path.with_name(f"s1.{split}"), path.with_name(f"s2.{split}"), path.with_name(f"labels.{split}")
    if match := _PREMISES_HYPOTHESES.fullmatch(path.name):
        split = match["split"]
        premises, hypotheses, labels = (
            f"{split}_{part}{match['end']}" for part in ("premises", "hypotheses", "labels")
        )
        return path.with_name(premises), path.with_name(hypotheses), path.with_name(labels)
    return None


def from_parallel(premises: Path, hypotheses: Path, labels: Path | None) -> RawPairs:
    """The pairs of files of equal length: line n of each belongs to pair n.

    Raises `DataError` where the files differ in length, or with the line of what cannot be read.
    """
    paths = {"premise": premises, "hypothesis": hypotheses}
    first, second = (list(text_lines(path)) for path in paths.values())
    if len(first) != len(second):
        raise DataError(f"{premises} has {len(first)} lines and {hypotheses} has {len(second)}: not parallel.")
    found, line_of_label = _labels(labels, len(first), f"{premises} has {len(first)} premises")

    def where(index: int, part: str) -> str:
        return f"{labels}, line {line_of_label[index]}" if part == "label" else f"{paths[part]}, line {index + 1}"

    return RawPairs(str(premises), where, [*first], [*second], found)


def from_alternating(path: Path, labels: Path | None) -> RawPairs:
    """The pairs of a file whose lines 1, 3, 5 … are premises and whose lines 2, 4, 6 … are their hypotheses.

    Raises `DataError` where the number of lines is odd or differs from that of the labels, or with the line of what
    cannot be read.
    """
    lines = list(text_lines(path))
    if len(lines) % 2:
        raise DataError(
            f"{path} has {len(lines)} lines; premises and hypotheses alternate, so the number must be even."
        )
    found, line_of_label = _labels(labels, len(lines) // 2, f"{path} has {len(lines) // 2} pairs")

    def where(index: int, part: str) -> str:
        if part == "label":
            return f"{labels}, line {line_of_label[index]}"
        return f"{path}, line {2 * index + (1 if part == 'premise' else 2)}"

    return RawPairs(str(path), where, [*lines[::2]], [*lines[1::2]], found)


def _labels(path: Path | None, pairs: int, what_there_is: str) -> tuple[list[object], list[int]]:
    """Label and its line for each of so many pairs; no label where no file is given."""
    if path is None:
        return [None] * pairs, []
    lines, found = read_labels(path)
    if len(found) != pairs:
        raise DataError(f"{what_there_is}, but {path} has {len(found)} labels.")
    return [*found], lines


Format: TypeAlias = Literal["jsonl", "snli", "table", "tok"]
"""How a file is laid out, where its name and its first line do not tell: JSON lines, tab-separated text as SNLI has it,
CSV or TSV, or alternating lines."""


Source: TypeAlias = "str | PathLike[str] | tuple[str | PathLike[str], str | PathLike[str]] | pd.DataFrame"
"""A file, a folder, the files of premises and of hypotheses, or a data frame."""


@checked(DataError)
def read_pairs(
    source: Source,
    *,
    premise: str | None = None,
    hypothesis: str | None = None,
    label: LabelColumn = None,
    labels: str | PathLike[str] | None = None,
    label_names: LabelNames = None,
    columns: Sequence[str | None] | None = None,
    language: str | None = None,
    format: Format | None = None,  # noqa: A002  (as in pandas and datasets)
    tokenized: bool | None = None,
    skip_empty: bool = False,
    name: str = "a data frame",
    report: Report = silent,
) -> PairDataset:
    """Read sentence pairs in any of the formats they are distributed in.

    ====================================================  ==========================================================
    ``*.jsonl`` of SNLI, MultiNLI, ANLI, FEVER-NLI,       JSON lines
    ChaosNLI, HANS, SciTail, RTE, XNLI, …
    ``*.txt``, ``*.tsv`` of SNLI, MultiNLI, HANS, XNLI    tab-separated text with a header
    ``*.csv``, ``*.tsv``: SICK, e-SNLI, RTE, SciTail, …   tables, with a header or without
    ``s1.SPLIT`` or ``SPLIT_premises.txt``                parallel lines, with the other two files beside it
    a folder with one such split                          the same
    a tuple of two files                                  parallel lines of premises and of hypotheses
    ``*.tok``                                             premises and hypotheses on alternating lines
    a pandas data frame                                   one row a pair
    ====================================================  ==========================================================

    Files are in UTF-8; each of them also packed, with ``.gz`` behind its name.

    Parameters
    ----------
    source
        The file, the folder, two files, or the data frame.
    premise, hypothesis, label
        Names of columns or JSON fields, where they are not the usual ones (``premise``, ``sentence1``, ``sentence_A``
        …; ``gold_label``, ``label``, ``entailment_judgment`` …); a field inside of another with a dot,
        ``"example.premise"``; ``label=False`` where no pair has a label.
    labels
        For alternating and parallel lines: a file of one label a line, or a table with a column ``gold_label``,
        ``label``, ``gt`` or ``gold``.
    label_names
        What the labels mean, where their usual spellings do not tell: ``("entailment", "neutral", "contradiction")``,
        or ``("entailment", "not_entailment")``, in the order of the numbers 0, 1, …; or a mapping from the file's
        spelling to one of these four (None for pairs without gold label).
    columns
        Names of all columns in order, for a table without a header: ``("premise", "hypothesis", "label")``; None for a
        column that does not matter. These three are seen by themselves where row 1 has a label as its third.
    language
        Of a file with a column ``language``, such as XNLI's: read the pairs in this one alone, ``"en"``.
    format
        How the file is laid out, where its name and first line do not tell: ``"jsonl"``, ``"snli"``, ``"table"`` or
        ``"tok"``.
    tokenized
        Whether blanks part the tokens. None: the tokens of a parse where there is one; else they do where most
        sentences that end in a stop have a blank before it, and in ``*.tok``; else `tokenize` finds the tokens.
    skip_empty
        Leave pairs with an empty sentence out, instead of refusing the file.
    name
        What a data frame is called in `PairDataset.source` and in messages.
    report
        Told how many pairs have their tokens.

    Returns
    -------
    PairDataset
        Its ids are those of a column ``pairID``, ``pair_ID``, ``id`` or ``uid``, else numbers from 0; its texts the
        sentences, where they are not tokenised.

    Raises
    ------
    DataError
        Where the format is not known, or with the file and the line of what cannot be read, or all unknown labels.

    Examples
    --------
    >>> pairs = read_pairs("snli_1.0/snli_1.0_dev.jsonl")
    >>> pairs = read_pairs("snli_1.0_dev.tok", labels="predictions_dev.csv")
    >>> pairs = read_pairs("mine.tsv", premise="text", hypothesis="claim", label="verdict",
    ...                    label_names=("contradiction", "neutral", "entailment"))
    >>> pairs = read_pairs(("premises.txt", "hypotheses.txt"), labels="labels.txt")
    >>> pairs = read_pairs("xnli.dev.tsv", language="de")
    >>> read_pairs("heuristics_evaluation_set.txt").labels
    ('entailment', 'not_entailment')
    """
    if not isinstance(source, str | PathLike | tuple) and not hasattr(source, "columns"):
        raise DataError(f"pairs are read from a path, two paths or a data frame, not from {described(source)}")
    chosen = ChosenColumns(premise, hypothesis, label)
    if format is not None and format not in get_args(Format):
        raise DataError(f"format: pairs are laid out as {', '.join(get_args(Format))}, not {format!r:.60}.")
    if not isinstance(source, str | PathLike | tuple):
        kind, path, files = "frame", Path(name), None
    else:
        path, files = _files_of(source, format)
        kind = "parallel" if files else format or ("table" if columns else _kind(path))
    _check_options(kind, path, {**chosen._asdict(), "language": language}, labels, columns, format)
    beside = None if labels is None else Path(labels)
    if kind == "frame":
        raw = from_frame(source, name, chosen)  # type: ignore[arg-type]
    elif files:
        raw = from_parallel(*files[:2], (beside or files[2]) if label is not False else None)
    elif kind == "tok":
        raw = from_alternating(path, beside)
        # A file in this format is tokenised, whatever its sentences look like.
        tokenized = True if tokenized is None else tokenized
    else:
        raw = from_table(path, chosen, columns) if kind == "table" else from_records(path, chosen, tokenized)
    return gather(raw, label_names, tokenized=tokenized, skip_empty=skip_empty, language=language, report=report)


def _files_of(source: str | PathLike[str] | tuple[Any, ...], format: str | None) -> tuple[Path, ParallelFiles | None]:  # noqa: A002
    """The file that a person means, and the parallel ones that it belongs to, if any."""
    if isinstance(source, tuple):
        if len(source) != 2:
            raise DataError(f"pairs in parallel lines are two files, (premises, hypotheses), not {len(source)}.")
        premises, hypotheses = map(Path, source)
        return premises, (premises, hypotheses, None)
    path = Path(source)
    if path.is_dir():
        path = _only_split(path)
    files = parallel_files(path)
    if files is None and not path.is_file():
        raise DataError(f"{path}: there is no such file or folder.")
    return path, files if format is None else None


def _check_options(
    kind: str,
    path: Path,
    named: dict[str, Any],
    labels: object,
    columns: object,
    format: str | None,  # noqa: A002
) -> None:
    """Refuse what means nothing for pairs that are laid out so."""
    if labels is not None and kind not in {"parallel", "tok"}:
        raise DataError(f"{path} has its labels in a column: name that with label='…' instead of a file of labels.")
    if kind in {"parallel", "tok"} and (given := next((name for name, value in named.items() if value), None)):
        raise DataError(f"{path} has no columns, so {given}={named[given]!r} means nothing there.")
    if columns is not None and kind != "table":
        raise DataError(f"{path} is no table, so columns={columns!r:.80} means nothing there.")
    if format is not None and kind == "frame":
        raise DataError(f"{path} is no file, so format={format!r} means nothing there.")


def _kind(path: Path) -> str:
    first = next(text_lines(path), "")
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix == ".tok":
        return "tok"
    if first.lstrip().startswith("{") or "sentence1_binary_parse" in first:
        return "snli"
    if "\t" in first or suffix in {".csv", ".tsv"}:
        return "table"
    raise DataError(
        f"{path}, line 1: this is no format that is known: JSON lines, a table with a header (.csv, .tsv), alternating "
        "lines (.tok), or parallel files (s1.SPLIT, s2.SPLIT, labels.SPLIT). For alternating lines in a file of "
        "another name pass format='tok', for parallel files give both: (premises, hypotheses)."
    )


def _only_split(folder: Path) -> Path:
    splits = sorted({files[0] for path in folder.iterdir() if (files := parallel_files(path))})
    if len(splits) != 1:
        names = ", ".join(split.name for split in splits)
        raise DataError(
            f"{folder} holds the splits {names}: name the file of one."
            if splits
            else f"{folder} has no parallel files (s1.SPLIT or SPLIT_premises.txt). Name a file instead of the folder."
        )
    return splits[0]
