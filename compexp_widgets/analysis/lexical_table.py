"""Every concept against one unit: how well it fits alone, and what a formula would lose without it or gain with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import FormulaError
from compexp_widgets.formula import AnyLeaf, Formula, without
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.search import OPERATORS, Operator, UnitCounts, extension_counts, scores
from compexp_widgets.short_text import brief_repr
from compexp_widgets.signatures import SignatureTable

IN_FORMULA = -1
"""Stands in `LexicalTable.way` for a concept that the formula has already."""


@dataclass(frozen=True, eq=False)
class LexicalTable:
    """Every concept of a data set against one unit and one formula. All arrays have shape (C,).

    Attributes
    ----------
    iou, precision, recall
        float64, in [0, 1]: scores of the concept alone.
    change
        float64, in [−1, 1]: for a concept of the formula, how much IoU is lost without it; for another, how much is
        gained by the best way to add it. Either may be negative.
    way
        int8: the best way to add the concept, an index into `OPERATORS`; `IN_FORMULA` for a concept of the formula.
    """

    iou: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    change: NDArray[np.float64]
    way: NDArray[np.int8]

    __repr__ = brief_repr
    _repr_html_ = fields_html


def lexical_table(
    table: SignatureTable,
    active: NDArray[np.int64],
    formula: Formula | str | None,
    operators: Sequence[Operator] = OPERATORS,
) -> LexicalTable:
    """Compare every concept with a unit, alone and together with a formula.

    Parameters
    ----------
    table
        The probe dataset.
    active
        int64, shape (S,): the unit's active positions a signature.
    formula
        What is said to describe the unit; without one, every concept would be the whole formula.
    operators
        The ways to add a concept; of two that are equally good the first of `OPERATORS` counts.

    Raises
    ------
    FormulaError
        When the text is no formula, or the formula has a leaf that the data does not have.
    """
    counts = UnitCounts(table, active)
    total, intersection = counts.active_positions, counts.concept_intersection
    alone = {
        metric: scores(metric, total, table.concept_total, intersection) for metric in ("iou", "precision", "recall")
    }
    if formula is None:
        return LexicalTable(**alone, change=alone["iou"], way=np.zeros(len(table.concepts), np.int8))
    formula = table.formula(formula)
    truth = table.truth(formula)
    whole, known = counts.overlap(truth), counts.conjunctions(truth)
    ways = [way for way, operator in enumerate(OPERATORS) if operator in operators]
    extended = scores(
        "iou",
        total,
        extension_counts(ways, whole.formula_count, table.concept_total, known.formula_count),
        extension_counts(ways, whole.intersection, intersection, known.intersection),
    )
    change = extended.max(axis=0) - whole.iou
    way = np.array(ways, np.int8)[extended.argmax(axis=0)]
    for leaf in set(formula.leaves()):
        index = table.index_of[leaf]
        rest = without_leaf(formula, leaf)
        left = 0.0 if rest is None else counts.overlap(table.truth(rest)).iou
        change[index] = whole.iou - left
        way[index] = IN_FORMULA
    return LexicalTable(**alone, change=change, way=way)


def without_leaf(formula: Formula, leaf: AnyLeaf) -> Formula | None:
    """The formula without a leaf, wherever it stands; None when no other leaf is left.

    Raises
    ------
    FormulaError
        When the formula does not have it.
    """
    places = [place for place, other in enumerate(formula.leaves()) if other == leaf]
    if not places:
        raise FormulaError(f"{formula} does not have the concept {leaf}, so it cannot be taken out")
    return without(formula, places)
