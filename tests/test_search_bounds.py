"""The bounds of the certified search against every formula of a few small tables with any weights, not only a unit's.

The searches' own tests seldom depend on one term of a bound; here each has to hold wherever it is used.
"""

from collections.abc import Iterator

import numpy as np
import pytest

from compexp_widgets.search.bounds import Cells, Effort, child_bounds, possible_cells
from compexp_widgets.search.extensions import AND, AND_NOT, OR
from compexp_widgets.search.unit_table import PairSums, UnitTable
from compexp_widgets.signatures import SignatureTable

ALL = (OR, AND, AND_NOT)


class Weighed:
    """A table whose rows have weights of either sign, and every left-deep formula over it with its measure."""

    def __init__(self, random: np.random.Generator, length: int) -> None:
        self.width = int(random.integers(length, 6))
        self.length = length
        kind = random.choice(["every set", "two layers", "random"])
        if kind == "every set":
            self.truth = (np.arange(2**self.width)[:, None] >> np.arange(self.width)) % 2 == 1
        elif kind == "two layers":
            colours = self.width // 2
            first, second = np.divmod(np.arange((colours + 1) * (self.width - colours + 1)), self.width - colours + 1)
            self.truth = np.zeros((len(first), self.width + 2), bool)
            self.truth[np.arange(len(first)), first] = True
            self.truth[np.arange(len(first)), colours + 1 + second] = True
            # The last one of each layer stands for no concept.
            self.truth = np.delete(self.truth, [colours, self.width + 1], axis=1)
        else:
            self.truth = random.random((int(random.integers(2, 10)), self.width)) < random.uniform(0.2, 0.8, self.width)
        rows = len(self.truth)
        size = random.choice([1, 5, 100])
        self.weights = random.integers(-size, size + 1, rows).astype(float)
        if random.random() < 0.5:
            # One formula gets nearly all the positive rows, so that its bounds are tight.
            planted = self.truth[:, random.permutation(self.width)[:length]].T
            holds = planted[0]
            for other in planted[1:]:
                holds = (holds | other, holds & other, holds & ~other)[random.integers(3)]
            self.weights = np.where(holds ^ (random.random(rows) < 0.05), 1, -1) * abs(self.weights)
        sets = [np.flatnonzero(row).tolist() for row in self.truth]
        table = SignatureTable.from_sets([f"c{index}" for index in range(self.width)], sets, [1] * rows)
        self.unit = UnitTable.of_rows(table, np.ones(rows, np.int64), np.arange(rows))
        self.sums = self.sums_within(np.ones(rows, bool))
        self.formulas = list(self.grown(length))

    def sums_within(self, region: np.ndarray) -> PairSums:
        return self.unit.pair_sums(np.flatnonzero(region), self.weights)

    def grown(self, length: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], float]]:
        """Concepts, operators and measure of every formula with so many leaves."""

        def grow(
            concepts: tuple[int, ...], operators: tuple[int, ...], holds: np.ndarray
        ) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], float]]:
            if len(concepts) == length:
                yield concepts, operators, float(self.weights @ holds)
                return
            for c in set(range(self.width)) - set(concepts):
                other = self.truth[:, c]
                for operator, joined in ((OR, holds | other), (AND, holds & other), (AND_NOT, holds & ~other)):
                    yield from grow((*concepts, c), (*operators, operator), joined)

        for c in range(self.width):
            yield from grow((c,), (), self.truth[:, c])

    def threshold(self, random: np.random.Generator) -> float:
        """A measure that few formulas reach; half the time the largest."""
        measures = np.unique([measure for *_, measure in self.formulas])
        return float(measures[-1] if random.random() < 0.5 else random.choice(measures[-4:]))

    def reach_of_end(self, cells: Cells, leaves: list[tuple[int, int]]) -> float:
        """The bound on formulas that end in these leaves, last leaf first."""
        region, gain, inside = np.ones(len(self.truth), bool), 0.0, False
        for concept, operator in leaves[:-1]:
            gain += float(self.weights @ (region & self.truth[:, concept])) if operator == OR else 0
            region &= self.truth[:, concept] if operator == AND else ~self.truth[:, concept]
            inside |= operator == AND
        concept, operator = leaves[-1]
        used = np.array([concept for concept, _ in leaves[:-1]], np.intp)
        sums = self.sums_within(region)
        within, outside = child_bounds(sums, cells, used, self.length - len(leaves), inside, ALL)
        gain += float(sums.signed[concept, concept]) if operator == OR else 0
        return gain + float((within if operator == AND else outside)[concept])


@pytest.mark.parametrize(("length", "tables"), [(3, 400), (4, 100), (5, 3)])
def test_a_formula_that_reaches_the_threshold_is_within_the_bound_of_every_end_of_it(length: int, tables: int):
    random = np.random.default_rng(length)
    for _ in range(tables):
        weighed = Weighed(random, length)
        threshold = weighed.threshold(random)
        cells = possible_cells(weighed.sums, length, threshold, ALL)
        bounds: dict[tuple, float] = {}
        for concepts, operators, measure in weighed.formulas:
            if measure < threshold:
                continue
            leaves = list(zip(concepts[1:], operators, strict=True))[::-1]
            for count in range(1, length - 1):
                end = tuple(leaves[:count])
                if end not in bounds:
                    bounds[end] = weighed.reach_of_end(cells, leaves[:count])
                assert measure <= bounds[end], (concepts, operators)


@pytest.mark.parametrize("effort", Effort)
@pytest.mark.parametrize(("length", "tables"), [(2, 300), (3, 400), (4, 100), (5, 3)])
def test_a_formula_that_reaches_the_threshold_has_only_relevant_concepts(length: int, tables: int, effort: Effort):
    random = np.random.default_rng(10 + length)
    for _ in range(tables):
        weighed = Weighed(random, length)
        threshold = weighed.threshold(random)
        shorter = max(float(measure) for count in range(1, length) for *_, measure in weighed.grown(count))
        least_gain = threshold - shorter
        if least_gain <= 0:
            continue
        cells = possible_cells(weighed.sums, length, threshold, ALL, effort)
        starters, others = cells.relevant(weighed.sums, least_gain, effort)
        for concepts, operators, measure in weighed.formulas:
            if measure >= threshold:
                negated = {c for c, operator in zip(concepts[1:], operators, strict=True) if operator == AND_NOT}
                assert set(concepts) - negated <= set(starters.tolist()), (concepts, operators)
                assert negated <= {*starters.tolist(), *others.tolist()}, (concepts, operators)
