"""Sentence pairs from a path alone: the format is seen from the names and the first line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.readers.label_names import LabelNames
from compexp_widgets.data.pairs.readers.lines import parallel_files, read_parallel, read_tok
from compexp_widgets.data.pairs.readers.raw_pairs import LabelColumn
from compexp_widgets.data.pairs.readers.records import read_snli, read_table
from compexp_widgets.data.pairs.readers.text_lines import text_lines
from compexp_widgets.errors import DataError
from compexp_widgets.progress import Report, silent

Format: TypeAlias = Literal["jsonl", "snli", "table", "tok"]
"""How a file is laid out, where its name and its first line do not tell: JSON lines, tab-separated text as SNLI has it,
CSV or TSV, or alternating lines."""


def read_pairs(
    path: str | PathLike[str],
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
    report: Report = silent,
) -> PairDataset:
    """Read sentence pairs in any of the formats that the readers beside this one know.

    ====================================================  ==========================================================
    ``*.jsonl`` of SNLI, MultiNLI, ANLI, FEVER-NLI,       `read_snli`
    ChaosNLI, HANS, SciTail, RTE, XNLI, …
    ``*.txt``, ``*.tsv`` of SNLI, MultiNLI, HANS, XNLI    `read_snli`
    ``*.csv``, ``*.tsv``: SICK, e-SNLI, RTE, SciTail, …   `read_table`
    ``s1.SPLIT`` or ``SPLIT_premises.txt``                `read_parallel`, with the other two files beside it
    a folder with one such split                          the same
    ``*.tok``, lines alternating                          `read_tok`
    ====================================================  ==========================================================

    Each of them also packed, with ``.gz`` behind its name.

    Parameters
    ----------
    path
        The file, or the folder.
    premise, hypothesis, label
        Names of columns or JSON fields, where they are not the usual ones (``premise``, ``sentence1``, ``sentence_A``
        …; ``gold_label``, ``label``, ``entailment_judgment`` …); a field inside of another with a dot,
        ``"example.premise"``; ``label=False`` where no pair has a label.
    labels
        For a ``.tok`` file and parallel files: the file with the labels.
    label_names
        What the labels mean, where their usual spellings do not tell: ``("entailment", "neutral", "contradiction")``,
        or ``("entailment", "not_entailment")``, in the order of the numbers 0, 1, …; or a mapping from the file's
        spelling to one of these four (None for pairs without gold label).
    columns
        Names of all columns in order, for a table without a header: ``("premise", "hypothesis", "label")``; None for a
        column that does not matter.
    language
        Of a file with a column ``language``, such as XNLI's: read the pairs in this one alone, ``"en"``.
    format
        How the file is laid out, where its name and first line do not tell: ``"jsonl"``, ``"snli"``, ``"table"`` or
        ``"tok"``.
    tokenized
        Whether blanks part the tokens. None: the tokens of a parse where there is one; else they do where most
        sentences that end in a stop have a blank before it; else `tokenize` finds the tokens.
    skip_empty
        Leave pairs with an empty sentence out, instead of refusing the file.
    report
        Told how many pairs have their tokens.

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
    >>> pairs = read_pairs("xnli.dev.tsv", language="de")
    >>> read_pairs("heuristics_evaluation_set.txt").labels
    ('entailment', 'not_entailment')
    """
    path = Path(path)
    if path.is_dir():
        path = _only_split(path)
    files = parallel_files(path)
    if files is None and not path.is_file():
        raise DataError(f"{path}: there is no such file or folder.")
    if format is not None and format not in get_args(Format):
        raise DataError(f"format: pairs are laid out as {', '.join(get_args(Format))}, not {format!r:.60}.")
    if format is not None:
        files = None
    kind = "parallel" if files else format or ("table" if columns else _kind(path))
    if labels is not None and kind not in {"parallel", "tok"}:
        raise DataError(f"{path} has its labels in a column: name that with label='…' instead of a file of labels.")
    given = {"premise": premise, "hypothesis": hypothesis, "label": label, "language": language}
    named = [name for name, value in given.items() if value]
    if named and kind in {"parallel", "tok"}:
        raise DataError(f"{path} has no columns, so {named[0]}={given[named[0]]!r} means nothing there.")
    if columns is not None and kind != "table":
        raise DataError(f"{path} is no table, so columns={columns!r:.80} means nothing there.")
    if files:
        found = (labels or files[2]) if label is not False else None
        return read_parallel(
            *files[:2], found, label_names=label_names, tokenized=tokenized, skip_empty=skip_empty, report=report
        )
    if kind == "tok":
        # A file in this format is tokenised, whatever its sentences look like.
        apart = True if tokenized is None else tokenized
        return read_tok(path, labels, label_names=label_names, tokenized=apart, skip_empty=skip_empty, report=report)
    read = partial(read_table, columns=columns) if kind == "table" else read_snli
    return read(
        path,
        premise=premise,
        hypothesis=hypothesis,
        label=label,
        label_names=label_names,
        tokenized=tokenized,
        skip_empty=skip_empty,
        language=language,
        report=report,
    )


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
        "another name pass format='tok', for parallel files call read_parallel."
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
