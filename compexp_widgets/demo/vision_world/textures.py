"""Tileable paint textures: the grain of paper, the streaks of a broad brush, the mottling of a wash.

All are integer images made by Pillow's fixed-point resampling from a fixed PCG64 stream, so that every machine holds
the same bytes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops

from compexp_widgets.demo.vision_world.chance import noise_bytes

SIDE = 1024


def _noise(seed: int, width: int, height: int) -> Image.Image:
    """Uniform noise of `width` × `height` knots, smoothly enlarged to the texture's size."""
    knots = Image.frombytes("L", (width, height), noise_bytes(seed, width * height))
    return knots if (width, height) == (SIDE, SIDE) else knots.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _layers(seed: int, *sizes: tuple[int, int, int]) -> Image.Image:
    """A weighted sum of noises: each size is (knots across, knots down, weight of 64)."""
    total = np.full((SIDE, SIDE), 128, np.int32)
    for order, (width, height, weight) in enumerate(sizes):
        total += (np.asarray(_noise(seed * 16 + order, width, height), np.int32) - 128) * weight // 64
    return Image.fromarray(np.clip(total, 0, 255).astype(np.uint8))


@lru_cache(maxsize=8)
def _texture(name: str) -> Image.Image:
    if name == "grain":
        return _layers(1, (SIDE, SIDE, 26), (512, 512, 30), (60, 60, 14))
    if name == "brush":
        return _layers(2, (40, 512, 44), (120, SIDE, 22), (SIDE, SIDE, 10), (14, 20, 20))
    if name == "strokes":
        return _layers(3, (512, 40, 44), (SIDE, 120, 22), (SIDE, SIDE, 10), (20, 14, 20))
    if name == "wash":
        return _layers(4, (12, 12, 12), (40, 40, 14), (120, 120, 14), (SIDE, SIDE, 18))
    if name == "fur":
        return _layers(5, (340, 150, 46), (SIDE, 340, 24), (40, 40, 14))
    raise KeyError(name)


@lru_cache(maxsize=64)
def texture(name: str, strength: int) -> Image.Image:
    """The texture `name`: an 8-bit image of `SIDE` × `SIDE`, 128 where it changes nothing.

    Parameters
    ----------
    name
        ``"grain"``, ``"brush"`` (streaks across), ``"strokes"`` (streaks down), ``"wash"`` or ``"fur"``.
    strength
        Contrast; 64 leaves the texture as it is.
    """
    return _texture(name).point([min(255, max(0, 128 + (v - 128) * strength // 64)) for v in range(256)])


def roughen(tone: Image.Image, name: str, strength: int, x: int, y: int) -> Image.Image:
    """`tone` with the texture's excerpt at (`x`, `y`) added."""
    x, y = x % (SIDE - tone.width), y % (SIDE - tone.height)
    excerpt = texture(name, strength).crop((x, y, x + tone.width, y + tone.height))
    return ImageChops.add(tone, excerpt, 1.0, -128)
