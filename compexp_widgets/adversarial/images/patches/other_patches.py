"""Patches to compare a patch with: of things that the formula at hand does not speak of."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from compexp_widgets.adversarial.images.edits.patch import Patch
from compexp_widgets.adversarial.images.patches.concept_colours import COLOUR_CATEGORIES
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.formula import Leaf

CHOICE = 6
"""Patches of a concept among which the one is taken that is shaped most like the patch."""


def other_patches(
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
