"""The search tree of the certified search: leaves chosen from the last to the first, and the rows they leave open."""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.search.bounds import Cells, best_pairs, child_bounds, pair_measures
from compexp_widgets.search.extensions import AND, AND_NOT, OR, LeftDeep
from compexp_widgets.search.unit_table import PairSums, UnitRows, UnitTable
from compexp_widgets.search.warm_start import ThresholdToBeat

FEW_PAIRS = 10  # that are looked at one by one rather than through the sums of their region
_FEW_OF = 8  # to judge a pair takes so many times less than to count it
_KEPT_REGIONS = 2**26  # bytes of pair sums kept for the children of a region


class ChosenLeaf(NamedTuple):
    """A leaf that was chosen: a concept by its place in the unit's table, and the operator before it."""

    concept: int
    operator: int


class LeafPairs(NamedTuple):
    """Pairs of leaves that a formula may begin with: places of concepts, and the operators between them; intp."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    operators: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Region:
    """Rows where the chosen leaves leave the formula open, and the pair sums over them."""

    rows: NDArray[np.bool_]
    sums: PairSums

    @cached_property
    def best_pairs(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """See `bounds.best_pairs`."""
        return best_pairs(self.sums)


class RegionTree:
    """The nodes that can lead to the threshold, the largest upper bound first."""

    def __init__(
        self,
        unit: UnitTable | UnitRows,
        sums: PairSums,
        cells: Cells,
        threshold: ThresholdToBeat,
        length: int,
        operators: tuple[int, ...],
    ) -> None:
        self.unit = unit
        self.cells = cells
        self.measure = threshold.measure
        self.length = length
        self.operators = operators
        self.weights = threshold.weights(unit.active, unit.total)
        self.heap: list[tuple[float, int, tuple[ChosenLeaf, ...], float]] = []
        self._grown = 0
        self._root = Region(np.ones(len(unit.total), np.bool_), sums)
        self._kept: OrderedDict[tuple[ChosenLeaf, ...], Region] = OrderedDict()

    def region(self, leaves: tuple[ChosenLeaf, ...]) -> Region:
        """The rows that the chosen leaves, last leaf of the formula first, leave open."""
        if not leaves:
            return self._root
        if leaves not in self._kept:
            parent, leaf = self.region(leaves[:-1]), leaves[-1]
            with_leaf = self.unit.rows_with(leaf.concept)
            with_leaf = with_leaf[parent.rows[with_leaf]]
            sums = self.unit.pair_sums(with_leaf, self.weights)
            if leaf.operator == AND:
                rows = np.zeros_like(parent.rows)
                rows[with_leaf] = True
            else:
                rows = parent.rows.copy()
                rows[with_leaf] = False
                sums = PairSums(parent.sums.signed - sums.signed, parent.sums.positive - sums.positive)
            self._kept[leaves] = Region(rows, sums)
            while len(self._kept) > 2 and len(self._kept) * (rows.nbytes + 2 * sums.signed.nbytes) > _KEPT_REGIONS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(leaves)
        return self._kept[leaves]

    def pairs_to_count(self, leaves: tuple[ChosenLeaf, ...]) -> int:
        """Pairs of concepts that are counted, at most, to look into a node, or what takes as long."""
        few = self.length - len(leaves) == 2 and isinstance(self.unit, UnitTable)
        return self._root.sums.signed.size // (_FEW_OF if few else 1)

    def grow(self, leaves: tuple[ChosenLeaf, ...], gain: float) -> None:
        """Put the children of a node on the heap that can lead to the threshold."""
        region = self.region(leaves)
        used = np.array([leaf.concept for leaf in leaves], np.intp)
        within, outside = child_bounds(
            region.sums,
            self.cells,
            used,
            self.length - len(leaves) - 1,
            any(leaf.operator == AND for leaf in leaves),
            self.operators,
        )
        starters = len(within)
        joined = gain + np.diagonal(region.sums.signed)
        for operator in self.operators:
            bound = {OR: joined + outside[:starters], AND: gain + within}.get(operator, gain + outside)
            hopeful = bound >= self.measure
            hopeful[used[used < len(hopeful)]] = False
            misplaced = _first_misplaced(leaves, operator)
            if misplaced is not None:
                hopeful[misplaced:] = False
            for concept in np.flatnonzero(hopeful).tolist():
                self._grown += 1
                total_gain = float(joined[concept]) if operator == OR else gain
                child = (*leaves, ChosenLeaf(concept, operator))
                heapq.heappush(self.heap, (-float(bound[concept]), self._grown, child, total_gain))

    def formulas(self, leaves: tuple[ChosenLeaf, ...], gain: float) -> Iterator[LeftDeep]:
        """Formulas that end in the chosen leaves, begin with any two and reach the threshold, or a few more."""
        if not leaves:
            pairs = self._pairs_of_region(leaves, gain)
        else:
            pairs = self._possible_pairs(leaves, gain)
            if len(pairs.first) > FEW_PAIRS and isinstance(self.unit, UnitTable):
                pairs = self._reaching(pairs, leaves, gain, self.unit)
            elif len(pairs.first) > FEW_PAIRS:
                pairs = self._pairs_of_region(leaves, gain)
        ends = tuple(leaf.concept for leaf in leaves[::-1]), tuple(leaf.operator for leaf in leaves[::-1])
        for a, b, operator in zip(*(part.tolist() for part in pairs), strict=True):
            yield LeftDeep.of((a, b, *ends[0]), (operator, *ends[1]))

    def _reaching(self, pairs: LeafPairs, leaves: tuple[ChosenLeaf, ...], gain: float, unit: UnitTable) -> LeafPairs:
        """Those of the pairs that do reach the threshold, the largest measure first: only their sums are counted."""
        region, (x, last) = self.region(leaves[:-1]), leaves[-1]
        rows = unit.rows_with(x)
        (first, a), (second, b) = (np.unique(part, return_inverse=True) for part in (pairs.first, pairs.second))
        together, alone_first, alone_second = unit.block_sums(rows[region.rows[rows]], self.weights, first, second)
        both, single_a, single_b = together[a, b], alone_first[a], alone_second[b]
        if last != AND:
            single = np.diagonal(region.sums.signed)
            both = region.sums.signed[pairs.first, pairs.second] - both
            single_a = single[pairs.first] - single_a
            # Of a second leaf behind AND NOT that is no starter, it is neither known nor needed.
            single_b = single[np.minimum(pairs.second, len(single) - 1)] - single_b
        measure = np.choose(
            [(OR, AND, AND_NOT).index(operator) for operator in pairs.operators.tolist()],
            [single_a + single_b - both, both, single_a - both],
        )
        order = np.lexsort((pairs.second, pairs.first, pairs.operators, -measure))
        order = order[measure[order] + gain >= self.measure]
        return LeafPairs(*(part[order] for part in pairs))

    def _possible_pairs(self, leaves: tuple[ChosenLeaf, ...], gain: float) -> LeafPairs:
        """The pairs of leaves that can reach the threshold before the chosen ones.

        Judged by what is known before the last of the chosen leaves, x: all sums over pairs. Only the measure of
        ``a AND b AND x`` is not, and that is at least −min(N_ab, N_ax, N_bx) and at most min(P_ab, P_ax, P_bx).
        """
        region, (x, last) = self.region(leaves[:-1]), leaves[-1]
        concepts = np.arange(region.sums.signed.shape[1])
        unused = np.ones(len(concepts), np.bool_)
        unused[[leaf.concept for leaf in leaves]] = False
        a = self._possible_firsts(region, x, last, gain)
        a = a[unused[a]]
        if not a.size:
            return LeafPairs(*np.zeros((3, 0), np.intp))
        signed, positive = region.sums.signed[a], region.sums.positive[a]
        lost = positive - signed
        most = np.minimum(np.minimum(positive, positive[:, [x]]), _partners(region.sums.positive, x))
        least = -np.minimum(np.minimum(lost, lost[:, [x]]), _partners(region.sums.positive - region.sums.signed, x))
        single, with_x = np.diagonal(region.sums.signed), region.sums.signed[:, x]
        starters = len(single)
        if last == AND:
            both, apart = most, with_x[a, None] - least
            either = with_x[a, None] + with_x - least[:, :starters]
        else:
            outside = single - with_x
            both, apart = signed - least, outside[a, None] - signed + most
            either = outside[a, None] + outside - signed[:, :starters] + most[:, :starters]
        bound = {OR: either, AND: np.where(concepts > a[:, None], both, -np.inf)[:, :starters], AND_NOT: apart}
        free = (concepts != a[:, None]) & unused
        found = [
            np.nonzero(free[:, : bound[operator].shape[1]] & (bound[operator] + gain >= self.measure))
            for operator in self.operators
        ]
        first, second = (np.concatenate([pair[side] for pair in found]) for side in (0, 1))
        return LeafPairs(a[first], second, np.repeat(self.operators, [len(pair[0]) for pair in found]))

    def _possible_firsts(self, region: Region, x: int, last: int, gain: float) -> NDArray[np.intp]:
        """The starters that can be in such a pair; of ``a OR b`` the one that gains more by x."""
        signed, positive = region.sums.signed[:, x], region.sums.positive[:, x]
        if last == AND:
            bound = 2 * positive if OR in self.operators else positive
        else:
            best, either = region.best_pairs
            bound = best + positive - signed
            if OR in self.operators:
                bound = np.maximum(bound, either + 2 * (positive - signed))
        return np.flatnonzero(bound + gain >= self.measure)

    def _pairs_of_region(self, leaves: tuple[ChosenLeaf, ...], gain: float) -> LeafPairs:
        """All pairs of leaves that reach the threshold before the chosen ones, the largest measure first."""
        sums = self.region(leaves).sums
        used = np.array([leaf.concept for leaf in leaves], np.intp)
        found = []
        for operator in self.operators:
            measure = pair_measures(sums, operator)
            measure[used[used < len(measure)]] = -np.inf
            measure[:, used[used < measure.shape[1]]] = -np.inf
            a, b = np.nonzero(measure + gain >= self.measure)
            found.append((measure[a, b], np.full(len(a), operator), a, b))
        measures, operators, first, second = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((second, first, operators, -measures))
        return LeafPairs(first[order], second[order], operators[order])


def _partners(sums: NDArray[np.float64], concept: int) -> NDArray[np.float64]:
    """The sums of a concept with every other one, shape (C,); ∞ where they are not known, as neither is a starter."""
    starters, concepts = sums.shape
    if concept < starters:
        row: NDArray[np.float64] = sums[concept]
        return row
    return np.concatenate([sums[:, concept], np.full(concepts - starters, np.inf)])


def _first_misplaced(leaves: tuple[ChosenLeaf, ...], operator: int) -> int | None:
    """The concepts, from this place on, before which the next leaf need not be tried, as it changes places with the
    one chosen before: of OR, of AND and of AND NOT the larger place comes last, and AND comes after AND NOT.
    """
    if not leaves or (operator == OR) != (leaves[-1].operator == OR):
        return None
    if operator == leaves[-1].operator:
        return leaves[-1].concept
    return 0 if operator == AND else None
