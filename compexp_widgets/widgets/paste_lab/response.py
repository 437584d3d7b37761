"""The response to an edited picture: the network's answer, its units and their formulas, before the edits and after."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.images.edits.paste import EditedAnnotation, PictureEdit, covered_share
from compexp_widgets.formula import AnyLeaf, Formula, Leaf, evaluate
from compexp_widgets.signatures.activation_ranges import Limits
from compexp_widgets.study import Explanation
from compexp_widgets.study.probed_network import ProbedNetwork, SampleResponse
from compexp_widgets.widgets.kernel.messages import finite
from compexp_widgets.widgets.paste_lab import messages
from compexp_widgets.widgets.paste_lab.messages import ChangedFormula, Prediction, ResponseRequest, UnitResponse
from compexp_widgets.widgets.paste_lab.pictures import UPLOADED, EditedPictures
from compexp_widgets.widgets.shared.explanations import formula_part
from compexp_widgets.widgets.shared.messages import FormulaPart

Mask = NDArray[np.bool_]

SHOWN = 6
"""Units that are shown where the person has chosen none."""

MOST_FORMULAS = 24
"""Changed formulas that are shown; a picture full of edits changes nearly all."""

NOT_ANNOTATED = "not computed: an uploaded picture has no annotation"
"""Why it is not known which formulas the edits made true or false."""


class ExplainedUnits:
    """The units of the study's layer, as far as they are explained: explanations and formulas, by unit.

    Weights say how much each unit speaks for each class; see `ProbedNetwork.class_weights`.
    """

    def __init__(self, probed: ProbedNetwork) -> None:
        self._probed = probed
        self.explanations: dict[int, Explanation] = {}
        self.formulas: dict[int, Formula] = {}
        for explanation in probed.study.stored_explanations(probed.study.default_settings).values():
            self.add(explanation)
        self.weights = probed.class_weights
        self._limits: dict[int, Limits] = {}
        self.part_of = lru_cache(maxsize=1024)(partial(formula_part, probed.study))

    def add(self, explanation: Explanation) -> None:
        """Take in an explanation that was found, from any thread."""
        if explanation.best:
            self.formulas[explanation.unit] = explanation.best.formula
        self.explanations[explanation.unit] = explanation

    def formula_part(self, unit: int) -> FormulaPart | None:
        """The formula of a unit; None where it has none, or it is not explained yet."""
        formula = self.formulas.get(unit)
        return None if formula is None else self.part_of(formula)

    def limits(self, unit: int) -> Limits:
        """The activations between which a unit fires."""
        if unit not in self._limits:  # of a large study, reading the maps takes a while
            known = self.explanations.get(unit)
            self._limits[unit] = known.limits if known else self._probed.limits(unit)
        return self._limits[unit]

    def most_changed(self, before: SampleResponse, after: SampleResponse, wanted: int) -> list[int]:
        """The units that tell most of what happened, the most telling first.

        With edits: those whose mean activation changed most, each change times how much more the unit speaks for the
        wanted class than for the original one. Without: those that speak most for the original class. Where the layer
        has no weights to the classes, a change counts in units of the threshold, and units that are not explained yet
        come last.
        """
        means = [
            one.activations.reshape(len(one.activations), -1).mean(axis=1).astype(np.float64) for one in (before, after)
        ]
        edited = after is not before
        change = means[1] - means[0] if edited else means[0]
        if self.weights is not None:
            original = self.weights[before.predicted].astype(np.float64)
            telling = change * (self.weights[wanted].astype(np.float64) - original if edited else original)
        else:
            known = {unit: one.threshold for unit, one in self.explanations.items() if one.threshold > 0}
            telling = change / np.array([known.get(unit, np.inf) for unit in range(len(change))])
        strongest = np.argsort(-np.abs(telling) if edited else -telling, kind="stable")
        return [int(unit) for unit in strongest[:SHOWN]]


class FormulaChanges:
    """Compares where the formulas of explained units hold before and after edits of pictures of the data set."""

    def __init__(self, probed: ProbedNetwork, pictures: EditedPictures, units: ExplainedUnits) -> None:
        self._study = probed.study
        self._pictures = pictures
        self._units = units
        self._texts: dict[int, str] = {}
        self._units_with: dict[str, list[int]] = defaultdict(list)
        # What holds on a picture that is being edited is asked for at every move of a patch.
        self._leaf = lru_cache(maxsize=512)(self._find_leaf)
        self._unedited = lru_cache(maxsize=1024)(self._find_unedited)

    def changed(self, image: int, edits: Sequence[PictureEdit]) -> list[ChangedFormula]:
        """The formulas that hold elsewhere after the edits, with their shares of the positions.

        Those that became true or false come first, then by how much their share changed.
        """
        if not edits:
            return []
        self._take_in()

        def leaf(one: AnyLeaf) -> Mask:
            return self._leaf(image, one.name)

        edited = EditedAnnotation(self._study, image, edits, picture=self._pictures.picture(image), before=leaf)
        after = {name: edited.mask(Leaf(name)) for name in self._units_with}
        names = [name for name, mask in after.items() if not np.array_equal(mask, self._leaf(image, name))]
        found: list[tuple[int, float, float]] = []
        answers: dict[str, tuple[Mask, float, Mask]] = {}  # many units have the same formula
        for unit in sorted({unit for name in names for unit in self._units_with[name]}):
            text = self._texts[unit]
            if text not in answers:
                now = evaluate(self._units.formulas[unit], lambda leaf: after[leaf.name])
                answers[text] = *self._unedited(image, unit), now
            before, share, now = answers[text]
            if not np.array_equal(before, now):
                found.append((unit, share, float(now.mean())))
        found.sort(key=lambda one: (min(one[1:]) > 0, -abs(one[2] - one[1]), one[0]))
        return [
            ChangedFormula(unit=unit, formula=self._units.part_of(self._units.formulas[unit]), before=share, after=now)
            for unit, share, now in found[:MOST_FORMULAS]
        ]

    def _take_in(self) -> None:
        """Take in what was explained meanwhile."""
        for unit in self._units.formulas.keys() - self._texts.keys():
            formula = self._units.formulas[unit]
            self._texts[unit] = str(formula)
            for name in {leaf.name for leaf in formula.leaves()}:
                self._units_with[name].append(unit)

    def _find_leaf(self, image: int, name: str) -> Mask:
        mask: Mask = self._study.holds(Leaf(name), [image])[0]
        return mask

    def _find_unedited(self, image: int, unit: int) -> tuple[Mask, float]:
        mask = evaluate(self._units.formulas[unit], lambda leaf: self._leaf(image, leaf.name))
        return mask, float(mask.mean())


def respond(
    probed: ProbedNetwork,
    pictures: EditedPictures,
    units: ExplainedUnits,
    changes: FormulaChanges,
    asked: ResponseRequest,
) -> tuple[messages.Response, list[bytes]]:
    """The response to a picture before and after its edits.

    Buffers: for each unit where it fires before and after, packed bits on the annotation grid.
    """
    started = time.perf_counter()
    image = asked.image
    before, after = pictures.before(image), pictures.after(image, asked.edits)
    edits = pictures.edits(image, asked.edits)
    wanted = wanted_class(before, after, asked.target)
    shown = asked.units or units.most_changed(before, after, wanted)
    weights = units.weights
    described, buffers = [], []
    for unit in shown:
        limits = units.limits(unit)
        fires = [probed.fires(one, unit, limits) for one in (before, after)]
        described.append(
            UnitResponse(
                unit=unit,
                formula=units.formula_part(unit),
                before=finite(float(before.peaks[unit])),
                after=finite(float(after.peaks[unit])),
                threshold=finite(limits.low),
                includes_threshold=limits.includes_low,
                fires_before=bool(fires[0].any()),
                fires_after=bool(fires[1].any()),
                weight_target=None if weights is None else float(weights[wanted, unit]),
                weight_original=None if weights is None else float(weights[before.predicted, unit]),
            )
        )
        buffers += [np.packbits(mask).tobytes() for mask in fires]
    response = messages.Response(
        image=image,
        before=_prediction(before),
        after=_prediction(after),
        original=before.predicted,
        flipped=after.predicted != before.predicted,
        wanted=wanted,
        grid=probed.study.units.grid,
        units=described,
        changed=None if image == UPLOADED else changes.changed(image, edits),
        changed_note=NOT_ANNOTATED if image == UPLOADED else "",
        explained=len(units.explanations),
        covered=covered_share(edits, pictures.picture(image).size),
        seconds=time.perf_counter() - started,
    )
    return response, buffers


def _prediction(response: SampleResponse) -> Prediction:
    return Prediction(predicted=response.predicted, probabilities=response.probabilities.tolist())


def wanted_class(before: SampleResponse, after: SampleResponse, target: int) -> int:
    """The class that edits are about: the target; where any other will do, the one reached, else the runner-up."""
    if target >= 0:
        return target
    return after.predicted if after.predicted != before.predicted else runners_up(before)[0]


def runners_up(response: SampleResponse) -> list[int]:
    """The classes but the predicted one, the likeliest first."""
    return [number for number in np.argsort(-response.logits, kind="stable").tolist() if number != response.predicted]
