"""The signature table: positions that carry the same concepts are one row, and every formula's counts follow exactly.

The IoU of a formula depends on a position only through the set of concepts that hold there. Positions with the same
set are one row of the table, its *signature*, with the number of positions that carry it. A unit adds one vector: its
number of active positions a signature. From these two vectors every count of every formula follows without looking
at a pixel or a sentence again:

    IoU(F) = Σ active·F / (Σ active + Σ total·F − Σ active·F)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compexp_widgets.errors import FormulaError, SearchError
from compexp_widgets.formula import AnyLeaf, Formula, Leaf, as_formula, closest_names, evaluate, to_tokens
from compexp_widgets.formula.likely_operators import likely_meant
from compexp_widgets.listing import kept_short
from compexp_widgets.notebook_html import Html, pills, section, table
from compexp_widgets.short_text import counted, percent_text
from compexp_widgets.signatures.masks import MaskPositions, Masks, fold_masks

_SHOWN = 10  # concepts that a notebook lists


@dataclass(frozen=True, eq=False)
class SignatureTable:
    """The distinct concept sets of a probe dataset and how many positions carry each.

    The sets are rows of a sparse matrix in compressed form: row ``s`` holds
    ``row_concepts[row_starts[s] : row_starts[s + 1]]``.

    Attributes
    ----------
    concepts
        Names of the C concepts, all different; their order breaks ties between formulas.
    total
        int64, shape (S,): positions that carry each signature, at least 1.
    row_starts
        int64, shape (S + 1,): where each row begins in `row_concepts`.
    row_concepts
        int32: indices into `concepts`, increasing within a row.
    leaves
        How each concept is written in a formula: its name, where nothing else is said, or an operator such as
        ``NEIGHBORS(pre:tok:man)`` whose truth was worked out beforehand.
    of_masks
        The positions of a table made by `from_masks`, one by one; None of any other table.
    """

    concepts: tuple[str, ...]
    total: NDArray[np.int64]
    row_starts: NDArray[np.int64]
    row_concepts: NDArray[np.int32]
    leaves: tuple[AnyLeaf, ...] = ()
    of_masks: MaskPositions | None = None

    def _repr_html_(self) -> Html:
        shares = self.concept_total / max(self.positions, 1)
        frequent = np.argsort(-shares, kind="stable")[:_SHOWN].tolist()
        rows = [
            (
                (pills(to_tokens(self.leaves[one])),),
                (f"{self.concept_total[one]:,}", percent_text(shares[one])),
                shares[one],
            )
            for one in frequent
        ]
        more = f"{len(self.concepts) - _SHOWN:,} more concepts, each at fewer positions" * (len(self.concepts) > _SHOWN)
        return section(
            counted(len(self), "signature"),
            f"{counted(self.positions, 'position')} with {counted(len(self.concepts), 'concept')}",
            table(("most frequent concepts",), ("positions", "share"), rows),
            more,
        )

    def __post_init__(self) -> None:
        if not self.leaves:
            object.__setattr__(self, "leaves", tuple(Leaf(name) for name in self.concepts))
        kept_short(self, "concepts", "leaves")

    @classmethod
    def from_sets(
        cls, concepts: Sequence[str], sets: Sequence[Sequence[int]], total: Sequence[int] | NDArray[np.int64]
    ) -> SignatureTable:
        """The table of the given concept sets, each with its number of positions.

        Raises
        ------
        SearchError
            When concept names repeat, an index is out of range, a total is below 1, or the lengths differ.
        """
        if len(set(concepts)) != len(concepts):
            raise SearchError("concept names must differ: rename or merge the ones that repeat")
        if len(sets) != len(total):
            raise SearchError(f"{len(sets)} signatures but {len(total)} totals")
        if len(total) and min(total) < 1:
            raise SearchError("every signature needs at least one position: leave out the ones without")
        rows = [sorted(set(row)) for row in sets]
        starts = starts_of(np.array([len(row) for row in rows], np.int64))
        entries = np.fromiter((concept for row in rows for concept in row), np.int32, count=int(starts[-1]))
        if entries.size and not (entries.min() >= 0 and entries.max() < len(concepts)):
            raise SearchError(f"concept indices must lie in 0 … {len(concepts) - 1}, found {entries.max()}")
        return cls(tuple(concepts), np.asarray(total, np.int64), starts, entries)

    @classmethod
    def from_masks(cls, masks: Masks, weights: ArrayLike | None = None) -> SignatureTable:
        """The table of boolean masks, from NumPy arrays and nothing else.

        >>> table = SignatureTable.from_masks({"night": [1, 1, 1, 0], "rain": [1, 0, 0, 0]})
        >>> table.total, table.count([0, 1, 1, 0])      # nothing holds; night; night and rain
        (array([1, 2, 1]), array([0, 2, 0]))

        Parameters
        ----------
        masks
            Concept → where it holds: boolean arrays, or whole numbers that are all 0 or 1, of one shape, whatever it
            is; or a data frame of such columns. Their order is that of `concepts`.
        weights
            Whole numbers of that shape: for how many positions each counts; 0 and False leave it out.

        Raises
        ------
        SearchError
            When there are no masks, shapes differ, two have one name, or something is neither True nor False.
        """
        names, positions, total, held = fold_masks(masks, weights)
        entries = np.nonzero(held)[1].astype(np.int32)
        return cls(names, total, starts_of(held.sum(axis=1)), entries, of_masks=positions)

    def count(self, active: ArrayLike) -> NDArray[np.int64]:
        """int64, shape (S,): a unit's active positions a signature, as searches take them; of a table `from_masks`.

        Parameters
        ----------
        active
            bool, of the masks' shape: where the unit is active.

        Raises
        ------
        SearchError
            When `active` is not boolean or has another shape, or the table was not made from masks.
        """
        return self._positions().count(active, len(self))

    def holds(self, formula: Formula | str) -> NDArray[np.bool_]:
        """bool, of the masks' shape: where a formula holds; of a table `from_masks`. False where the weight is 0.

        Raises
        ------
        FormulaError
            When the text is no formula, or names no mask.
        SearchError
            When the table was not made from masks.
        """
        return self._positions().spread(self.truth(formula))

    def _positions(self) -> MaskPositions:
        if self.of_masks is None:
            raise SearchError(
                "this table does not know its positions one by one: SignatureTable.from_masks makes one that does"
            )
        return self.of_masks

    def restricted(self, total: NDArray[np.int64]) -> tuple[SignatureTable, NDArray[np.intp]]:
        """The table of a part of the positions, such as those of some images.

        Parameters
        ----------
        total
            int64, shape (S,): positions of the part that carry each signature; 0 leaves the signature out.

        Returns
        -------
        table
            With the remaining signatures in their order.
        rows
            Shape (S',): which rows of this table they are, to restrict a unit's counts alike.
        """
        rows = np.flatnonzero(total)
        starts, entries = self.rows(rows)
        return SignatureTable(self.concepts, total[rows], starts, entries, self.leaves), rows

    def rows(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The concepts of some rows, in the form of `row_starts` and `row_concepts`."""
        entries, lengths = self._entries(rows)
        return starts_of(lengths), self.row_concepts[entries]

    def __len__(self) -> int:
        return len(self.total)

    def __repr__(self) -> str:
        held = (counted(len(self.concepts), "concept"), counted(len(self), "signature"))
        return f"<SignatureTable: {', '.join(held)}, {counted(self.positions, 'position')}>"

    @property
    def positions(self) -> int:
        """Number of positions of the probe dataset."""
        return int(self.total.sum())

    @cached_property
    def concept_total(self) -> NDArray[np.int64]:
        """int64, shape (C,): positions where each concept holds."""
        return self.count_by_concept(np.arange(len(self)), self.total)

    @cached_property
    def pair_total(self) -> NDArray[np.float64]:
        """Whole numbers, shape (C, C): positions where both of two concepts hold; on the diagonal, where one does."""
        shape = len(self.concepts), len(self.concepts)
        counts = np.zeros(shape[0] * shape[1])
        lengths = np.diff(self.row_starts)
        for length in np.unique(lengths[lengths > 0]).tolist():
            rows = np.flatnonzero(lengths == length)
            for part in np.array_split(rows, -(-len(rows) * length**2 // _PAIRS)):
                concepts = self.row_concepts[self._entries(part)[0]].reshape(-1, length).astype(np.intp)
                pairs = concepts[:, :, None] * shape[1] + concepts[:, None, :]
                counts += np.bincount(pairs.ravel(), np.repeat(self.total[part], length**2), minlength=len(counts))
        return counts.reshape(shape)

    def total_with(self, concept: int) -> NDArray[np.int64]:
        """int64, shape (C,): positions where a concept holds together with each; a row of `pair_total`, kept."""
        if concept not in self._totals_with:
            rows = self.rows_with(concept)
            self._totals_with[concept] = self.count_by_concept(rows, self.total[rows])
        return self._totals_with[concept]

    @cached_property
    def _totals_with(self) -> dict[int, NDArray[np.int64]]:
        return {}

    @cached_property
    def index_of(self) -> dict[AnyLeaf, int]:
        """Leaf → the index of its concept."""
        return {leaf: index for index, leaf in enumerate(self.leaves)}

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that formulas over this table may have."""
        return frozenset(leaf.name for leaf in self.leaves)

    def count_by_concept(self, rows: NDArray[np.intp], weights: NDArray[np.int64]) -> NDArray[np.int64]:
        """For every concept, the summed weight of those of the given rows that contain it.

        Parameters
        ----------
        rows
            Indices of distinct rows, shape (R,).
        weights
            int64, shape (R,): a count a row. Sums stay exact up to 2⁵³ positions.

        Returns
        -------
        int64, shape (C,)
        """
        if (weights == 1).all():  # as of sentence pairs, where it takes half the time
            held = np.bincount(self.row_concepts[self._entries(rows)[0]], minlength=len(self.concepts))
            return held.astype(np.int64, copy=False)
        return self.sum_by_concept(rows, weights).astype(np.int64)

    def sum_by_concept(self, rows: NDArray[np.intp], weights: NDArray[np.generic]) -> NDArray[np.float64]:
        """`count_by_concept` for weights that are not whole numbers: float64, shape (C,)."""
        entries, lengths = self._entries(rows)
        sums = np.bincount(
            self.row_concepts[entries], weights=np.repeat(weights, lengths), minlength=len(self.concepts)
        )
        return sums.astype(np.float64)

    def rows_with(self, concept: int) -> NDArray[np.intp]:
        """intp: the rows that contain a concept, increasing."""
        starts, rows = self._rows_by_concept
        return rows[starts[concept] : starts[concept + 1]]

    def rows_with_any(self, concepts: NDArray[np.integer]) -> NDArray[np.intp]:
        """intp: the rows that contain at least one of some concepts, increasing."""
        found = np.zeros(len(self), np.bool_)
        for concept in concepts.tolist():
            found[self.rows_with(concept)] = True
        return np.flatnonzero(found)

    def concept_truth(self, concept: int) -> NDArray[np.bool_]:
        """bool, shape (S,): the signatures that contain a concept."""
        truth = np.zeros(len(self), np.bool_)
        truth[self.rows_with(concept)] = True
        return truth

    def formula(self, value: Formula | str) -> Formula:
        """The formula over this table's concepts that is meant by a text, or by a formula, which is given back.

        Raises
        ------
        FormulaError
            When it is neither, or the text is no formula or names a concept that the table does not have.
        """
        return as_formula(value, self.names)

    def truth(self, formula: Formula | str) -> NDArray[np.bool_]:
        """bool, shape (S,): the signatures on which a formula, or its text, holds.

        Raises
        ------
        FormulaError
            When the formula has a leaf that the table does not have.
        """

        def leaf_truth(leaf: AnyLeaf) -> NDArray[np.bool_]:
            if leaf in self.index_of:
                return self.concept_truth(self.index_of[leaf])
            if isinstance(leaf, Leaf):
                close = ", ".join(map(repr, closest_names(leaf.name, self.concepts)))
                meant = likely_meant(leaf.name)
                raise FormulaError(
                    f"the data has no concept named {leaf.name!r:.200}{f'. Did you mean {close}?' if close else ''}"
                    f"{f'. Operators are written in capitals: is {meant:.200} meant?' if meant else ''}"
                )
            raise FormulaError(f"{leaf} needs word vectors or WordNet, with which this data was not annotated")

        return evaluate(self.formula(formula), leaf_truth)

    def _entries(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices into `row_concepts` of the entries of the given rows, row after row, and how many each row has."""
        starts = self.row_starts[rows]
        lengths = self.row_starts[rows + 1] - starts
        return spans(starts, lengths), lengths

    @cached_property
    def _rows_by_concept(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        return rows_by_concept(self.row_starts, self.row_concepts, len(self.concepts))


def starts_of(lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """int64, shape (R + 1,): where rows of these lengths begin, one after another, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])


def spans(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """int64: the indices of several stretches, one after another."""
    ends = np.cumsum(lengths)
    found: NDArray[np.int64] = np.arange(ends[-1] if ends.size else 0) + np.repeat(starts - (ends - lengths), lengths)
    return found


def rows_by_concept(
    row_starts: NDArray[np.integer], row_concepts: NDArray[np.integer], concepts: int
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """A table turned round: where each concept's rows begin, and the rows sorted by concept."""
    row_of_entry = np.repeat(np.arange(len(row_starts) - 1), np.diff(row_starts))
    order = np.argsort(row_concepts, kind="stable")
    return starts_of(np.bincount(row_concepts, minlength=concepts)), row_of_entry[order]


class SignatureBuilder:
    """Collects signatures while positions stream by; the same stream gives the same row numbers.

    >>> builder = SignatureBuilder()
    >>> builder.add(np.array([[0, 0, -1], [1, -1, -1]]))    # layers × positions; -1 where a layer says nothing
    array([0, 1, 2], dtype=int32)
    """

    def __init__(self) -> None:
        self._row_of_set: dict[tuple[int, ...], int] = {}
        self._total: list[int] = []

    def __len__(self) -> int:
        return len(self._total)

    def sets_since(self, row: int) -> list[tuple[int, ...]]:
        """The concept sets of the signatures from a row on, in the order of their rows."""
        return list(islice(self._row_of_set, row, None))

    def resume(self, sets: Iterable[tuple[int, ...]], total: Iterable[int]) -> None:
        """Go on where another builder stopped: with its sets, in their order, and their numbers of positions."""
        self._row_of_set = {concepts: row for row, concepts in enumerate(sets)}
        self._total = list(total)

    def add(self, labels: NDArray[np.integer]) -> NDArray[np.int32]:
        """Count some positions and tell the row of each.

        Parameters
        ----------
        labels
            Integers, shape (layers, …): concept indices, -1 where a layer has none. A concept may stand in several
            layers of one position; it counts once.

        Returns
        -------
        int32, shape (…): the row of every position's signature.
        """
        layers, shape = labels.shape[0], labels.shape[1:]
        if layers == 0:
            labels = np.full((1, *shape), -1)
        combination = np.zeros(int(np.prod(shape)), np.int64)
        for layer in labels.reshape(len(labels), -1):
            # Folding layer by layer keeps the numbers small: each fold renumbers the combinations seen so far.
            combination = combination * (int(layer.max(initial=-1)) + 2) + (layer + 1)
            _, first, combination = np.unique(combination, return_index=True, return_inverse=True)
        counts = np.bincount(combination)
        sets = labels.reshape(len(labels), -1)[:, first].T.tolist()
        rows = np.empty(len(sets), np.int32)
        for index, (values, count) in enumerate(zip(sets, counts.tolist(), strict=True)):
            signature = tuple(sorted({value for value in values if value >= 0}))
            row = self._row_of_set.setdefault(signature, len(self._row_of_set))
            if row == len(self._total):
                self._total.append(0)
            self._total[row] += count
            rows[index] = row
        return rows[combination].reshape(shape)

    def table(self, concepts: Sequence[str]) -> SignatureTable:
        """The table of all positions added so far."""
        return SignatureTable.from_sets(concepts, list(self._row_of_set), self._total)


@dataclass(frozen=True, eq=False)
class PositionCounts:
    """A sparse matrix of counts, samples × signatures: of all positions, or of those where a unit is active.

    Attributes
    ----------
    samples
        int32, shape (E,): the sample of every entry, not decreasing. A sample and a signature may have several entries.
    rows
        int32, shape (E,): its signature.
    counts
        int64, shape (E,): its number of positions, at least 1.
    shape
        Number of samples and of signatures.
    """

    samples: NDArray[np.int32]
    rows: NDArray[np.int32]
    counts: NDArray[np.int64]
    shape: tuple[int, int]

    def __repr__(self) -> str:
        return f"<PositionCounts of {self._contents()}>"

    def _contents(self) -> str:
        samples, signatures = self.shape
        positions = counted(int(self.counts.sum()), "position")
        return f"{positions}, by {counted(samples, 'sample')} and {counted(signatures, 'signature')}"

    def _repr_html_(self) -> Html:
        return section("Positions by sample and signature", self._contents())

    @classmethod
    def of_positions(
        cls, samples: NDArray[np.integer], rows: NDArray[np.integer], shape: tuple[int, int]
    ) -> PositionCounts:
        """Count positions: the sample and the signature of each, both of shape (P,), samples not decreasing."""
        return cls.of_parts([(samples, rows)], shape)

    @classmethod
    def of_parts(
        cls, parts: Iterable[tuple[NDArray[np.integer], NDArray[np.integer]]], shape: tuple[int, int]
    ) -> PositionCounts:
        """Count positions that come some at a time: samples and signatures as of `of_positions`."""
        total = cls(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64), shape)
        waiting: list[PositionCounts] = []
        for samples, rows in parts:
            # Neighbouring positions are mostly alike: an entry for every run of equal ones, found without sorting.
            changes = (samples[1:] != samples[:-1]) | (rows[1:] != rows[:-1])
            starts = np.concatenate([np.zeros(min(len(rows), 1), np.intp), np.flatnonzero(changes) + 1])
            counts = np.diff(starts, append=len(rows)).astype(np.int64)
            waiting.append(cls(samples[starts].astype(np.int32), rows[starts].astype(np.int32), counts, shape))
            if sum(len(part.rows) for part in waiting) > _MERGED:
                total, waiting = cls._joined([total, *waiting])._merged(), []
        return cls._joined([total, *waiting])

    @classmethod
    def _joined(cls, parts: list[PositionCounts]) -> PositionCounts:
        columns = ([getattr(part, name) for part in parts] for name in ("samples", "rows", "counts"))
        samples, rows, counts = (np.concatenate(column) for column in columns)
        return cls(samples, rows, counts, parts[0].shape)

    def _merged(self) -> PositionCounts:
        """The same counts with one entry for a sample and a signature, in their order."""
        pairs, entry = np.unique(self.samples.astype(np.int64) * self.shape[1] + self.rows, return_inverse=True)
        samples, rows = np.divmod(pairs, max(self.shape[1], 1))
        counts = np.bincount(entry, weights=self.counts, minlength=len(pairs))
        return PositionCounts(samples.astype(np.int32), rows.astype(np.int32), counts.astype(np.int64), self.shape)

    def of_samples(self, chosen: NDArray[np.bool_]) -> PositionCounts:
        """The counts of some samples only, given as bool of shape (samples,); the others become empty."""
        kept = chosen[self.samples]
        return PositionCounts(self.samples[kept], self.rows[kept], self.counts[kept], self.shape)

    def by_signature(self) -> NDArray[np.int64]:
        """int64, shape (signatures,): positions of all samples."""
        return np.bincount(self.rows, weights=self.counts, minlength=self.shape[1]).astype(np.int64)

    def by_sample(self, truth: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """int64, shape (samples,): positions whose signature is true; of every signature when `truth` is None.

        Parameters
        ----------
        truth
            bool, shape (signatures,): where a formula holds.
        """
        weights = self.counts if truth is None else self.counts * truth[self.rows]
        return np.bincount(self.samples, weights=weights, minlength=self.shape[0]).astype(np.int64)


# Pairs of concepts counted at once: bounds the memory of the count.
_PAIRS = 4_000_000

# Entries collected before those of one sample and signature are merged: bounds the memory of a unit that is active
# nearly everywhere.
_MERGED = 4_000_000
