"""Certified optimal search: the best of all left-deep formulas with distinct concepts, and a bound on the rest.

Up to three leaves it covers every formula that OR, AND and AND NOT can join, whatever its form: the only ones that no
left-deep formula says are looked at by themselves (see `nested`). With more leaves it covers left-deep formulas alone.

Read from its last leaf, a left-deep formula is a decision list. A last leaf c leaves open what holds in one region:

    F AND c        within c, and nothing outside        F AND NOT c    outside c, and nothing within
    F OR c         outside c, and all of c

So the search chooses leaves from the last to the first. A node of its tree is a region of rows, a gain (the measure of
the concepts that OR has joined) and the number of leaves still to choose. Where two are left, the sums over pairs of
concepts give all formulas at once, exactly; where more are left, they bound what each further leaf can lead to (see
`bounds`). The node with the largest bound comes first, so when the budget ends that bound holds for all that was not
looked at. It is the search of certifiably optimal rule lists (Angelino et al. 2018, arXiv 1704.01701) for IoU.

The threshold to beat is the IoU of the incumbent, the best formula so far. When a much better one turns up, the search
begins again with its IoU as the threshold; when none does, that is the proof. Measures are whole numbers below 2⁵² and
IoUs are compared as fractions, so nothing rests on rounding.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.notebook_html import Html, block, fields_html
from compexp_widgets.search.beam import BeamSearch, beam_levels
from compexp_widgets.search.bounds import Cells, Effort, possible_cells
from compexp_widgets.search.extensions import (
    AND,
    OPERATORS,
    Candidate,
    LeftDeep,
    Operator,
    ScoredFormula,
    UnitCounts,
)
from compexp_widgets.search.found_html import found_html, proof_words
from compexp_widgets.search.nested import EVERY_FORM, Nested, best_nested
from compexp_widgets.search.region_tree import RegionTree
from compexp_widgets.search.unit_table import PairSums, UnitRows, UnitTable
from compexp_widgets.search.warm_start import ThresholdToBeat, WarmStart
from compexp_widgets.signatures import SignatureTable


@dataclass(frozen=True)
class OptimalSearch:
    """The settings of a certified search for the highest IoU.

    Attributes
    ----------
    max_length
        Largest number of leaves of a formula.
    operators
        What may join a concept to a formula: ``"OR"``, ``"AND"``, ``"AND NOT"``.
    seconds
        Stop after about so long, with the best so far; None goes on to the proof.
    nodes
        Look into so many regions at most; a region with very many concepts left counts as several. Unlike seconds, it
        gives the same answer on every machine.
    beam_size
        Of the beam search that finds the first incumbent.
    """

    max_length: int = 3
    operators: tuple[Operator, ...] = OPERATORS
    seconds: float | None = None
    nodes: int | None = None
    beam_size: int = 5

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for name in ("seconds", "nodes"):
            value = getattr(self, name)
            if value is not None and not (
                isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
            ):
                raise SearchError(f"{name} must be 0 or more, or None, not {value!r:.60}")
        object.__setattr__(self, "operators", self.warm_start.operators)

    @property
    def warm_start(self) -> BeamSearch:
        """The beam search that finds the first incumbent."""
        return BeamSearch(self.beam_size, self.max_length, self.operators)


@dataclass(frozen=True)
class CertifiedResult:
    """The formulas that a certified search found, with upper bounds on all others.

    Attributes
    ----------
    by_length
        Entry ``n − 1`` is the best formula found with at most n leaves. Empty when no concept holds at any active
        position.
    bounds
        Entry ``n − 1``: no formula with at most n leaves has a higher IoU, whatever its form up to three leaves, and no
        left-deep one of distinct concepts with more. Equal to the score where that is proven.
    nodes
        Regions looked into.
    """

    by_length: tuple[ScoredFormula, ...] = ()
    bounds: tuple[float, ...] = ()
    nodes: int = 0

    @property
    def best(self) -> ScoredFormula | None:
        """The best formula, or None when nothing overlaps."""
        return self.by_length[-1] if self.by_length else None

    def __repr__(self) -> str:
        found = f"{self.best}; {proof_words(self.by_length, self.bounds)}" if self.best else "nothing overlaps"
        return f"<CertifiedResult: {found}>"

    def _repr_html_(self) -> Html:
        return block(*found_html(self.by_length, self.bounds))

    @property
    def bound(self) -> float:
        """No left-deep formula of the allowed length has a higher IoU; up to three leaves no formula at all."""
        return self.bounds[-1] if self.bounds else 0.0

    @property
    def gap(self) -> float:
        """The bound less the best score; 0 is a proof that the best is optimal."""
        return self.bound - (self.best.score if self.best else 0.0)

    @property
    def proven(self) -> bool:
        """True if the best formula is optimal for sure among all that its operators can join, whatever their form.

        With more than three leaves there are formulas that this search does not cover, so only what nothing can beat is
        proven: an IoU of 1, or that no concept overlaps at all.
        """
        return self.gap == 0 and (len(self.bounds) <= EVERY_FORM or self.bound in {0, 1})

    @property
    def proven_left_deep(self) -> bool:
        """True if the best formula is optimal for sure among left-deep formulas of distinct concepts."""
        return self.gap == 0

    @property
    def proven_length(self) -> int:
        """The largest n such that no left-deep formula beats the best ones with at most 1, 2, … n leaves, for sure."""
        proven = [bound == found.score for bound, found in zip(self.bounds, self.by_length, strict=False)]
        return proven.index(False) if False in proven else len(proven)


def optimal_search(
    table: SignatureTable,
    active: NDArray[np.integer],
    settings: OptimalSearch | None = None,
    *,
    excluded: Collection[int] = (),
    on_length: Callable[[int, ScoredFormula, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> CertifiedResult:
    """The formula with the highest IoU of every length for one unit, with a proof or a bound.

    Ties go to the shorter formula, then to concept order, then to operator order, as in `beam_search`.

    Parameters
    ----------
    table
        The probe dataset.
    active
        Integers, shape (S,): the unit's active positions a signature, between 0 and ``table.total``.
    settings
        See `OptimalSearch`; the default proves length 3, however long it takes.
    excluded
        Concept indices that no formula may use.
    on_length
        Called after each length with that length, the best formula with so many leaves and its bound.
    cancelled
        Asked before each region; True ends the search with the best so far.

    Raises
    ------
    SearchError
        When `active` does not fit the table.
    """
    settings = settings or OptimalSearch()
    budget = _Budget(settings, cancelled)
    counts = UnitCounts(table, active)
    levels = beam_levels(counts, settings.warm_start, excluded, budget.cancelled)
    beam = [counts.exact(*level[0][1:]) for level in levels]
    if not beam:
        return CertifiedResult(bounds=(0.0,) * settings.max_length)
    search = _Search(counts, settings, excluded, budget)
    best, bound = beam[0], beam[0].score
    nested: Nested | None = None
    nested_bound = Fraction(0)
    by_length: list[ScoredFormula] = []
    bounds: list[float] = []
    for length in range(1, settings.max_length + 1):
        if length > 1:
            shorter, shorter_bound = best, bound
            if length <= len(beam):
                found = beam[length - 1]
                # The beam may repeat a concept, which the formulas of this search do not.
                best = min(best, found) if len(set(found.form.concepts)) == found.form.length else best
            best = min(best, search.warm.extended(shorter))
            if length == 3 and AND in search.operators and not budget.cancelled():
                best = search.warm.from_conjunctions(best, bound)
            best, unseen = search.of_length(length, best, bound)
            bound = max(bound, best.score, unseen)
            if length == EVERY_FORM:
                nested, nested_bound = search.nested(best, shorter_bound)
        answer = nested if nested and nested.loss < best.loss else best
        by_length.append(answer.scored(counts))
        certain = max(bound, nested_bound, -answer.loss)
        rounded_up = min(float(np.nextafter(float(certain), np.inf)), 1.0)
        bounds.append(by_length[-1].score if certain == -answer.loss else rounded_up)
        if on_length:
            on_length(length, by_length[-1], bounds[-1])
    return CertifiedResult(tuple(by_length), tuple(bounds), budget.nodes)


class _Budget:
    """The seconds and nodes that a search may spend."""

    def __init__(self, settings: OptimalSearch, cancelled: Callable[[], bool] | None) -> None:
        self.nodes = 0
        self._spent = 0
        self._most_nodes = math.inf if settings.nodes is None else settings.nodes
        self._latest = math.inf if settings.seconds is None else time.perf_counter() + settings.seconds
        self._ask = cancelled
        self._was_cancelled = False

    def cancelled(self) -> bool:
        """True if the search is to stop at once."""
        self._was_cancelled = self._was_cancelled or bool(self._ask and self._ask())
        return self._was_cancelled or time.perf_counter() > self._latest

    def exhausted(self, pairs: int) -> bool:
        """True if no further region, with so many pairs of concepts, may be looked into; if one may, it counts."""
        if self._spent >= self._most_nodes or self.cancelled():
            return True
        self.nodes += 1
        self._spent += 1 + pairs // MANY_PAIRS
        return False


class _Search:
    """The search for one unit."""

    def __init__(self, counts: UnitCounts, settings: OptimalSearch, excluded: Collection[int], budget: _Budget) -> None:
        self.table = counts.table
        self.counts = counts
        self.operators = tuple(OPERATORS.index(operator) for operator in settings.operators)
        self.concepts = np.setdiff1d(np.flatnonzero(self.table.concept_total), np.fromiter(excluded, np.int64))
        self.warm = WarmStart(counts, self.concepts, self.operators)
        self.budget = budget

    def threshold(self, best: Candidate, length: int, bound: float | Fraction) -> ThresholdToBeat:
        """The threshold for formulas of some length; see `ThresholdToBeat.of`."""
        return ThresholdToBeat.of(best, length, bound, self.counts.active_positions, self.table.positions)

    def of_length(self, length: int, best: Candidate, bound: float | Fraction) -> tuple[Candidate, Fraction]:
        """The best formula of a length, or the best so far, and an upper bound on those not looked at, 0 if none."""
        while True:
            threshold = self.threshold(best, length, bound)
            starters = self.warm.starters(threshold)
            measure: Fraction | None = Fraction(sum(list(starters.values())[:length]))
            if not self.budget.cancelled():
                best, measure = self._pass(length, best, threshold, starters)
            if measure is not None:
                return best, min(measure / (threshold.q * self.counts.active_positions), Fraction(1))

    def nested(self, best: Candidate, bound: float | Fraction) -> tuple[Nested | None, Fraction]:
        """The best nested formula above the best left-deep one, and a bound on those not looked at, 0 if none."""
        return best_nested(self.warm, self.threshold(best, EVERY_FORM, bound), best.score, self.budget.exhausted)

    def _pass(
        self, length: int, best: Candidate, threshold: ThresholdToBeat, starters: dict[int, int]
    ) -> tuple[Candidate, Fraction | None]:
        """One search with a fixed threshold: the best formula, and an upper bound on the measure of those that were not
        looked at; None when something so much better was found that it is worth to begin again with a higher threshold.
        """
        reduced = self._reduced(length, threshold, starters)
        if reduced is None:
            return best, Fraction(0)
        unit, sums, cells = reduced
        tree = RegionTree(unit, sums, cells, threshold, length, self.operators)
        enough = best.score * _MUCH_BETTER
        if length == 2:
            self.budget.nodes += 1
            best = self._best_of(tree.formulas((), 0.0), best, unit, enough)
            return best, None if best.score > enough else Fraction(0)
        tree.grow((), 0.0)
        while tree.heap:
            bound, _, leaves, gain = tree.heap[0]
            if self.budget.exhausted(tree.pairs_to_count(leaves)):
                return best, Fraction(-bound)
            heapq.heappop(tree.heap)
            if length - len(leaves) > 2:
                tree.grow(leaves, gain)
                continue
            best = self._best_of(tree.formulas(leaves, gain), best, unit, enough)
            if best.score > enough:
                return best, None
        return best, Fraction(0)

    def _reduced(
        self, length: int, threshold: ThresholdToBeat, starters: dict[int, int]
    ) -> tuple[UnitTable | UnitRows, PairSums, Cells] | None:
        """The rows and concepts that can matter; None when no formula can reach the threshold."""
        first = np.fromiter(starters, np.intp)
        rest = np.setdiff1d(self.concepts, first)
        if len(self.table) > MANY_ROWS:
            found = self._cut_down(self.warm.active_part, first, rest, length, threshold, self._sums_by_active_rows)
            if found is None:
                return None
            unit, sums, cells = found
            first, rest = unit.concepts[: unit.starters], unit.concepts[unit.starters :]
            many = len(unit.concepts) > (MANY_CONCEPTS if length > 3 else MANY_CONCEPTS_OF_THREE)
            if many and len(self.table.rows_with_any(first)) > MANY_ROWS:
                return UnitRows(self.table, self.counts.active, first, rest), sums, cells
        whole = UnitTable.of_rows(self.table, self.counts.active, self.table.rows_with_any(first))
        return self._cut_down(whole, first, rest, length, threshold, _sums)

    def _cut_down(
        self,
        unit: UnitTable,
        first: NDArray[np.intp],
        rest: NDArray[np.intp],
        length: int,
        threshold: ThresholdToBeat,
        sums_of: Callable[[UnitTable, ThresholdToBeat], PairSums],
    ) -> tuple[UnitTable, PairSums, Cells] | None:
        """The table without the concepts that cannot matter, again and again, until all can; None when none can.

        Parameters
        ----------
        first, rest
            The starters to begin with, and the other concepts, as places in `unit`.
        sums_of
            Gives the pair sums of a table, or of one that it is a part of.
        """
        wanted = Effort.ROUGH if length > 2 else Effort.FINE
        while first.size:
            unit = unit.restricted(first, rest)
            sums = sums_of(unit, threshold)
            effort = wanted if unit.starters**2 * len(unit.concepts) <= AFFORDABLE else Effort.QUICK
            cells = possible_cells(sums, length, threshold.measure, self.operators, effort)
            first, rest = cells.relevant(sums, threshold.least_gain, effort)
            if len(first) == unit.starters and len(first) + len(rest) == len(unit.concepts):
                if effort in {Effort.QUICK, Effort.FINE}:
                    return unit, sums, cells
                wanted = Effort.FINE
        return None

    def _sums_by_active_rows(self, part: UnitTable, threshold: ThresholdToBeat) -> PairSums:
        """The pair sums of all rows, given only those with active positions.

        These are few, and no others have a positive weight. What the others subtract is known from the counts of pairs
        over the whole table, which are the same for every unit.
        """
        rows, starters = np.arange(len(part.total)), part.concepts[: part.starters]
        gained = part.pair_sums(rows, (threshold.p + threshold.q) * part.active).signed
        signed = gained - threshold.p * self.table.pair_total[np.ix_(starters, part.concepts)]
        return PairSums(signed, part.pair_sums(rows, threshold.weights(part.active, part.total)).positive)

    def _best_of(
        self, formulas: Iterator[LeftDeep], best: Candidate, unit: UnitTable | UnitRows, enough: float | Fraction
    ) -> Candidate:
        """The best of the formulas, which are of places in the unit's table, and the best so far; or the first one
        with an IoU above `enough`, as that ends the pass.
        """
        for form in formulas:
            truth = form.truth(unit.rows_with, len(unit.total))
            found = LeftDeep.of(unit.concepts[list(form.concepts)].tolist(), form.operators).canonical()
            best = min(best, self.counts.exact(found, int(unit.total[truth].sum()), int(unit.active[truth].sum())))
            if best.score > enough:
                break
        return best


def _sums(unit: UnitTable, threshold: ThresholdToBeat) -> PairSums:
    return unit.pair_sums(np.arange(len(unit.total)), threshold.weights(unit.active, unit.total))


# So much better than the incumbent must a formula be that the search begins again with a higher one.
_MUCH_BETTER = Fraction(101, 100)

# Regions with more pairs of concepts count as several.
MANY_PAIRS = 200_000

# More starters² · concepts are too many for sharp bounds: seconds.
AFFORDABLE = 200_000_000

# Where more rows and more concepts are left, they are not merged but looked up (see `UnitRows`). The regions of short
# formulas are few and hardly need the rows.
MANY_ROWS = 20_000
MANY_CONCEPTS = 250
MANY_CONCEPTS_OF_THREE = 30
