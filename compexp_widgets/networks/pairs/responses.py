"""What a network answers to sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.data.pairs.dataset import LABELS, rightly


@dataclass(frozen=True, eq=False)
class Responses:
    """The activations of a layer's units and the network's logits for N sentence pairs.

    Attributes
    ----------
    activations
        float32, shape (N, units).
    logits
        float32, shape (N, labels).
    labels
        What the logits are of, in order: `LABELS` or `TWO_WAY_LABELS`.
    """

    activations: NDArray[np.float32]
    logits: NDArray[np.float32]
    labels: tuple[str, ...] = LABELS

    @cached_property
    def not_finite(self) -> tuple[int, ...]:
        """The units with an activation that is not finite, in order."""
        return tuple(np.flatnonzero(~np.isfinite(self.activations).all(axis=0)).tolist())

    @cached_property
    def probabilities(self) -> NDArray[np.float32]:
        """The softmax of the logits: float32, shape (N, labels)."""
        probabilities: NDArray[np.float32] = softmax(self.logits, axis=1)
        return probabilities

    @cached_property
    def predicted(self) -> NDArray[np.int8]:
        """The label with the largest logit, as index into `labels`: int8, shape (N,)."""
        predicted: NDArray[np.int8] = self.logits.argmax(axis=1).astype(np.int8)
        return predicted

    def accuracy(self, gold: NDArray[np.int8], labels: Sequence[str] | None = None) -> float:
        """The share of the pairs with a gold label whose predicted label says the same; NaN without any.

        Parameters
        ----------
        gold
            int8, shape (N,): indices into `labels`.
        labels
            Those of the data, where they are not the network's: see `agreement`.
        """
        known = gold >= 0
        right = rightly(gold, self.predicted, labels or self.labels, self.labels)
        return float(right[known].mean()) if known.any() else float("nan")
