"""Controls of a paste: the same patch scrambled, other patches in its place, and units silenced."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.controls import (
    ControlKind,
    Controls,
    ControlSettings,
    Scrambling,
    run_controls_on_samples,
)
from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, covered_share
from compexp_widgets.adversarial.images.edits.regions import COLOUR_CATEGORIES
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.argument_types import checked
from compexp_widgets.arguments import class_number
from compexp_widgets.errors import EditError
from compexp_widgets.files import AnyPicture, as_picture
from compexp_widgets.formula import Leaf
from compexp_widgets.progress import Report, silent
from compexp_widgets.study.probed_network import ProbedNetwork

BLOCKS = 8
"""Blocks along the longer side of a patch."""


def scrambled(patch: Patch, seed: int, how: Scrambling = "blocks") -> Patch:
    """A patch with the same alpha whose visible pixels are torn apart; the same seed does it in the same way.

    ``"blocks"``: square blocks that are visible as a whole change places, eight along the longer side, and so do the
    visible pixels that lie in no such block. Every visible colour stays, as often as it was.
    ``"phases"``: the Fourier phases are shifted at random, alike in all channels (Oppenheim and Lim 1981): the spectrum
    stays, edges and shapes do not, and colours only on average. A regular pattern stays what it was.
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
    """Patches to compare a patch with, of concepts that the formula does not name (`concepts`) nor the patch shows.

    One a concept, the most frequent ones first, colours and what holds in whole images left aside; of each, among its
    `CHOICE` largest regions without what the formula names, the one whose shape is nearest to the patch's.
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


COPIES = 5
"""Scrambled copies of a patch, unless the settings say otherwise."""

SCRAMBLED = ControlKind(
    "scrambled",
    "Scrambled it does so",
    seldom="what it shows matters, not its colours and outline alone",
    often="its colours and outline",
)
OTHER_PATCH = ControlKind(
    "other patch",
    "Other patches in its place do",
    seldom="not just anything in its place will do",
    often="patches of other things",
)


@checked(EditError)
def run_controls(
    probed: ProbedNetwork,
    picture: AnyPicture,
    edit: Paste,
    *,
    target: int | str,
    others: Sequence[Patch] = (),
    units: Sequence[int] = (),
    settings: ControlSettings | None = None,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> Controls:
    """Compare a paste with pastes that lack what its formula names, and with the units of that formula silenced.

    >>> controls = run_controls(probed, picture, found.best[0].edit, target=4, others=patches, units=[8])
    >>> print(controls.verdict)

    Where the formula is right about the unit, and the unit about the class, the paste flips the picture, few of the
    scrambled copies and of the other patches do, and with the unit silent the paste does not.

    Parameters
    ----------
    picture
        Without the paste.
    target
        The class that the paste is meant to bring about, by number or by name.
    others
        Patches of concepts outside the formula. Each is pasted with the width, the middle, the rotation and the opacity
        of the paste, and the height that its own shape gives it.
    units
        Of the study's layer; silenced one at a time, and all at once where there are several.
    settings
        Of the scrambled copies; None: five, by blocks.
    cancelled
        Asked before each comparison but the first; True ends with those that were made, and ``complete`` False.

    Raises
    ------
    EditError
        When the target is no class, is the class of the picture already, or there is no such unit.
    """
    picture = as_picture(picture, error=EditError)
    settings = settings or ControlSettings()
    names = probed.class_names
    target = class_number(target, names, network=probed.network.name, error=EditError)
    if probed.respond(picture).predicted == target:
        raise EditError(f"the network answers {names[target]} without the paste: choose another target")
    count = COPIES if settings.copies is None else settings.copies
    seeds = range(settings.seed, settings.seed + count)
    return run_controls_on_samples(
        probed,
        [picture],
        edit,
        {
            SCRAMBLED: [Paste(scrambled(edit.patch, seed, settings.scrambling), edit.placement) for seed in seeds],
            OTHER_PATCH: [in_place_of(edit, patch) for patch in others],
        },
        target=target,
        units=units,
        subject=edit.patch.name,
        covered=lambda paste: covered_share([paste], picture.size),
        report=report,
        cancelled=cancelled,
    )


def in_place_of(edit: Paste, patch: Patch) -> Paste:
    """Another patch with the width, the middle, the rotation and the opacity of a paste, in its own shape."""
    place = edit.placement
    height = max(1, round(place.width * patch.size[1] / patch.size[0]))
    top = math.floor(place.top + (place.height - height) / 2 + 0.5)
    return Paste(patch, replace(place, top=top, height=height))
