"""Beam search for the formula that best describes a unit (Mu and Andreas 2020, section 3), with exact counts.

One formula of the beam costs two weighted histograms over the signatures where it holds: they give the counts of
*all* its extensions by one concept, since

    both(F AND c) = Σ active over rows of F with c        both(F AND NOT c) = both(F) − both(F AND c)
    both(F OR c)  = both(F) + both(c) − both(F AND c)     and the same with total for the positions that hold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.arguments import number_within, whole_number
from compexp_widgets.errors import SearchError
from compexp_widgets.formula import And, Formula, Not, Or
from compexp_widgets.search.metrics import METRICS, Metric, Overlap, scores
from compexp_widgets.signatures import SignatureTable

Operator = Literal["OR", "AND", "AND NOT"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)


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
        if strangers := [name for name in self.operators if name not in OPERATORS]:
            raise SearchError(f"no operator {strangers[0]!r:.60}; there are {', '.join(OPERATORS)}")
        # One spelling of one choice: the order in which operators are given changes nothing, not even a cache key.
        object.__setattr__(self, "operators", tuple(op for op in OPERATORS if op in self.operators))

    @classmethod
    def as_published(cls, **settings: Any) -> BeamSearch:
        """The search as in the paper's code: formulas that differ only in writing each take a place in the beam."""
        return cls(**{"distinct": False, **settings})


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


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

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


@dataclass(frozen=True)
class _Candidate:
    """A left-deep formula in the making, as concept indices and the operators between them."""

    score: float
    concepts: tuple[int, ...]
    operators: tuple[int, ...]
    holds: int
    both: int

    @property
    def order(self) -> tuple[float, int, tuple[int, ...], tuple[int, ...]]:
        """The tie rule: higher score, then shorter, then concept order, then operator order."""
        return (-self.score, len(self.concepts), self.concepts, self.operators)


class _Conjunctions(NamedTuple):
    """A formula's conjunctions with single concepts.

    Attributes
    ----------
    truth
        bool, shape (S,): where the formula holds.
    holds, both
        int64, shape (C,): positions where it holds together with each concept, and those of them that are active.
    """

    truth: NDArray[np.bool_]
    holds: NDArray[np.int64]
    both: NDArray[np.int64]


class _Extensions(NamedTuple):
    """Candidates with one parent, None for single concepts: one entry each in every array, shape (N,).

    Attributes
    ----------
    operators
        Which of the settings' operators joins a concept to the parent.
    """

    parent: _Candidate | None
    score: NDArray[np.float64]
    operators: NDArray[np.int64]
    concepts: NDArray[np.int64]
    holds: NDArray[np.int64]
    both: NDArray[np.int64]

    def reaching(self, least: float) -> _Extensions:
        """Those that score at least so much."""
        kept = np.flatnonzero(self.score >= least)
        if len(kept) == len(self.score):
            return self
        return _Extensions(
            self.parent,
            self.score[kept],
            self.operators[kept],
            self.concepts[kept],
            self.holds[kept],
            self.both[kept],
        )


class _Leading:
    """The leading candidates of many that come by: as soon as enough are there, the next must reach what they score.

    Attributes
    ----------
    least
        What a candidate must score to be among them; those that tie with the last are.
    whole
        Whether all that came by are still among them.
    """

    def __init__(self, wanted: int, least: float) -> None:
        self.least = least
        self.whole = True
        self._wanted = wanted
        self._kept: list[_Extensions] = []

    def add(self, extensions: _Extensions) -> None:
        """Those that score at least `least`; who made them may have left out the others already."""
        self._kept.append(extensions.reaching(self.least))
        if sum(len(kept.score) for kept in self._kept) > self._wanted:
            score = np.concatenate([kept.score for kept in self._kept])
            cutoff = float(np.partition(score, -self._wanted)[-self._wanted])
            if cutoff > self.least:
                self.least = cutoff
                self.whole = False
                self._kept = [kept.reaching(cutoff) for kept in self._kept]

    def candidates(self, operators: Sequence[Operator]) -> list[_Candidate]:
        """Those that are left."""
        places = [OPERATORS.index(operator) for operator in operators]
        found = []
        for parent, *columns in self._kept:
            for score, operator, concept, holds, both in zip(*(column.tolist() for column in columns), strict=True):
                if parent is None:
                    found.append(_Candidate(score, (concept,), (), holds, both))
                else:
                    concepts, joined = (*parent.concepts, concept), (*parent.operators, places[operator])
                    found.append(_Candidate(score, concepts, joined, holds, both))
        return found


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
    search = _Search(table, _checked(table, active), settings or BeamSearch(), excluded)
    beam = search.first_beam()
    if not beam:
        return SearchResult()
    by_length: list[ScoredFormula] = []
    complete = True
    for length in range(1, search.settings.max_length + 1):
        if length > 1:
            following = search.next_beam(beam, cancelled or (lambda: False))
            if following is None:
                complete = False
                break
            beam = following
        # The beam keeps its best member from level to level, so its head is the best formula ever seen.
        by_length.append(search.scored(beam[0]))
        if on_level:
            on_level(length, by_length[-1])
    return SearchResult(tuple(by_length), tuple(search.scored(candidate) for candidate in beam), complete)


