"""A slow, obvious search to compare with: every candidate formula is evaluated on every position."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from compexp_widgets.search import OPERATORS, BeamSearch, Overlap


@dataclass(frozen=True)
class Labelled:
    """Positions one by one: which concepts hold at each (bool, positions × concepts), and where the unit is active."""

    concepts: np.ndarray
    active: np.ndarray

    def truth(self, formula: tuple) -> np.ndarray:
        """A formula is ((operator, concept), …), the first operator empty."""
        truth = self.concepts[:, formula[0][1]].copy()
        for operator, concept in formula[1:]:
            other = self.concepts[:, concept]
            truth = truth | other if operator == "OR" else truth & (other if operator == "AND" else ~other)
        return truth

    def overlap(self, formula: tuple) -> Overlap:
        truth = self.truth(formula)
        return Overlap(int(self.active.sum()), int(truth.sum()), int((truth & self.active).sum()))


def beams(data: Labelled, settings: BeamSearch, excluded: frozenset[int] = frozenset()) -> list[list[tuple]]:
    """The beam after every length, each a list of formulas, best first."""

    def score(formula: tuple) -> float:
        overlap = data.overlap(formula)
        return overlap.score(settings.metric) * settings.length_penalty ** (len(formula) - 1)

    def order(formula: tuple) -> tuple:
        operators = tuple(OPERATORS.index(operator) for operator, _ in formula[1:])
        return (-score(formula), len(formula), tuple(concept for _, concept in formula), operators)

    def best(formulas: set[tuple]) -> list[tuple]:
        kept: list[tuple] = []
        for formula in sorted((f for f in formulas if data.overlap(f).intersection > 0), key=order):
            same = [f for f in kept if np.array_equal(data.truth(f), data.truth(formula))]
            if not (settings.distinct and same):
                kept.append(formula)
        return kept[: settings.beam_size]

    allowed = [c for c in range(data.concepts.shape[1]) if data.concepts[:, c].any() and c not in excluded]
    singles = sorted((((("", c),)) for c in allowed), key=order)
    candidates = [formula[0][1] for formula in singles[: settings.candidate_limit]]
    found = [best(set(singles))]
    for _ in range(settings.max_length - 1):
        grown = {
            (*formula, (operator, concept))
            for formula, operator, concept in itertools.product(found[-1], settings.operators, candidates)
        }
        found.append(best({*found[-1], *grown}))
    return found
