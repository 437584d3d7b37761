"""Checks that the arrays of a finished study belong together: a file that was put in from another study, or is of
another precision, must not be taken for the right one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from compexp_widgets.errors import StudyError
from compexp_widgets.signatures import PositionCounts, SignatureTable


def check_array(
    path: Path, name: str, array: NDArray[np.generic], dtypes: Iterable[DTypeLike], shape: tuple[int | None, ...]
) -> None:
    """See that an array is of one of these types and of this shape, None for a length that nothing else tells."""
    wanted = [np.dtype(one) for one in dtypes]
    fits = len(array.shape) == len(shape) and all(
        length in {found, None} for length, found in zip(shape, array.shape, strict=True)
    )
    if array.dtype not in wanted or not fits or not array.flags.c_contiguous:
        lengths = ", ".join("any" if length is None else str(length) for length in shape)
        _refuse(
            path,
            f"{name} of {array.dtype} and shape {array.shape}{'' if array.flags.c_contiguous else ', turned round'}, "
            f"where the rest of the study needs {' or '.join(map(str, wanted))} of shape ({lengths})",
        )


def check_below(path: Path, name: str, numbers: NDArray[np.integer], count: int) -> None:
    """See that numbers are of things that there are: from 0 to before `count`."""
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < count):
        _refuse(path, f"{name} from {numbers.min()} to {numbers.max()}, where there are 0 to {count - 1}")


def check_table(path: Path, table: SignatureTable) -> None:
    """See that a signature table is one: its rows follow each other, and its concepts are there."""
    check_array(path, "total", table.total, _WHOLE, (None,))
    check_array(path, "row_starts", table.row_starts, _WHOLE, (len(table.total) + 1,))
    check_array(path, "row_concepts", table.row_concepts, _WHOLE, (None,))
    starts, entries = table.row_starts, table.row_concepts
    if starts[0] != 0 or starts[-1] != len(entries) or (np.diff(starts) < 0).any():
        _refuse(path, "row_starts that do not divide row_concepts into rows")
    if len(table.total) and table.total.min() < 1:
        _refuse(path, "a signature that no position carries")
    check_below(path, "row_concepts", entries, len(table.concepts))
    if len(set(table.concepts)) < len(table.concepts):
        _refuse(path, "two concepts of one name")


def check_counts(path: Path, table: SignatureTable, counts: PositionCounts) -> None:
    """See that the counts of each sample add up to those of the table."""
    samples, signatures = counts.shape
    entries = (len(counts.samples),)
    for name, array, below in (("images", counts.samples, samples), ("rows", counts.rows, signatures)):
        check_array(path, name, array, _WHOLE, entries)
        check_below(path, name, array, below)
    check_array(path, "counts", counts.counts, _WHOLE, entries)
    if (np.bincount(counts.rows, counts.counts, signatures) != table.total).any():
        _refuse(path, "counts by sample that do not add up to those of all samples")


def _refuse(path: Path, found: str) -> None:
    raise StudyError(
        f"{path} does not belong to the other files of the study: it holds {found}. Put back the file that was there, "
        "or delete it and dissect again"
    )


_WHOLE = (np.int64, np.int32)
