"""Confusion of people's and a network's labels: on all pairs, or on those where a unit fires or a formula holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.data.pairs.dataset import LABELS, NO_LABEL


def confusion(
    gold: NDArray[np.int8],
    predicted: NDArray[np.int8],
    chosen: NDArray[np.bool_] | None = None,
    *,
    gold_labels: Sequence[str] = LABELS,
    labels: Sequence[str] = LABELS,
) -> NDArray[np.int64]:
    """Pairs by the label that people gave and the one that the network gives: int64, shape (gold labels + 1, labels).

    The last row counts the pairs without a gold label (`NO_LABEL`). `gold` and `predicted` are int8, shape (N,):
    indices into `gold_labels`, those of the data, and `labels`, those of the network; `chosen`, bool of shape (N,), are
    the pairs that count, None for all.
    """
    if chosen is not None:
        gold, predicted = gold[chosen], predicted[chosen]
    shape = len(gold_labels) + 1, len(labels)
    rows = np.where(gold == NO_LABEL, len(gold_labels), gold).astype(np.intp)
    return np.bincount(rows * len(labels) + predicted, minlength=shape[0] * shape[1]).reshape(shape)
