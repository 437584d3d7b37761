"""Where many units fire, as counts of signatures: every formula's scores on all of them from one pass over the samples.

The scores of a formula follow from the signatures on which it holds (`signatures.table`). So the active positions of
every unit are counted once, by signature; a formula then takes one sum a unit, whatever the number of samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.search import METRICS, scores
from compexp_widgets.signatures.activation_ranges import ActivationRange
from compexp_widgets.study.units import ProbedUnits

FormulaScore: TypeAlias = Literal["iou", "precision", "recall", "f1", "lift"]
"""A score of a formula on a unit; the lift is the IoU beyond that of the formula "always true"."""


@dataclass(frozen=True, eq=False)
class ActiveCounts:
    """The active positions of some units by signature: a sparse matrix in compressed form, a row a unit.

    Attributes
    ----------
    starts
        int64, shape (units + 1,): where the entries of each unit begin, and the end.
    rows
        int32, shape (E,): the signature of every entry.
    counts
        int32 or int64, shape (E,): its number of active positions, at least 1.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.integer]

    @classmethod
    def of(cls, units: ProbedUnits, chosen: Iterable[int], firing: ActivationRange) -> ActiveCounts:
        """The counts of some units, numbers from 0, in this order."""
        rows: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
        counts: list[NDArray[np.integer]] = [np.empty(0, np.int32)]
        for unit in chosen:
            active = units.activity(unit, units.limits(unit, firing)).by_signature()
            found = np.flatnonzero(active)
            rows.append(found.astype(np.int32))
            counts.append(active[found].astype(np.int32 if active.max(initial=0) < 2**31 else np.int64))
        starts = np.cumsum([len(part) for part in rows], dtype=np.int64)
        return cls(starts, np.concatenate(rows), np.concatenate(counts))

    def sums(self, truth: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """int64, shape (units,): active positions whose signature is true; of every signature where `truth` is None.

        Parameters
        ----------
        truth
            bool, shape (S,): where a formula holds.
        """
        counted = self.counts if truth is None else self.counts * truth[self.rows]
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(counted, dtype=np.int64)])[self.starts]
        return np.diff(ends)

    def scores(
        self, truth: NDArray[np.bool_], total: NDArray[np.int64], metric: FormulaScore = "iou"
    ) -> NDArray[np.float64]:
        """float64, shape (units,): a score of a formula on every unit.

        Parameters
        ----------
        truth
            bool, shape (S,): where the formula holds.
        total
            int64, shape (S,): all positions of each signature.
        metric
            The score.

        Raises
        ------
        SearchError
            When there is no such score.
        """
        if metric not in get_args(FormulaScore):
            raise SearchError(f"a formula has no score {metric!r:.60}; there are {', '.join(get_args(FormulaScore))}")
        active, holds, both = self.sums(), int(total[truth].sum()), self.sums(truth)
        if metric in METRICS:
            return scores(metric, active, holds, both)
        lift: NDArray[np.float64] = scores("iou", active, holds, both) - active / max(int(total.sum()), 1)
        return lift
