"""Which colours things have in a probe dataset: what "make the water blue" means for its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from compexp_widgets.adversarial.images.edits.paste import Patch
from compexp_widgets.adversarial.images.edits.regions import COLOUR_CATEGORIES
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.concepts.colours import TONES
from compexp_widgets.formula import And, Formula, Leaf, to_tokens
from compexp_widgets.study import VisionStudy

SAMPLES = 4
"""Regions whose pixels give a colour."""

SMALLEST_SHARE = 0.01
"""Of the picture: a smaller region is not worth recolouring."""

WITHOUT_HUE = ("black", "grey", "white")


class ConceptColours:
    """The colours of a study's concepts, where its data has colours as concepts; its patches show them.

    `names` are the colour concepts that something can be given: black, grey and white are left out, since to recolour
    keeps the light and shade.
    """

    def __init__(self, study: VisionStudy, library: PatchLibrary) -> None:
        self._study = study
        self._library = library
        self.names = tuple(name for name, category in study.category_of.items() if category in COLOUR_CATEGORIES)
        self._hues = tuple(name for name in self.names if _term(name) not in WITHOUT_HUE)
        self._whole = {concept for image in study.dataset.images for concept in image.whole}
        self.value = lru_cache(maxsize=64)(self._value)

    def thing(self, image: int, formula: Formula, colour: str, *, wanted: bool) -> str | None:
        """The concept to recolour in an image for the sake of a formula with this colour; None where there is none.

        Of what the formula demands besides the colour, else of all that is in the image, the largest region that does
        not have the colour yet, for the most part; or, where the colour is to go (not `wanted`), that has it.
        """
        if wanted and colour not in self._hues:
            return None
        study = self._study
        tokens = to_tokens(formula)
        demanded = [token["name"] for token in tokens if token["kind"] == "leaf" and not token["negated"]]
        has_colour = study.holds(Leaf(colour), [image])[0]
        ranked = []
        for concept in range(len(study.table.concepts)):
            name = study.table.concepts[concept]
            if concept in self._whole or name in self.names:
                continue
            mask = study.holds(Leaf(name), [image])[0]
            area, coloured = int(mask.sum()), int((mask & has_colour).sum())
            if area >= SMALLEST_SHARE * mask.size and (2 * coloured > area) != wanted:
                ranked.append((name not in demanded, -area, concept, name))
        return min(ranked)[-1] if ranked else None

    def next_common(self, thing: str, colour: str) -> str | None:
        """The colour that a concept has most often in the data, this one aside; None where it has no other."""
        table = self._study.table
        totals = table.total_with(table.index_of[Leaf(thing)])
        others = [name for name in self._hues if name != colour and totals[table.index_of[Leaf(name)]]]
        return max(others, key=lambda name: totals[table.index_of[Leaf(name)]], default=None)

    def _value(self, thing: str, colour: str) -> tuple[int, int, int] | None:
        """Red, green and blue of a colour as a concept has it in the data; of the colour term where it never does.

        The median of the pixels of the concept's `SAMPLES` largest regions of that colour.
        """
        found = self._library.find(And(Leaf(thing), Leaf(colour)), count=SAMPLES)
        if found and (median := median_colour([one.patch for one in found])):
            return median
        tones = TONES.get(_term(colour))
        if tones is None:
            return None
        red, green, blue = bytes.fromhex(tones[0])
        return red, green, blue


def median_colour(patches: Sequence[Patch]) -> tuple[int, int, int] | None:
    """The median red, green and blue of the opaque pixels of some patches; None where they have none."""
    opaque = np.concatenate([patch.pixels[patch.pixels[..., 3] == 255][:, :3] for patch in patches])
    if not len(opaque):
        return None
    red, green, blue = np.median(opaque, axis=0).astype(int).tolist()
    return red, green, blue


def _term(name: str) -> str:
    """``"blue"`` of ``"blue-c"``, as Broden names colours."""
    return name.removesuffix("-c")
