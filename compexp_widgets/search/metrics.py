"""How well a formula fits a unit: three counts, and the scores made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compexp_widgets.errors import SearchError

Metric = Literal["iou", "precision", "recall", "f1"]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True)
class Overlap:
    """Counts of positions from which every score follows.

    Attributes
    ----------
    active
        Positions where the unit is active.
    holds
        Positions where the formula holds.
    both
        Positions where both are so.
    """

    active: int
    holds: int
    both: int

    @property
    def iou(self) -> float:
        """Intersection over union, in [0, 1]: of all positions where either is so, the share where both are."""
        return self.score("iou")

    @property
    def precision(self) -> float:
        """Of the positions where the formula holds, the share where the unit is active."""
        return self.score("precision")

    @property
    def recall(self) -> float:
        """Of the unit's active positions, the share where the formula holds."""
        return self.score("recall")

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return self.score("f1")

    def score(self, metric: Metric) -> float:
        """One of the scores by its name."""
        return float(scores(metric, self.active, self.holds, self.both))


def scores(metric: Metric, active: ArrayLike, holds: ArrayLike, both: ArrayLike) -> NDArray[np.float64]:
    """A metric for many formulas at once; 0 where it is undefined (0/0).

    Parameters
    ----------
    metric
        ``"iou"``, ``"precision"``, ``"recall"`` or ``"f1"``.
    active, holds, both
        Counts as in `Overlap`; arrays broadcast against each other.

    Raises
    ------
    SearchError
        When there is no such metric.
    """
    active, holds, both = np.asarray(active), np.asarray(holds), np.asarray(both)
    if metric == "iou":
        part, whole = both, active + holds - both
    elif metric == "precision":
        part, whole = both, holds
    elif metric == "recall":
        part, whole = both, active
    elif metric == "f1":
        part, whole = 2 * both, active + holds
    else:
        raise SearchError(f"no metric {metric!r}; there are {', '.join(METRICS)}")
    score: NDArray[np.float64] = np.zeros(np.broadcast(part, whole).shape)
    np.divide(part, whole, out=score, where=whole > 0)
    return score
