"""The eleven basic colour names (Berlin and Kay), given to each grid cell from the finished picture.

A cell has the name of the prototype nearest to its mean colour in CIELAB (D65). The prototypes are what these names
mean in a painting: several for a name where it spans much, such as brown.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

COLOURS = ("black", "blue", "brown", "green", "grey", "orange", "pink", "purple", "red", "white", "yellow")

_PROTOTYPES: tuple[tuple[str, tuple[int, int, int]], ...] = (
    ("black", (16, 16, 18)),
    ("black", (40, 38, 44)),
    ("blue", (30, 60, 140)),
    ("blue", (60, 120, 190)),
    ("blue", (130, 180, 220)),
    ("blue", (40, 96, 130)),
    ("blue", (24, 36, 84)),
    ("blue", (84, 150, 170)),
    ("brown", (96, 64, 44)),
    ("brown", (136, 96, 66)),
    ("brown", (64, 44, 36)),
    ("brown", (170, 128, 90)),
    ("green", (60, 120, 60)),
    ("green", (130, 165, 80)),
    ("green", (40, 80, 60)),
    ("green", (90, 150, 110)),
    ("green", (100, 120, 60)),
    ("grey", (90, 90, 94)),
    ("grey", (130, 130, 132)),
    ("grey", (172, 172, 172)),
    ("grey", (206, 206, 204)),
    ("orange", (232, 126, 44)),
    ("orange", (240, 160, 80)),
    ("orange", (206, 104, 52)),
    ("pink", (240, 150, 170)),
    ("pink", (236, 190, 190)),
    ("pink", (214, 110, 140)),
    ("purple", (110, 70, 140)),
    ("purple", (150, 120, 180)),
    ("purple", (84, 66, 110)),
    ("red", (200, 40, 40)),
    ("red", (160, 44, 44)),
    ("red", (220, 74, 60)),
    ("white", (255, 255, 255)),
    ("white", (240, 240, 238)),
    ("white", (250, 244, 232)),
    ("yellow", (240, 210, 80)),
    ("yellow", (250, 226, 140)),
    ("yellow", (214, 180, 70)),
)


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB, 0…255 in the last axis, to CIELAB (IEC 61966-2-1, D65)."""
    value = rgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    matrix = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    f = []
    for row, reference in zip(matrix, white, strict=True):
        xyz = (linear[..., 0] * row[0] + linear[..., 1] * row[1] + linear[..., 2] * row[2]) / reference
        f.append(np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116))
    return np.stack([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])], axis=-1)


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint8]:
    """For each of 32 × 32 × 32 colours, the index in `COLOURS` of its name."""
    steps = np.arange(32) * 8 + 4.0
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    colours = _lab(cube).reshape(-1, 3)
    prototypes = _lab(np.array([rgb for _, rgb in _PROTOTYPES], np.float64))
    # Rounded, so that the last bits of a power function cannot decide between two names.
    distances = np.round(((colours[:, None, :] - prototypes[None, :, :]) ** 2).sum(axis=-1), 3)
    names = np.array([COLOURS.index(name) for name, _ in _PROTOTYPES], np.uint8)
    table: NDArray[np.uint8] = names[np.argmin(distances, axis=1)].reshape(32, 32, 32)
    return table


def colour_names(picture: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Which colour each grid cell has.

    Parameters
    ----------
    picture
        uint8, shape (2·height, 2·width, 3).

    Returns
    -------
    names
        Indices into `COLOURS`, shape (height, width).
    """
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    cells = picture.reshape(height, 2, width, 2, 3).astype(np.int32).sum(axis=(1, 3)) // 4
    bins = cells // 8
    names: NDArray[np.intp] = _table()[bins[..., 0], bins[..., 1], bins[..., 2]].astype(np.intp)
    return names
