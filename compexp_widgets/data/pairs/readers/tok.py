"""Tokenised pairs in one file, premise and hypothesis on alternating lines."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.readers.gathering import RawPairs, gather
from compexp_widgets.data.pairs.readers.labels import LabelNames
from compexp_widgets.data.pairs.readers.parallel import labels_of
from compexp_widgets.data.pairs.readers.text_lines import text_lines
from compexp_widgets.errors import DataError
from compexp_widgets.progress import Report, silent


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
