"""Every concept against one unit: how well it fits alone, and what a formula would lose without it or gain with it.

The counts of all one-concept extensions of a formula F come from two histograms over the signatures where it holds:

    both(F OR c)  = both(F) + both(c) − both(F AND c)     both(F AND NOT c) = both(F) − both(F AND c)

and the same for the positions where it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import FormulaError
from compexp_widgets.formula import And, AnyLeaf, Formula, Not, Or, without
from compexp_widgets.search import OPERATORS
from compexp_widgets.search.beam import Operator
from compexp_widgets.search.metrics import scores
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


def lexical_table(
    table: SignatureTable,
    active: NDArray[np.int64],
    formula: Formula | None,
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
        When the formula has a leaf that the data does not have.
    """
    everywhere = np.arange(len(table))
    both = table.count_by_concept(everywhere, active)
    total = int(active.sum())
    alone = {metric: scores(metric, total, table.concept_total, both) for metric in ("iou", "precision", "recall")}
    if formula is None:
        return LexicalTable(**alone, change=alone["iou"], way=np.zeros(len(both), np.int8))
    rows = np.flatnonzero(table.truth(formula))
    holds_f, both_f = int(table.total[rows].sum()), int(active[rows].sum())
    holds_and = table.count_by_concept(rows, table.total[rows])
    both_and = table.count_by_concept(rows, active[rows])
    extended = {
        "OR": (holds_f + table.concept_total - holds_and, both_f + both - both_and),
        "AND": (holds_and, both_and),
        "AND NOT": (holds_f - holds_and, both_f - both_and),
    }
    ways = [OPERATORS.index(operator) for operator in OPERATORS if operator in operators]
    reached = np.array([scores("iou", total, *extended[OPERATORS[way]]) for way in ways])
    best = reached.argmax(axis=0)
    now = float(scores("iou", total, holds_f, both_f))
    change = reached.max(axis=0) - now
    way = np.array(ways, np.int8)[best]
    for leaf in set(formula.leaves()):
        index = table.index_of[leaf]
        rest = without_leaf(formula, leaf)
        truth = np.zeros(len(table), np.bool_) if rest is None else table.truth(rest)
        change[index] = now - float(scores("iou", total, table.total[truth].sum(), active[truth].sum()))
        way[index] = IN_FORMULA
    return LexicalTable(**alone, change=change, way=way)


def with_leaf(formula: Formula | None, leaf: AnyLeaf, operator: Operator) -> Formula:
    """The formula with one more leaf at its end; the leaf alone where there is no formula yet."""
    if formula is None:
        return leaf
    if operator == "OR":
        return Or(formula, leaf)
    return And(formula, Not(leaf) if operator == "AND NOT" else leaf)


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
