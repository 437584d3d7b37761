"""A signature table cut down to what one unit's search still needs: few concepts, merged rows, counts of their pairs.

No formula can tell rows with the same set of remaining concepts apart, so they are one row. And a formula holds only
where one of its unnegated concepts does, so rows without any concept that may stand unnegated are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.signatures.table import SignatureTable, rows_by_concept, spans, starts_of

# Multiplications that BLAS does in one thread. For more it starts others, which wait for each other many times longer
# than these small products take where the processors have other work as well.
_ONE_THREAD = 2**18

_CHUNK = 4_000_000  # pairs counted at once: bounds the memory of a count over many long rows


class PairSums(NamedTuple):
    """Sums of row weights over conjunctions ``a AND b``, for a a starter and b any concept; ``a AND a`` is a.

    Attributes
    ----------
    signed
        float64, shape (starters, C): sums of the weights.
    positive
        float64, shape (starters, C): sums of those weights that are positive.
    """

    signed: NDArray[np.float64]
    positive: NDArray[np.float64]

    def losses(self) -> NDArray[np.float64]:
        """float64, shape (starters, C): minus the sums of the negative weights; 0 where a is b."""
        lost: NDArray[np.float64] = self.positive - self.signed
        np.fill_diagonal(lost, 0)
        return lost


@dataclass(frozen=True, eq=False)
class UnitTable:
    """The rows and concepts that matter to one unit.

    Attributes
    ----------
    concepts
        intp, shape (C,): indices into the concepts of the signature table. The first `starters` are the ones that may
        stand unnegated, most promising first; the rest may only stand behind AND NOT.
    starters
        How many.
    active, total
        float64, shape (R,): active and all positions of every row; integers, exact below 2⁵³.
    row_starts, row_concepts
        intp, shapes (R + 1,) and (E,): the concepts of every row, as places in `concepts`.
    """

    concepts: NDArray[np.intp]
    starters: int
    active: NDArray[np.float64]
    total: NDArray[np.float64]
    row_starts: NDArray[np.intp]
    row_concepts: NDArray[np.intp]

    @classmethod
    def of_rows(cls, table: SignatureTable, active: NDArray[np.int64], rows: NDArray[np.intp]) -> UnitTable:
        """Some rows of a signature table, with all concepts."""
        count = len(table.concepts)
        starts, entries = table.rows(rows)
        return cls(
            np.arange(count),
            count,
            active[rows].astype(np.float64),
            table.total[rows].astype(np.float64),
            starts.astype(np.intp),
            entries.astype(np.intp),
        )

    def restricted(self, starters: NDArray[np.intp], others: NDArray[np.intp]) -> UnitTable:
        """The table with only these concepts, given as places in `concepts`, and rows that became equal merged."""
        chosen = np.concatenate([starters, others])
        place = np.full(len(self.concepts), -1)
        place[chosen] = np.arange(len(chosen))
        entries, lengths = _sorted_entries(place[self.row_concepts], np.diff(self.row_starts), len(chosen))
        starts = np.cumsum(lengths) - lengths
        # Entries increase within a row, so its first one tells whether it has a starter.
        useful = np.flatnonzero(lengths)
        useful = useful[entries[starts[useful]] < len(starters)]
        first, group = _equal_rows(entries, starts[useful], lengths[useful])
        kept_rows = useful[first]
        return UnitTable(
            self.concepts[chosen],
            len(starters),
            np.bincount(group, weights=self.active[useful], minlength=len(first)).astype(np.float64),
            np.bincount(group, weights=self.total[useful], minlength=len(first)).astype(np.float64),
            starts_of(lengths[kept_rows]),
            entries[spans(starts[kept_rows], lengths[kept_rows])],
        )

    def rows_with(self, concept: int) -> NDArray[np.intp]:
        """intp: the rows that contain a concept, given as its place in `concepts`."""
        starts, rows = self._rows_by_concept
        return rows[starts[concept] : starts[concept + 1]]

    def pair_sums(self, rows: NDArray[np.intp], weights: NDArray[np.float64]) -> PairSums:
        """The sums over some rows.

        Parameters
        ----------
        rows
            Indices of distinct rows, shape (K,).
        weights
            float64 integers, shape (R,): a weight for every row of the table.
        """
        signed = np.zeros(self.starters * len(self.concepts))
        positive = np.zeros_like(signed)
        lengths = np.diff(self._pair_starts)[rows]
        ends = np.cumsum(lengths)
        cuts = np.searchsorted(ends, np.arange(_CHUNK, ends[-1] if ends.size else 0, _CHUNK))
        for part, size in zip(np.split(rows, cuts), np.split(lengths, cuts), strict=True):
            known = self._all_pairs
            pairs = self._listed_pairs(part, size) if known is None else known[spans(self._pair_starts[part], size)]
            weight = np.repeat(weights[part], size)
            signed += np.bincount(pairs, weights=weight, minlength=len(signed))
            positive += np.bincount(pairs, weights=np.maximum(weight, 0), minlength=len(signed))
        shape = self.starters, len(self.concepts)
        return PairSums(signed.reshape(shape), positive.reshape(shape))

    def block_sums(
        self,
        rows: NDArray[np.intp],
        weights: NDArray[np.float64],
        first: NDArray[np.intp],
        second: NDArray[np.intp],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """The sums over some rows for a few concepts a and b, given as places in `concepts`; else as `pair_sums`.

        Returns
        -------
        both
            float64, shape (A, B): over ``a AND b``.
        alone_first, alone_second
            float64, shapes (A,) and (B,): over each alone.
        """
        place = np.full(len(self.total), -1)
        place[rows] = np.arange(len(rows))

        def truth(concepts: NDArray[np.intp]) -> NDArray[np.float64]:
            held = np.zeros((len(concepts), len(rows)))
            for row, concept in zip(held, concepts.tolist(), strict=True):
                places = place[self.rows_with(concept)]
                row[places[places >= 0]] = 1
            return held

        weighed, others = truth(first) * weights[rows], truth(second)
        both = np.zeros((len(first), len(second)))
        step = max(1, _ONE_THREAD // max(both.size, 1))
        for begin in range(0, len(rows), step):
            both += weighed[:, begin : begin + step] @ others[:, begin : begin + step].T
        return both, weighed.sum(axis=1), (others * weights[rows]).sum(axis=1)

    @cached_property
    def _rows_by_concept(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        return rows_by_concept(self.row_starts, self.row_concepts, len(self.concepts))

    @cached_property
    def _pair_starts(self) -> NDArray[np.intp]:
        """Starts of every row's pairs in a list of all pairs."""
        lengths = np.diff(self.row_starts)
        row = np.repeat(np.arange(len(lengths)), lengths)
        leading = np.bincount(row[self.row_concepts < self.starters], minlength=len(lengths))
        return starts_of(leading * lengths)

    @cached_property
    def _all_pairs(self) -> NDArray[np.intp] | None:
        """The list of all pairs, when it is short enough to be kept."""
        lengths = np.diff(self._pair_starts)
        return self._listed_pairs(np.arange(len(self.total)), lengths) if lengths.sum() <= _CHUNK else None

    def _listed_pairs(self, rows: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.intp]:
        """``a · C + b`` for all pairs of a starter a and a concept b of one row."""
        starts, lengths = self.row_starts[rows], np.diff(self.row_starts)[rows]
        # Starters come first in a row, so there are sizes / lengths of them.
        leading = sizes // np.maximum(lengths, 1)
        first = self.row_concepts[spans(starts, leading)]
        partners = np.repeat(lengths, leading)
        second = self.row_concepts[spans(np.repeat(starts, leading), partners)]
        pairs: NDArray[np.intp] = np.repeat(first * len(self.concepts), partners) + second
        return pairs


