"""Where the units of a sentence-pair network fire. One pair is one position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.signatures.activation_ranges import ActivationRange, Limits, extent, limits_of
from compexp_widgets.signatures.position_counts import PositionCounts


@dataclass(frozen=True, eq=False)
class PairUnits:
    """The probed units of one layer over sentence pairs.

    Attributes
    ----------
    responses
        float32, shape (units, pairs): activations, in memory or in a file.
    positions
        int32, shape (pairs,): the signature of every pair.
    signatures
        How many signatures there are.
    """

    responses: NDArray[np.float32]
    positions: NDArray[np.int32]
    signatures: int

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.responses)

    def activations(self, unit: int) -> NDArray[np.float32]:
        """A unit's activation on every pair: float32, shape (pairs,).

        Raises
        ------
        SearchError
            When there is no such unit.
        """
        if not 0 <= unit < self.count:
            raise SearchError(f"there is no unit {unit}: the layer has units 0 … {self.count - 1}")
        activations: NDArray[np.float32] = np.asarray(self.responses[unit])
        return activations

    peaks = activations

    def limits(self, unit: int, firing: ActivationRange) -> Limits:
        """The activations between which a unit counts as firing."""
        return limits_of(self.activations(unit), firing)

    def extent(self, unit: int) -> tuple[float, float]:
        """The unit's smallest and largest activation; NaN where one of them is no number."""
        return extent(self.activations(unit))

    def fires(self, unit: int, limits: Limits) -> NDArray[np.bool_]:
        """The pairs on which it does: bool, shape (pairs,)."""
        return limits.hold(self.activations(unit))

    def activity(self, unit: int, limits: Limits) -> PositionCounts:
        """The unit's active positions, by pair and signature."""
        pairs = np.flatnonzero(self.fires(unit, limits))
        return PositionCounts.of_positions(pairs, self.positions[pairs], (len(self.positions), self.signatures))

    def active_positions(self, unit: int, limits: Limits) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
        """The pairs on which it fires, all at once, and the place of each among its pair's positions, which is 0."""
        pairs = np.flatnonzero(self.fires(unit, limits))
        yield pairs, np.zeros(len(pairs), np.int64)
