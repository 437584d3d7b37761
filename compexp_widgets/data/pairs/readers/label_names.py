"""What the labels of a data set mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.pairs.dataset import LABELS, NO_LABEL, TWO_WAY_LABELS, label_set
from compexp_widgets.errors import DataError
from compexp_widgets.files import text_lines
from compexp_widgets.files.csv_table import read_csv_table

LabelNames: TypeAlias = Sequence[str] | Mapping[Any, str | None] | None
"""What the labels of a file mean, where it is not plain: `LABELS` or `TWO_WAY_LABELS` in the order of the numbers 0, 1,
2, or a mapping from the file's spelling to one of them, or to None for pairs without a gold label."""

MEANINGS = (*LABELS, *TWO_WAY_LABELS[1:])
"""What a label can mean."""

_SPELLINGS = {
    # In any case. ANLI and ChaosNLI have single letters, FEVER verdicts, SciTail "entails", XNLI "contradictory", HANS
    # and RTE the last.
    "entailment": ("entailment", "entails", "e", "supports"),
    "neutral": ("neutral", "n", "not enough info"),
    "contradiction": ("contradiction", "contradictory", "c", "refutes"),
    "not_entailment": ("not_entailment", "non-entailment", "not-entailment", "not entailment", "non_entailment"),
}
_NO_GOLD = ("-", "unk", "hidden")
_LABEL_COLUMNS = ("gold_label", "label", "gt", "gold")
_MOST_NAMED = 12


@dataclass(frozen=True)
class RawLabel:
    """A label as it stands in a file, with where it stands and what it is said of, for a message."""

    written: object
    where: Callable[[], str]
    pair: Callable[[], tuple[str, str]]


def gold_labels(
    source: str, found: Sequence[RawLabel], names: LabelNames = None
) -> tuple[tuple[str, ...], NDArray[np.int8]]:
    """The labels that a file's are of, and for each pair the index of its own among them.

    Labels are read in any case; ``-``, ``UNK``, ``hidden`` and a missing value stand for a pair without a gold label.
    Where a label says that something is not entailed, and no more, the set is two-way; also where the file says
    ``entails`` or ``neutral`` alone, as SciTail does.

    Parameters
    ----------
    source
        Where they come from, to open a message with.
    names
        What they mean, where it is not plain.

    Returns
    -------
    `LABELS` or `TWO_WAY_LABELS`; int8, shape (N,), with `NO_LABEL`.

    Raises
    ------
    DataError
        With all labels that are not known, how often each stands there and an example; or where `names` makes no sense,
        or the file has labels of both sets.
    """
    known, two_way = _known(names)
    spelled = [None if _missing(one.written) else _spelling(one.written) for one in found]
    counts = Counter(spelled)
    if unknown := [spelling for spelling in counts if spelling is not None and spelling not in known]:
        raise _unknown(source, unknown, counts, dict(zip(reversed(spelled), reversed(found), strict=True)))
    labels: tuple[str, ...] = LABELS
    meant = [None if spelling is None else known[spelling] for spelling in spelled]
    present = {label for label in meant if label is not None}
    if "not_entailment" in present or two_way:
        if unknown := sorted(present - set(TWO_WAY_LABELS)):
            both = ", ".join(f"{label!r}: 'not_entailment'" for label in unknown)
            raise DataError(
                f"{source} tells not_entailment from entailment, and has pairs called {' and '.join(unknown)} too. "
                f"To read all as two-way, say label_names={{{both}}}."
            )
        labels = TWO_WAY_LABELS
    elif names is None and "entails" in counts and "contradiction" not in present:
        labels = TWO_WAY_LABELS
        meant = ["not_entailment" if label == "neutral" else label for label in meant]
    return labels, np.array([NO_LABEL if label is None else labels.index(label) for label in meant], np.int8)


def is_label(cell: str) -> bool:
    """Whether a cell holds a label written out: what tells a row of data from a header."""
    spelling = _spelling(cell)
    return len(spelling) > 1 and any(spelling in spellings for spellings in _SPELLINGS.values())


def _known(names: LabelNames) -> tuple[dict[str, str | None], bool]:
    """Spelling → meaning, and whether a person said that the labels are two-way."""
    known: dict[str, str | None] = {
        spelling: meaning for meaning, spellings in _SPELLINGS.items() for spelling in spellings
    } | dict.fromkeys(_NO_GOLD, None)
    if names is None:
        return known, False
    if isinstance(names, Mapping):
        for spelling, meaning in names.items():
            if meaning is not None and meaning not in MEANINGS:
                raise DataError(
                    f"label_names: {spelling!r} cannot mean {meaning!r}, only one of {', '.join(MEANINGS)}, or None."
                )
            known[_spelling(spelling)] = meaning
        return known, "not_entailment" in names.values()
    ordered = label_set(names)
    if ordered is None:
        raise DataError(
            f"label_names: {names!r} is neither {', '.join(LABELS)} nor {', '.join(TWO_WAY_LABELS)}, in the order of "
            "the numbers 0, 1, …, nor a mapping from the file's spellings to these."
        )
    known |= {str(number): label for number, label in enumerate(names)}
    # What is written where numbers are used and the annotators did not agree.
    known["-1"] = None
    return known, ordered == TWO_WAY_LABELS


_MOST_DIGITS = 20  # longer ones count no label, and Python refuses to read them


def _unknown(
    source: str, unknown: Sequence[str], counts: Mapping[str | None, int], first: Mapping[str | None, RawLabel]
) -> DataError:
    """The error for labels that nobody knows. What they mean is left to the person: a guess could turn them around."""
    numbers = all(spelling.removeprefix("-").isdecimal() and len(spelling) < _MOST_DIGITS for spelling in unknown)
    unknown = sorted(unknown, key=int) if numbers else sorted(unknown, key=lambda each: -counts[each])

    def told(spelling: str) -> str:
        one = first[spelling]
        premise, hypothesis = (text if len(text) <= 60 else f"{text[:59]}…" for text in one.pair())
        pairs = f"{counts[spelling]:,} pair{'s' if counts[spelling] > 1 else ''}"
        return f"{str(one.written)[:40]!r} ({pairs}, first at {one.where()}: {premise!r} / {hypothesis!r})"

    listed = "; ".join(map(told, unknown[:_MOST_NAMED]))
    more = f"; and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
    plural = "s" if len(unknown) > 1 else ""
    if numbers:
        return DataError(
            f"{source} has labels by number: {listed}{more}. Look up what they stand for, which differs from one data "
            f"set to the next, and say it in the order of 0, 1, …: label_names=('…', '…', '…') with "
            f"{', '.join(LABELS)}, or label_names=('…', '…') with {', '.join(TWO_WAY_LABELS)}."
        )
    blanks = ", ".join(f"{str(first[spelling].written)[:40]!r}: '…'" for spelling in unknown[:_MOST_NAMED])
    return DataError(
        f"{source} has {len(unknown)} unknown label{plural}: {listed}{more}. Say what each means: "
        f"label_names={{{blanks}}}, where '…' is one of {', '.join(MEANINGS)}, or None for no gold label."
    )


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


def _missing(label: object) -> bool:
    return label is None or (isinstance(label, float) and isnan(label))


def _spelling(label: object) -> str:
    if isinstance(label, float) and label.is_integer():
        # A column of whole numbers that has gaps holds floating-point numbers in pandas.
        label = int(label)
    return str(label).strip().casefold()
