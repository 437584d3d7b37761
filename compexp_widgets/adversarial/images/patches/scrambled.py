"""Patches that keep outline and colours and lose what they show: what a control pastes in place of the patch."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.edits.patch import Patch
from compexp_widgets.errors import EditError

Scrambling = Literal["blocks", "phases"]

BLOCKS = 8
"""Blocks along the longer side of a patch."""


def scrambled(patch: Patch, seed: int, how: Scrambling = "blocks") -> Patch:
    """A patch with the same alpha whose visible pixels are torn apart.

    Parameters
    ----------
    seed
        The same seed scrambles the same patch in the same way.
    how
        ``"blocks"``: square blocks that are visible as a whole change places, eight along the longer side, and so do
        the visible pixels that lie in no such block. Every visible colour stays, as often as it was; what is smaller
        than a block stays, too.
        ``"phases"``: the Fourier phases are shifted at random, alike in all channels (Oppenheim and Lim 1981): the
        spectrum stays, edges and shapes do not, and colours only on average. A regular pattern stays what it was.

    Raises
    ------
    EditError
        When there is no such way.
    """
    if how not in get_args(Scrambling):
        raise EditError(f"a patch is scrambled by {' or '.join(get_args(Scrambling))}, not {how!r:.60}")
    random = np.random.default_rng(seed)
    pixels = patch.pixels.copy()
    pixels[..., :3] = _by_blocks(patch.pixels, random) if how == "blocks" else _by_phases(patch.pixels, random)
    return replace(patch, pixels=pixels, name=f"{patch.name}, scrambled", concepts=())


def _by_blocks(pixels: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    colours: NDArray[np.uint8] = pixels[..., :3].copy()
    visible = pixels[..., 3] > 0
    loose = visible.copy()
    side = max(1, round(max(height, width) / BLOCKS))
    corners = [(y, x) for y in range(0, height - side + 1, side) for x in range(0, width - side + 1, side)]
    whole = [(y, x) for y, x in corners if visible[y : y + side, x : x + side].all()]
    for (y, x), source in zip(whole, random.permutation(len(whole)), strict=True):
        top, left = whole[source]
        colours[y : y + side, x : x + side] = pixels[top : top + side, left : left + side, :3]
        loose[y : y + side, x : x + side] = False
    colours[loose] = random.permutation(pixels[loose][:, :3])
    return colours


def _by_phases(pixels: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    visible = pixels[..., 3] > 0
    colours: NDArray[np.float64] = pixels[..., :3].astype(np.float64)
    mean, spread = colours[visible].mean(axis=0), colours[visible].std(axis=0)
    # What lies outside the outline is never seen and must not lend its edges to the spectrum.
    spectrum = np.fft.rfft2(np.where(visible[..., None], colours - mean, 0), axes=(0, 1))
    # The phases of noise are odd about the origin, as those of every real picture are.
    shift = np.angle(np.fft.rfft2(random.standard_normal(visible.shape)))[..., None]
    torn = np.fft.irfft2(spectrum * np.exp(1j * shift), s=visible.shape, axes=(0, 1))
    torn -= torn[visible].mean(axis=0)
    torn *= spread / np.maximum(torn[visible].std(axis=0), 1e-12)
    colours = np.clip(np.round(torn + mean), 0, 255)
    return colours.astype(np.uint8)
