"""Bilinear upsampling of activation maps to the annotation grid, with half-pixel centres: whole, or where it matters.

A *cell* is the part of the grid that lies between four neighbouring values of a map; at the border the outermost
values go on. All positions of a cell lie between the smallest and the largest of its four values, so of a unit that
fires rarely only few cells need a look.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.signatures.activation_ranges import Limits

# Positions upsampled at once: 1 MB in float32, within a processor's cache.
_CHUNK = 2**18


def upsample(maps: NDArray[np.float32], grid: tuple[int, int]) -> NDArray[np.float32]:
    """Activation maps, float32 of shape (images, h, w), on a grid at least as large: float32, shape (images, height,
    width).

    Position i of the grid lies at (i + ½)·n/N − ½ of the map's n values; beyond the outermost centres the edge value
    goes on. The same as Pillow's and PyTorch's bilinear resize (``align_corners=False``).
    """
    rows, columns = _axis(maps.shape[1], grid[0]), _axis(maps.shape[2], grid[1])
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)), mode="edge")
    above, below = padded[:, rows.cell], padded[:, rows.cell + 1]
    tall = above + (below - above) * rows.fraction[:, None]
    left, right = tall[:, :, columns.cell], tall[:, :, columns.cell + 1]
    upsampled: NDArray[np.float32] = left + (right - left) * columns.fraction
    return upsampled


def active_positions(
    maps: NDArray[np.float32], grid: tuple[int, int], limits: Limits
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.int64]]]:
    """The positions where the upsampled maps, float32 of shape (images, h, w), lie within limits, some at a time.

    Yields two integer arrays of shape (P,): the place of each active position in `maps`, and in the flattened grid. The
    images do not decrease, from one part to the next either; the positions of a cell stand together.
    """
    _, first_row = _by_cell(maps.shape[1], grid[0])
    _, first_column = _by_cell(maps.shape[2], grid[1])
    for n, a, b, value in _cells(maps, grid, limits):
        inside = (np.arange(value.shape[1])[:, None] * grid[1] + np.arange(value.shape[2])).ravel()
        cell, place = np.divmod(np.flatnonzero(limits.hold(value)), len(inside))
        origin = first_row[a] * grid[1] + first_column[b]
        yield n[cell], origin[cell] + inside[place]


def active_mask(maps: NDArray[np.float32], limits: Limits, grid: tuple[int, int]) -> NDArray[np.bool_]:
    """The positions of `active_positions`: bool, shape (images, height, width); of one map, (h, w), (height, width)."""
    several = maps.reshape(-1, *maps.shape[-2:])
    mask = np.zeros((len(several), grid[0] * grid[1]), np.bool_)
    for image, position in active_positions(several, grid, limits):
        mask[image, position] = True
    return mask.reshape(*maps.shape[:-2], *grid)


def values_above(maps: NDArray[np.float32], grid: tuple[int, int], least: float) -> Iterator[NDArray[np.float32]]:
    """The upsampled activations of maps, float32 of shape (images, h, w), that exceed a value: some at a time, in no
    order.
    """
    beyond = Limits(least)
    for _, _, _, value in _cells(maps, grid, beyond):
        yield value[beyond.hold(value)]


def _cells(
    maps: NDArray[np.float32], grid: tuple[int, int], limits: Limits
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]]:
    """The cells that may reach limits, upsampled: image, row and column of each, and its positions, float32 of shape
    (cells, rows, columns). NaN, which lies within no limits, marks where a cell has fewer than the largest one.
    """
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)), mode="edge")
    possible = limits.reached_by(_of_four(np.maximum, padded))
    if limits.high < np.inf:
        possible &= limits.not_passed_by(_of_four(np.minimum, padded))
    image, i, j = np.nonzero(possible)
    (y, _), (x, _) = _by_cell(maps.shape[1], grid[0]), _by_cell(maps.shape[2], grid[1])
    step = max(_CHUNK // (y.shape[1] * x.shape[1]), 1)
    for start in range(0, len(image), step):
        part = slice(start, start + step)
        n, a, b = image[part], i[part], j[part]
        corners = (padded[n, a, b], padded[n, a + 1, b], padded[n, a, b + 1], padded[n, a + 1, b + 1])
        top_left, bottom_left, top_right, bottom_right = (corner[:, None] for corner in corners)
        left = top_left + (bottom_left - top_left) * y[a]
        right = top_right + (bottom_right - top_right) * y[a]
        yield n, a, b, left[:, :, None] + (right - left)[:, :, None] * x[b][:, None]


class _Axis(NamedTuple):
    """For every position along one side of the grid, its cell and where it lies in it, from 0 to 1.

    Cell k lies between values k − 1 and k of the map, which are values k and k + 1 of the map with its edge repeated.
    """

    cell: NDArray[np.intp]
    fraction: NDArray[np.float32]


@lru_cache(maxsize=16)
def _axis(size: int, target: int) -> _Axis:
    centre = (np.arange(target) + 0.5) * size / target - 0.5
    below = np.floor(centre)
    return _Axis((below + 1).astype(np.intp), (centre - below).astype(np.float32))


def _by_cell(size: int, target: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The fractions of the positions in every cell, padded with NaN, and its first position."""
    axis = _axis(size, target)
    sizes = np.bincount(axis.cell, minlength=size + 1)
    first = np.cumsum(sizes) - sizes
    fractions = np.full((size + 1, int(sizes.max())), np.nan, np.float32)
    fractions[axis.cell, np.arange(len(axis.cell)) - first[axis.cell]] = axis.fraction
    return fractions, first


def _of_four(which: np.ufunc, padded: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest or smallest of the four values around every cell: float32, shape (images, h + 1, w + 1)."""
    pairs = which(padded[:, 1:], padded[:, :-1])
    fours: NDArray[np.float32] = which(pairs[:, :, 1:], pairs[:, :, :-1])
    return fours
