"""Beam search for the formula that best describes a unit (Mu and Andreas 2020, section 3), with exact counts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import number_within, whole_number
from compexp_widgets.errors import SearchError
from compexp_widgets.notebook_html import fields_html
from compexp_widgets.search.extensions import (
    METRICS,
    OPERATORS,
    OR,
    Candidate,
    Conjunctions,
    LeftDeep,
    Metric,
    Operator,
    ScoredFormula,
    UnitCounts,
    extended_truth,
    extension_counts,
    scores,
)
from compexp_widgets.signatures import SignatureTable


@dataclass(frozen=True)
class BeamSearch:
    """The settings of a beam search.

    Attributes
    ----------
    beam_size
        Formulas kept from one length to the next.
    max_length
        Largest number of leaves of a formula.
    operators
        What may join a concept to a formula: ``"OR"``, ``"AND"``, ``"AND NOT"``.
    metric
        What is maximised: ``"iou"``, ``"precision"``, ``"recall"`` or ``"f1"``.
    length_penalty
        A formula's score is metric × length_penalty^(length − 1); 1 does not punish length.
    candidate_limit
        Extend only by so many concepts, the best on their own; None extends by every concept that occurs.
    distinct
        Formulas with the same truth on every signature count as one and take one place in the beam.
    """

    beam_size: int = 5
    max_length: int = 3
    operators: tuple[Operator, ...] = OPERATORS
    metric: Metric = "iou"
    length_penalty: float = 1.0
    candidate_limit: int | None = None
    distinct: bool = True

    _repr_html_ = fields_html

    def __post_init__(self) -> None:
        for name in ("beam_size", "max_length", "candidate_limit"):
            if (value := getattr(self, name)) is not None or name != "candidate_limit":
                object.__setattr__(self, name, whole_number(value, name, error=SearchError))
        penalty = number_within(self.length_penalty, "length_penalty", above=0, below=1, closed=True, error=SearchError)
        if not penalty:
            raise SearchError("length_penalty is above 0 and at most 1, not 0: every formula would score 0")
        object.__setattr__(self, "length_penalty", penalty)
        if not isinstance(self.metric, str) or self.metric not in METRICS:
            raise SearchError(f"no metric {self.metric!r:.60}; there are {', '.join(METRICS)}")
        if isinstance(self.operators, str) or not isinstance(self.operators, Iterable):
            raise SearchError(f"operators are several, such as ('OR', 'AND'), not {self.operators!r:.60}")
        if unknown := [name for name in self.operators if not isinstance(name, str) or name not in OPERATORS]:
            raise SearchError(f"no operator {unknown[0]!r:.60}; there are {', '.join(OPERATORS)}")
        # One spelling of one choice: the order in which operators are given changes nothing, not even a cache key.
        object.__setattr__(self, "operators", tuple(op for op in OPERATORS if op in self.operators))

    @classmethod
    def as_published(cls, **settings: Any) -> BeamSearch:
        """The search as in the paper's code: formulas that differ only in writing each take a place in the beam."""
        return cls(**{"distinct": False, **settings})


@dataclass(frozen=True)
class SearchResult:
    """The formulas that a beam search found.

    Attributes
    ----------
    by_length
        Entry ``n − 1`` is the best formula with at most n leaves: what a search with ``max_length=n`` answers. Empty
        when no concept holds at any active position.
    beam
        The formulas that survived the last length, best first: the answer and its runners-up.
    complete
        False when the search was cancelled; the rest is then the best so far.
    """

    by_length: tuple[ScoredFormula, ...] = ()
    beam: tuple[ScoredFormula, ...] = ()
    complete: bool = True

    @property
    def best(self) -> ScoredFormula | None:
        """The best formula, or None when nothing overlaps."""
        return self.by_length[-1] if self.by_length else None


