"""What can be said of a pair: three labels, or two where a data set does not tell neutral from contradiction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

LABELS = ("entailment", "neutral", "contradiction")
"""What the premise says of the hypothesis; the order of arrays of labels and logits, unless they say otherwise."""

TWO_WAY_LABELS = ("entailment", "not_entailment")
"""The labels of RTE, SciTail and HANS: what is neutral or contradicted is not entailed."""

NO_LABEL = -1
"""Stands for pairs on which the annotators did not agree."""


def label_set(labels: Iterable[object]) -> tuple[str, ...] | None:
    """`LABELS` or `TWO_WAY_LABELS`, whichever these are in any order; None where they are neither."""
    if isinstance(labels, str):
        return None
    sought = sorted(map(str, labels))
    return next((known for known in (LABELS, TWO_WAY_LABELS) if sought == sorted(known)), None)


def agreement(gold: Sequence[str], predicted: Sequence[str]) -> NDArray[np.bool_]:
    """Which labels of one set say the same as which of another: bool, shape (len(gold), len(predicted)).

    A label agrees with itself; ``not_entailment`` also with ``neutral`` and with ``contradiction``, so that a network
    with three labels can be held to data with two, and the other way round.
    """

    def alike(one: str, other: str) -> bool:
        return one == other or ("not_entailment" in (one, other) and "entailment" not in (one, other))

    return np.array([[alike(one, other) for other in predicted] for one in gold], np.bool_)


def rightly(
    gold: NDArray[np.int8], predicted: NDArray[np.integer], labels: Sequence[str], predicted_labels: Sequence[str]
) -> NDArray[np.bool_]:
    """Where a network says what people say: bool, shape (N,); False where there is no gold label.

    Parameters
    ----------
    gold, predicted
        Whole numbers, shape (N,): indices into `labels` and `predicted_labels`.
    """
    right: NDArray[np.bool_] = (gold != NO_LABEL) & agreement(labels, predicted_labels)[gold, predicted]
    return right
