"""Left-deep formulas, their counts and scores, and the counts of all their extensions by one concept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compexp_widgets.errors import SearchError
from compexp_widgets.formula import And, AnyLeaf, Formula, Not, Or
from compexp_widgets.notebook_html import Html, block, facts, score_bar, section
from compexp_widgets.short_text import one_line, score_text
from compexp_widgets.signatures import SignatureTable

Operator = Literal["OR", "AND", "AND NOT"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
OR, AND, AND_NOT = range(len(OPERATORS))

Metric = Literal["iou", "precision", "recall", "f1"]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True)
class Overlap:
    """Counts of positions from which every score follows.

    Attributes
    ----------
    active
        Positions where the unit is active.
    formula_count
        Positions where the formula holds.
    intersection
        Positions where both are so.
    """

    active: int
    formula_count: int
    intersection: int

    @classmethod
    def of(cls, truth: NDArray[np.bool_], total: NDArray[np.int64], active: NDArray[np.int64]) -> Overlap:
        """The counts of a formula with this truth on every signature; all arrays have shape (S,)."""
        return cls(int(active.sum()), int(total[truth].sum()), int(active[truth].sum()))

    @classmethod
    def from_json(cls, value: Mapping[str, int]) -> Overlap:
        """Read what `to_json` wrote."""
        return cls(value["active"], value["holds"], value["both"])

    def to_json(self) -> dict[str, int]:
        """The counts as studies keep them, under the names that they always had there."""
        return {"active": self.active, "holds": self.formula_count, "both": self.intersection}

    @property
    def iou(self) -> float:
        """Intersection over union, in [0, 1]: of all positions where either is so, the share where both are."""
        return self.score("iou")

    @property
    def precision(self) -> float:
        """Of the positions where the formula holds, the share where the unit is active."""
        return self.score("precision")

    @property
    def recall(self) -> float:
        """Of the unit's active positions, the share where the formula holds."""
        return self.score("recall")

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return self.score("f1")

    def score(self, metric: Metric) -> float:
        """One of the scores by its name."""
        return float(scores(metric, self.active, self.formula_count, self.intersection))

    def _repr_html_(self) -> Html:
        return section("Overlap", facts(overlap_rows(self)))


def scores(metric: Metric, active: ArrayLike, formula_count: ArrayLike, intersection: ArrayLike) -> NDArray[np.float64]:
    """A metric for many formulas at once; 0 where it is undefined (0/0).

    Parameters
    ----------
    metric
        ``"iou"``, ``"precision"``, ``"recall"`` or ``"f1"``.
    active, formula_count, intersection
        Counts as in `Overlap`; arrays broadcast against each other.

    Raises
    ------
    SearchError
        When there is no such metric.
    """
    active, formula_count, intersection = np.asarray(active), np.asarray(formula_count), np.asarray(intersection)
    if metric == "iou":
        part, whole = intersection, active + formula_count - intersection
    elif metric == "precision":
        part, whole = intersection, formula_count
    elif metric == "recall":
        part, whole = intersection, active
    elif metric == "f1":
        part, whole = 2 * intersection, active + formula_count
    else:
        raise SearchError(f"no metric {metric!r}; there are {', '.join(METRICS)}")
    score: NDArray[np.float64] = np.zeros(np.broadcast(part, whole).shape)
    np.divide(part, whole, out=score, where=whole > 0)
    return score


def exact_iou(active: int, formula_count: int, intersection: int) -> Fraction:
    """The IoU of counts as in `Overlap`, of which one is not 0."""
    return Fraction(intersection, active + formula_count - intersection)


@dataclass(frozen=True)
class ScoredFormula:
    """A formula with the counts that its scores follow from.

    Attributes
    ----------
    formula
        What was found.
    overlap
        Its counts against the unit's active positions.
    score
        What the search maximised: metric × length penalty.
    """

    formula: Formula
    overlap: Overlap
    score: float

    def __str__(self) -> str:
        return f"{self.formula}, IoU {score_text(self.overlap.iou)}"

    def __repr__(self) -> str:
        return f"<{one_line(str(self.formula), 300)}, IoU {score_text(self.overlap.iou)}>"

    def _inline_html_(self) -> Html:
        return self.formula._inline_html_()

    def _repr_html_(self) -> Html:
        return block(self._inline_html_(), facts(overlap_rows(self.overlap)))


_SHOWN: dict[Metric, str] = {"iou": "IoU", "precision": "precision", "recall": "recall"}


def overlap_rows(overlap: Overlap) -> list[tuple[str, str]]:
    """The scores of an overlap with their bars, and its counts: names and values."""
    active, holds, both = overlap.active, overlap.formula_count, overlap.intersection
    scores_shown = [(name, score_bar(overlap.score(metric))) for metric, name in _SHOWN.items()]
    return [*scores_shown, ("positions", f"{active:,} active, {holds:,} with the formula, {both:,} both")]


