"""The response to an edited pair: what the network says before and after, and which units the edit moved."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.formula import Formula
from compexp_widgets.study import Explanation, PairStudy
from compexp_widgets.widgets.kernel.messages import finite
from compexp_widgets.widgets.shared.explanations import formula_part
from compexp_widgets.widgets.shared.messages import FormulaPart
from compexp_widgets.widgets.shared.pair_reader import MarkedLeaf, PairReader, ReadPair, marked_leaves
from compexp_widgets.widgets.text_lab.messages import (
    LeafChange,
    PairAnswer,
    PairRequest,
    Place,
    Response,
    UnitResponse,
)

MOST_UNITS = 24
"""Units that are listed one by one; the others are counted."""


@dataclass(frozen=True, eq=False)
class UnitFormula:
    """A unit's formula as responses show it, made once.

    Attributes
    ----------
    formula
        The best one; None where there is none, or none is known yet.
    explained
        Whether the unit has been explained.
    part
        The formula for the page.
    leaves
        How its leaves are written.
    concepts
        The indices of their concepts.
    """

    formula: Formula | None
    explained: bool
    part: FormulaPart
    leaves: list[MarkedLeaf]
    concepts: list[int]

    @staticmethod
    def of(study: PairStudy, explanation: Explanation | None) -> UnitFormula:
        """The formula of an explanation; None for a unit that is not explained yet."""
        formula = explanation.best.formula if explanation and explanation.best else None
        return UnitFormula(
            formula,
            explanation is not None,
            formula_part(study, formula),
            marked_leaves(formula),
            [study.table.index_of[leaf] for leaf in (formula.leaves() if formula else ())],
        )


def respond(
    study: PairStudy,
    reader: PairReader,
    formula_of: Callable[[int], UnitFormula],
    asked: PairRequest,
    before: ReadPair,
    after: ReadPair,
    started: float,
) -> Response:
    """The network's answers to a pair before and after an edit, and the units that the edit moved.

    Parameters
    ----------
    formula_of
        Unit → its formula.
    started
        When it was asked for, as `time.perf_counter` has it.
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
        known = formula_of(unit)
        return UnitResponse(
            unit=unit,
            before=finite(float(before.activations[unit])),
            after=finite(float(after.activations[unit])),
            push=float(push[unit]),
            explained=known.explained,
            text=known.part.text,
            tokens=known.part.tokens,
            holds_before=known.formula is not None and reader.holds(known.formula, before),
            holds_after=known.formula is not None and reader.holds(known.formula, after),
            leaves=[
                LeafChange(
                    name=leaf.name,
                    negated=leaf.negated,
                    before=concept in before.holding,
                    after=concept in after.holding,
                )
                for leaf, concept in zip(known.leaves, known.concepts, strict=True)
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
    """Each unit's push of the network from the source (negative) to the target (positive).

    Where the layer feeds the logits directly, that is the difference of its weights to both, times the change of its
    activation: what it adds to the difference of the two logits. Elsewhere the change of the activation alone.

    Parameters
    ----------
    after
        None tells, in place of what changed, for which of the two labels each unit speaks on the pair as it is.

    Returns
    -------
    float64, shape (units,)
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
