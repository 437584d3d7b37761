"""Where the units of a vision layer fire, from the files of a finished study alone: a worker process opens no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.notebook_html import Html, section
from compexp_widgets.short_text import counted
from compexp_widgets.signatures import PositionCounts
from compexp_widgets.signatures.activation_ranges import ActivationRange, Limits, QuantileRange, extent, limits_of
from compexp_widgets.study.array_checks import check_array
from compexp_widgets.study.images.grid_quantile import grid_limits
from compexp_widgets.study.images.upsampling import active_mask, active_positions
from compexp_widgets.study.positions import Probed, open_activations, open_positions
from compexp_widgets.study.study_folder import ACTIVATIONS, POSITIONS


@dataclass(frozen=True, eq=False)
class VisionUnits:
    """`ProbedUnits` of one layer over one annotated image set."""

    maps: NDArray[np.floating]  # float32 or float16, shape (units, images, h, w), in memory or in a file
    positions: NDArray[np.int32]  # shape (images, height, width): the signature of every position of the grid
    signatures: int  # how many there are

    def __repr__(self) -> str:
        return f"<VisionUnits: {self._contents()}>"

    def _contents(self) -> str:
        height, width = self.maps.shape[2:]
        return (
            f"{counted(self.count, 'unit')} with maps of {height} × {width}, {counted(len(self.positions), 'image')}, "
            f"grid {self.grid[0]} × {self.grid[1]}, {counted(self.signatures, 'signature')}"
        )

    def _repr_html_(self) -> Html:
        return section("Units and where they fire", self._contents())

    @property
    def count(self) -> int:
        return int(self.maps.shape[0])

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        return np.arange(len(self.positions) + 1, dtype=np.int64) * (self.grid[0] * self.grid[1])

    @cached_property
    def grid(self) -> tuple[int, int]:
        """Height and width of the annotation grid."""
        return self.positions.shape[1], self.positions.shape[2]

    def activations(self, unit: int) -> NDArray[np.float32]:
        """A unit's activation maps: float32, shape (images, h, w); the last few are kept in memory."""
        if not 0 <= unit < self.count:
            raise SearchError(f"there is no unit {unit}: the layer has units 0 … {self.count - 1}")
        return self._recent_maps(unit)

    def threshold(self, unit: int, quantile: float) -> float:
        """T with P(activation > T) = quantile over all images and map positions of the unit (Bau et al. 2017).

        Exact: the (1 − quantile) quantile of all values, interpolated linearly between the two nearest; see `Cut` for
        activations that equal it.
        """
        return self.limits(unit, QuantileRange(quantile)).low

    def limits(self, unit: int, firing: ActivationRange) -> Limits:
        maps = self.activations(unit)
        if isinstance(firing, QuantileRange) and firing.on == "grid":
            return grid_limits(maps, self.grid, firing)
        return limits_of(maps, firing)

    def extent(self, unit: int) -> tuple[float, float]:
        return extent(self.activations(unit))

    def fires(self, unit: int, limits: Limits, samples: NDArray[np.integer] | None = None) -> NDArray[np.bool_]:
        """The positions whose upsampled activation lies within limits: bool, shape (images, height, width); of some
        images, or of all.
        """
        maps = self.activations(unit) if samples is None else self.activations(unit)[samples]
        return active_mask(maps, limits, self.grid)

    def signatures_of(self, samples: NDArray[np.integer] | None = None) -> NDArray[np.int32]:
        """The signature of every position of some images, or of all: int32, shape (images, height, width)."""
        return self.positions if samples is None else self.positions[samples]

    @cached_property
    def within(self) -> Callable[[NDArray[np.float32], Limits], NDArray[np.bool_]]:
        return partial(active_mask, grid=self.grid)

    def activity(self, unit: int, limits: Limits) -> PositionCounts:
        flat = self.positions.reshape(len(self.positions), -1)
        return PositionCounts.of_parts(
            ((images, flat[images, positions]) for images, positions in self.active_positions(unit, limits)),
            (len(self.positions), self.signatures),
        )

    def active_positions(self, unit: int, limits: Limits) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
        """The unit's active positions, some at a time: integers of shape (P,), the image of each, which does not
        decrease, and its place in the flattened grid.
        """
        maps = self.activations(unit)
        # Where few images reach the limits, the others need not be looked at again.
        reaching = np.flatnonzero(limits.reached_by(self.peaks(unit)))
        for start in range(0, len(reaching), _CHUNK):
            chosen = reaching[start : start + _CHUNK]
            for image, position in active_positions(maps[chosen], self.grid, limits):
                yield chosen[image], position

    def peaks(self, unit: int) -> NDArray[np.float32]:
        maps = self.activations(unit)
        # Several times faster than a reduction over short axes.
        peaks: NDArray[np.float32] = maps.reshape(len(maps), -1).T.max(axis=0)
        return peaks

    @cached_property
    def _recent_maps(self) -> Callable[[int], NDArray[np.float32]]:
        return lru_cache(maxsize=4)(self._read)

    def _read(self, unit: int) -> NDArray[np.float32]:
        if not isinstance(self.maps, np.memmap) or self.maps.filename is None:
            maps: NDArray[np.float32] = np.asarray(self.maps[unit], np.float32)
            return maps
        # Read, not mapped: pages of a mapped file count as memory of the process for every unit ever looked at.
        shape = self.maps.shape[1:]
        values = int(np.prod(shape))
        offset = self.maps.offset + unit * values * self.maps.itemsize
        read = np.fromfile(self.maps.filename, self.maps.dtype, values, offset=offset).reshape(shape)
        full: NDArray[np.float32] = read.astype(np.float32, copy=False)
        return full


def open_vision_units(folder: Path) -> Probed:
    """The files of a finished study: signatures, units, and positions by image."""
    table, positions, counts, categories = open_positions(folder)
    maps = open_activations(folder)
    check_array(folder / POSITIONS, "positions", positions, [np.int32], (None, None, None))
    check_array(folder / ACTIVATIONS, "maps", maps, [np.float32, np.float16], (None, len(positions), None, None))
    return Probed(table, VisionUnits(maps, positions, len(table)), counts, categories)


# Images looked at together: bounds the memory of a unit that is active nearly everywhere.
_CHUNK = 2048