def joined(formula: Formula | None, operator: Operator, leaf: AnyLeaf) -> Formula:
    """The formula with one more leaf at its end; the leaf alone where there is no formula yet."""
    if formula is None:
        return leaf
    if operator == "OR":
        return Or(formula, leaf)
    return And(formula, Not(leaf) if operator == "AND NOT" else leaf)


class LeftDeep(NamedTuple):
    """A left-deep formula as numbers; the smaller of two wins a tie: shorter, concept order, operator order.

    Attributes
    ----------
    length
        Number of leaves; 0 for the formula that holds nowhere.
    concepts
        Index of every leaf's concept, left to right.
    operators
        Index into `OPERATORS` of what joins each leaf but the first.
    """

    length: int
    concepts: tuple[int, ...]
    operators: tuple[int, ...]

    @classmethod
    def of(cls, concepts: Iterable[int], operators: Iterable[int]) -> LeftDeep:
        """The formula of the given leaves."""
        concepts = tuple(concepts)
        return cls(len(concepts), concepts, tuple(operators))

    def extended(self, operator: int, concept: int) -> LeftDeep:
        """The formula with one more leaf at its end."""
        operators = (*self.operators, operator) if self.length else ()
        return LeftDeep(self.length + 1, (*self.concepts, concept), operators)

    @property
    def prefix(self) -> LeftDeep:
        """The formula without its last leaf."""
        return LeftDeep(self.length - 1, self.concepts[:-1], self.operators[:-1])

    def formula(self, leaves: Sequence[AnyLeaf]) -> Formula:
        """The tree, given how all concepts are written."""
        tree: Formula = leaves[self.concepts[0]]
        for concept, operator in zip(self.concepts[1:], self.operators, strict=True):
            tree = joined(tree, OPERATORS[operator], leaves[concept])
        return tree

    def truth(self, rows_with: Callable[[int], NDArray[np.intp]], rows: int) -> NDArray[np.bool_]:
        """bool, shape (rows,): where the formula holds, given the rows that contain each concept."""
        truth = np.zeros(rows, np.bool_)
        for concept, operator in zip(self.concepts, (OR, *self.operators), strict=True):
            truth = extended_truth(truth, operator, rows_with(concept))
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


class Candidate(NamedTuple):
    """A left-deep formula with its counts; the smaller of two is the better one.

    Attributes
    ----------
    loss
        The score, negated: in floating point in a beam, as a fraction, the exact IoU, in a proof.
    form
        In concepts of the signature table. Of equal scores the shorter formula wins, then concept order, then operator
        order.
    formula_count, intersection
        As in `Overlap`.
    """

    loss: float | Fraction
    form: LeftDeep
    formula_count: int
    intersection: int

    @property
    def score(self) -> float | Fraction:
        """The larger the better."""
        return -self.loss

    def scored(self, counts: UnitCounts) -> ScoredFormula:
        """The formula as searches return it."""
        overlap = Overlap(counts.active_positions, self.formula_count, self.intersection)
        return ScoredFormula(self.form.formula(counts.table.leaves), overlap, float(self.score))


