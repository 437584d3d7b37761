"""The response to an edited pair: what the network says before and after, and which units the edit moved."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.formula import Formula
from compexp_widgets.study import Explanation, PairStudy
from compexp_widgets.widgets.kernel.messages import finite
from compexp_widgets.widgets.shared.explanations import formula_part
from compexp_widgets.widgets.shared.messages import FormulaPart
from compexp_widgets.widgets.shared.pair_reader import MarkedLeaf, PairReader, ReadPair, marked_leaves
from compexp_widgets.widgets.text_lab.messages import LeafChange, PairAnswer, PairRequest, Place, Response, UnitResponse

MOST_UNITS = 24
"""Units that are listed one by one; the others are counted."""


UnitFormula = tuple[FormulaPart, list[tuple[MarkedLeaf, int]]]
"""A unit's formula for the page, and its leaves from left to right, each with the index of its concept."""


def unit_formula(study: PairStudy, formula: Formula | None) -> UnitFormula:
    """A formula as responses show it."""
    leaves = [study.table.index_of[leaf] for leaf in (formula.leaves() if formula else ())]
    return formula_part(study, formula), list(zip(marked_leaves(formula), leaves, strict=True))


def respond(
    study: PairStudy,
    reader: PairReader,
    explained: Mapping[int, Explanation],
    shown: Callable[[Formula | None], UnitFormula],
    asked: PairRequest,
    before: ReadPair,
    after: ReadPair,
    started: float,
) -> Response:
    """The network's answers to a pair before and after an edit, and the units that the edit moved.

    `shown` is `unit_formula`, remembered; `started` is when it was asked for, as `time.perf_counter` has it.
    """
    firing = study.default_settings.firing
    fires = [reader.fires(pair, firing) for pair in (before, after)]
    edited = (before.premise, before.hypothesis) != (after.premise, after.hypothesis)
    push = unit_pushes(study, asked, before, after if edited else None)
    # The same words in another batch give activations that differ in the last digits.
    moved = ~np.isclose(before.activations, after.activations, rtol=1e-4, atol=1e-4) if edited else fires[0]
    listed = [unit for unit in np.argsort(-np.abs(push), kind="stable").tolist() if moved[unit]][:MOST_UNITS]
    if asked.unit is not None:
        listed = [asked.unit, *(unit for unit in listed if unit != asked.unit)]

    def described(unit: int) -> UnitResponse:
        known = explained.get(unit)
        formula = known.best.formula if known and known.best else None
        part, leaves = shown(formula)
        return UnitResponse(
            unit=unit,
            before=finite(float(before.activations[unit])),
            after=finite(float(after.activations[unit])),
            push=float(push[unit]),
            explained=known is not None,
            text=part.text,
            tokens=part.tokens,
            holds_before=formula is not None and reader.holds(formula, before),
            holds_after=formula is not None and reader.holds(formula, after),
            leaves=[
                LeafChange(
                    name=leaf.name,
                    negated=leaf.negated,
                    before=concept in before.holding,
                    after=concept in after.holding,
                )
                for leaf, concept in leaves
            ],
        )

    return Response(
        edited=edited,
        before=_answer(before),
        after=_answer(after),
        place=_place(study, asked),
        units=[described(unit) for unit in listed],
        moved=int(moved.sum()),
        began=int((~fires[0] & fires[1]).sum()),
        ended=int((fires[0] & ~fires[1]).sum()),
        seconds=time.perf_counter() - started,
    )


def unit_pushes(study: PairStudy, asked: PairRequest, before: ReadPair, after: ReadPair | None) -> NDArray[np.float64]:
    """Each unit's push of the network from the source (negative) to the target (positive): float64, shape (units,).

    Where the layer feeds the logits directly, that is the difference of its weights to both, times the change of its
    activation: what it adds to the difference of the two logits. Elsewhere the change of the activation alone. Without
    `after` it tells for which of the two labels each unit speaks on the pair as it is.
    """
    change = (after.activations - before.activations if after else before.activations).astype(np.float64)
    weights = study.class_weights
    if weights is None:
        return change
    source, target = study.labels.index(asked.source), study.labels.index(asked.target)
    towards: NDArray[np.float64] = (weights[target] - weights[source]).astype(np.float64)
    return towards * change


def _answer(pair: ReadPair) -> PairAnswer:
    return PairAnswer(
        premise=pair.premise,
        hypothesis=pair.hypothesis,
        probabilities=pair.probabilities.tolist(),
        predicted=pair.predicted,
        unknown=pair.unknown,
    )


def _place(study: PairStudy, asked: PairRequest) -> Place:
    """The place of the pair among those that the network calls the source, and its gold label."""
    chosen = np.flatnonzero(study.predicted == study.labels.index(asked.source))
    if asked.pair is None:
        return Place(count=len(chosen))
    place = int(np.searchsorted(chosen, asked.pair))
    found = place < len(chosen) and chosen[place] == asked.pair
    return Place(
        count=len(chosen),
        place=place if found else None,
        id=study.pairs.ids[asked.pair],
        gold=int(study.pairs.gold[asked.pair]),
    )