class UnitRows:
    """A signature table as one unit's search sees it, where too many concepts still matter to cut it down.

    It has the attributes and methods of `UnitTable`, and answers from those rows of the signature table that a question
    is about. To merge rows takes a look at all of them and pays where few concepts are left; where many are, hardly two
    rows become equal, and most searches end after a few regions.

    Parameters
    ----------
    table
        The probe dataset.
    active
        int64, shape (S,): the unit's active positions a signature.
    starters, others
        intp: the concepts that may stand unnegated, and those that may only stand behind AND NOT.
    """

    def __init__(
        self,
        table: SignatureTable,
        active: NDArray[np.int64],
        starters: NDArray[np.intp],
        others: NDArray[np.intp],
    ) -> None:
        self.concepts = np.concatenate([starters, others])
        self.starters = len(starters)
        self.active = active.astype(np.float64)
        self.total = table.total.astype(np.float64)
        self._table = table
        self._place = np.full(len(table.concepts), -1)
        self._place[self.concepts] = np.arange(len(self.concepts))

    def rows_with(self, concept: int) -> NDArray[np.intp]:
        """intp: the rows that contain a concept, given as its place in `concepts`."""
        return self._table.rows_with(int(self.concepts[concept]))

    def pair_sums(self, rows: NDArray[np.intp], weights: NDArray[np.float64]) -> PairSums:
        """The sums over some rows; see `UnitTable.pair_sums`."""
        starts, concepts = self._table.rows(rows)
        entries, lengths = _sorted_entries(self._place[concepts], np.diff(starts), len(self.concepts))
        part = UnitTable(
            self.concepts,
            self.starters,
            self.active[rows],
            self.total[rows],
            starts_of(lengths),
            entries,
        )
        return part.pair_sums(np.arange(len(rows)), weights[rows])


def _sorted_entries(
    places: NDArray[np.intp], lengths: NDArray[np.intp], concepts: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The entries of rows that have a place, increasing within each row.

    Parameters
    ----------
    places
        intp, shape (E,): the places of the entries, row after row; -1 for none.
    lengths
        intp, shape (R,): entries of every row.
    concepts
        How many places there are.

    Returns
    -------
    entries, lengths
        Those that remain, and how many of them every row has.
    """
    kept = places >= 0
    rows = np.repeat(np.arange(len(lengths)), lengths)[kept]
    # The rows stand in order, so sorting the pairs sorts the places within each.
    entries: NDArray[np.intp] = np.sort(rows * concepts + places[kept]) - rows * concepts
    return entries, np.bincount(rows, minlength=len(lengths))


def _equal_rows(
    entries: NDArray[np.intp], starts: NDArray[np.intp], lengths: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Group rows with the same entries: the first row of every group, and the group of every row."""
    if not len(starts):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    spread = np.random.default_rng(0).integers(2**63, size=int(entries.max()) + 1, dtype=np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(spread[entries], dtype=np.uint64)])
    _, first, group = np.unique(sums[starts + lengths] - sums[starts], return_index=True, return_inverse=True)
    # Two different sets with one sum are next to impossible, but a proof must not rest on chance.
    same = np.array_equal(lengths, lengths[first][group]) and np.array_equal(
        entries[spans(starts, lengths)], entries[spans(starts[first][group], lengths)]
    )
    return (first, group) if same else (np.arange(len(starts)), np.arange(len(starts)))