def extended_truth(truth: NDArray[np.bool_], operator: int, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """bool, shape (S,): where a formula holds that is joined to a concept, which holds in these rows."""
    if operator == AND:
        extended = np.zeros_like(truth)
        extended[rows] = truth[rows]
    else:
        extended = truth.copy()
        extended[rows] = operator == OR
    return extended


def extension_counts(
    operators: Sequence[int],
    whole: int,
    alone: NDArray[np.int64],
    together: NDArray[np.int64],
    out: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """The counts of all extensions of a formula F by one concept: the one idea that every search rests on.

    The IoU of *any* formula depends on a position (a pixel of the annotation grid, a sentence pair, a token) only
    through the set of concepts that hold there. Positions with the same set are one row, a *signature*, with
    ``total[s]`` positions; a unit adds one vector, ``active[s]`` of them active. Then ::

        IoU(F) = Σ active·F / (Σ active + Σ total·F − Σ active·F)        exactly,

    and the counts of *all* one-concept extensions of F come from two weighted histograms over the signatures where F
    holds, one of `total` and one of `active`: they give the count of ``F AND c`` for every concept c at once, and ::

        count(F AND NOT c) = count(F) − count(F AND c)
        count(F OR c)      = count(F) + count(c) − count(F AND c)

    So the cost follows the number of distinct label combinations, not of images or pixels. This function is these two
    lines, for positions or for active positions; `UnitCounts.conjunctions` makes the histograms.

    Parameters
    ----------
    operators
        What joins a concept to F, as indices into `OPERATORS`.
    whole
        Positions where F holds.
    alone, together
        int64, shape (C,): positions where c holds, and where ``F AND c`` does.
    out
        int64, shape (operators, C): an array to write to.

    Returns
    -------
    int64, shape (operators, C)
    """
    counts = np.empty((len(operators), len(alone)), np.int64) if out is None else out
    for row, operator in enumerate(operators):
        if operator == AND:
            counts[row] = together
        elif operator == AND_NOT:
            np.subtract(whole, together, out=counts[row])
        else:
            np.subtract(alone, together, out=counts[row])
            counts[row] += whole
    return counts


class Conjunctions(NamedTuple):
    """Counts of a formula's conjunctions with single concepts.

    Attributes
    ----------
    truth
        bool, shape (S,): where the formula holds.
    formula_count, intersection
        int64, shape (C,): positions where it holds together with each concept, and those of them that are active.
    """

    truth: NDArray[np.bool_]
    formula_count: NDArray[np.int64]
    intersection: NDArray[np.int64]


class UnitCounts:
    """One unit's counts over a signature table.

    Parameters
    ----------
    table
        The probe dataset.
    active
        Integers, shape (S,): the unit's active positions a signature, between 0 and ``table.total``.

    Attributes
    ----------
    active_rows
        intp: the rows with active positions.
    active_positions
        How many positions are active.
    concept_intersection
        int64, shape (C,): active positions where each concept holds.
    nowhere
        Of the formula that holds nowhere.

    Raises
    ------
    SearchError
        When `active` does not fit the table.
    """

    def __init__(self, table: SignatureTable, active: NDArray[np.integer]) -> None:
        if active.shape != table.total.shape or not np.issubdtype(active.dtype, np.integer):
            raise SearchError(
                f"active must be integers of shape {table.total.shape}, one count a signature, "
                f"not {active.dtype} of shape {active.shape}: was it made from another table?"
            )
        if (wrong := (active < 0) | (active > table.total)).any():
            row = int(np.argmax(wrong))
            raise SearchError(f"signature {row} has {table.total[row]} positions, so {active[row]} cannot be active")
        self.table = table
        self.active = active.astype(np.int64)
        self.active_rows = np.flatnonzero(active)
        self.active_positions = int(active.sum())
        self.concept_intersection = table.count_by_concept(self.active_rows, self.active[self.active_rows])
        none = np.zeros_like(table.concept_total)
        self.nowhere = Conjunctions(np.zeros(len(table), np.bool_), none, none)
        self._everywhere = Conjunctions(np.ones(len(table), np.bool_), table.concept_total, self.concept_intersection)

    def overlap(self, truth: NDArray[np.bool_]) -> Overlap:
        """The counts of a formula with this truth on every signature."""
        return Overlap(self.active_positions, int(self.table.total[truth].sum()), int(self.active[truth].sum()))

    def exact(self, form: LeftDeep, formula_count: int, intersection: int) -> Candidate:
        """A formula with these counts, ranked by its exact IoU."""
        iou = exact_iou(self.active_positions, formula_count, intersection)
        return Candidate(-iou, form, formula_count, intersection)

    def conjunctions(
        self, truth: NDArray[np.bool_], *, near: Conjunctions | None = None, concept: int | None = None
    ) -> Conjunctions:
        """Counts of ``F AND c`` for every concept c, and a formula F.

        They are counted over the rows where F differs from the nearest formula whose counts are known: `near`, or the
        one that holds nowhere or everywhere.

        Parameters
        ----------
        truth
            bool, shape (S,): where F holds.
        near
            Known counts, such as those of F without its last leaf.
        concept
            What F says, where it is a single concept: all its positions are counted once for all units.
        """
        held = np.count_nonzero(truth)
        nearest = self.nowhere if 2 * held <= len(truth) else self._everywhere
        if near and np.count_nonzero(near.truth != truth) < min(held, len(truth) - held):
            nearest = near
        formula_count, intersection = nearest.formula_count, nearest.intersection
        changed = np.flatnonzero(truth != nearest.truth)
        for rows, sign in ((changed[truth[changed]], 1), (changed[~truth[changed]], -1)):
            if len(rows) and concept is None:
                formula_count = formula_count + sign * self.table.count_by_concept(rows, self.table.total[rows])
            active_rows = rows[self.active[rows] > 0]
            if len(active_rows):
                intersection = intersection + sign * self.table.count_by_concept(active_rows, self.active[active_rows])
        if concept is not None:
            formula_count = self.table.total_with(concept)
        return Conjunctions(truth, formula_count, intersection)
