"""What PasteLab's page is told after every edit: predictions, units and formulas, before and after."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.annotation import EditedAnnotation
from compexp_widgets.adversarial.images.bench import PictureBench, Sight
from compexp_widgets.adversarial.images.edits import Edit, covered_share
from compexp_widgets.formula import AnyLeaf, evaluate
from compexp_widgets.widgets.edited_pictures import UPLOADED, EditedPictures, PageEdits
from compexp_widgets.widgets.explanation_messages import Message, finite, formula_message
from compexp_widgets.widgets.paste_units import PasteUnits

_CHANGED = 24
"""Formulas that are told of; a picture full of edits changes nearly all."""


def look_message(
    bench: PictureBench,
    pictures: EditedPictures,
    units: PasteUnits,
    image: int,
    asked: PageEdits,
    target: int,
    chosen: Sequence[int],
) -> Message:
    """What the edits change.

    Buffers, for each unit: where it fires before and after, packed bits on the annotation grid.

    Parameters
    ----------
    target
        The class that is wanted; -1 for any other.
    chosen
        Units to tell of; none for those that tell most of what happened.
    """
    started = time.perf_counter()
    before, after = pictures.before(image), pictures.after(image, asked)
    edits = pictures.edits(image, asked)
    wanted = wanted_class(before, after, target)
    shown = bench.study.checked_units(chosen) or units.telling(before, after, wanted)
    described, buffers = [], []
    for unit in shown:
        fires = [bench.fires(sight, unit) for sight in (before, after)]
        described.append(
            {
                "unit": unit,
                "formula": unit_formula(bench, units, unit),
                "before": float(before.peaks[unit]),
                "after": float(after.peaks[unit]),
                "threshold": finite(units.threshold(unit)),
                "fires_before": bool(fires[0].any()),
                "fires_after": bool(fires[1].any()),
                **_weights(units, unit, wanted, before.predicted),
            }
        )
        buffers += [np.packbits(mask).tobytes() for mask in fires]
    return {
        "type": "look",
        "image": image,
        "before": sight_message(before),
        "after": sight_message(after),
        "original": before.predicted,
        "flipped": after.predicted != before.predicted,
        "wanted": wanted,
        "grid": list(bench.study.units.grid),
        "units": described,
        "changed": changed_formulas(bench, units, image, edits),
        "covered": covered_share(edits, pictures.picture(image).size),
        "seconds": time.perf_counter() - started,
    }, buffers


def unit_formula(bench: PictureBench, units: PasteUnits, unit: int) -> dict[str, Any] | None:
    """What describes a unit; None where nothing does, or it is not explained yet."""
    formula = units.formula(unit)
    return None if formula is None else formula_message(bench.study, formula)


def wanted_class(before: Sight, after: Sight, target: int) -> int:
    """The class that edits are about: the target; where any other will do, the one reached, else the runner-up."""
    if target >= 0:
        return target
    if after.predicted != before.predicted:
        return after.predicted
    return runners_up(before)[0]


def runners_up(sight: Sight) -> list[int]:
    """The classes but the predicted one, the likeliest first."""
    return [number for number in np.argsort(-sight.logits, kind="stable").tolist() if number != sight.predicted]


def sight_message(sight: Sight) -> dict[str, Any]:
    """What the network says of a picture."""
    return {"predicted": sight.predicted, "probabilities": sight.probabilities.tolist()}


def changed_formulas(bench: PictureBench, units: PasteUnits, image: int, edits: Sequence[Edit]) -> list[dict[str, Any]]:
    """The formulas of explained units that hold elsewhere after the edits, with their share of the positions.

    Those that became true or false come first, then by how much they changed. None on a picture of the person's own,
    which is not annotated.
    """
    if image == UPLOADED or not edits:
        return []
    study = bench.study
    edited = EditedAnnotation(study, image, edits)

    @cache
    def masks(leaf: AnyLeaf) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        return study.formula_mask(leaf, [image])[0], edited.mask(leaf)

    @cache
    def changes(leaf: AnyLeaf) -> bool:
        before, after = masks(leaf)
        return bool((before != after).any())

    found = []
    for unit in sorted(units.explanations):
        formula = units.formula(unit)
        if formula is None or not any(changes(leaf) for leaf in formula.leaves()):
            continue
        before = evaluate(formula, lambda leaf: masks(leaf)[0])
        after = evaluate(formula, lambda leaf: masks(leaf)[1])
        shares = float(before.mean()), float(after.mean())
        if (before != after).any():
            found.append((unit, formula, *shares))
    found.sort(key=lambda one: (min(one[2:]) > 0, -abs(one[3] - one[2]), one[0]))
    return [
        {"unit": unit, "formula": formula_message(study, formula), "before": before, "after": after}
        for unit, formula, before, after in found[:_CHANGED]
    ]


def _weights(units: PasteUnits, unit: int, wanted: int, original: int) -> dict[str, float | None]:
    """How much a unit speaks for the wanted class and for the original one."""
    if units.weights is None:
        return {"weight_target": None, "weight_original": None}
    return {
        "weight_target": float(units.weights[wanted, unit]),
        "weight_original": float(units.weights[original, unit]),
    }
