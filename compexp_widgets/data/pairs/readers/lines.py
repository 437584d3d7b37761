"""Pairs in parallel files (e-SNLI, InferSent) and in alternating lines (``.tok``), one sentence a line."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path

from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.readers.label_names import LabelNames, read_labels
from compexp_widgets.data.pairs.readers.raw_pairs import RawPairs, gather
from compexp_widgets.data.pairs.readers.text_lines import text_lines
from compexp_widgets.errors import DataError
from compexp_widgets.progress import Report, silent

_S1_S2 = re.compile(r"(?:s1|s2|labels)\.(?P<split>.+)")
_PREMISES_HYPOTHESES = re.compile(r"(?P<split>.+)_(?:premises|hypotheses|labels)(?P<end>\.txt(?:\.gz)?)")


def parallel_files(path: Path) -> tuple[Path, Path, Path] | None:
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


def read_parallel(
    premises: str | PathLike[str],
    hypotheses: str | PathLike[str],
    labels: str | PathLike[str] | None = None,
    *,
    label_names: LabelNames = None,
    tokenized: bool | None = None,
    skip_empty: bool = False,
    report: Report = silent,
) -> PairDataset:
    """Read files of equal length: line n of each belongs to pair n.

    Parameters
    ----------
    premises, hypotheses
        Files of one sentence a line, in UTF-8.
    labels
        A file of one label a line, or a table with a column ``gold_label``, ``label``, ``gt`` or ``gold``; None where
        no pair has a gold label.
    label_names, tokenized, skip_empty, report
        See `read_pairs`.

    Returns
    -------
    PairDataset
        Its ids are line numbers from 0.

    Raises
    ------
    DataError
        Where the files differ in length, or with the line of what cannot be read.
    """
    paths = {"premise": Path(premises), "hypothesis": Path(hypotheses)}
    first, second = (list(text_lines(path)) for path in paths.values())
    if len(first) != len(second):
        raise DataError(
            f"{paths['premise']} has {len(first)} lines and {paths['hypothesis']} has {len(second)}: not parallel."
        )
    found, line_of_label = labels_of(labels, len(first), f"{paths['premise']} has {len(first)} premises")

    def where(index: int, part: str) -> str:
        return f"{labels}, line {line_of_label[index]}" if part == "label" else f"{paths[part]}, line {index + 1}"

    raw = RawPairs(str(paths["premise"]), where, [*first], [*second], found)
    return gather(raw, label_names, tokenized=tokenized, skip_empty=skip_empty, report=report)


def labels_of(labels: str | PathLike[str] | None, pairs: int, what_there_is: str) -> tuple[list[object], list[int]]:
    """Label and its line for each of so many pairs; no label where no file is given.

    Raises
    ------
    DataError
        Where the file has another number of labels.
    """
    if labels is None:
        return [None] * pairs, []
    lines, found = read_labels(Path(labels))
    if len(found) != pairs:
        raise DataError(f"{what_there_is}, but {labels} has {len(found)} labels.")
    return [*found], lines


def read_tok(
    path: str | PathLike[str],
    labels: str | PathLike[str] | None = None,
    *,
    label_names: LabelNames = None,
    tokenized: bool | None = True,
    skip_empty: bool = False,
    report: Report = silent,
) -> PairDataset:
    """Read a file whose lines 1, 3, 5 … are premises and whose lines 2, 4, 6 … are their hypotheses.

    Parameters
    ----------
    path
        The file, in UTF-8.
    labels
        A file of one label a line, or a table with a column ``gold_label``, ``label``, ``gt`` or ``gold``; None where
        no pair has a gold label.
    label_names, skip_empty, report
        See `read_pairs`.
    tokenized
        Whether blanks part the tokens, as the format has it; None to see from the sentences.

    Returns
    -------
    PairDataset
        Its ids are the numbers of the pairs from 0.

    Raises
    ------
    DataError
        Where the number of lines is odd or differs from that of the labels, or with the line of what cannot be read.
    """
    path = Path(path)
    lines = list(text_lines(path))
    if len(lines) % 2:
        raise DataError(
            f"{path} has {len(lines)} lines; premises and hypotheses alternate, so the number must be even."
        )
    found, line_of_label = labels_of(labels, len(lines) // 2, f"{path} has {len(lines) // 2} pairs")

    def where(index: int, part: str) -> str:
        if part == "label":
            return f"{labels}, line {line_of_label[index]}"
        return f"{path}, line {2 * index + (1 if part == 'premise' else 2)}"

    raw = RawPairs(str(path), where, [*lines[::2]], [*lines[1::2]], found)
    return gather(raw, label_names, tokenized=tokenized, skip_empty=skip_empty, report=report)
