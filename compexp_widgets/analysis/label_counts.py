"""How often people and a network give each label: on all pairs, or on those where a unit fires or a formula holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.nli.pairs import LABELS, NO_LABEL


def confusion(
    gold: NDArray[np.int8], predicted: NDArray[np.int8], chosen: NDArray[np.bool_] | None = None
) -> NDArray[np.int64]:
    """Pairs by the label that people gave and the one that the network gives.

    Parameters
    ----------
    gold, predicted
        int8, shape (N,): indices into `LABELS`; `NO_LABEL` where people did not agree.
    chosen
        bool, shape (N,): the pairs that are counted; None counts all.

    Returns
    -------
    int64, shape (4, 3): gold × predicted. The last row counts the pairs without a gold label.
    """
    if chosen is not None:
        gold, predicted = gold[chosen], predicted[chosen]
    rows = np.where(gold == NO_LABEL, len(LABELS), gold).astype(np.intp)
    counts = np.bincount(rows * len(LABELS) + predicted, minlength=(len(LABELS) + 1) * len(LABELS))
    return counts.reshape(len(LABELS) + 1, len(LABELS))
