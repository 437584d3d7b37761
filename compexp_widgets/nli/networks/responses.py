"""What a network answers to sentence pairs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Responses:
    """The activations of a layer's units and the network's logits for N sentence pairs.

    Attributes
    ----------
    activations
        float32, shape (N, units).
    logits
        float32, shape (N, 3), in the order of `LABELS`.
    """

    activations: NDArray[np.float32]
    logits: NDArray[np.float32]

    @cached_property
    def not_finite(self) -> tuple[int, ...]:
        """The units with an activation that is not finite, in order."""
        return tuple(np.flatnonzero(~np.isfinite(self.activations).all(axis=0)).tolist())

    @cached_property
    def probabilities(self) -> NDArray[np.float32]:
        """The softmax of the logits: float32, shape (N, 3)."""
        powers = np.exp(self.logits - self.logits.max(axis=1, keepdims=True), dtype=np.float32)
        shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    @cached_property
    def predicted(self) -> NDArray[np.int8]:
        """The label with the largest logit, as index into `LABELS`: int8, shape (N,)."""
        predicted: NDArray[np.int8] = self.logits.argmax(axis=1).astype(np.int8)
        return predicted

    def accuracy(self, gold: NDArray[np.int8]) -> float:
        """The share of the pairs with a gold label whose predicted label is that one; NaN without any."""
        known = gold >= 0
        return float((self.predicted[known] == gold[known]).mean()) if known.any() else float("nan")
