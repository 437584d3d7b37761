"""What the labels of a data set mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any, TypeAlias

from compexp_widgets.csv_table import read_csv_table
from compexp_widgets.errors import DataError
from compexp_widgets.nli.pairs import LABELS, NO_LABEL
from compexp_widgets.nli.readers.text_lines import text_lines

LabelNames: TypeAlias = Sequence[str] | Mapping[Any, str | None] | None
"""What the labels of a file mean, where it is not plain: three of `LABELS` in the order of the numbers 0, 1, 2, or a
mapping from the file's spelling to one of `LABELS`, or to None for pairs without a gold label."""

_NO_GOLD = ("-", "unk", "hidden")
_LABEL_COLUMNS = ("gold_label", "label", "gt", "gold")


class Labels:
    """Reads labels in any case; ``-``, ``UNK``, ``hidden`` and a missing value stand for a pair without gold label.

    Raises
    ------
    DataError
        Where `names` does not name `LABELS`.
    """

    def __init__(self, names: LabelNames = None) -> None:
        self._numbers = {label: number for number, label in enumerate(LABELS)} | dict.fromkeys(_NO_GOLD, NO_LABEL)
        if isinstance(names, Mapping):
            for spelling, label in names.items():
                if label is not None and label not in LABELS:
                    raise DataError(
                        f"label_names: {spelling!r} cannot mean {label!r}, only one of {', '.join(LABELS)}, or None."
                    )
                self._numbers[_spelling(spelling)] = NO_LABEL if label is None else LABELS.index(label)
        elif names is not None:
            if isinstance(names, str) or sorted(names) != sorted(LABELS):
                raise DataError(f"label_names: {names!r} is not {', '.join(LABELS)} in the order of 0, 1, 2.")
            self._numbers |= {str(number): LABELS.index(label) for number, label in enumerate(names)}
            # What is written where numbers are used and the annotators did not agree.
            self._numbers["-1"] = NO_LABEL

    def number(self, label: object) -> int | None:
        """Index into `LABELS`, or `NO_LABEL`; None where the label is not known."""
        if label is None or (isinstance(label, float) and isnan(label)):
            return NO_LABEL
        return self._numbers.get(_spelling(label))


def unknown_label(where: str, label: object) -> DataError:
    """The error for a label that `Labels` does not know."""
    written = label if isinstance(label, str) else str(label)
    if written.strip().lstrip("-").isdigit():
        remedy = f"Say what the numbers mean, in the order of 0, 1, 2: label_names={LABELS!r}, if that is their order."
    else:
        remedy = f"Say what it means, as in label_names={{{written[:40]!r}: {LABELS[0]!r}}}, or - for no gold label."
    return DataError(f"{where}: the label {written[:40]!r} is not one of {', '.join(LABELS)}. {remedy}")


def read_labels(path: Path) -> tuple[list[int], list[str]]:
    """Line number and label of every line of a file that holds labels.

    Either one label a line and nothing else, or CSV or TSV with a header that has ``gold_label``, ``label``, ``gt`` or
    ``gold``.

    Raises
    ------
    DataError
        Where it cannot be read, or its header names none of these.
    """
    lines = list(text_lines(path))
    separator = next((sign for sign in "\t," if lines and sign in lines[0]), None)
    if separator is None:
        return list(range(1, len(lines) + 1)), lines
    table = read_csv_table(path, (), separator=separator)
    column = next((name for name in _LABEL_COLUMNS if name in table.columns), None)
    if column is None:
        raise DataError(
            f"{path} has none of the columns {', '.join(_LABEL_COLUMNS)}; its header is: {', '.join(table.columns)}."
        )
    rows = list(table.column(column))
    return [number for number, _ in rows], [label for _, label in rows]


def _spelling(label: object) -> str:
    if isinstance(label, float) and label.is_integer():
        # A column of whole numbers that has gaps holds floating-point numbers in pandas.
        label = int(label)
    return str(label).strip().casefold()
