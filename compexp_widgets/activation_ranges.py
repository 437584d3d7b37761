"""Which activations of a unit count as firing: the largest, those above a number, between two quantiles, or a cluster.

The largest activations tell what excites a unit most; what its middling activations stand for can be something else
(La Rosa, Gilpin and Capobianco 2023, "Towards a fuller understanding of neurons with Clustered Compositional
Explanations", arXiv 2310.18443).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import number_within, whole_number
from compexp_widgets.errors import SearchError


class Limits(NamedTuple):
    """A unit is active where low < activation ≤ high."""

    low: float
    high: float = np.inf


@dataclass(frozen=True)
class QuantileRange:
    """Activations between the thresholds of two quantiles.

    Attributes
    ----------
    low
        Share of the unit's activations above the lower limit, in (0, 1).
    high
        Share above the upper limit, in [0, low); 0 is no upper limit.
    """

    low: float
    high: float = 0.0

    def __post_init__(self) -> None:
        meant = "quantile, the share of activations above the threshold,"
        object.__setattr__(self, "low", number_within(self.low, meant, above=0, below=1, error=SearchError))
        number_within(self.high, meant, error=SearchError)
        if not 0 <= self.high < self.low:
            raise SearchError(
                f"a range reaches from a larger share of activations to a smaller one, not from {self.low} to "
                f"{self.high}"
            )

    def limits(self, maps: NDArray[np.float32]) -> Limits:
        """The activations meant, of a unit with these maps."""
        return Limits(largest_share(maps, self.low), largest_share(maps, self.high) if self.high else np.inf)

    def __str__(self) -> str:
        return f"quantile {self.low:g} to {self.high:g}" if self.high else f"quantile {self.low:g}"


@dataclass(frozen=True)
class Cluster:
    """One of several clusters of a unit's positive activations, found by k-means.

    Attributes
    ----------
    number
        From 1, the lowest activations, to `of`, the highest.
    of
        How many clusters.
    """

    number: int
    of: int

    def __post_init__(self) -> None:
        for name in ("number", "of"):
            whole_number(getattr(self, name), f"{name} of a cluster", least=-(2**31), error=SearchError)
        if not 1 <= self.number <= self.of:
            raise SearchError(f"there is no cluster {self.number} of {self.of}")

    def limits(self, maps: NDArray[np.float32]) -> Limits:
        """The activations meant, of a unit with these maps; none when it has too few different positive ones."""
        borders = clusters(maps, self.of)
        return Limits(*borders[self.number - 1 : self.number + 1]) if borders else Limits(np.inf)

    def __str__(self) -> str:
        return f"cluster {self.number} of {self.of}"


@dataclass(frozen=True)
class Above:
    """Activations above a threshold that is the same for all units, such as 0 after a ReLU.

    Attributes
    ----------
    threshold
        Any finite number.
    """

    threshold: float = 0.0

    def __post_init__(self) -> None:
        threshold = number_within(self.threshold, "the threshold of activations", error=SearchError)
        object.__setattr__(self, "threshold", threshold)

    def limits(self, maps: NDArray[np.float32]) -> Limits:
        """The activations meant, of any unit."""
        return Limits(self.threshold)

    def __str__(self) -> str:
        return f"activation > {self.threshold:g}"


ActivationRange = QuantileRange | Cluster | Above


def ranges_of(ranges: int | Sequence[float]) -> list[ActivationRange]:
    """The ranges meant, from the lowest activations to the highest.

    Parameters
    ----------
    ranges
        A number of clusters; or quantiles that cut the activations, such as ``(0.2, 0.05, 0.005)``: between the first
        and the second, between the second and the third, and above the third.

    Raises
    ------
    SearchError
        When there is none, or a quantile repeats or lies outside (0, 1).
    """
    if isinstance(ranges, str) or not isinstance(ranges, Iterable):
        count = whole_number(
            ranges, "ranges, a number of clusters if it is no list of quantiles,", most=1000, error=SearchError
        )
        return [Cluster(number, count) for number in range(1, count + 1)]
    cuts = sorted((number_within(cut, "each of ranges", error=SearchError) for cut in ranges), reverse=True)
    if not cuts:
        raise SearchError("no quantiles are given to cut the activations at")
    return [QuantileRange(low, high) for low, high in pairwise([*cuts, 0.0])]


def largest_share(values: NDArray[np.float32], share: float) -> float:
    """The value that a share of the values exceeds: their (1 − share) quantile, linear between the two nearest.

    The same as `numpy.quantile` in double precision, several times faster.

    Parameters
    ----------
    values
        float32, any shape, not empty.
    share
        In [0, 1].
    """
    flat = values.reshape(-1)
    place = (1 - share) * (len(flat) - 1)
    below = min(int(place), len(flat) - 1)
    above = min(below + 1, len(flat) - 1)
    nearest = np.partition(flat, (below, above))[[below, above]].astype(np.float64)
    return float(np.interp(place - below, (0, 1), nearest))


def clusters(values: NDArray[np.float32], count: int) -> tuple[float, ...] | None:
    """Where k-means divides the positive values: 0, the borders halfway between neighbouring means, and infinity.

    Lloyd's algorithm from evenly spread quantiles, to its end: the same values give the same borders.

    Parameters
    ----------
    values
        float32, any shape.
    count
        Number of clusters.

    Returns
    -------
    ``count + 1`` increasing numbers, or None when there are fewer different positive values than clusters.
    """
    ordered = np.sort(values[values > 0], axis=None)
    sums = np.concatenate([np.zeros(1), np.cumsum(ordered, dtype=np.float64)])
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]
    if len(distinct) < count:
        return None
    means = np.unique(ordered[((np.arange(count) + 0.5) * len(ordered) / count).astype(int)]).astype(np.float64)
    if len(means) < count:  # one value is so frequent that it is several quantiles
        means = distinct[((np.arange(count) + 0.5) * len(distinct) / count).astype(int)].astype(np.float64)
    before: NDArray[np.intp] | None = None
    while True:
        # As exact as the activations, so that all comparisons agree.
        borders = ((means[1:] + means[:-1]) / 2).astype(np.float32)
        ends = np.searchsorted(ordered, borders, side="right")
        cuts = np.concatenate([[0], ends, [len(ordered)]])
        if before is not None and np.array_equal(cuts, before):
            return 0.0, *borders.tolist(), np.inf
        # A mean without values stays where it is.
        sizes = np.diff(cuts)
        means = np.where(sizes > 0, np.diff(sums[cuts]) / np.maximum(sizes, 1), means)
        before = cuts
