"""What all methods of a benchmark see: signatures of positions, and activation maps, from the folder of a study."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.signatures import SignatureTable
from compexp_widgets.study.images.units import VisionUnits
from compexp_widgets.study.images.upsampling import upsample
from compexp_widgets.study.positions import open_activations, open_positions


@dataclass(frozen=True, eq=False)
class ProbeData:
    """Signatures (table and int32 positions, images × height × width), activation maps, the quantile of activity."""

    table: SignatureTable
    positions: NDArray[np.int32]
    maps: NDArray[np.float32]
    quantile: float

    @classmethod
    def opened(cls, folder: Path, images: int | None, quantile: float) -> ProbeData:
        """The data of a study's folder, or of its first images."""
        table, positions, *_ = open_positions(folder)
        if images is not None and images < len(positions):
            total = np.bincount(positions[:images].reshape(-1), minlength=len(table))
            part, rows = table.restricted(total)
            new_row = np.full(len(table), -1, np.int32)
            new_row[rows] = np.arange(len(rows))
            table, positions = part, new_row[positions[:images]]
        return cls(table, positions, open_activations(folder), quantile)

    def active_mask(self, unit: int) -> NDArray[np.bool_]:
        """Where a unit is active: bool, of the shape of the positions."""
        threshold = VisionUnits(self.maps, self.positions, len(self.table)).threshold(unit, self.quantile)
        mask = np.zeros(self.positions.shape, np.bool_)
        for start in range(0, len(mask), 256):
            stop = min(start + 256, len(mask))
            mask[start:stop] = upsample(self.maps[unit, start:stop], self.positions.shape[1:]) > threshold
        return mask

    def active(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Active positions a signature."""
        return np.bincount(self.positions[mask], minlength=len(self.table)).astype(np.int64)
