"""Bilinear upsampling of activation maps to the annotation grid, with half-pixel centres."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def upsample(maps: NDArray[np.float32], grid: tuple[int, int]) -> NDArray[np.float32]:
    """Activation maps on the annotation grid.

    Position i of the grid lies at (i + ½)·n/N − ½ of the map's n values; beyond the outermost centres the edge value
    goes on. The same as Pillow's and PyTorch's bilinear resize (``align_corners=False``).

    Parameters
    ----------
    maps
        float32, shape (images, h, w).
    grid
        Height and width of the annotation grid, each at least the map's.

    Returns
    -------
    float32, shape (images, height, width)
    """
    rows = _interpolation(maps.shape[-2], grid[0])
    columns = _interpolation(maps.shape[-1], grid[1])
    upsampled: NDArray[np.float32] = rows @ maps @ columns.T
    return upsampled


@lru_cache(maxsize=16)
def _interpolation(size: int, target: int) -> NDArray[np.float32]:
    """float32, shape (target, size): the weight of every map value at every grid position."""
    centre = np.clip((np.arange(target) + 0.5) * size / target - 0.5, 0, size - 1)
    left = np.minimum(centre.astype(int), max(size - 2, 0))
    weights = np.zeros((target, size))
    weights[np.arange(target), left] = 1 - (centre - left)
    weights[np.arange(target), np.minimum(left + 1, size - 1)] += centre - left
    return weights.astype(np.float32)
