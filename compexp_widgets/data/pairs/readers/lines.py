"""Pairs in parallel files (e-SNLI, InferSent) and in alternating lines (``.tok``), one sentence a line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

from compexp_widgets.data.pairs.readers.label_names import read_labels
from compexp_widgets.data.pairs.readers.raw_pairs import RawPairs
from compexp_widgets.errors import DataError
from compexp_widgets.files import text_lines

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

    Raises
    ------
    DataError
        Where the files differ in length, or with the line of what cannot be read.
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

    Raises
    ------
    DataError
        Where the number of lines is odd or differs from that of the labels, or with the line of what cannot be read.
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
