"""The table that says which concept a label number stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.images.annotated_image import Concept
from compexp_widgets.errors import DataError
from compexp_widgets.files.text_files import CsvTable

LARGEST_LABEL = 65_535  # what two 8-bit channels, or one of 16 bits, can hold


@dataclass(frozen=True)
class ConceptTable:
    """Concepts by label number, in the order of the numbers."""

    by_number: Mapping[int, Concept]

    @property
    def concepts(self) -> tuple[Concept, ...]:
        return tuple(self.by_number.values())

    def codes(self) -> NDArray[np.int32]:
        """`SegmentationDataset.codes`: int32, shape (largest label number + 1,)."""
        codes = np.full(max(self.by_number) + 1, -2, np.int32)
        codes[0] = -1
        codes[list(self.by_number)] = np.arange(len(self.by_number))
        return codes


def codes_with_nothing(
    codes: NDArray[np.int32], nothing: Iterable[int], concepts: Sequence[Concept]
) -> NDArray[np.int32]:
    """`SegmentationDataset.codes` in which some label numbers mean nothing; `DataError` for one that a concept has."""
    if isinstance(nothing, str | int) or not isinstance(nothing, Iterable):
        raise DataError(f"nothing is a list of label numbers, such as [255], not {nothing!r:.60}.")
    codes = codes.copy()
    for number in nothing:
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number <= LARGEST_LABEL:
            raise DataError(f"nothing: {number!r:.60} is no label number; they run from 0 to {LARGEST_LABEL}.")
        codes = np.concatenate([codes, np.full(max(int(number) + 1 - len(codes), 0), -2, np.int32)])
        if codes[number] >= 0:
            raise DataError(f"nothing: {number} is the label of {concepts[codes[number]].name!r}.")
        codes[number] = -1
    return codes


def read_concepts(
    table: CsvTable, category_of: Callable[[str, str], str], *, class_zero: bool | None = None
) -> ConceptTable:
    """The concepts of a table with the columns ``number``, ``name`` and, if it has one, ``category``.

    `category_of`: (field of the column ``category``, or "" without it; place of the row) → category
    of the concept. `class_zero`: whether 0 is the number of a class; None where the layout knows no such thing. Raises
    `DataError` for a number that is not between 1 and 65,535 (or 0, where that is a class), an empty name, a number or
    name that stands twice, and a table without rows.
    """
    if not table.rows:
        raise DataError(f"{table.path} names no concept: it has no row after the header.")
    categories = table.column("category") if "category" in table.columns else ((row, "") for row, _ in table.rows)
    by_number: dict[int, Concept] = {}
    row_of: dict[int | str, int] = {}
    for (row, field), (_, name), (_, category) in zip(
        table.column("number"), table.column("name"), categories, strict=True
    ):
        if is_number(field) and int(field) == 0 and class_zero is not None:
            if not class_zero:
                raise DataError(
                    f"{table.where(row)}: label 0 means nothing, so it has no name. Remove the row; or, where 0 is a "
                    "class of its own, say so: class_zero=True in Python, --class-zero on the command line."
                )
            number = 0
        else:
            number = label_number(field, table.where(row))
        if not name.strip():
            raise DataError(f"{table.where(row)}: label {number} has no name.")
        for key, what in ((number, "label number"), (name, "name")):
            if key in row_of:
                raise DataError(f"{table.where(row)}: the {what} {key!r} stands in row {row_of[key]} already.")
            row_of[key] = row
        by_number[number] = Concept(name, category_of(category, table.where(row)))
    if class_zero and 0 not in by_number:
        raise DataError(f"{table.path} has no row for label 0, which is to be a class (class_zero). Add one.")
    return ConceptTable(dict(sorted(by_number.items())))


def label_number(field: str, where: str) -> int:
    """The label number in a field, from 1 to 65,535; a `DataError` that opens with `where` for anything else."""
    if not is_number(field) or not 1 <= int(field) <= LARGEST_LABEL:
        raise DataError(f"{where}: {field!r} is no label number; they run from 1 to 65535, and 0 means nothing.")
    return int(field)


def is_number(field: str) -> bool:
    """True for a whole number of at most nine ASCII digits, blanks around it aside."""
    return _NUMBER.fullmatch(field) is not None


_NUMBER = re.compile(r"\s*[0-9]{1,9}\s*")
