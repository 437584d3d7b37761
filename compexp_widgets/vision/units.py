"""Where the units of a vision layer fire: thresholds and active positions, from stored activation maps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.position_counts import PositionCounts
from compexp_widgets.vision.upsampling import upsample


@dataclass(frozen=True, eq=False)
class VisionUnits:
    """The probed units of one layer over one annotated image set.

    Attributes
    ----------
    maps
        float32, shape (units, images, h, w): activation maps.
    positions
        int32, shape (images, height, width): the signature of every position of the annotation grid.
    signatures
        How many signatures there are.
    """

    maps: NDArray[np.float32]
    positions: NDArray[np.int32]
    signatures: int

    @property
    def count(self) -> int:
        """Number of units."""
        return int(self.maps.shape[0])

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width of the annotation grid."""
        return self.positions.shape[1], self.positions.shape[2]

    def threshold(self, unit: int, quantile: float) -> float:
        """T with P(activation > T) = quantile over all images and map positions of the unit (Bau et al. 2017).

        Exact: the (1 − quantile) quantile of all values, interpolated linearly between the two nearest.

        Raises
        ------
        SearchError
            When `quantile` does not lie strictly between 0 and 1, or there is no such unit.
        """
        if not 0 < quantile < 1:
            raise SearchError(f"quantile is the share of activations above the threshold, in (0, 1), not {quantile}")
        return float(np.quantile(self._maps_of(unit).astype(np.float64), 1 - quantile))

    def active_mask(self, unit: int, threshold: float, images: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Where the upsampled activation exceeds the threshold: bool, shape (len(images), height, width)."""
        maps = self._maps_of(unit)[images]
        mask = np.zeros((len(maps), *self.grid), np.bool_)
        # Interpolation never exceeds the largest value it lies between, so other images stay empty.
        firing = maps.max(axis=(1, 2)) > threshold
        mask[firing] = upsample(maps[firing], self.grid) > threshold
        return mask

    def activity(self, unit: int, threshold: float, shown: NDArray[np.integer] | None = None) -> PositionCounts:
        """The unit's active positions, by image and signature.

        Parameters
        ----------
        shown
            Integers, shape (images,): for each image, the image whose concepts its active positions are held against.
            None is every image against itself; a permutation tears activations and concepts apart, for a null model.
        """
        firing = np.flatnonzero(self.peaks(unit) > threshold)
        images, rows = [np.empty(0, np.intp)], [np.empty(0, np.int32)]
        for start in range(0, len(firing), _CHUNK):
            chunk = firing[start : start + _CHUNK]
            active = self.active_mask(unit, threshold, chunk)
            against = chunk if shown is None else shown[chunk]
            images.append(np.repeat(against, np.count_nonzero(active, axis=(1, 2))))
            rows.append(self.positions[against][active])
        return PositionCounts.of_positions(
            np.concatenate(images), np.concatenate(rows), (len(self.positions), self.signatures)
        )

    def peaks(self, unit: int) -> NDArray[np.float32]:
        """The largest activation in each image: float32, shape (images,)."""
        peaks: NDArray[np.float32] = self._maps_of(unit).max(axis=(1, 2))
        return peaks

    def _maps_of(self, unit: int) -> NDArray[np.float32]:
        if not 0 <= unit < self.count:
            raise SearchError(f"there is no unit {unit}: the layer has units 0 … {self.count - 1}")
        maps: NDArray[np.float32] = self.maps[unit]
        return maps


# Images upsampled at once: 256 masks of 112×112 in float32 are 13 MB, well within a processor's cache levels.
_CHUNK = 256