class _Leading:
    """The leading extensions of many that come by: as soon as enough are there, the next must reach what they score.

    Attributes
    ----------
    least
        What an extension must score to be among them; those that tie with the last are.
    complete
        Whether all that came by are still among them.
    """

    def __init__(self, wanted: int, least: float) -> None:
        self.least = least
        self.complete = True
        self._wanted = wanted
        self._kept: list[tuple[float, LeftDeep, int, int, int, int]] = []

    def add(self, parent: LeftDeep, score: NDArray[np.float64], *columns: NDArray[np.int64]) -> None:
        """Extensions of one formula, shape (N,): scores, operators, concepts, formula counts and intersections."""
        if len(score) > self._wanted:
            self._leave_out_below(float(np.partition(score, -self._wanted)[-self._wanted]))
        kept = np.flatnonzero(score >= self.least)
        rows = zip(score[kept].tolist(), *(column[kept].tolist() for column in columns), strict=True)
        self._kept += [(first, parent, *rest) for first, *rest in rows]
        if len(self._kept) > self._wanted:
            self._leave_out_below(sorted(one[0] for one in self._kept)[-self._wanted])

    def _leave_out_below(self, cutoff: float) -> None:
        if cutoff > self.least:
            self.least = cutoff
            self.complete = False
            self._kept = [one for one in self._kept if one[0] >= cutoff]

    def candidates(self) -> list[Candidate]:
        """Those that are left, in no order."""
        return [
            Candidate(-score, parent.extended(operator, concept), formula_count, intersection)
            for score, parent, operator, concept, formula_count, intersection in self._kept
        ]


