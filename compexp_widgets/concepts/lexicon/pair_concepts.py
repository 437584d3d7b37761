"""Which concepts hold for each of many sentence pairs, and their signature table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.concepts.lexicon.concept import LexicalConcept
from compexp_widgets.signatures import SignatureTable


@dataclass(frozen=True, eq=False)
class PairConcepts:
    """The concepts of every pair, as a sparse matrix in compressed form.

    Attributes
    ----------
    row_starts
        int64, shape (N + 1,): the concepts of pair ``n`` are ``row_concepts[row_starts[n] : row_starts[n + 1]]``.
    row_concepts
        int32: indices of concepts, increasing within a pair.
    """

    row_starts: NDArray[np.int64]
    row_concepts: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.row_starts) - 1

    def fold(self, concepts: Sequence[LexicalConcept]) -> tuple[SignatureTable, NDArray[np.int32]]:
        """The signature table of the pairs: those with the same concepts are one row.

        Parameters
        ----------
        concepts
            What the indices stand for.

        Returns
        -------
        table
            Its rows in the order in which their first pairs come.
        rows
            int32, shape (N,): the row of each pair.
        """
        row_of_set: dict[bytes, int] = {}
        rows = np.empty(len(self), np.int32)
        starts = self.row_starts.tolist()
        for pair, (begin, end) in enumerate(pairwise(starts)):
            rows[pair] = row_of_set.setdefault(self.row_concepts[begin:end].tobytes(), len(row_of_set))
        sets = [np.frombuffer(concepts_of_row, np.int32) for concepts_of_row in row_of_set]
        table = SignatureTable(
            tuple(concept.name for concept in concepts),
            np.bincount(rows, minlength=len(sets)).astype(np.int64),
            np.cumsum([0, *map(len, sets)], dtype=np.int64),
            np.concatenate([np.empty(0, np.int32), *sets]),
            tuple(concept.leaf for concept in concepts),
        )
        return table, rows
