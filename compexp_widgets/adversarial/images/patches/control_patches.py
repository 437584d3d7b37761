"""Patches that controls paste in place of a patch: the patch scrambled, and patches of other concepts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.controls import Scrambling
from compexp_widgets.adversarial.images.edits.paste import Patch
from compexp_widgets.adversarial.images.edits.regions import COLOUR_CATEGORIES
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.formula import Leaf

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
    """
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


CHOICE = 6
"""Patches of a concept among which the one is taken that is shaped most like the patch."""


def control_patches(
    library: PatchLibrary,
    patch: Patch,
    concepts: Collection[str],
    *,
    count: int = 8,
    cancelled: Callable[[], bool] | None = None,
) -> list[Patch]:
    """Patches of concepts outside a formula, one a concept.

    Of the concepts that have a region in some picture, colours left aside, the most frequent ones that neither the
    formula names nor the patch shows; of each, among its `CHOICE` largest regions without what the formula names, the
    one whose shape is nearest to the patch's.

    Parameters
    ----------
    patch
        What they are compared with.
    concepts
        Names that the formula has.
    count
        How many at most.
    cancelled
        Asked before each concept; True ends with those found.
    """
    study = library.study
    named = set(concepts)
    taken = named | set(patch.concepts) | {patch.name}
    whole = {concept for image in study.dataset.images for concept in image.whole}
    shape = patch.size[0] / patch.size[1]
    found: list[Patch] = []
    for concept in np.argsort(-study.table.concept_total, kind="stable").tolist():
        name = study.table.concepts[concept]
        if name in taken or concept in whole or study.categories[concept] in COLOUR_CATEGORIES:
            continue
        if len(found) >= count or (cancelled and cancelled()):
            break
        candidates = [
            one.patch for one in library.find(Leaf(name), count=CHOICE) if named.isdisjoint(one.patch.concepts)
        ]
        if candidates:
            found.append(min(candidates, key=lambda one: abs(np.log(one.size[0] / one.size[1] / shape))))
    return found
