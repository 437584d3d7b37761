"""Controls of a paste: the same patch scrambled, other patches in its place, and units silenced."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from PIL import Image

from compexp_widgets.adversarial.controls import ControlKind, Controls, ControlSettings, run_controls_on_samples
from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, covered_share
from compexp_widgets.adversarial.images.patches.control_patches import scrambled
from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.arguments import class_number
from compexp_widgets.errors import EditError
from compexp_widgets.progress import Report, silent

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


def run_controls(
    probed: ProbedNetwork,
    picture: Image.Image,
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
