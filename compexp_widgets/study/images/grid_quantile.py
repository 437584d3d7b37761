"""The exact quantile of a unit's activations on the annotation grid, without keeping the grid.

A unit of 22,210 images has 279 million positions on a grid of 112 × 112. Its activation maps tell where most of them
need no look; the others are upsampled a part at a time, and counted by the leading and then by the trailing half of
their bits, which leaves one value.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.signatures.activation_ranges import NOWHERE, Cut, Limits, QuantileRange, extent, place_of_quantile
from compexp_widgets.study.images.upsampling import values_above

# Images looked at together, and activations that are kept rather than upsampled again: both bound the memory.
_IMAGES = 2048
_KEPT = 2**22
# Values of half a float's bits.
_HALF = 2**16
# The grid's quantile is looked for above the map's quantiles of so many times the share: mostly the first will do.
_GUESSES = (2, 8, 32)


def grid_limits(maps: NDArray[np.float32], grid: tuple[int, int], firing: QuantileRange) -> Limits:
    """The activations that a range of quantiles on the grid means; nowhere where one of the unit's is not finite. See
    `grid_cut`.
    """
    return firing.between_cuts(partial(grid_cut, maps, grid)) if np.isfinite(extent(maps)).all() else NOWHERE


def grid_cut(maps: NDArray[np.float32], grid: tuple[int, int], share: float) -> Cut:
    """The cut above which the largest share, in (0, 1), of the upsampled maps lies: that of `cut` of all of `upsample`.
    The maps are finite float32 of shape (images, h, w); the grid is height and width.
    """
    positions = len(maps) * grid[0] * grid[1]
    before, after, fraction = place_of_quantile(positions, share)
    smallest = float(maps.min())
    for guess in _guesses(maps, share, smallest):
        known = _Upper(maps, grid, guess)
        below = positions - known.count
        if below <= before or guess == smallest:
            break
    # Where the guess is the smallest value, all that does not exceed it equals it.
    values = [known.value(place - below) if place >= below else smallest for place in (before, after)]
    return Cut.between((values[0], values[1]), fraction, (smallest, known.largest), share * positions, known.around)


def _guesses(maps: NDArray[np.float32], share: float, smallest: float) -> Iterator[float]:
    flat = maps.reshape(-1)
    for times in _GUESSES:
        if share * times < 1:
            place = int((1 - share * times) * (len(flat) - 1))
            yield float(np.partition(flat, place)[place])
    yield smallest


class _Upper:
    """The upsampled activations above a value, known by how many there are of each. `largest` is the value itself where
    there is none.
    """

    def __init__(self, maps: NDArray[np.float32], grid: tuple[int, int], least: float) -> None:
        self._maps, self._grid, self._least = maps, grid, least
        self._leading = np.zeros(_HALF, np.int64)
        self._trailing: dict[int, NDArray[np.int64]] = {}
        self._kept: list[NDArray[np.uint32]] | None = []
        self.count, self.largest = 0, least
        for bits in self._upsampled():
            self._leading += np.bincount(bits >> 16, minlength=_HALF)
            self.count += len(bits)
            if len(bits):
                self.largest = max(self.largest, _number(int(bits.max())))
            if self._kept is not None:
                self._kept.append(bits)
            if self.count > _KEPT:
                self._kept = None
        self._ends = np.cumsum(self._leading)

    def value(self, place: int) -> float:
        """The value at a place of them all in increasing order, from 0."""
        leading = int(np.searchsorted(self._ends, place, side="right"))
        within = place - int(self._ends[leading] - self._leading[leading])
        trailing = int(np.searchsorted(np.cumsum(self._of(leading)), within, side="right"))
        return _number(leading << 16 | trailing)

    def around(self, value: float) -> tuple[int, int]:
        """The numbers of those that exceed a value and of those that equal it."""
        leading, trailing = divmod(int(_ordered(np.array([value], np.float32))[0]), _HALF)
        counts = self._of(leading)
        return int(self.count - self._ends[leading] + counts[trailing + 1 :].sum()), int(counts[trailing])

    def _of(self, leading: int) -> NDArray[np.int64]:
        """Of the values whose bits begin so, how many there are by the rest of them."""
        if leading not in self._trailing:
            counts = np.zeros(_HALF, np.int64)
            for bits in self._upsampled() if self._kept is None else self._kept:
                counts += np.bincount(bits[bits >> 16 == leading] & (_HALF - 1), minlength=_HALF)
            self._trailing[leading] = counts
        return self._trailing[leading]

    def _upsampled(self) -> Iterator[NDArray[np.uint32]]:
        for start in range(0, len(self._maps), _IMAGES):
            for values in values_above(self._maps[start : start + _IMAGES], self._grid, self._least):
                yield _ordered(values)


def _ordered(values: NDArray[np.float32]) -> NDArray[np.uint32]:
    """The bits of floats, changed so that they order as the floats do; 0 and −0 are one."""
    bits = (values + np.float32(0)).view(np.uint32)
    ordered: NDArray[np.uint32] = np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31))
    return ordered


def _number(ordered: int) -> float:
    """The float with these bits, as `_ordered` has them."""
    bits = ordered ^ (1 << 31) if ordered >> 31 else ordered ^ 0xFFFFFFFF
    return float(np.array([bits], np.uint32).view(np.float32)[0])
