"""A left-deep formula as numbers, concept indices and the operators between them; and which writings say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.formula import And, AnyLeaf, Formula, Not, Or
from compexp_widgets.search.beam import OPERATORS
from compexp_widgets.signatures import SignatureTable

OR, AND, AND_NOT = range(len(OPERATORS))


@dataclass(frozen=True, order=True)
class LeftDeep:
    """A left-deep formula; the smaller of two is the one that wins a tie: shorter, concept order, operator order.

    Attributes
    ----------
    length
        Number of leaves.
    concepts
        Index of every leaf's concept, left to right.
    operators
        Index into `OPERATORS` of what joins each leaf but the first.
    """

    length: int
    concepts: tuple[int, ...]
    operators: tuple[int, ...]

    @classmethod
    def of(cls, concepts: Sequence[int], operators: Sequence[int]) -> LeftDeep:
        """The formula of the given leaves."""
        return cls(len(concepts), tuple(concepts), tuple(operators))

    @classmethod
    def read(cls, formula: Formula, index_of: dict[AnyLeaf, int]) -> LeftDeep:
        """The numbers of a formula that a search has written."""
        concepts = [index_of[leaf] for leaf in formula.leaves()]
        operators: list[int] = []
        while formula.operands:
            kind = OR if isinstance(formula, Or) else AND
            formula, right = formula.operands
            operators.append(AND_NOT if isinstance(right, Not) else kind)
        return cls.of(concepts, operators[::-1])

    def formula(self, leaves: Sequence[AnyLeaf]) -> Formula:
        """The tree, given how all concepts are written."""
        tree: Formula = leaves[self.concepts[0]]
        for concept, operator in zip(self.concepts[1:], self.operators, strict=True):
            leaf = leaves[concept]
            tree = Or(tree, leaf) if operator == OR else And(tree, Not(leaf) if operator == AND_NOT else leaf)
        return tree

    def truth(self, table: SignatureTable) -> NDArray[np.bool_]:
        """bool, shape (S,): the signatures on which the formula holds."""
        truth = table.concept_truth(self.concepts[0])
        for concept, operator in zip(self.concepts[1:], self.operators, strict=True):
            other = table.concept_truth(concept)
            truth = truth | other if operator == OR else truth & (other if operator == AND else ~other)
        return truth

    def canonical(self) -> LeftDeep:
        """The smallest formula that differs only in the order of neighbours which may change places.

        Within a run of OR, and within a run of AND and AND NOT, the leaves may stand in any order; the first leaf of
        the formula belongs to its first run, as a concept that is not negated.
        """
        leaves = list(zip(self.concepts, (self.operators or (OR,))[:1] + self.operators, strict=True))
        leaves[0] = (leaves[0][0], OR if leaves[0][1] == OR else AND)
        ordered: list[tuple[int, int]] = []
        for _, run in groupby(leaves, key=lambda leaf: leaf[1] == OR):
            ordered += sorted(run)
        first = next(place for place, (_, operator) in enumerate(ordered) if operator != AND_NOT)
        ordered.insert(0, ordered.pop(first))
        return LeftDeep.of([concept for concept, _ in ordered], [operator for _, operator in ordered[1:]])
