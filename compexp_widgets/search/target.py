"""An IoU to beat, as exact numbers: formulas compared by fractions, and the weights of rows that a target gives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search.beam import ScoredFormula
from compexp_widgets.search.left_deep import LeftDeep
from compexp_widgets.search.metrics import Overlap
from compexp_widgets.signatures import SignatureTable


def exact_iou(overlap: Overlap) -> Fraction:
    """The IoU of some counts, of which one is not 0, as a fraction."""
    return Fraction(overlap.both, overlap.active + overlap.holds - overlap.both)


@dataclass(frozen=True)
class Contender:
    """A formula with its exact IoU; the smaller of two is the better one.

    Attributes
    ----------
    formula
        In concepts of the signature table.
    overlap
        Its counts.
    iou
        What follows from them.
    """

    formula: LeftDeep
    overlap: Overlap
    iou: Fraction

    @classmethod
    def of(cls, formula: LeftDeep, overlap: Overlap) -> Contender:
        """The formula with the IoU of its counts."""
        return cls(formula, overlap, exact_iou(overlap))

    @classmethod
    def read(cls, scored: ScoredFormula, table: SignatureTable) -> Contender:
        """A formula that another search has written."""
        return cls.of(LeftDeep.read(scored.formula, table.index_of), scored.overlap)

    def __lt__(self, other: Contender) -> bool:
        return (-self.iou, self.formula) < (-other.iou, other.formula)

    def scored(self, table: SignatureTable) -> ScoredFormula:
        """The formula as searches return it."""
        return ScoredFormula(self.formula.formula(table.leaves), self.overlap, self.overlap.iou)


@dataclass(frozen=True)
class Target:
    """An IoU to beat, p/q, or a little less, and what follows from it for formulas of one length.

    Attributes
    ----------
    p, q
        The IoU.
    threshold
        The least measure of a formula of interest (see `bounds`).
    least_gain
        What every leaf of such a formula adds to its measure: what is left without the leaf does not reach as far.
    """

    p: int
    q: int
    threshold: int
    least_gain: int

    @classmethod
    def of(cls, best: Contender, length: int, bound: Fraction, active: int, positions: int) -> Target:
        """The target for formulas of some length that are better than the best so far.

        Parameters
        ----------
        best
            To beat; if it has that length, formulas with the same IoU are of interest too, for the tie.
        length
            Number of leaves.
        bound
            No shorter formula has a higher IoU.
        active, positions
            Active and all positions.
        """
        p, q = best.iou.numerator, best.iou.denominator
        ties = best.formula.length == length
        # Measures stay so small that sums of a few of them and of their halves are exact. A smaller target is safe:
        # the search only looks at more.
        most = 2**51 // (4 * length)
        if (p + q) * active + p * positions > most:
            smaller_q = max(1, min(q, most // (3 * active), most // (3 * positions) * q // p))
            smaller_p = p * smaller_q // q
            ties = ties and smaller_p * q == p * smaller_q
            p, q = smaller_p, smaller_q
        threshold = p * active + (not ties)
        # Any leaf can be taken out of a formula, and what is left has a measure of at most bound · U · q.
        least_gain = max(1, math.ceil(threshold - bound * active * q))
        return cls(p, q, threshold, least_gain)

    def weights(self, active: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weight of every row."""
        return (self.p + self.q) * active - self.p * total
