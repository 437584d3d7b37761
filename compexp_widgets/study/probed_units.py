"""What a study asks of probed units, of whatever network they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.signatures import SignatureTable
from compexp_widgets.signatures.activation_ranges import ActivationRange, Limits
from compexp_widgets.signatures.position_counts import PositionCounts


class ProbedUnits(Protocol):
    """The units of one layer over one probe dataset of samples: images, or sentence pairs.

    Attributes
    ----------
    positions
        int32: the signature of every position, samples first; all samples have the same number of positions.
    """

    @property
    def positions(self) -> NDArray[np.int32]: ...

    @property
    def count(self) -> int:
        """Number of units."""
        ...

    def limits(self, unit: int, firing: ActivationRange) -> Limits:
        """The activations between which a unit counts as firing; nowhere where one of its activations is not finite."""
        ...

    def extent(self, unit: int) -> tuple[float, float]:
        """The unit's smallest and largest activation, NaN where one of them is no number."""
        ...

    def activity(self, unit: int, limits: Limits) -> PositionCounts:
        """The unit's active positions, by sample and signature."""
        ...

    def active_positions(self, unit: int, limits: Limits) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
        """The unit's active positions, some at a time: the sample of each, which does not decrease, and its place among
        the positions of that sample.
        """
        ...

    def peaks(self, unit: int) -> NDArray[np.float32]:
        """The largest activation in each sample: float32, shape (samples,)."""
        ...


OpenUnits: TypeAlias = Callable[[Path], tuple[SignatureTable, ProbedUnits, PositionCounts]]
"""Opens the files of a study: signatures, units, and how many positions of each sample carry each signature."""
