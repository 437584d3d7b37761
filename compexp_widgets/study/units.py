"""The probed units of a layer over the samples of a probe dataset, and where they fire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.notebook_html import Html, section
from compexp_widgets.short_text import counted
from compexp_widgets.signatures import PositionCounts
from compexp_widgets.signatures.activation_ranges import ActivationRange, Limits, extent, limits_of
from compexp_widgets.signatures.table import spans


class ProbedUnits(Protocol):
    """The units of one layer over one probe dataset, as a study asks for them."""

    @property
    def positions(self) -> NDArray[np.int32]:
        """The signature of every position, samples first."""

    @property
    def starts(self) -> NDArray[np.int64]:
        """Shape (samples + 1,): where the positions of each sample begin among all of them, and the end."""

    @property
    def count(self) -> int:
        """Number of units."""

    def activations(self, unit: int) -> NDArray[np.float32]:
        """A unit's activations: float32, samples first."""
        ...

    def limits(self, unit: int, firing: ActivationRange) -> Limits:
        """The activations between which a unit counts as firing; nowhere where one of its activations is not finite."""

    def extent(self, unit: int) -> tuple[float, float]:
        """The unit's smallest and largest activation, NaN where one of them is no number."""

    def fires(self, unit: int, limits: Limits, samples: NDArray[np.integer] | None = None) -> NDArray[np.bool_]:
        """The positions of some samples, or of all, at which a unit fires: bool, of the shape of `signatures_of`."""
        ...

    def signatures_of(self, samples: NDArray[np.integer] | None = None) -> NDArray[np.int32]:
        """The signature of every position of some samples, or of all: int32, samples first; shape (P,), one sample
        after another, where they differ in their number of positions or have one.
        """
        ...

    def activity(self, unit: int, limits: Limits) -> PositionCounts:
        """The unit's active positions, by sample and signature."""
        ...

    def active_positions(self, unit: int, limits: Limits) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
        """The unit's active positions, some at a time: the sample of each, which does not decrease, and its place among
        the positions of that sample.
        """

    def peaks(self, unit: int) -> NDArray[np.float32]:
        """The largest activation in each sample: float32, shape (samples,); −∞ in one without positions."""

    def within(self, activations: NDArray[np.float32], limits: Limits) -> NDArray[np.bool_]:
        """The positions of one sample, of the data or not, where a unit with these activations fires: bool, of the
        shape of a sample's positions.
        """
        ...


@dataclass(frozen=True, eq=False)
class PositionUnits:
    """`ProbedUnits` of a layer that answers every position with one value: a pair with a vector, a token with one."""

    values: NDArray[np.float32]  # shape (units, P): activations, samples first; in memory or in a file
    positions: NDArray[np.int32]  # shape (P,): the signature of each
    signatures: int  # how many there are
    starts: NDArray[np.int64]  # see `ProbedUnits`

    def __repr__(self) -> str:
        return f"<PositionUnits: {self._contents()}>"

    def _contents(self) -> str:
        samples, positions = len(self.starts) - 1, len(self.positions)
        return (
            f"{counted(self.count, 'unit')} at {counted(positions, 'position')} of {counted(samples, 'sample')}, "
            f"{counted(self.signatures, 'signature')}"
        )

    def _repr_html_(self) -> Html:
        return section("Units and where they fire", self._contents())

    @property
    def count(self) -> int:
        return len(self.values)

    @cached_property
    def sample_of(self) -> NDArray[np.intp]:
        """intp, shape (P,): the sample of each position."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def activations(self, unit: int) -> NDArray[np.float32]:
        """A unit's activation at every position: float32, shape (P,)."""
        if not 0 <= unit < self.count:
            raise SearchError(f"there is no unit {unit}: the layer has units 0 … {self.count - 1}")
        activations: NDArray[np.float32] = np.asarray(self.values[unit])
        return activations

    def peaks(self, unit: int) -> NDArray[np.float32]:
        peaks = np.full(len(self.starts) - 1, -np.inf, np.float32)
        filled = np.flatnonzero(np.diff(self.starts))
        peaks[filled] = np.maximum.reduceat(self.activations(unit), self.starts[filled])
        return peaks

    def limits(self, unit: int, firing: ActivationRange) -> Limits:
        return limits_of(self.activations(unit), firing)

    def extent(self, unit: int) -> tuple[float, float]:
        return extent(self.activations(unit))

    def fires(self, unit: int, limits: Limits, samples: NDArray[np.integer] | None = None) -> NDArray[np.bool_]:
        """The positions of some samples, or of all, at which it fires: bool, shape (P,)."""
        activations = self.activations(unit)
        return limits.hold(activations if samples is None else activations[self._places(samples)])

    def signatures_of(self, samples: NDArray[np.integer] | None = None) -> NDArray[np.int32]:
        """The signature of every position of some samples, or of all: int32, shape (P,)."""
        return self.positions if samples is None else self.positions[self._places(samples)]

    def _places(self, samples: NDArray[np.integer]) -> NDArray[np.int64]:
        """The positions of some samples among all of them, one sample after another."""
        return spans(self.starts[samples], np.diff(self.starts)[samples])

    def within(self, activations: NDArray[np.float32], limits: Limits) -> NDArray[np.bool_]:
        return limits.hold(np.asarray(activations))

    def activity(self, unit: int, limits: Limits) -> PositionCounts:
        active = np.flatnonzero(self.fires(unit, limits))
        shape = len(self.starts) - 1, self.signatures
        return PositionCounts.of_positions(self.sample_of[active], self.positions[active], shape)

    def active_positions(self, unit: int, limits: Limits) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
        active = np.flatnonzero(self.fires(unit, limits))
        samples = self.sample_of[active]
        yield samples, active - self.starts[samples]
