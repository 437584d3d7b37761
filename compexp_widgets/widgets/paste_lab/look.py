"""What PasteLab's page is told after every edit: predictions, units and formulas, before and after."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from compexp_widgets.adversarial.images.edits.paste import covered_share
from compexp_widgets.adversarial.probed_network import ProbedNetwork, Response
from compexp_widgets.widgets.paste_lab.edited_pictures import UPLOADED, EditedPictures, PageEdits
from compexp_widgets.widgets.paste_lab.formula_changes import FormulaChanges
from compexp_widgets.widgets.paste_lab.units import PasteUnits
from compexp_widgets.widgets.shared.explanation_messages import Message, finite, formula_message

NOT_ANNOTATED = "not computed: an uploaded picture has no annotation"
"""Why it is not known which formulas the edits made true or false."""


def look_message(
    bench: ProbedNetwork,
    pictures: EditedPictures,
    units: PasteUnits,
    changes: FormulaChanges,
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
                "before": finite(float(before.peaks[unit])),
                "after": finite(float(after.peaks[unit])),
                "threshold": finite(units.limits(unit).low),
                "includes_threshold": units.limits(unit).includes_low,
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
        "changed": None if image == UPLOADED else changes.message(image, edits),
        "changed_note": NOT_ANNOTATED if image == UPLOADED else "",
        "explained": len(units.explanations),
        "covered": covered_share(edits, pictures.picture(image).size),
        "seconds": time.perf_counter() - started,
    }, buffers


def unit_formula(bench: ProbedNetwork, units: PasteUnits, unit: int) -> dict[str, Any] | None:
    """What describes a unit; None where nothing does, or it is not explained yet."""
    formula = units.formula(unit)
    return None if formula is None else formula_message(bench.study, formula)


def wanted_class(before: Response, after: Response, target: int) -> int:
    """The class that edits are about: the target; where any other will do, the one reached, else the runner-up."""
    if target >= 0:
        return target
    if after.predicted != before.predicted:
        return after.predicted
    return runners_up(before)[0]


def runners_up(sight: Response) -> list[int]:
    """The classes but the predicted one, the likeliest first."""
    return [number for number in np.argsort(-sight.logits, kind="stable").tolist() if number != sight.predicted]


def sight_message(sight: Response) -> dict[str, Any]:
    """What the network says of a picture."""
    return {"predicted": sight.predicted, "probabilities": sight.probabilities.tolist()}


def _weights(units: PasteUnits, unit: int, wanted: int, original: int) -> dict[str, float | None]:
    """How much a unit speaks for the wanted class and for the original one."""
    if units.weights is None:
        return {"weight_target": None, "weight_original": None}
    return {
        "weight_target": float(units.weights[wanted, unit]),
        "weight_original": float(units.weights[original, unit]),
    }