def _checked(table: SignatureTable, active: NDArray[np.integer]) -> NDArray[np.int64]:
    if active.shape != table.total.shape or not np.issubdtype(active.dtype, np.integer):
        raise SearchError(
            f"active must be integers of shape {table.total.shape}, one count a signature, "
            f"not {active.dtype} of shape {active.shape}: was it made from another table?"
        )
    if ((active < 0) | (active > table.total)).any():
        row = int(np.argmax((active < 0) | (active > table.total)))
        raise SearchError(f"signature {row} has {table.total[row]} positions, so {active[row]} cannot be active")
    return active.astype(np.int64)


class _Search:
    """One unit's search: the counts of single concepts, and those of each formula that was extended."""

    def __init__(
        self, table: SignatureTable, active: NDArray[np.int64], settings: BeamSearch, excluded: Collection[int]
    ) -> None:
        self.table = table
        self.active = active
        self.settings = settings
        self.active_positions = int(active.sum())
        self.active_rows = np.flatnonzero(active)
        self.concept_both = table.count_by_concept(self.active_rows, active[self.active_rows])
        self.allowed = np.setdiff1d(np.flatnonzero(table.concept_total), np.fromiter(excluded, np.int64))
        self.candidates = self.allowed
        if settings.candidate_limit is not None:
            single = self._scores(table.concept_total[self.allowed], self.concept_both[self.allowed], 1)
            self.candidates = np.sort(self.allowed[np.argsort(-single, kind="stable")[: settings.candidate_limit]])
        none = np.zeros_like(table.concept_total)
        self._nothing = _Conjunctions(np.zeros(len(table), np.bool_), none, none)
        self._everything = _Conjunctions(np.ones(len(table), np.bool_), table.concept_total, self.concept_both)
        self._known: dict[tuple[tuple[int, ...], tuple[int, ...]], _Conjunctions] = {}

    def first_beam(self) -> list[_Candidate]:
        """The best single concepts; those without an active position never help and are left out."""
        holds, both = self.table.concept_total, self.concept_both
        useful = self.allowed[both[self.allowed] > 0]

        def singles(wanted: int) -> _Leading:
            leading = _Leading(wanted, -np.inf)
            score = self._scores(holds[useful], both[useful], 1)
            leading.add(_Extensions(None, score, np.zeros_like(useful), useful, holds[useful], both[useful]))
            return leading

        return self._best_of([], singles)

    def next_beam(self, beam: list[_Candidate], cancelled: Callable[[], bool]) -> list[_Candidate] | None:
        """The best of the beam and all its extensions by one concept; None when cancelled."""
        for parent in beam:
            if cancelled():
                return None
            self._conjunctions(parent)
        return self._best_of(beam, lambda wanted: self._extensions(beam, wanted))

    def _extensions(self, beam: list[_Candidate], wanted: int) -> _Leading:
        """The leading extensions of a beam by one concept; those that only reach the old beam's last come too."""
        leading = _Leading(wanted, beam[-1].score if len(beam) == self.settings.beam_size else -np.inf)
        shape = len(self.settings.operators), len(self.candidates)
        holds, both = np.empty(shape, np.int64), np.empty(shape, np.int64)
        for parent in beam:
            self._extend(parent, holds, both)
            places = self._hopeful(holds, both, leading.least)
            if not len(places):
                continue
            held, matched = holds.reshape(-1)[places], both.reshape(-1)[places]
            useful = matched > 0
            if self.settings.distinct:
                # An extension lies within its parent or contains it, so equal size is equal truth.
                useful &= held != parent.holds
            places, held, matched = places[useful], held[useful], matched[useful]
            operators, extensions = np.divmod(places, shape[1])
            score = self._scores(held, matched, len(parent.concepts) + 1)
            leading.add(_Extensions(parent, score, operators, self.candidates[extensions], held, matched))
        return leading

    def _hopeful(self, holds: NDArray[np.int64], both: NDArray[np.int64], least: float) -> NDArray[np.intp]:
        """The places, in the flattened arrays, of counts that may score at least so much; found without a division."""
        if self.settings.metric != "iou" or not least > 0:
            return np.arange(holds.size)
        # both / (active + holds − both) ≥ least; a penalty only lowers the score.
        reached = both * (1 + least) - holds * least
        return np.flatnonzero(reached >= least * self.active_positions * (1 - _ROUNDING))

    def _best_of(self, beam: list[_Candidate], leading_of: Callable[[int], _Leading]) -> list[_Candidate]:
        """The best of an old beam and of new candidates, of which so many leading ones can be asked for."""
        wanted = 4 * self.settings.beam_size
        while True:
            # Candidates from the top down to a cutoff, ties included, are enough as soon as they fill the beam.
            leading = leading_of(wanted)
            ranked = sorted({*beam, *leading.candidates(self.settings.operators)}, key=lambda one: one.order)
            best = self._best([one for one in ranked if one.score >= leading.least])
            if leading.whole or len(best) == self.settings.beam_size:
                return best
            wanted *= 4

    def scored(self, candidate: _Candidate) -> ScoredFormula:
        """The candidate as a formula."""
        leaves = [self.table.leaves[concept] for concept in candidate.concepts]
        formula: Formula = leaves[0]
        for operator, leaf in zip(candidate.operators, leaves[1:], strict=True):
            formula = _join(formula, OPERATORS[operator], leaf)
        overlap = Overlap(self.active_positions, candidate.holds, candidate.both)
        return ScoredFormula(formula, overlap, candidate.score)

    def _scores(self, holds: NDArray[np.int64], both: NDArray[np.int64], length: int) -> NDArray[np.float64]:
        return scores(self.settings.metric, self.active_positions, holds, both) * self._penalty(length)

    def _penalty(self, length: int) -> float:
        return self.settings.length_penalty ** (length - 1)

    def _extend(self, parent: _Candidate, holds: NDArray[np.int64], both: NDArray[np.int64]) -> None:
        """Count every extension, into two arrays of shape (operators, candidates)."""
        known = self._conjunctions(parent)
        for counts, whole, singles, together in (
            (holds, parent.holds, self.table.concept_total, known.holds),
            (both, parent.both, self.concept_both, known.both),
        ):
            within = together[self.candidates]
            for row, operator in enumerate(self.settings.operators):
                if operator == "AND":
                    counts[row] = within
                elif operator == "AND NOT":
                    counts[row] = whole - within
                else:
                    counts[row] = singles[self.candidates] - within + whole

    def _conjunctions(self, parent: _Candidate) -> _Conjunctions:
        """Counts of ``parent AND c`` for every concept c."""
        key = parent.concepts, parent.operators
        if key not in self._known:
            self._known[key] = self._counted(parent)
        return self._known[key]

    def _counted(self, parent: _Candidate) -> _Conjunctions:
        """The same, counted over the rows where the formula differs from the nearest one whose counts are known: itself
        without its last leaf, or the formula that holds nowhere or everywhere.
        """
        truth = self._truth(parent)
        prefix = self._known.get((parent.concepts[:-1], parent.operators[:-1]))
        nearest = min(
            [self._nothing, self._everything, *([prefix] if prefix else [])],
            key=lambda known: np.count_nonzero(known.truth != truth),
        )
        holds, both = nearest.holds, nearest.both
        for changed, sign in ((truth & ~nearest.truth, 1), (nearest.truth & ~truth, -1)):
            rows = np.flatnonzero(changed)
            if len(rows) and parent.operators:
                holds = holds + sign * self.table.count_by_concept(rows, self.table.total[rows])
            rows = rows[self.active[rows] > 0]
            if len(rows):
                both = both + sign * self.table.count_by_concept(rows, self.active[rows])
        return _Conjunctions(truth, holds if parent.operators else self.table.total_with(parent.concepts[0]), both)

    def _best(self, ranked: list[_Candidate]) -> list[_Candidate]:
        """The first `beam_size` of the ranked candidates; with `distinct`, the first of each truth."""
        if not self.settings.distinct:
            return ranked[: self.settings.beam_size]
        best: list[_Candidate] = []
        truths: dict[tuple[int, int], list[NDArray[np.bool_]]] = {}
        for candidate in ranked:
            # Only formulas with equal counts can have equal truth.
            rivals = truths.setdefault((candidate.holds, candidate.both), [])
            truth = self._truth(candidate)
            if not any(np.array_equal(truth, rival) for rival in rivals):
                rivals.append(truth)
                best.append(candidate)
            if len(best) == self.settings.beam_size:
                break
        return best

    def _truth(self, candidate: _Candidate) -> NDArray[np.bool_]:
        """bool, shape (S,): where a formula holds whose prefix was extended."""
        rows = self.table.rows_with(candidate.concepts[-1])
        if not candidate.operators:
            operator, prefix = "OR", self._nothing.truth
        else:
            operator = OPERATORS[candidate.operators[-1]]
            prefix = self._known[candidate.concepts[:-1], candidate.operators[:-1]].truth
        if operator == "AND":
            truth = np.zeros_like(prefix)
            truth[rows] = prefix[rows]
        else:
            truth = prefix.copy()
            truth[rows] = operator == "OR"
        return truth


def _join(left: Formula, operator: Operator, right: Formula) -> Formula:
    if operator == "OR":
        return Or(left, right)
    return And(left, Not(right) if operator == "AND NOT" else right)


# What is computed in floating point is off by less than this share.
_ROUNDING = 1e-9
