"""The formulas of three leaves that are not left-deep: ``a AND NOT (b AND c)`` and ``a AND NOT (b AND NOT c)``.

Every other tree of up to three leaves, joined by OR, AND and AND NOT, says the same as a left-deep formula. So with
these two the optimum is that of *every* formula of so many leaves, whatever its form. Both take a part of ``a AND b``
away from a, so in the terms of `bounds` their measure is at most P_a and at most m_a + N_ab. Without c they are
``a AND NOT b``, to which c adds at most P_ab. Few pairs a, b reach a threshold: none for any of the 512 units of the
200 photographs of docs/measured.md. Of a pair that does, two histograms over the rows of ``a AND b`` give the counts
for every c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.formula import And, Formula, Not
from compexp_widgets.search.extensions import (
    AND,
    AND_NOT,
    OPERATORS,
    Overlap,
    ScoredFormula,
    UnitCounts,
    exact_iou,
    extension_counts,
    joined,
    scores,
)
from compexp_widgets.search.warm_start import ThresholdToBeat, WarmStart

EVERY_FORM = 3
"""Up to so many leaves left-deep formulas and nested ones say whatever a formula of any form can say."""


class Nested(NamedTuple):
    """A nested formula with its counts; the smaller of two is the better one.

    Attributes
    ----------
    loss
        Its exact IoU, negated.
    concepts
        Indices of a, b and c.
    inner
        What joins b and c, `AND` or `AND_NOT`.
    formula_count, intersection
        As in `Overlap`.
    """

    loss: Fraction
    concepts: tuple[int, int, int]
    inner: int
    formula_count: int
    intersection: int

    def scored(self, counts: UnitCounts) -> ScoredFormula:
        """The formula as searches return it."""
        a, b, c = (counts.table.leaves[concept] for concept in self.concepts)
        formula: Formula = And(a, Not(joined(b, OPERATORS[self.inner], c)))
        overlap = Overlap(counts.active_positions, self.formula_count, self.intersection)
        return ScoredFormula(formula, overlap, overlap.iou)


def best_nested(
    warm: WarmStart, threshold: ThresholdToBeat, beat: float | Fraction, exhausted: Callable[[int], bool]
) -> tuple[Nested | None, Fraction]:
    """The best nested formula of one unit, if it is better than what is known.

    Parameters
    ----------
    warm
        The unit's, with the concepts and operators of formulas.
    threshold
        For an IoU of `beat` or less.
    beat
        The IoU to beat.
    exhausted
        Told how many entries of the table come next; True ends the search.

    Returns
    -------
    The best formula above `beat`, or None; and an upper bound on the IoU of those not looked at, 0 if none.
    """
    best: Nested | None = None
    if AND_NOT not in warm.operators:
        return best, Fraction(0)
    table = warm.counts.table
    starters = {a: most for a, most in warm.starters(threshold).items() if most >= threshold.measure}
    measure_of_1 = threshold.q * warm.counts.active_positions
    if starters and exhausted(0):
        return best, min(Fraction(max(starters.values()), measure_of_1), Fraction(1))
    for bound, a, b in _possible_pairs(warm, starters, threshold):
        rows = np.intersect1d(table.rows_with(a), table.rows_with(b), assume_unique=True)
        if exhausted(int(np.diff(table.row_starts)[rows].sum())):
            return best, min(Fraction(bound, measure_of_1), Fraction(1))
        for found in _with_third(warm, a, b, rows):
            if -found.loss > beat and (best is None or found < best):
                best = found
    return best, Fraction(0)


def _possible_pairs(
    warm: WarmStart, starters: dict[int, int], threshold: ThresholdToBeat
) -> list[tuple[int, int, int]]:
    """Upper bounds on the measures of a pair's formulas, a and b, the largest first; only pairs that can reach it.

    Parameters
    ----------
    starters
        a → P_a, where that reaches the threshold.
    """
    table, concepts = warm.counts.table, warm.concepts
    pairs: list[tuple[int, int, int]] = []
    for a, most in starters.items():
        rows = table.rows_with(a)
        weights = threshold.weights(warm.counts.active[rows], table.total[rows])
        positive, negative = (table.count_by_concept(rows, np.maximum(sign * weights, 0))[concepts] for sign in (1, -1))
        bound = np.minimum(int(weights.sum()) + negative, most)
        possible = (bound >= threshold.measure) & (positive >= threshold.least_gain) & (concepts != a)
        pairs += [(int(bound[place]), a, int(concepts[place])) for place in np.flatnonzero(possible)]
    return sorted(pairs, key=lambda pair: (-pair[0], *pair[1:]))


def _with_third(warm: WarmStart, a: int, b: int, rows: NDArray[np.intp]) -> Iterator[Nested]:
    """Of each form the best formula of a, b and one more concept.

    Parameters
    ----------
    rows
        intp: those where both a and b hold.
    """
    table, positions = warm.counts.table, warm.counts.active_positions
    inners = tuple(inner for inner in (AND, AND_NOT) if inner in warm.operators)
    formula_counts, intersections = (
        int(count[table.rows_with(a)].sum()) - extension_counts(inners, int(count[rows].sum()), with_three, with_three)
        for count in (table.total, warm.counts.active)
        for with_three in [table.count_by_concept(rows, count[rows])]
    )
    free = warm.concepts[(warm.concepts != a) & (warm.concepts != b)]
    for formula_count, intersection, inner in zip(formula_counts, intersections, inners, strict=True):
        # In b AND c the two may change places, so that c comes later is enough.
        third = free[free > b] if inner == AND else free
        if third.size:
            c = int(third[scores("iou", positions, formula_count[third], intersection[third]).argmax()])
            found = int(formula_count[c]), int(intersection[c])
            yield Nested(-exact_iou(positions, *found), (a, b, c), inner, *found)
