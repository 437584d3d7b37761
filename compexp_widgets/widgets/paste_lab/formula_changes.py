"""Which formulas became true or false where a picture was edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.edits.annotation import EditedAnnotation
from compexp_widgets.adversarial.images.edits.paste import PictureEdit
from compexp_widgets.formula import Formula, Leaf, evaluate
from compexp_widgets.study import VisionStudy
from compexp_widgets.widgets.paste_lab.units import PasteUnits
from compexp_widgets.widgets.shared.explanation_messages import formula_message

MOST = 24
"""Formulas that are told of; a picture full of edits changes nearly all."""

Mask = NDArray[np.bool_]


class FormulaChanges:
    """Compares where the formulas of explained units hold before and after edits of pictures of the data set.

    Parameters
    ----------
    study
        Whose pictures they are.
    units
        The explanations.
    """

    def __init__(self, study: VisionStudy, units: PasteUnits) -> None:
        self._study = study
        self._units = units
        self._formulas: dict[int, Formula] = {}
        self._texts: dict[int, str] = {}
        self._units_with: dict[str, list[int]] = defaultdict(list)
        # What holds on a picture that is being edited is asked for at every move of a patch.
        self._leaf = lru_cache(maxsize=512)(self._find_leaf)
        self._share = lru_cache(maxsize=1024)(self._find_share)

    def message(self, image: int, edits: Sequence[PictureEdit]) -> list[dict[str, Any]]:
        """The formulas that hold elsewhere after the edits, with their shares of the positions.

        Those that became true or false come first, then by how much their share changed.
        """
        if not edits:
            return []
        self._take_in()
        edited = EditedAnnotation(self._study, image, edits)
        after = {name: edited.mask(Leaf(name)) for name in self._units_with}
        changed = [name for name, mask in after.items() if not np.array_equal(mask, self._leaf(image, name))]
        found = []
        answers: dict[str, tuple[Mask, float, Mask]] = {}  # many units have the same formula
        for unit in sorted({unit for name in changed for unit in self._units_with[name]}):
            formula, text = self._formulas[unit], self._texts[unit]
            if text not in answers:
                answers[text] = *self._share(image, unit), evaluate(formula, lambda leaf: after[leaf.name])
            before, share, now = answers[text]
            if not np.array_equal(before, now):
                found.append((unit, formula, share, float(now.mean())))
        found.sort(key=lambda one: (min(one[2:]) > 0, -abs(one[3] - one[2]), one[0]))
        return [
            {"unit": unit, "formula": formula_message(self._study, formula), "before": before, "after": now}
            for unit, formula, before, now in found[:MOST]
        ]

    def _take_in(self) -> None:
        """Take in what was explained meanwhile."""
        for unit in self._units.explanations.keys() - self._formulas.keys():
            formula = self._units.formula(unit)
            if formula is not None:
                self._formulas[unit] = formula
                self._texts[unit] = str(formula)
                for name in {leaf.name for leaf in formula.leaves()}:
                    self._units_with[name].append(unit)

    def _find_leaf(self, image: int, name: str) -> Mask:
        mask: Mask = self._study.formula_mask(Leaf(name), [image])[0]
        return mask

    def _find_share(self, image: int, unit: int) -> tuple[Mask, float]:
        mask = evaluate(self._formulas[unit], lambda leaf: self._leaf(image, leaf.name))
        return mask, float(mask.mean())
