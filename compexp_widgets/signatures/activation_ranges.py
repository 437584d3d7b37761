"""Ranges of activations that count as firing: the largest, above a number, between two quantiles, or a cluster.

The largest activations tell what excites a unit most; what its middling activations stand for can be something else
(La Rosa, Gilpin and Capobianco 2023, "Towards a fuller understanding of neurons with Clustered Compositional
Explanations", arXiv 2310.18443).

Where a quantile cuts, activations may tie: a ReLU6, a sigmoid or a quantised layer gives one value at many positions.
`Cut` is the one rule for that, and `Limits.hold` the one comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import number_within, whole_number
from compexp_widgets.errors import SearchError
from compexp_widgets.notebook_html import fields_html


class Limits(NamedTuple):
    """The activations at which a unit is active: those between two limits.

    Attributes
    ----------
    low, high
        The limits. None lie above an infinite lower one.
    includes_low, includes_high
        Whether activations that equal a limit count.
    """

    low: float
    high: float = np.inf
    includes_low: bool = False
    includes_high: bool = True

    def hold(self, values: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell the values within the limits: bool, of the values' shape. A NaN lies within no limits.

        The limits are rounded to the values' precision, so that values and limits are told apart alike everywhere.
        """
        inside = self.reached_by(values)
        if self.high < np.inf:
            inside &= self.not_passed_by(values)
        return inside

    def reached_by(self, values: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell the values that do not lie below the limits: bool, of their shape."""
        low = np.float32(self.low)
        reached: NDArray[np.bool_] = np.asarray(values >= low if self.includes_low else values > low)
        return reached

    def not_passed_by(self, values: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell the values that do not lie above the limits: bool, of their shape."""
        high = np.float32(self.high)
        not_passed: NDArray[np.bool_] = np.asarray(values <= high if self.includes_high else values < high)
        return not_passed


NOWHERE = Limits(np.inf)
"""The limits of a unit that is to be active nowhere."""


class Cut(NamedTuple):
    """The threshold above which the largest share of a unit's activations lies.

    That is T, the (1 − share) quantile of all its values, interpolated linearly between the two nearest, and active is
    what lies above: ``P(activation > T) = share`` (Bau et al. 2017). Where neither the value before nor the value after
    the quantile differs from it, values *tie* at T, and ``> T`` leaves all of them out. Then

    - a tie at the unit's smallest value stays out: the 0 of a rectified unit that fires more rarely than the share;
    - a tie at its largest value is taken in, ``≥ T``, whatever share that is, since ``> T`` would leave nothing of a
      unit that is *saturated* there;
    - any other tie is taken in when that comes nearer to the share than leaving it out, and stays out otherwise.

    Without a tie nothing is taken in. A larger share never begins above a smaller one, so that ranges between several
    cuts neither overlap nor leave anything out.

    Attributes
    ----------
    value
        T.
    included
        Whether what equals T is active.
    """

    value: float
    included: bool = False

    @classmethod
    def between(
        cls,
        nearest: tuple[float, float],
        fraction: float,
        extent: tuple[float, float],
        wanted: float,
        count: Callable[[float], tuple[int, int]],
    ) -> Cut:
        """The cut that the rule gives.

        Parameters
        ----------
        nearest
            The values, in single precision, before and after the place of the quantile.
        fraction
            How far the place lies on the way from the first to the second, in [0, 1).
        extent
            The unit's smallest and largest activation.
        wanted
            How many values are to be active.
        count
            Of a value: how many are larger, and how many equal it. Asked only where values tie.
        """
        before, after = nearest
        if before < after:
            value = float(np.interp(fraction, (0, 1), nearest))
            # Values are compared in single precision, where T must not become the value that lies above it.
            return cls(value if np.float32(value) < after else before)
        smallest, largest = extent
        if before in (smallest, largest):
            return cls(before, before > smallest)
        larger, equal = count(before)
        return cls(before, abs(larger + equal - wanted) < abs(larger - wanted))


ThresholdOn: TypeAlias = Literal["map", "grid"]
"""The activations that a quantile is of; see `QuantileRange`."""

THRESHOLD_ON: tuple[ThresholdOn, ...] = get_args(ThresholdOn)


@dataclass(frozen=True)
class QuantileRange:
    """Activations between the thresholds of two quantiles.

    Attributes
    ----------
    low
        Share of the unit's activations above the lower limit, in (0, 1).
    high
        Share above the upper limit, in [0, low); 0 is no upper limit.
    on
        Of which activations the shares are: of those on the network's own map, as published, or of those on the finer
        grid of the annotation, where the unit's active positions are counted. Of sentence pairs both are the same.
    """

    low: float
    high: float = 0.0
    on: ThresholdOn = "map"

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        meant = "quantile, the share of activations above the threshold,"
        object.__setattr__(self, "low", number_within(self.low, meant, above=0, below=1, error=SearchError))
        number_within(self.high, meant, error=SearchError)
        if not 0 <= self.high < self.low:
            raise SearchError(
                f"a range reaches from a larger share of activations to a smaller one, not from {self.low} to "
                f"{self.high}"
            )
        if self.on not in THRESHOLD_ON:
            raise SearchError(f"a threshold is taken on the {' or on the '.join(THRESHOLD_ON)}, not on {self.on!r:.80}")

    def limits(self, maps: NDArray[np.float32]) -> Limits:
        """The activations meant, of a unit with these maps, or with these values on the grid."""
        return self.between_cuts(partial(cut, maps))

    def between_cuts(self, cut_at: Callable[[float], Cut]) -> Limits:
        """The activations meant, where a share of them is cut off as told."""
        low = cut_at(self.low)
        if not self.high:
            return Limits(low.value, np.inf, low.included)
        high = cut_at(self.high)
        return Limits(low.value, high.value, low.included, not high.included)

    def __str__(self) -> str:
        words = f"quantile {self.low:g} to {self.high:g}" if self.high else f"quantile {self.low:g}"
        return f"{words} on the grid" if self.on == "grid" else words


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

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for name in ("number", "of"):
            whole_number(getattr(self, name), f"{name} of a cluster", least=-(2**31), error=SearchError)
        if not 1 <= self.number <= self.of:
            raise SearchError(f"there is no cluster {self.number} of {self.of}")

    def limits(self, maps: NDArray[np.float32]) -> Limits:
        """The activations meant, of a unit with these maps; none when it has too few different positive ones."""
        borders = clusters(maps, self.of)
        return Limits(borders[self.number - 1], borders[self.number]) if borders else NOWHERE

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

    _repr_html_ = fields_html

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


def limits_of(values: NDArray[np.float32], firing: ActivationRange) -> Limits:
    """The activations at which a unit with these values counts as firing; nowhere where one of them is not finite."""
    return firing.limits(values) if all(map(np.isfinite, extent(values))) else NOWHERE


def extent(values: NDArray[np.float32]) -> tuple[float, float]:
    """The smallest and the largest value, NaN where there is one."""
    return float(values.min()), float(values.max())


def cut(values: NDArray[np.float32], share: float) -> Cut:
    """The threshold above which the largest share of the values lies.

    Parameters
    ----------
    values
        float32, any shape, not empty, finite.
    share
        In (0, 1).
    """

    def count(value: float) -> tuple[int, int]:
        same = np.float32(value)
        return int(np.count_nonzero(values > same)), int(np.count_nonzero(values == same))

    flat = values.reshape(-1)
    before, after, fraction = place_of_quantile(len(flat), share)
    low, high = np.partition(flat, (before, after))[[before, after]].astype(np.float64).tolist()
    return Cut.between((low, high), fraction, extent(flat), share * len(flat), count)


def place_of_quantile(count: int, share: float) -> tuple[int, int, float]:
    """Indices of the sorted values before and after the (1 − share) quantile, and how far between them it lies."""
    place = (1 - share) * (count - 1)
    before = min(int(place), count - 1)
    return before, min(before + 1, count - 1), place - before


def clusters(values: NDArray[np.float32], count: int) -> tuple[float, ...] | None:
    """Borders of the k-means clusters of the positive values: 0, halfway between neighbouring means, and infinity.

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
