"""What a network answered once, kept so that another run can be held to it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from compexp_widgets.errors import EditError

Agreement = Literal["identical", "close", "different"]

KEPT = 5
"""Classes whose probabilities are kept."""

CLOSE = 1e-3
"""Probabilities that differ by no more than this are the same on another machine or another version of torch."""


@dataclass(frozen=True)
class Outcome:
    """A network's answer to one input, shown alone.

    Attributes
    ----------
    predicted
        The likeliest class.
    probabilities
        Class → probability of the likeliest few, the likeliest first.
    digest
        SHA-256 of all logits as little-endian float32, in hexadecimal: equal when the answers are, bit by bit.
    """

    predicted: str
    probabilities: Mapping[str, float]
    digest: str

    @staticmethod
    def of(logits: NDArray[np.float32], class_names: Sequence[str]) -> Outcome:
        """The outcome of logits of shape (classes,)."""
        shares = softmax(logits.astype(np.float64))
        likeliest = np.argsort(-logits, kind="stable")[:KEPT].tolist()
        digest = hashlib.sha256(np.ascontiguousarray(logits, "<f4").tobytes()).hexdigest()
        return Outcome(
            class_names[likeliest[0]], {class_names[place]: float(shares[place]) for place in likeliest}, digest
        )

    def agreement(self, other: Outcome) -> Agreement:
        """How far another run came to the same: ``"identical"`` means every bit of every logit, ``"close"`` the same
        prediction with probabilities within `CLOSE`.
        """
        if self.digest == other.digest:
            return "identical"
        shared = self.probabilities.keys() & other.probabilities.keys()
        near = all(abs(self.probabilities[name] - other.probabilities[name]) <= CLOSE for name in shared)
        return "close" if self.predicted == other.predicted and near else "different"

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold; numbers keep all their digits."""
        return asdict(self)

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Outcome:
        """The outcome that `to_json` described.

        Raises
        ------
        EditError
            When it describes none.
        """
        try:
            probabilities = {str(name): float(share) for name, share in value["probabilities"].items()}
            predicted = str(value["predicted"])
            if predicted not in probabilities or not all(map(math.isfinite, probabilities.values())):
                raise ValueError("the likeliest class has no probability, or one is not finite")
            return Outcome(predicted, probabilities, str(value["digest"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EditError(f"this describes no outcome: {str(value)[:200]} ({error})") from error
