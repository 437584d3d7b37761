"""The warm start of a certified search: good formulas found at little cost, and the IoU that others have to beat."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search.extensions import (
    AND,
    AND_NOT,
    OR,
    Candidate,
    Conjunctions,
    LeftDeep,
    UnitCounts,
    extension_counts,
    scores,
)
from compexp_widgets.search.unit_table import UnitTable

Counts = TypeVar("Counts", NDArray[np.int64], NDArray[np.float64])


@dataclass(frozen=True)
class ThresholdToBeat:
    """An IoU to beat, p/q, or a little less, and what follows from it for formulas of one length.

    Attributes
    ----------
    p, q
        The IoU.
    measure
        The least measure of a formula of interest (see `bounds`).
    least_gain
        The least that every leaf of such a formula adds to its measure: without the leaf it falls short.
    """

    p: int
    q: int
    measure: int
    least_gain: int

    @classmethod
    def of(
        cls, incumbent: Candidate, length: int, bound: float | Fraction, active: int, positions: int
    ) -> ThresholdToBeat:
        """The threshold for formulas of some length that are better than the incumbent.

        Parameters
        ----------
        incumbent
            To beat; if it has that length, formulas with the same IoU are of interest too, for the tie.
        length
            Number of leaves.
        bound
            No shorter formula has a higher IoU.
        active, positions
            Active and all positions.
        """
        p, q = Fraction(incumbent.score).as_integer_ratio()
        ties = incumbent.form.length == length
        # Measures stay so small that sums of a few of them and of their halves are exact. A smaller threshold is safe:
        # the search only looks at more.
        most = 2**51 // (4 * length)
        if (p + q) * active + p * positions > most:
            smaller_q = max(1, min(q, most // (3 * active), most // (3 * positions) * q // p))
            smaller_p = p * smaller_q // q
            ties = ties and smaller_p * q == p * smaller_q
            p, q = smaller_p, smaller_q
        measure = p * active + (not ties)
        # Any leaf can be taken out of a formula, and what is left has a measure of at most bound · U · q.
        least_gain = max(1, math.ceil(measure - bound * active * q))
        return cls(p, q, measure, least_gain)

    def weights(self, active: Counts, total: Counts) -> Counts:
        """The weight of every row, of the type of its counts."""
        return (self.p + self.q) * active - self.p * total


class WarmStart:
    """Extends known formulas of one unit by what a few histograms tell: a high threshold spares most of a proof.

    Parameters
    ----------
    counts
        Of the unit.
    concepts
        intp: the concepts that formulas may use.
    operators
        What may join them, as indices into `OPERATORS`.

    Attributes
    ----------
    active_part
        The rows with active positions.
    """

    def __init__(self, counts: UnitCounts, concepts: NDArray[np.intp], operators: tuple[int, ...]) -> None:
        self.counts = counts
        self.concepts = concepts
        self.operators = operators
        self.active_part = UnitTable.of_rows(counts.table, counts.active, counts.active_rows)

    def starters(self, threshold: ThresholdToBeat) -> dict[int, int]:
        """The concepts whose positive weights gain enough, and these weights, largest first."""
        table, rows = self.counts.table, self.counts.active_rows
        weights = threshold.weights(self.counts.active[rows], table.total[rows])
        positive = table.count_by_concept(rows[weights > 0], weights[weights > 0])[self.concepts]
        order = np.argsort(-positive, kind="stable")
        order = order[positive[order] >= threshold.least_gain]
        return dict(zip(self.concepts[order].tolist(), positive[order].tolist(), strict=True))

    def extended(self, incumbent: Candidate) -> Candidate:
        """The best of a formula and all its extensions by one concept, which is most often close to the optimum."""
        form = incumbent.form
        free = np.setdiff1d(self.concepts, form.concepts)
        known = self._conjunctions(form)
        formula_counts, intersections = (
            extension_counts(self.operators, whole, alone[free], together[free])
            for whole, alone, together in (
                (incumbent.formula_count, self.counts.table.concept_total, known.formula_count),
                (incumbent.intersection, self.counts.concept_intersection, known.intersection),
            )
        )
        best = incumbent
        for operator, formula_count, intersection in zip(self.operators, formula_counts, intersections, strict=True):
            for place in self._best_place(formula_count, intersection):
                longer = form.extended(operator, int(free[place])).canonical()
                best = min(best, self.counts.exact(longer, int(formula_count[place]), int(intersection[place])))
        return best

    def widened(self, conjunction: Candidate) -> Candidate:
        """The best of a formula ``a AND b`` and all ``(a OR x) AND b`` and ``(b OR x) AND a``."""
        best = conjunction
        free = np.setdiff1d(self.concepts, conjunction.form.concepts)
        for a, b in (conjunction.form.concepts, conjunction.form.concepts[::-1]):
            added = self._conjunctions(LeftDeep.of((b, a), (AND_NOT,)))
            formula_count = conjunction.formula_count + added.formula_count[free]
            intersection = conjunction.intersection + added.intersection[free]
            for place in self._best_place(formula_count, intersection):
                wider = LeftDeep.of((a, int(free[place]), b), (OR, AND)).canonical()
                best = min(best, self.counts.exact(wider, int(formula_count[place]), int(intersection[place])))
        return best

    def from_conjunctions(self, incumbent: Candidate, bound: float | Fraction) -> Candidate:
        """The best of a formula and of those of three leaves that the best ones ``a AND b`` lead to: a beam, which
        extends the best single concepts, often misses them.
        """
        table, active = self.counts.table, self.counts.active_positions
        threshold = ThresholdToBeat.of(incumbent, 3, bound, active, table.positions)
        concepts = np.sort(np.fromiter(self.starters(threshold), np.intp))
        part = self.active_part.restricted(concepts, concepts[:0])
        intersection = part.pair_sums(np.arange(len(part.total)), part.active).signed
        formula_count = table.pair_total[np.ix_(concepts, concepts)]
        score = np.triu(scores("iou", active, formula_count, intersection), 1)
        best = incumbent
        for place in np.argsort(-score, axis=None, kind="stable")[:_CONJUNCTIONS].tolist():
            a, b = divmod(place, len(concepts))
            if score[a, b] > 0:
                form = LeftDeep.of(concepts[[a, b]].tolist(), (AND,))
                conjunction = self.counts.exact(form, int(formula_count[a, b]), int(intersection[a, b]))
                best = min(best, self.extended(conjunction))
                if OR in self.operators:
                    best = min(best, self.widened(conjunction))
        return best

    def _conjunctions(self, form: LeftDeep) -> Conjunctions:
        table = self.counts.table
        return self.counts.conjunctions(form.truth(table.rows_with, len(table)))

    def _best_place(self, formula_count: NDArray[np.int64], intersection: NDArray[np.int64]) -> list[int]:
        """The place of the highest IoU, the first of equals; none of no counts."""
        iou = scores("iou", self.counts.active_positions, formula_count, intersection)
        return [int(iou.argmax())] if iou.size else []


# How many of the best conjunctions are extended.
_CONJUNCTIONS = 8
