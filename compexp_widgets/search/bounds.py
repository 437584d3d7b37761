r"""Upper bounds on the IoU of left-deep formulas, from sums over pairs of concepts.

For an IoU to beat, p/q, weigh every row with (p + q)·active − p·total. The weights of the rows where a formula F holds
add up to its *measure* μ(F), and

    IoU(F) > p/q   exactly when   μ(F) > p · U,   U = the unit's active positions.

Write m_ab for μ(a AND b), P_ab for the positive weights alone, N_ab = P_ab − m_ab for the negative ones.

A formula holds in the union of the *cells* of its starters, which are its first leaf and the leaves behind OR. The
cell of a is a, less what the leaves behind AND NOT remove, and within what the leaves behind AND leave. Each position
counts for one cell, whatever other starters hold there. So

    free cell (behind a comes no AND)       μ ≤ P_a   and   μ ≤ m_a + Σ N_ab over leaves b that are no starters
                                                             + ½ Σ N_ab over the other starters b
    cell under one AND x                    μ ≤ P_ax  and   μ ≤ m_ax + Σ min(N_ab, N_xb) over the other leaves b
    cell under AND x and AND y              μ ≤ min(P_ax, P_ay, P_xy)

and of two leaves, of which all sums are known, outside a concept c

    a AND b, a AND NOT b                    μ ≤ μ in the region + N_ac
    a OR b                                  μ ≤ μ in the region + N_ac + N_bc

since to take b away from a set gains at most the negative weights there, and where two starters overlap, the sum of
their measures counts the overlap twice. A formula with k starters reaches at most the k largest cells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search.extensions import AND, AND_NOT, OR
from compexp_widgets.search.unit_table import PairSums
from compexp_widgets.signatures import SignatureTable

# What is added up in floating point is off by less than this share.
_ROUNDING = 1e-9


def certainly_below(
    table: SignatureTable,
    active: NDArray[np.integer],
    iou: float,
    max_length: int,
    excluded: Collection[int] = (),
) -> bool:
    """Tell by an upper bound that no left-deep formula has at least this IoU; False says nothing.

    With every row weighed by (1 + IoU)·active − IoU·total, a formula with the IoU has a measure of at least IoU·U. It
    holds only where one of its unnegated leaves does, so its measure is at most the positive weights of as many
    concepts as it has leaves. One histogram instead of a search: for the real units of docs/measured.md's 200
    photographs it settles 98 % of the null samples, in a tenth of the time of a beam search.

    Parameters
    ----------
    table
        The probe dataset.
    active
        Integers, shape (S,): the unit's active positions a signature.
    iou
        In [0, 1].
    max_length
        Largest number of leaves.
    excluded
        Concept indices that no formula may use.
    """
    weights = (1 + iou) * active - iou * table.total
    rows = np.flatnonzero(weights > 0)
    gains = table.sum_by_concept(rows, weights[rows])
    gains[list(excluded)] = 0
    most = min(np.sort(gains)[-max_length:].sum(), weights[rows].sum())
    return bool(most < iou * active.sum() * (1 - _ROUNDING))


class Effort(IntEnum):
    """Sharpness of bounds.

    `QUICK` takes time with the square of the starters, the others with its product with the concepts; `FINE` several
    times as much as `ROUGH`. The less effort, the larger the answer.
    """

    QUICK = 0
    ROUGH = 1
    FINE = 2


_ROUNDS = 4  # of the mutual elimination of cells; it rarely takes more than two


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells that can occur in a formula that reaches a threshold, and the credits that their bounds need.

    Attributes
    ----------
    free
        bool, shape (starters,): whether the cell of a can occur free of any AND.
    under
        bool, shape (starters, starters): whether the cell of a can occur under AND x.
    credits
        float64, shape (n − 1, starters, starters): entry (j, a, x) bounds what j leaves can gain by taking their
        part away from ``a AND x``; n is the length of the formula.
    triples
        float64, shape (starters, starters): the largest min(P_ax, P_ay, P_xy) over y.
    """

    free: NDArray[np.bool_]
    under: NDArray[np.bool_]
    credits: NDArray[np.float64]
    triples: NDArray[np.float64]

    def relevant(
        self, sums: PairSums, least_gain: float, effort: Effort = Effort.FINE
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The starters and the other concepts that can occur in such a formula, as places in the table.

        Parameters
        ----------
        sums
            Of all rows.
        least_gain
            The least that every leaf adds to the measure: the shorter formula without it cannot reach the threshold.
        effort
            How sharp.
        """
        lost = sums.losses()
        starters = len(lost)
        alive = self.free | self.under.any(axis=0) | self.under.any(axis=1)
        # To take b away gains the negative weights of the cells that it meets.
        gain = np.where((alive if effort == Effort.QUICK else self.free)[:, None], lost, 0)
        for a in range(starters if effort > Effort.QUICK else 0):
            partners = np.flatnonzero(self.under[a])
            if partners.size:
                within = np.minimum(lost[partners], lost[a, partners, None]).max(axis=0)
                gain[a] = np.maximum(gain[a], np.minimum(within, lost[a]))
        most = min(len(self.credits), starters)
        useful = np.partition(gain, starters - most, axis=0)[starters - most :].sum(axis=0) >= least_gain
        return np.flatnonzero(alive), np.flatnonzero(np.concatenate([useful[:starters] & ~alive, useful[starters:]]))


def possible_cells(
    sums: PairSums, length: int, threshold: float, operators: tuple[int, ...], effort: Effort = Effort.FINE
) -> Cells:
    """The cells that a formula of some length, at least 2, needs to reach a threshold.

    Parameters
    ----------
    sums
        Of all rows, of at least one starter.
    length
        Number of leaves.
    threshold
        The least measure of interest.
    operators
        What a formula may use, as indices into `OPERATORS`.
    effort
        How sharp.
    """
    lost = sums.losses()
    starters = len(lost)
    positive = sums.positive[:, :starters]
    triples = np.zeros((starters, starters))
    if length > 2:
        triples = positive.copy() if effort == Effort.QUICK else _triples(positive)
    any_credit = _running_sums(lost, length - 1)
    credit = np.minimum(any_credit[:, None, length - 2], any_credit[None, :, length - 2])
    credit = np.minimum(credit, (length - 2) * lost[:, :starters])
    under = np.full((starters, starters), AND in operators)
    np.fill_diagonal(under, False)
    free = np.ones(starters, np.bool_)
    free, under = _eliminated(free, under, credit, triples, sums, any_credit, length, threshold, operators)
    if effort < Effort.FINE:
        return Cells(free, under, np.broadcast_to(credit, (length - 1, starters, starters)), triples)
    credits_under = _under_credits(lost, under, length - 2)
    free, under = _eliminated(free, under, credits_under[-1], triples, sums, any_credit, length, threshold, operators)
    return Cells(free, under, credits_under, triples)


def _eliminated(
    free: NDArray[np.bool_],
    under: NDArray[np.bool_],
    credit: NDArray[np.float64],
    triples: NDArray[np.float64],
    sums: PairSums,
    any_credit: NDArray[np.float64],
    length: int,
    threshold: float,
    operators: tuple[int, ...],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The cells of `free` and `under` that reach the threshold together with the largest other ones."""
    starters = len(free)
    lost = sums.losses()[:, :starters]
    single, single_positive = np.diagonal(sums.signed), np.diagonal(sums.positive)
    cell_under = np.minimum(sums.positive[:, :starters], sums.signed[:, :starters] + credit)
    cell_under = np.maximum(cell_under, triples)
    for _ in range(_ROUNDS):
        starter_credit = _running_sums(np.where(free, lost, 0), length - 1)
        cell_under = np.where(under, cell_under, -np.inf)
        best_under = cell_under.max(axis=1)
        still_free, still_under = np.zeros_like(free), np.zeros_like(under)
        for count in range(1, length + 1 if OR in operators else 2):
            cell_free = single + any_credit[:, length - count] + starter_credit[:, count - 1] / 2
            cell_free = np.where(free, np.minimum(single_positive, cell_free), -np.inf)
            any_cell = np.maximum(cell_free, best_under) if count < length else cell_free
            others = _best_others(any_cell, count - 1)
            still_free |= cell_free + others >= threshold
            if count < length:
                still_under |= cell_under + others[:, None] >= threshold
        if np.array_equal(free, still_free) and np.array_equal(under, still_under):
            break
        free, under = still_free, still_under
    return free, under


def child_bounds(
    sums: PairSums, cells: Cells, used: NDArray[np.intp], length: int, inside: bool, operators: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper bounds on the measure of formulas within c, and outside c, for every concept c that may follow.

    Parameters
    ----------
    sums
        Of the rows of a region: those where the leaves chosen so far, the last ones of the formula, say nothing yet.
    cells
        As found on all rows, for the length of the whole formula.
    used
        The concepts of the leaves chosen so far.
    length
        Leaves that are still to choose after c, at least 2.
    inside
        Whether one of the leaves chosen so far is behind AND.
    operators
        As of `possible_cells`.

    Returns
    -------
    within, outside
        float64, shapes (starters,) and (C,): bounds on the measure inside ``region AND c``, ``region AND NOT c``.
    """
    lost = sums.losses()
    lost[:, used] = 0
    starters, concepts = lost.shape
    places = np.arange(starters)
    dead = np.isin(places, used)
    # Under an AND, a cell that is free within the region is not free in the formula.
    free = ~dead & (inside | cells.free)
    gone = (places[:, None] == np.arange(concepts)) | dead[:, None]
    largest = _Largest(lost, length)

    signed, positive = sums.signed[:, :starters], sums.positive[:, :starters]
    cell_under = np.minimum(positive, signed + cells.credits[length - 1])
    if length > 2:
        cell_under = np.maximum(cell_under, cells.triples)
    best_under = np.where(cells.under & ~dead, cell_under, -np.inf).max(axis=1)

    single, single_positive = sums.signed[places, places, None], sums.positive[places, places, None]
    within = _region_bounds(
        signed,
        positive,
        np.where(gone[:, :starters] | ~cells.under, -np.inf, cells.triples),
        gone[:, :starters] | ~cells.under,
        (largest, _Largest(np.where(dead, 0, lost[:, :starters]), length)),
        length,
        operators,
    )
    outside = _region_bounds(
        single - sums.signed,
        single_positive - sums.positive,
        np.where(gone, -np.inf, best_under[:, None]),
        gone | ~free[:, None],
        (largest, _Largest(np.where(free, lost[:, :starters], 0), length)),
        length,
        operators,
    )
    if length == 2:
        outside = np.minimum(outside, _pairs_outside(sums, lost, operators))
    return within, outside


def pair_measures(sums: PairSums, operator: int) -> NDArray[np.float64]:
    """The measure of ``a operator b`` for every starter a and every b, for OR and AND a starter; −∞ where a is b."""
    starters = len(sums.signed)
    single = np.diagonal(sums.signed)
    if operator == OR:
        measure = single[:, None] + single - sums.signed[:, :starters]
    else:
        measure = sums.signed[:, :starters].copy() if operator == AND else single[:, None] - sums.signed
    measure[np.arange(starters), np.arange(starters)] = -np.inf
    return measure


def best_pairs(sums: PairSums) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For every starter a, the largest measure of ``a AND b`` and ``a AND NOT b``, and of ``a OR b``; −∞ if none."""
    both, apart, either = (pair_measures(sums, operator).max(axis=1) for operator in (AND, AND_NOT, OR))
    return np.maximum(both, apart), either


def _pairs_outside(sums: PairSums, lost: NDArray[np.float64], operators: tuple[int, ...]) -> NDArray[np.float64]:
    """The best that two leaves reach outside c, for every concept c: what they reach in the region, which is known
    exactly, and what they gain by leaving c out, which is at most N_ac, and for ``a OR b`` N_ac + N_bc.
    """
    best, either = best_pairs(sums)
    bound: NDArray[np.float64] = (best[:, None] + lost).max(axis=0)
    if OR in operators:
        # Of the two gains one is the larger, and counts for both.
        bound = np.maximum(bound, (either[:, None] + 2 * lost).max(axis=0))
    return bound


def _region_bounds(
    signed: NDArray[np.float64],
    positive: NDArray[np.float64],
    cell_under: NDArray[np.float64],
    not_free: NDArray[np.bool_],
    largest: tuple[_Largest, _Largest],
    length: int,
    operators: tuple[int, ...],
) -> NDArray[np.float64]:
    """The best that cells add up to: column c for the region that c makes, row a for the cell of a there."""
    columns = signed.shape[1]
    lost = positive - signed
    credit_any, credit_starter = ([np.minimum(credit, lost) for credit in each.without(columns)] for each in largest)
    bound = np.full(columns, -np.inf)
    cell_under = np.minimum(positive, cell_under)
    for count in range(1, length + 1 if OR in operators else 2):
        cell = signed.copy()
        for credit in credit_any[: length - count]:
            cell += credit
        for credit in credit_starter[: count - 1]:
            cell += credit / 2
        cell = np.minimum(cell, positive)
        cell[not_free] = -np.inf
        if AND in operators and count < length:
            cell = np.maximum(cell, cell_under)
        if count == 1:
            bound = np.maximum(bound, cell.max(axis=0))
        elif count <= len(cell):
            bound = np.maximum(bound, np.partition(cell, len(cell) - count, axis=0)[len(cell) - count :].sum(axis=0))
    return bound


class _Largest:
    """The largest entries of every row of a matrix, whichever one column is left out."""

    def __init__(self, matrix: NDArray[np.float64], count: int) -> None:
        taken = min(count, matrix.shape[1])
        places = np.argpartition(-matrix, taken - 1, axis=1)[:, :taken]
        values = np.take_along_axis(matrix, places, axis=1)
        order = np.argsort(-values, axis=1)
        missing = ((0, 0), (0, count - taken))
        self.values = np.pad(np.take_along_axis(values, order, axis=1), missing)
        self.places = np.pad(np.take_along_axis(places, order, axis=1), missing, constant_values=-1)

    def without(self, columns: int) -> Iterator[NDArray[np.float64]]:
        """The first, second, … largest, each of shape (rows, columns), as if that column were not there."""
        passed = np.zeros((len(self.values), columns), np.bool_)
        for rank in range(self.values.shape[1] - 1):
            passed |= self.places[:, rank, None] == np.arange(columns)
            yield np.where(passed, self.values[:, rank + 1, None], self.values[:, rank, None])


def _running_sums(matrix: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Sums of the 0, 1, … count largest entries of every row of a matrix ≥ 0, shape (rows, count + 1)."""
    sums = np.zeros((len(matrix), count + 1))
    rest, rows = matrix.copy(), np.arange(len(matrix))
    # Few are wanted of many, so to look for the largest anew is several times faster than np.partition.
    for rank in range(1, count + 1):
        places = rest.argmax(axis=1)
        sums[:, rank] = sums[:, rank - 1] + rest[rows, places]
        rest[rows, places] = 0
    return sums


def _best_others(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """For every entry the sum of the `count` largest other ones; −∞ when there are not as many."""
    if count == 0:
        return np.zeros(len(values))
    if count >= len(values):
        return np.full(len(values), -np.inf)
    order = np.argsort(-values, kind="stable")
    ordered = values[order]
    others = np.empty(len(values))
    others[order[count:]] = ordered[:count].sum()
    for rank in range(count):
        others[order[rank]] = ordered[:rank].sum() + ordered[rank + 1 : count + 1].sum()
    return others


def _triples(positive: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest min(P_ax, P_ay, P_xy) over y other than a and x; 0 where there is none."""
    others = positive.copy()
    np.fill_diagonal(others, 0)
    largest = np.empty_like(others)
    for a in range(len(others)):
        largest[a] = np.minimum(others[a], others).max(axis=1)
    capped: NDArray[np.float64] = np.minimum(largest, others)
    return capped


def _under_credits(lost: NDArray[np.float64], under: NDArray[np.bool_], count: int) -> NDArray[np.float64]:
    """Sums of the 0, 1, … count largest min(N_ab, N_xb, N_ax) over b, shape (count + 1, starters, starters)."""
    starters = len(lost)
    sums = np.zeros((count + 1, starters, starters))
    for a in range(starters):
        partners = np.flatnonzero(under[a])
        # No leaf of the conjunction is among the others: N_aa and N_xx are 0 here.
        common = np.minimum(np.minimum(lost[a], lost[partners]), lost[a, partners, None])
        sums[:, a, partners] = _running_sums(common, count).T
    return sums