def beam_search(
    table: SignatureTable,
    active: NDArray[np.integer],
    settings: BeamSearch | None = None,
    *,
    excluded: Collection[int] = (),
    on_level: Callable[[int, ScoredFormula], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SearchResult:
    """The best formula of every length for one unit.

    Parameters
    ----------
    table
        The probe dataset.
    active
        Integers, shape (S,): the unit's active positions a signature, between 0 and ``table.total``.
    settings
        See `BeamSearch`; the default is beam 5, length 3.
    excluded
        Concept indices that no formula may use.
    on_level
        Called after each length with that length and the best formula so far.
    cancelled
        Asked before each formula of the beam is extended; True ends the search with the best so far.

    Raises
    ------
    SearchError
        When `active` does not fit the table.
    """
    settings = settings or BeamSearch()
    counts = UnitCounts(table, active)
    beam: list[Candidate] = []
    by_length: list[ScoredFormula] = []
    for beam in beam_levels(counts, settings, excluded, cancelled):
        by_length.append(beam[0].scored(counts))
        if on_level:
            on_level(len(by_length), by_length[-1])
    complete = len(by_length) in {0, settings.max_length}
    return SearchResult(tuple(by_length), tuple(candidate.scored(counts) for candidate in beam), complete)


def beam_levels(
    counts: UnitCounts,
    settings: BeamSearch,
    excluded: Collection[int] = (),
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[list[Candidate]]:
    """The beam of every length, best first; none when nothing overlaps, and fewer when cancelled.

    A beam keeps its best member from level to level, so its head is the best formula ever seen.
    """
    search = _Search(counts, settings, excluded)
    beam = search.first_beam()
    for length in range(1, settings.max_length + 1):
        if length > 1:
            beam = search.next_beam(beam, cancelled or (lambda: False))
        if not beam:
            return
        yield beam


class _Search:
    """One unit's search: the counts of each formula that was extended."""

    def __init__(self, counts: UnitCounts, settings: BeamSearch, excluded: Collection[int]) -> None:
        self.table = counts.table
        self.counts = counts
        self.settings = settings
        self.operators = tuple(OPERATORS.index(operator) for operator in settings.operators)
        concept_total = self.table.concept_total
        self.allowed = np.setdiff1d(np.flatnonzero(concept_total), np.fromiter(excluded, np.int64))
        self.candidates = self.allowed
        if settings.candidate_limit is not None:
            single = self._scores(concept_total[self.allowed], counts.concept_intersection[self.allowed], 1)
            self.candidates = np.sort(self.allowed[np.argsort(-single, kind="stable")[: settings.candidate_limit]])
        self._known: dict[LeftDeep, Conjunctions] = {_NOWHERE: counts.nowhere}

    def first_beam(self) -> list[Candidate]:
        """The best single concepts; those without an active position never help and are left out."""
        useful = self.allowed[self.counts.concept_intersection[self.allowed] > 0]
        formula_count, intersection = self.table.concept_total[useful], self.counts.concept_intersection[useful]
        score, operators = self._scores(formula_count, intersection, 1), np.full_like(useful, OR)

        def singles(wanted: int) -> _Leading:
            leading = _Leading(wanted, -np.inf)
            leading.add(_NOWHERE, score, operators, useful, formula_count, intersection)
            return leading

        return self._best_of([], singles)

    def next_beam(self, beam: list[Candidate], cancelled: Callable[[], bool]) -> list[Candidate]:
        """The best of the beam and all its extensions by one concept; empty when cancelled."""
        for form in (parent.form for parent in beam):
            if cancelled():
                return []
            if form not in self._known:
                single = form.length == 1
                self._known[form] = self.counts.conjunctions(
                    self._truth(form),
                    near=None if single else self._known.get(form.prefix),
                    concept=form.concepts[0] if single else None,
                )
        return self._best_of(beam, lambda wanted: self._extensions(beam, wanted))

    def _extensions(self, beam: list[Candidate], wanted: int) -> _Leading:
        """The leading extensions of a beam by one concept; those that only reach the old beam's last come too."""
        leading = _Leading(wanted, float(beam[-1].score) if len(beam) == self.settings.beam_size else -np.inf)
        shape = len(self.operators), len(self.candidates)
        formula_counts, intersections = np.empty(shape, np.int64), np.empty(shape, np.int64)
        for parent in beam:
            known = self._known[parent.form]
            for counts, whole, alone, together in (
                (formula_counts, parent.formula_count, self.table.concept_total, known.formula_count),
                (intersections, parent.intersection, self.counts.concept_intersection, known.intersection),
            ):
                extension_counts(self.operators, whole, alone[self.candidates], together[self.candidates], counts)
            places = self._hopeful(formula_counts, intersections, leading.least)
            if not len(places):
                continue
            formula_count, intersection = formula_counts.reshape(-1)[places], intersections.reshape(-1)[places]
            useful = intersection > 0
            if self.settings.distinct:
                # An extension lies within its parent or contains it, so equal size is equal truth.
                useful &= formula_count != parent.formula_count
            places, formula_count, intersection = places[useful], formula_count[useful], intersection[useful]
            operators, concepts = np.divmod(places, shape[1])
            leading.add(
                parent.form,
                self._scores(formula_count, intersection, parent.form.length + 1),
                np.array(self.operators)[operators],
                self.candidates[concepts],
                formula_count,
                intersection,
            )
        return leading

    def _hopeful(
        self, formula_count: NDArray[np.int64], intersection: NDArray[np.int64], least: float
    ) -> NDArray[np.intp]:
        """The places, in the flattened arrays, of counts that may score at least so much; found without a division."""
        if self.settings.metric != "iou" or not least > 0:
            return np.arange(formula_count.size)
        # intersection / (active + formula_count − intersection) ≥ least; a penalty only lowers the score.
        reached = intersection * (1 + least) - formula_count * least
        return np.flatnonzero(reached >= least * self.counts.active_positions * (1 - _ROUNDING))

    def _best_of(self, beam: list[Candidate], leading_of: Callable[[int], _Leading]) -> list[Candidate]:
        """The best of an old beam and of extensions, of which so many leading ones can be asked for."""
        wanted = 4 * self.settings.beam_size
        while True:
            # Extensions from the top down to a cutoff, ties included, are enough as soon as they fill the beam.
            leading = leading_of(wanted)
            ranked = sorted({*beam, *leading.candidates()})
            best = self._best(candidate for candidate in ranked if candidate.score >= leading.least)
            if leading.complete or len(best) == self.settings.beam_size:
                return best
            wanted *= 4

    def _scores(
        self, formula_count: NDArray[np.int64], intersection: NDArray[np.int64], length: int
    ) -> NDArray[np.float64]:
        metric = scores(self.settings.metric, self.counts.active_positions, formula_count, intersection)
        return metric * self.settings.length_penalty ** (length - 1)

    def _best(self, ranked: Iterable[Candidate]) -> list[Candidate]:
        """The first `beam_size` of the ranked candidates; with `distinct`, the first of each truth."""
        if not self.settings.distinct:
            return list(islice(ranked, self.settings.beam_size))
        best: list[Candidate] = []
        truths: dict[tuple[int, int], list[NDArray[np.bool_]]] = {}
        for candidate in ranked:
            # Only formulas with equal counts can have equal truth.
            rivals = truths.setdefault((candidate.formula_count, candidate.intersection), [])
            truth = self._truth(candidate.form)
            if not any(np.array_equal(truth, rival) for rival in rivals):
                rivals.append(truth)
                best.append(candidate)
            if len(best) == self.settings.beam_size:
                break
        return best

    def _truth(self, form: LeftDeep) -> NDArray[np.bool_]:
        """bool, shape (S,): where a formula holds whose prefix was extended."""
        operator = form.operators[-1] if form.operators else OR
        return extended_truth(self._known[form.prefix].truth, operator, self.table.rows_with(form.concepts[-1]))


_NOWHERE = LeftDeep(0, (), ())

# What is computed in floating point is off by less than this share.
_ROUNDING = 1e-9
