"""The formulas of three leaves that are not left-deep: ``a AND NOT (b AND c)`` and ``a AND NOT (b AND NOT c)``.

Every other tree of up to three leaves, joined by OR, AND and AND NOT, says the same as a left-deep formula. So with
these two the optimum is that of *every* formula of so many leaves, whatever its form. Both take a part of ``a AND b``
away from a, so in the terms of `bounds` their measure is at most P_a and at most m_a + N_ab. Without c they are
``a AND NOT b``, to which c adds at most P_ab. Few pairs a, b reach a target: none for any of the 512 units of the
README's 200 photographs. Of a pair that does, two histograms over the rows of ``a AND b`` give the counts for every c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.formula import And, Not
from compexp_widgets.search.beam import ScoredFormula
from compexp_widgets.search.left_deep import AND, AND_NOT
from compexp_widgets.search.metrics import Overlap, scores
from compexp_widgets.search.target import Target, exact_iou
from compexp_widgets.signatures import SignatureTable

EVERY_FORM = 3
"""Up to so many leaves left-deep formulas and nested ones say whatever a formula of any form can say."""


@dataclass(frozen=True)
class Nested:
    """A nested formula with its exact IoU; the smaller of two is the better one.

    Attributes
    ----------
    concepts
        Indices of a, b and c.
    inner
        What joins b and c, `AND` or `AND_NOT`.
    overlap
        Its counts.
    iou
        What follows from them.
    """

    concepts: tuple[int, int, int]
    inner: int
    overlap: Overlap
    iou: Fraction

    def __lt__(self, other: Nested) -> bool:
        return (-self.iou, self.concepts, self.inner) < (-other.iou, other.concepts, other.inner)

    def scored(self, table: SignatureTable) -> ScoredFormula:
        """The formula as searches return it."""
        a, b, c = (table.leaves[concept] for concept in self.concepts)
        formula = And(a, Not(And(b, Not(c) if self.inner == AND_NOT else c)))
        return ScoredFormula(formula, self.overlap, self.overlap.iou)


def best_nested(
    table: SignatureTable,
    active: NDArray[np.int64],
    concepts: NDArray[np.intp],
    operators: tuple[int, ...],
    target: Target,
    beat: Fraction,
    reached: Callable[[int], bool],
) -> tuple[Nested | None, Fraction]:
    """The best nested formula of one unit, if it is better than what is known.

    Parameters
    ----------
    active
        int64, shape (S,): the unit's active positions a signature.
    concepts
        intp: the concepts that formulas may use.
    operators
        What may join them, as indices into `OPERATORS`.
    target
        For an IoU of `beat` or less.
    beat
        The IoU to beat.
    reached
        Told how many entries of the table come next; True ends the search.

    Returns
    -------
    The best formula above `beat`, or None; and a bound on the IoU of those not looked at, 0 if none.
    """
    best: Nested | None = None
    if AND_NOT not in operators:
        return best, Fraction(0)
    weights = (target.p + target.q) * active - target.p * table.total
    gaining = np.flatnonzero(weights > 0)
    positive = table.count_by_concept(gaining, weights[gaining])[concepts]
    starters = dict(zip(concepts.tolist(), positive.tolist(), strict=True))
    starters = {a: reach for a, reach in starters.items() if reach >= target.threshold}
    measure_of_1 = target.q * int(active.sum())
    if starters and reached(0):
        return best, min(Fraction(max(starters.values()), measure_of_1), Fraction(1))
    for reach, a, b in _possible_pairs(table, weights, concepts, starters, target):
        rows = np.intersect1d(table.rows_with(a), table.rows_with(b), assume_unique=True)
        if reached(int(np.diff(table.row_starts)[rows].sum())):
            return best, min(Fraction(reach, measure_of_1), Fraction(1))
        free = concepts[(concepts != a) & (concepts != b)]
        for found in _with_third(table, active, a, b, rows, free):
            if found.inner in operators and found.iou > beat and (best is None or found < best):
                best = found
    return best, Fraction(0)


def _possible_pairs(
    table: SignatureTable,
    weights: NDArray[np.int64],
    concepts: NDArray[np.intp],
    starters: dict[int, int],
    target: Target,
) -> list[tuple[int, int, int]]:
    """How far the formulas of a pair reach, a and b, farthest first; pairs that do not reach the target are left out.

    Parameters
    ----------
    weights
        int64, shape (S,): of every row.
    starters
        a → P_a, where that reaches the target.
    """
    pairs: list[tuple[int, int, int]] = []
    for a, most in starters.items():
        rows = table.rows_with(a)
        positive, negative = (
            table.count_by_concept(rows, np.maximum(sign * weights[rows], 0))[concepts] for sign in (1, -1)
        )
        reach = np.minimum(int(weights[rows].sum()) + negative, most)
        possible = (reach >= target.threshold) & (positive >= target.least_gain) & (concepts != a)
        pairs += [(int(reach[place]), a, int(concepts[place])) for place in np.flatnonzero(possible)]
    return sorted(pairs, key=lambda pair: (-pair[0], *pair[1:]))


def _with_third(
    table: SignatureTable, active: NDArray[np.int64], a: int, b: int, rows: NDArray[np.intp], free: NDArray[np.intp]
) -> Iterator[Nested]:
    """Of each form the best formula of a, b and one more concept.

    Parameters
    ----------
    rows
        intp: those where both a and b hold.
    free
        intp: the concepts that may come third.
    """
    counts = [table.total, active]
    with_a = [int(count[table.rows_with(a)].sum()) for count in counts]
    with_both = [int(count[rows].sum()) for count in counts]
    with_three = [table.count_by_concept(rows, count[rows]) for count in counts]
    positions = int(active.sum())
    # In b AND c the two may change places, so that c comes later is enough.
    for inner, third in ((AND, free[free > b]), (AND_NOT, free)):
        removed = [
            three[third] if inner == AND else both - three[third]
            for both, three in zip(with_both, with_three, strict=True)
        ]
        holds, both = with_a[0] - removed[0], with_a[1] - removed[1]
        if third.size:
            place = int(scores("iou", positions, holds, both).argmax())
            overlap = Overlap(positions, int(holds[place]), int(both[place]))
            yield Nested((a, b, int(third[place])), inner, overlap, exact_iou(overlap))
